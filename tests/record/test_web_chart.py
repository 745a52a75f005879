"""The chart: its four lists, who may open it, and how many queries it takes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from support.charts import (
    BEGUN,
    add_patient,
    add_stay,
    client_of,
    condition,
    document,
    file,
    file_note,
    new_version,
    observation,
)
from support.queries import EVENT, GOODBYE, SIGNED_IN, asked

# the stay with patient, facility, attending; whose numbers may be read; the numbers
CHART = ["SELECT encounters_encounter", "SELECT accounts_facility", "SELECT identity_identifier"]
AROUND = ["SELECT record_entry", "SELECT encounters_movement"]  # the counts on the tabs; the movements beside
PANELS = [
    "SELECT completion_deficiency",
    "SELECT completion_chart",
    "SELECT coding_final",
    "SELECT work_item",
    "SELECT qualitative_finding",
    "SELECT querying_query",
    "SELECT openreview_review",
    "SELECT tracking_volume",
]  # what others say of it
LOOKS = ["SELECT audit_event"]  # when they were last here
LAST = [*PANELS, *GOODBYE]
QUERIES = {
    # what is replaced, then the list
    "documents": [*SIGNED_IN, *CHART, "SELECT record_version", "SELECT record_entry", *LOOKS, *EVENT, *AROUND, *LAST],
    "timeline": [
        *SIGNED_IN,
        *CHART,
        "SELECT record_entry",
        "SELECT encounters_movement",
        "SELECT record_version",
        *LOOKS,
        *EVENT,
        "SELECT record_entry",
        *LAST,
    ],
    "results": [*SIGNED_IN, *CHART, "SELECT record_entry", "SELECT record_entry", *LOOKS, *EVENT, *AROUND, *LAST],
    "coded": [*SIGNED_IN, *CHART, "SELECT record_entry", *LOOKS, *EVENT, *AROUND, *LAST],
}


@pytest.fixture
def stay(house: Any) -> Any:
    return add_stay(add_patient(house.hospital), house.hospital)


def chart(stay: Any, tail: str = "") -> str:
    return f"/charts/{stay.id}/{tail}"


def test_documents_stand_in_chart_order_with_their_state(house: Any, stay: Any) -> None:
    file_note(stay, title="Progress note", code="11506-3", at=BEGUN)
    file_note(stay, title="Progress note of day two", code="11506-3", at=BEGUN + timedelta(days=1))
    file_note(stay, title="Discharge summary", code="18842-5", signed_by_source="Ines Moreau, MD")
    body = client_of(house, "technician").get(chart(stay)).content.decode()
    places = [
        body.index(words)
        for words in ("Discharge summaries", "Progress notes", "Progress note of day two</a>", "Progress note</a>")
    ]
    assert places == sorted(places)
    assert "Signed" in body
    assert "Unsigned" in body
    assert "OKONJO" in body


def test_a_retracted_document_stays_and_says_so(house: Any, stay: Any) -> None:
    from muniment.record.rules import VersionKind

    entry = file_note(stay, signed_by_source="Ines Moreau, MD")
    gone = document("Filed to the wrong patient.", status="entered-in-error")
    file(
        stay,
        new_version(
            gone, stay, entry_id=entry, kind=VersionKind.RETRACTION, reason="Wrong patient", text="Filed to the wrong patient."
        ),
    )
    client = client_of(house, "technician")
    assert "Retracted" in client.get(chart(stay)).content.decode()
    read = client.get(chart(stay, f"documents/{entry}/")).content.decode()
    assert "This document was retracted" in read
    assert "Wrong patient" in read


def test_results_are_grouped_by_panel_and_day_with_their_flag(house: Any, stay: Any) -> None:
    sodium = UUID(int=7)
    report = {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "code": {"text": "Basic metabolic panel"},
        "effectiveDateTime": BEGUN.isoformat(),
        "result": [{"reference": f"Observation/{sodium}"}],
    }
    file(
        stay,
        new_version(observation(), stay, entry_id=sodium),
        new_version(observation("Lactate", 5, flag="HH"), stay),
        new_version(report, stay),
    )
    body = client_of(house, "coder").get(chart(stay, "?tab=results")).content.decode()
    assert "Basic metabolic panel, 3 Mar 2026" in body
    assert "Results, 3 Mar 2026" in body
    assert "Low" in body
    assert "Critically high" in body
    assert "132 mmol/L" in body


def test_coded_data_are_grouped_by_kind(house: Any, stay: Any) -> None:
    allergy = {"resourceType": "AllergyIntolerance", "code": {"text": "Penicillin"}, "recordedDate": "2026-03-03"}
    file(stay, new_version(condition(), stay), new_version(allergy, stay))
    body = client_of(house, "coder").get(chart(stay, "?tab=coded")).content.decode()
    assert body.index("Diagnoses") < body.index("I50.9") < body.index("Allergies and intolerances") < body.index("Penicillin")


def test_the_timeline_mixes_entries_and_movements_newest_first(house: Any, stay: Any) -> None:
    file_note(stay, at=BEGUN + timedelta(days=1))
    answer = client_of(house, "technician").get(chart(stay, "?tab=timeline"))
    assert [line.title for line in answer.context["lines"]] == ["Discharge", "Discharge summary", "Admit"]


def test_the_whole_chart_of_the_person_shows_every_stay(house: Any, stay: Any) -> None:
    from muniment.identity.models import Patient

    other = add_stay(Patient.objects.get(id=stay.patient_id), house.hospital, number="V200")
    file_note(stay, title="First stay's note", code="11506-3")
    entry = file_note(other, title="Second stay's note", code="11506-3")
    client = client_of(house, "technician")
    assert "Second stay" not in client.get(chart(stay)).content.decode()
    assert "Second stay" in client.get(chart(stay, "?scope=person")).content.decode()
    assert client.get(chart(stay, f"documents/{entry}/")).status_code == 403
    assert client.get(chart(stay, f"documents/{entry}/?scope=person")).status_code == 200


@pytest.mark.parametrize("tab", ["documents", "timeline", "results", "coded", "problems"])
def test_an_empty_chart_says_what_would_be_here(house: Any, stay: Any, tab: str) -> None:
    body = client_of(house, "technician").get(chart(stay, f"?tab={tab}")).content.decode()
    assert "filed here yet" in body or "Admit" in body


@pytest.mark.parametrize("role", ["researcher", "database-administrator"])
def test_roles_without_the_record_are_refused(house: Any, stay: Any, role: str) -> None:
    assert client_of(house, role).get(chart(stay)).status_code == 403


@pytest.mark.parametrize("role", ["technician", "coder", "clinician", "auditor", "administrator", "privacy-officer"])
def test_roles_with_the_record_open_it(house: Any, stay: Any, role: str) -> None:
    assert client_of(house, role).get(chart(stay)).status_code == 200


def test_another_facilitys_stay_and_none_at_all_are_refused_alike(house: Any) -> None:
    patient = add_patient(house.clinic, number="77")
    theirs = add_stay(patient, house.clinic, number="C1")
    client = client_of(house, "technician")
    there, nowhere = client.get(chart(theirs)), client.get(f"/charts/{UUID(int=7)}/")
    assert there.status_code == nowhere.status_code == 403
    assert there.content.decode().count("There is no such stay") == nowhere.content.decode().count("There is no such stay") > 0


@pytest.mark.parametrize("tail", ["?tab=nonsense", "?after=xyz&tab=timeline", "?from=-1", f"?tab=timeline&after={UUID(int=7)}"])
def test_bad_words_in_the_address_show_the_chart(house: Any, stay: Any, tail: str) -> None:
    assert client_of(house, "technician").get(chart(stay, tail)).status_code == 200


def test_opening_leaves_an_access_event(house: Any, stay: Any) -> None:
    from muniment.audit.models import LifecycleEvent

    client_of(house, "technician").get(chart(stay, "?tab=results"))
    event = LifecycleEvent.objects.get(name="record.view")
    assert (event.lifecycle, event.patient_id, event.subject_id) == ("access", stay.patient_id, str(stay.id))
    assert event.after == {"shown": "chart, results"}


def _thousand(stay: Any) -> None:
    notes = [new_version(document(f"Note {one}"), stay, text=f"Note {one}") for one in range(20)]
    file(
        stay,
        *notes,
        *(new_version(observation(f"Analyte {one}", one, at=BEGUN + timedelta(minutes=one)), stay) for one in range(980)),
    )


@pytest.mark.parametrize("tab", list(QUERIES))
def test_a_chart_of_a_thousand_entries_takes_these_queries(house: Any, stay: Any, tab: str) -> None:
    _thousand(stay)
    client = client_of(house, "technician")
    found = asked(lambda: client.get(chart(stay, f"?tab={tab}")))
    assert found == QUERIES[tab]
    assert len(found) - len(PANELS) <= 13  # one of them says whose numbers may be read, one when they were last here


def test_long_lists_come_two_hundred_at_a_time(house: Any, stay: Any) -> None:
    _thousand(stay)
    client = client_of(house, "technician")
    seen, url = set(), chart(stay, "?tab=timeline")
    for _ in range(5):
        answer = client.get(url, headers={"HX-Request": "true"} if seen else {})
        rows = [row.url for row in answer.context["lines"] if row.url]
        assert len(rows) <= 200
        assert not seen & set(rows)
        seen |= set(rows)
        url = answer.context["more_url"]
    assert (len(seen), url) == (1000, "")


def seen(stay: Any) -> list[str]:
    from muniment.audit.models import LifecycleEvent

    found = LifecycleEvent.objects.filter(name="record.view", patient_id=stay.patient_id).order_by("at")
    return [one.after["shown"] for one in found]


def test_a_part_of_the_list_leaves_its_event_too(house: Any, stay: Any) -> None:
    file(stay, new_version(observation(), stay))
    client = client_of(house, "technician")
    body = client.get(chart(stay, "?tab=results"), headers={"hx-request": "true"}).content.decode()
    assert "Sodium" in body
    assert seen(stay) == ["chart, results, further"]


def test_the_persons_timeline_holds_no_movement_of_another_facility(house: Any, stay: Any) -> None:
    add_stay(stay.patient, house.clinic, number="C1", unit="Detoxification")
    body = client_of(house, "technician").get(chart(stay, "?tab=timeline&scope=person")).content.decode()
    assert "4 West" in body
    assert "Detoxification" not in body


def test_the_banner_holds_no_number_of_another_facility(house: Any) -> None:
    """A patient whom this house never numbered: the banner says "none" and not what the clinic calls them."""
    patient = add_patient(house.clinic, number="C-777", assigner="CLIN")
    stay = add_stay(patient, house.hospital)
    body = client_of(house, "technician").get(chart(stay)).content.decode()
    assert "C-777" not in body
    assert "none" in body
