"""Asking for a production on screen: what it would hold, why it is refused, its progress, its files; who may do what."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from support.charts import client_of, document, file, file_note, new_version
from support.productions import REASON, a_stay, adopt_definition, produce

GOOD = {"which": "legal", "reason": REASON, "uncovered": ""}


@pytest.fixture
def stay(house: Any) -> Any:
    adopt_definition(house)
    made = a_stay(house)
    file_note(made)
    return made


def ask_url(stay: Any) -> str:
    return f"/patients/{stay.patient_id}/produce?facility=HOSP"


def strange(stay: Any) -> Any:
    return file(stay, new_version(document("Words.", title="Horoscope", code="x-1"), stay, text="Words."))[0]


def test_the_page_says_what_it_would_hold_and_names_what_no_row_covers(house: Any, stay: Any) -> None:
    strange(stay)
    page = client_of(house, "roi-specialist").get(ask_url(stay)).content.decode()
    assert "Okonjo" in page
    assert "Discharge summaries" in page
    assert "does not cover 1 type that is in this record" in page
    assert "Horoscope (x-1): 1" in page


def test_asking_leads_to_the_production_which_the_worker_sets(house: Any, stay: Any) -> None:
    from muniment.record import jobs
    from muniment.record.models import Production

    client = client_of(house, "roi-specialist")
    answer = client.post(ask_url(stay), GOOD)
    row = Production.objects.get()
    assert answer["Location"] == f"/productions/{row.id}/"
    assert "Waiting for the worker" in client.get(answer["Location"]).content.decode()
    jobs.produce(str(row.id))
    page = client.get(answer["Location"]).content.decode()
    assert "Download" in page
    row.refresh_from_db()
    assert f'<td class="number">{row.pages}</td>' in page
    assert row.number in client.get("/productions/").content.decode()
    pdf = b"".join(client.get(f"/productions/{row.id}/pdf").streaming_content)
    assert hashlib.sha256(pdf).digest() == bytes(row.pdf_sha256)
    assert pdf.startswith(b"%PDF-1.7")
    manifest = b"".join(client.get(f"/productions/{row.id}/manifest").streaming_content)
    assert hashlib.sha256(manifest).digest() == bytes(row.manifest_sha256)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"reason": ""}, "This field is required"), ({"as_of": "soon"}, "This is not a time"), ({"first": "1 May 2026", "last": "1 Apr 2026"}, "The last day lies before the first"),
        ({"as_of": "1 Jan 2099, 10:00"}, "as of a time to come"), ({"stays": ["018f0000-0000-7000-8000-000000000000"]}, "Select a valid choice"),
        ({"which": "everything"}, "Select a valid choice"), ({"first": "1 Jan 1999", "last": "2 Jan 1999"}, "Nothing of this record belongs"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_asked(house: Any, stay: Any, said: dict[str, Any], why: str) -> None:
    from muniment.record.models import Production

    answer = client_of(house, "roi-specialist").post(ask_url(stay), GOOD | said)
    assert answer.status_code == 422
    assert why in answer.content.decode().replace("&#x27;", "'")
    assert not Production.objects.exists()


def test_types_not_covered_are_never_silently_in_or_out(house: Any, stay: Any) -> None:
    from support.productions import manifest_of

    entry = strange(stay)
    answer = client_of(house, "roi-specialist").post(ask_url(stay), GOOD)
    assert answer.status_code == 422
    assert "The definition does not cover: Horoscope (x-1) (1)." in answer.content.decode()
    inside = manifest_of(produce(house, stay, uncovered="include"))
    assert str(entry) in {one["entry"] for one in inside["contents"]["entries"]}
    outside = manifest_of(produce(house, stay, uncovered="leave out"))
    assert outside["contents"]["left_out"] == [
        {"because": "the definition does not cover their type", "entries": 1, "type": "Horoscope (x-1)"}
    ]


def test_looking_shows_and_asks_nothing(house: Any, stay: Any) -> None:
    from muniment.record.models import Production

    answer = client_of(house, "roi-specialist").post(ask_url(stay), GOOD | {"look": "1", "which": "designated", "reason": ""})
    assert answer.status_code == 200
    assert not Production.objects.exists()


def test_without_an_adopted_definition_nothing_is_produced(house: Any) -> None:
    stay = a_stay(house)
    page = client_of(house, "roi-specialist").get(ask_url(stay)).content.decode()
    assert "No definition of the legal health record is in force" in page


def test_the_trail_is_for_those_who_may_read_the_audit(house: Any, stay: Any) -> None:
    from muniment.kernel.errors import Refused

    assert "trail of who saw what" not in client_of(house, "roi-specialist").get(ask_url(stay)).content.decode()
    assert "trail of who saw what" in client_of(house, "administrator").get(ask_url(stay)).content.decode()
    with pytest.raises(Refused, match="may not read the trail"):
        produce(house, stay, role="roi-specialist", trail=True)


def test_it_can_be_stopped_and_leaves_nothing(house: Any, stay: Any) -> None:
    from muniment.record import jobs
    from muniment.record.models import Production

    client = client_of(house, "roi-specialist")
    client.post(ask_url(stay), GOOD)
    row = Production.objects.get()
    client.post(f"/productions/{row.id}/stop")
    assert jobs.carry_out(row.id).standing == "stopped"
    assert "Somebody stopped it" in client.get(f"/productions/{row.id}/").content.decode()
    assert client.get(f"/productions/{row.id}/pdf").status_code == 409
    assert client.post(f"/productions/{row.id}/stop").status_code == 409


def test_a_stop_while_it_is_set_ends_it(
    house: Any, stay: Any, monkeypatch: pytest.MonkeyPatch, settings: Any, folder: Any
) -> None:
    from muniment.record import actions, jobs
    from muniment.record.production import scratch
    from support.productions import order

    row = actions.ask_production(
        actor=house.actor("administrator"), patient_id=stay.patient_id, facility_id=house.hospital.id, order=order()
    )
    monkeypatch.setattr(jobs, "NOTE_EVERY", -1.0)
    settings.DATA = folder

    def told(done: int, total: int) -> None:
        actions.stop_production(actor=house.actor("administrator"), production_id=row.id)

    assert jobs.carry_out(row.id, told).standing == "stopped"
    assert list(scratch.place().iterdir()) == []


def test_who_opens_a_production_is_in_the_trail(house: Any, stay: Any) -> None:
    """Its page shows whose record it is; the part that asks for itself while it is made leaves none."""
    from muniment.audit.models import LifecycleEvent

    row = produce(house, stay)
    client = client_of(house, "auditor")
    client.get(f"/productions/{row.id}/")
    client.get(f"/productions/{row.id}/", headers={"HX-Request": "true"})
    seen = LifecycleEvent.objects.filter(name="record.view", subject_type="production", subject_id=str(row.id))
    assert list(seen.values_list("patient_id", "role")) == [(stay.patient_id, "auditor")]


def test_one_that_is_stopped_while_it_fails_stays_stopped(house: Any, stay: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from muniment.record import actions, jobs
    from muniment.record.production import make
    from support.productions import order

    row = actions.ask_production(
        actor=house.actor("administrator"), patient_id=stay.patient_id, facility_id=house.hospital.id, order=order()
    )

    def stopped_and_broken(*args: Any) -> None:
        actions.stop_production(actor=house.actor("administrator"), production_id=row.id)
        raise RuntimeError("no room")

    monkeypatch.setattr(make, "make", stopped_and_broken)
    assert jobs.carry_out(row.id).standing == "stopped"


def test_somebody_of_another_facility_sees_none_of_it(house: Any, stay: Any) -> None:
    from muniment.accounts import actions
    from muniment.accounts.rules import Role
    from support.house import system_actor
    from support.web import client_of as signed_in

    row = produce(house, stay)
    other = actions.add_user(actor=system_actor(), username="elsewhere", family="Else", given="Where")
    actions.assign_role(actor=system_actor(), user=other, role=Role.ROI_SPECIALIST, facilities=[house.clinic])
    client = signed_in(other)
    for url in (ask_url(stay), f"/productions/{row.id}/", f"/productions/{row.id}/pdf"):
        assert client.get(url).status_code == 403
    assert row.number not in client.get("/productions/").content.decode()


def test_each_step_leaves_one_event_with_counts_and_digests(house: Any, stay: Any) -> None:
    from muniment.audit.models import LifecycleEvent

    row = produce(house, stay)
    client_of(house, "auditor").get(f"/productions/{row.id}/pdf")
    events = LifecycleEvent.objects.filter(subject_type="production", subject_id=str(row.id)).order_by("at")
    assert [one.name for one in events] == [
        "record.ask-production", "record.begin-production", "record.produce", "record.fetch-production",
    ]  # fmt: skip
    made = events[2]
    assert made.patient_id == stay.patient_id
    assert made.facility_id == house.hospital.id
    assert made.reason == REASON
    assert made.after["pdf_sha256"] == bytes(row.pdf_sha256).hex()
    assert made.after["counts"]["documents"] == 1


def test_the_chart_leads_to_it(house: Any, stay: Any) -> None:
    page = client_of(house, "roi-specialist").get(f"/charts/{stay.id}/").content.decode()
    assert f"/patients/{stay.patient_id}/produce?facility=HOSP&amp;stay={stay.id}" in page
    assert "Certified productions" not in client_of(house, "coder").get(f"/charts/{stay.id}/").content.decode()
