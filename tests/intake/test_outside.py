"""Others' records stay apart until somebody accepts them, say whose they are wherever they are named, and never change ours."""

from __future__ import annotations

from typing import Any

import pytest

from muniment.completion.charts import _ENTRIES
from muniment.identity.models import Patient
from muniment.intake import actions
from muniment.intake.desk import Desk
from muniment.intake.models import Input
from muniment.intake.outside import MOST, Beside, side_by_side
from muniment.kernel.errors import Conflict, Refused
from muniment.record import actions as record
from muniment.record.cross_check import faults
from muniment.record.models import Entry
from muniment.record.queries import documents, entries, find_in_chart, outside
from muniment.record.rules import Acceptance
from muniment.work.models import WorkItem
from support import charts
from support.ccda_documents import PATIENT, PEOPLE, document, problem, section, snomed
from support.house import system_actor

WHOSE = "Sample Hospital"
PRESSURE = snomed("value", "59621000", "Essential hypertension", kind="CD")
SUMMARY = section("11450-4", problem(PRESSURE, time='<low value="2020"/>'), text="Essential hypertension since 2020")


@pytest.fixture
def stay(house: Any) -> Any:
    return charts.add_stay(charts.add_patient(house.hospital, number="MRN-77", assigner="1.2.3.4.6"), house.hospital)


def take(house: Any, content: bytes = b"", **more: Any) -> Input:
    told = Desk(actor=system_actor(), source="hie", facility=house.hospital, **more).take(content or document(SUMMARY))
    assert told[0].status == "filed", told
    return Input.objects.get(id=told[0].input_id)


def decide(house: Any, patient_id: Any, said: Acceptance, *, reason: str = "", role: str = "technician", **which: Any) -> int:
    found = Entry.objects.filter(patient_id=patient_id, **which).exclude(origin="")
    chosen = {(one.entry_id, one.number): said for one in found}
    return actions.decide_outside(actor=house.actor(role), patient_id=patient_id, decisions=chosen, reason=reason)


def test_a_document_of_another_custodian_is_apart_and_waits(house: Any, stay: Any) -> None:
    row = take(house)
    actor = house.actor("technician")
    assert row.origin == WHOSE
    assert list(entries(actor, [stay.patient_id])) == []
    assert list(documents(actor, [stay.patient_id])) == []
    found = list(outside(actor, [stay.patient_id]))
    assert len(found) == row.entries > 1
    assert {(one.origin, one.standing, one.encounter_id) for one in found} == {(WHOSE, "waiting", None)}
    item = WorkItem.objects.get(queue_id="outside-records")
    assert (item.title, item.subject_id) == (f"Outside records from {WHOSE}", str(stay.patient_id))
    take(house, document(SUMMARY).replace(b"DOC-1", b"DOC-2").replace(b"SET-1", b"SET-2"))
    assert WorkItem.objects.filter(queue_id="outside-records").count() == 1


def test_our_own_custodian_by_identifier_or_by_name_is_not_outside(house: Any, stay: Any) -> None:
    by_root = PEOPLE.replace('<id root="1.2.3" extension="MAIN"/>', f'<id root="{house.hospital.code}"/>')
    assert take(house, document(people=by_root)).origin == ""
    by_name = PEOPLE.replace("Sample Hospital", house.hospital.name.upper())
    other = document(people=by_name).replace(b"DOC-1", b"DOC-3").replace(b"SET-1", b"SET-3")
    assert take(house, other).origin == ""
    assert not WorkItem.objects.filter(queue_id="outside-records").exists()


def test_what_a_channel_brings_is_whose_the_channel_says(house: Any, stay: Any) -> None:
    ours = PEOPLE.replace("Sample Hospital", house.hospital.name)
    assert take(house, document(people=ours), origin="the patient").origin == "the patient"
    message = b"MSH|^~\\&|ADT|HOSP|HIM|HOSP|20260301100500||ADT^A01|A1|P|2.5.1\rPID|1||1^^^HOSP^MR||A^B\r"
    told = Desk(actor=system_actor(), source="hie", facility=house.hospital, origin="the patient").take(message)
    assert told[0].status == "quarantined"
    assert "tells of stays here" in told[0].reason


def test_it_changes_nothing_of_what_we_say_of_the_patient(house: Any, stay: Any) -> None:
    bundle = (
        b'{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:0a8a5a2c-7e0e-4f30-9f5c-0a1a6a6a0001",'
        b'"resource":{"resourceType":"Patient","identifier":[{"system":"1.2.3.4.6","value":"MRN-77","type":{"coding":[{"code":"MR"}]}}],'
        b'"name":[{"family":"Other","given":["Name"]}],"birthDate":"1990-01-01"}}]}'
    )
    take(house, bundle, origin="Elsewhere Clinic")
    assert Patient.objects.get(id=stay.patient_id).family == "Okonjo"
    assert Patient.objects.count() == 1


def test_accepted_it_counts_and_still_says_whose_it_is(house: Any, stay: Any) -> None:
    take(house)
    assert decide(house, stay.patient_id, Acceptance.ACCEPTED) == 0
    actor = house.actor("technician")
    assert {one.origin for one in entries(actor, [stay.patient_id])} == {WHOSE}
    assert [one.origin for one in documents(actor, [stay.patient_id])] == [WHOSE]
    assert WorkItem.objects.get(queue_id="outside-records").state == "done"
    assert list(faults()) == []
    before = list(Entry.objects.order_by("pk").values())
    record.rebuild(actor=system_actor(), patient_id=stay.patient_id)
    assert list(Entry.objects.order_by("pk").values()) == before


def test_a_later_version_of_an_accepted_document_waits_anew(house: Any, stay: Any) -> None:
    take(house)
    decide(house, stay.patient_id, Acceptance.ACCEPTED)
    take(house, document(SUMMARY).replace(b"since 2020", b"since 2019"))
    found = Entry.objects.get(patient_id=stay.patient_id, category="document")
    assert (found.number, found.standing) == (2, "waiting")
    assert WorkItem.objects.filter(queue_id="outside-records", state="open").count() == 1


@pytest.mark.forges
@pytest.mark.parametrize("said", [Acceptance.REFERENCE, Acceptance.NOT_PATIENT, None])
def test_rules_and_lists_do_not_count_what_was_not_accepted(house: Any, stay: Any, said: Acceptance | None) -> None:
    from django.db import connection

    take(house)
    if said:
        decide(house, stay.patient_id, said, reason="Another birth date.")
    asked = {"patients": [stay.patient_id], "appends": [0], "stays": [stay.id], "before": ["18842-5"], "cosigned": []}
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, asked)
        assert cursor.fetchall() == []
        Entry.objects.filter(category="document").update(standing="accepted")
        cursor.execute(_ENTRIES, asked)
        assert len(cursor.fetchall()) == 1
    assert any("otherwise than was decided" in one for one in faults())


def test_found_words_say_whose_they_are_but_not_another_patients(house: Any, stay: Any) -> None:
    take(house)
    actor = house.actor("technician")
    hits = find_in_chart(actor, [stay.patient_id], "hypertension", encounter_id=stay.id)
    assert {(one.origin, one.standing) for one in hits} == {(WHOSE, "waiting")}
    decide(house, stay.patient_id, Acceptance.NOT_PATIENT, reason="Another birth date.")
    assert find_in_chart(actor, [stay.patient_id], "hypertension") == []


def test_another_patients_goes_to_who_finds_whose_it_is(house: Any, stay: Any) -> None:
    from muniment.misfiling.actions import Target, move

    take(house)
    with pytest.raises(Refused, match="Say how you know"):
        decide(house, stay.patient_id, Acceptance.NOT_PATIENT)
    decide(house, stay.patient_id, Acceptance.NOT_PATIENT, reason="Another birth date.", category="document")
    item = WorkItem.objects.get(queue_id="outside-astray")
    right = charts.add_patient(house.hospital, number="0050001", family="Ruiz", given="Marta", birth="1970-01-02")
    entry = Entry.objects.get(patient_id=stay.patient_id, category="document")
    move(
        actor=house.actor("technician"), patient_id=stay.patient_id, entry_id=entry.entry_id, number=1,
        target=Target(patient_id=right.id), reason="Her birth date stands on it.",
    )  # fmt: skip
    item.refresh_from_db()
    assert item.state == "done"
    moved = Entry.objects.get(patient_id=right.id)
    assert (moved.origin, moved.standing) == (WHOSE, "waiting")
    assert WorkItem.objects.filter(queue_id="outside-records", subject_id=str(right.id), state="open").exists()
    assert list(faults()) == []


def test_who_may_decide_and_about_what(house: Any, stay: Any) -> None:
    take(house)
    with pytest.raises(Refused):
        decide(house, stay.patient_id, Acceptance.ACCEPTED, role="coder")
    own = charts.file_note(stay)
    with pytest.raises(Refused, match="our own record"):
        actions.decide_outside(
            actor=house.actor("technician"), patient_id=stay.patient_id, decisions={(own, 1): Acceptance.ACCEPTED}
        )
    entry = Entry.objects.exclude(origin="").filter(category="document").get()
    with pytest.raises(Conflict):
        actions.decide_outside(
            actor=house.actor("technician"), patient_id=stay.patient_id, decisions={(entry.entry_id, 7): Acceptance.ACCEPTED}
        )
    assert set(Entry.objects.exclude(origin="").values_list("standing", flat=True)) == {"waiting"}


def test_side_by_side_says_what_is_here_what_is_new_and_what_differs(house: Any, stay: Any) -> None:
    take(house, document(SUMMARY, patient=PATIENT))
    actor, entry = house.actor("technician"), Entry.objects.filter(category="diagnosis").get()

    def beside() -> tuple[str, tuple[str, ...]]:
        found = next(one for one in side_by_side(actor, stay.patient_id) if one.entry.entry_id == entry.entry_id)
        return found.beside, found.differing

    assert beside() == (Beside.NEW, ())
    code = {"coding": [{"system": entry.code_system, "code": entry.code, "display": entry.label}]}
    other = charts.condition() | {"code": code, "recordedDate": "2021", "subject": {"reference": f"Patient/{stay.patient_id}"}}
    charts.file(stay, charts.new_version(other, stay))
    assert beside()[0] == Beside.DIFFERS
    assert "date" in beside()[1]
    take(house, document(SUMMARY).replace(b"DOC-1", b"DOC-2").replace(b"SET-1", b"SET-2"), origin="Third Hospital")
    decide(house, stay.patient_id, Acceptance.ACCEPTED, origin="Third Hospital")
    assert beside() == (Beside.HERE, ())


def test_the_screen_decides_lines_and_groups(house: Any, stay: Any) -> None:
    take(house)
    client, address = charts.client_of(house, "technician"), f"/outside/{stay.patient_id}/"
    page = client.get(address).content.decode()
    assert WHOSE in page
    found = list(Entry.objects.exclude(origin="").order_by("category"))
    said = {f"read-{one.entry_id}": "1" for one in found}
    assert client.post(address + "decide", said).status_code == 422
    note = next(one for one in found if one.category == "document")
    refused = client.post(address + "decide", said | {f"line-{note.entry_id}": "not-patient"})
    assert refused.status_code == 422
    assert "Say how you know" in refused.content.decode()
    groups = {f"group-{one.category}": "accepted" for one in found}
    answer = client.post(address + "decide", said | groups | {f"line-{note.entry_id}": "reference"})
    assert answer.status_code == 302
    assert set(Entry.objects.exclude(origin="").exclude(category="document").values_list("standing", flat=True)) == {"accepted"}
    assert Entry.objects.get(category="document").standing == "reference"
    assert (
        client.post(address + "decide", said | {f"line-{note.entry_id}": "accepted", f"read-{note.entry_id}": "9"}).status_code
        == 409
    )
    reader = charts.client_of(house, "clinician")
    assert reader.get(address).status_code == 403
    chart = reader.get(f"/charts/{stay.id}/?tab=outside").content.decode()
    assert f"From {WHOSE}" in chart
    assert "Kept for reference only" in chart
    assert f"From {WHOSE}" in reader.get(f"/charts/{stay.id}/?tab=coded&scope=person").content.decode()
    document_page = reader.get(f"/charts/{stay.id}/documents/{note.entry_id}/?scope=person").content.decode()
    assert f"From {WHOSE}, not our own record" in document_page


def test_a_page_as_long_as_pages_get_can_be_sent(house: Any, stay: Any) -> None:
    """Two fields a line: with the framework's own limit, half a summary of care could never be decided."""
    take(house)
    fields = {f"line-{number}": "" for number in range(MOST)} | {f"read-{number}": "1" for number in range(MOST)}
    answer = charts.client_of(house, "technician").post(f"/outside/{stay.patient_id}/decide", fields)
    assert answer.status_code == 422, answer.content[:300]
    assert "Choose what becomes of a line first." in answer.content.decode()


def test_what_waits_comes_before_what_is_decided_however_old(house: Any, stay: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    take(house)
    found = sorted(
        outside(house.actor("technician"), [stay.patient_id]), key=lambda one: (one.occurred_at is None, one.occurred_at)
    )
    oldest = found[-1] if found[-1].occurred_at is None else found[0]
    for one in found:
        if one != oldest:
            decide(house, stay.patient_id, Acceptance.REFERENCE, entry_id=one.entry_id)
    monkeypatch.setattr("muniment.intake.outside.MOST", 1)
    assert [one.entry.entry_id for one in side_by_side(house.actor("technician"), stay.patient_id)] == [oldest.entry_id]


@pytest.mark.forges
def test_text_that_was_altered_is_named(house: Any, stay: Any) -> None:
    from muniment.record.models import DocumentText

    charts.file_note(stay)
    assert list(faults()) == []
    DocumentText.objects.update(text="Something else.")
    assert any("not the one that was filed" in one for one in faults())


def test_a_practitioners_later_number_is_added_to_who_has_the_earlier(house: Any) -> None:
    from muniment.accounts.models import Practitioner
    from muniment.intake.directory import NPI, Directory
    from muniment.intake.submission import IdentifierFact, NameFact, PractitionerFacts

    directory, name = Directory(), NameFact("Stone", ("Ada",))
    local, national = IdentifierFact("HOSP", "9001"), IdentifierFact("NPI", "1999999992", "NPI")
    told = [PractitionerFacts(identifiers=numbers, name=name) for numbers in ((local,), (local, national), (national,))]
    found = [directory.practitioners(system_actor(), [one])[one] for one in told]
    assert len(set(found)) == 1
    row = Practitioner.objects.get(id=found[0])
    assert set(row.identifiers.values_list("system", "value")) == {("HOSP", "9001"), (NPI, "1999999992")}


def test_a_document_whose_text_the_chart_nearly_holds_is_marked(
    house: Any, stay: Any, django_assert_max_num_queries: Any
) -> None:
    told = " ".join(f"On day {number} the patient walked {number} steps without pain." for number in range(30))
    said = section("11450-4", problem(PRESSURE, time='<low value="2020"/>'), text=told)
    take(house, document(said))
    decide(house, stay.patient_id, Acceptance.ACCEPTED)
    again = document(said).replace(b"DOC-1", b"DOC-2").replace(b"SET-1", b"SET-2").replace(b"day 7 the", b"day 77 the")
    take(house, again)
    with django_assert_max_num_queries(7):
        found = side_by_side(house.actor("technician"), stay.patient_id)
    line = next(one for one in found if one.entry.category == "document" and one.entry.standing == Acceptance.WAITING)
    assert line.beside is Beside.NEARLY
    assert line.own is not None
    assert line.own.standing == Acceptance.ACCEPTED
    assert line.differing[0].startswith("9")
