"""Find in the chart: words in any form, marked; a hit opens the document at them; nothing of another facility leaks."""

from __future__ import annotations

from typing import Any

import pytest

from support.charts import add_patient, add_stay, client_of, condition, document, file, file_note, new_version
from support.queries import EVENT, GOODBYE, SIGNED_IN, asked

QUERIES = [
    *SIGNED_IN,
    "SELECT encounters_encounter",
    "SELECT accounts_facility",
    "SELECT identity_identifier",
    "SELECT record_entry",  # the documents in scope
    "SELECT record_text",  # where the words stand
    "SELECT record_entry",  # labels that hold them
    *EVENT,
    *GOODBYE,
]


@pytest.fixture
def stay(house: Any) -> Any:
    return add_stay(add_patient(house.hospital), house.hospital)


def find(stay: Any, words: str, more: str = "") -> str:
    return f"/charts/{stay.id}/find?q={words}{more}"


def test_a_hit_is_marked_and_opens_at_the_word(house: Any, stay: Any) -> None:
    entry = file_note(stay, "Two fractures of the left hip & wrist were seen.")
    client = client_of(house, "coder")
    answer = client.get(find(stay, "fracture"))
    body = answer.content.decode()
    assert "<mark>fractures</mark>" in body
    assert "hip &amp; wrist" in body
    hit = answer.context["hits"][0]
    assert f"documents/{entry}/" in hit.url
    assert '<mark id="found">fractures</mark>' in client.get(hit.url).content.decode()


def test_what_stood_in_an_earlier_version_is_not_found_in_one_of_other_bytes(house: Any, stay: Any) -> None:
    entry = file_note(stay, "Two fractures of the left hip.")
    scan = new_version(document("Scan"), stay, entry_id=entry, document=b"%PDF-1.7", media_type="application/pdf", text="")
    file(stay, scan)
    assert client_of(house, "coder").get(find(stay, "fracture")).context["hits"] == []


def test_labels_are_found_too(house: Any, stay: Any) -> None:
    file(stay, new_version(condition("Heart failure"), stay))
    assert [hit.title for hit in client_of(house, "coder").get(find(stay, "failure")).context["hits"]] == ["Heart failure"]


@pytest.mark.parametrize(
    ("words", "says"),
    [("", "Type what you look for"), ("zebra", "stand nowhere"), ('%22"(((', "stand nowhere")],
)
def test_nothing_found_says_so(house: Any, stay: Any, words: str, says: str) -> None:
    file_note(stay)
    answer = client_of(house, "coder").get(find(stay, words))
    assert answer.status_code == 200
    assert says in answer.content.decode()


def test_another_stay_is_found_only_in_the_persons_whole_chart(house: Any, stay: Any) -> None:
    from muniment.identity.models import Patient

    other = add_stay(Patient.objects.get(id=stay.patient_id), house.hospital, number="V200")
    file_note(other, "Appendectomy without complication.")
    client = client_of(house, "coder")
    assert not client.get(find(stay, "appendectomy")).context["hits"]
    assert client.get(find(stay, "appendectomy", "&scope=person")).context["hits"]


def test_another_facilitys_text_is_not_found_in_the_persons_chart(house: Any, stay: Any) -> None:
    from muniment.identity.models import Patient

    theirs = add_stay(Patient.objects.get(id=stay.patient_id), house.clinic, number="C1")
    file_note(theirs, "Appendectomy without complication.")
    assert not client_of(house, "coder").get(find(stay, "appendectomy", "&scope=person")).context["hits"]


def test_the_words_are_not_kept_in_the_trail(house: Any, stay: Any) -> None:
    from muniment.audit.models import LifecycleEvent

    file_note(stay, "Fracture.")
    client_of(house, "coder").get(find(stay, "fracture"))
    event = LifecycleEvent.objects.get(name="record.view")
    assert event.after == {"shown": "find in chart, 1 places"}
    assert "fracture" not in f"{event.after} {event.subject_id} {event.reason}"


def test_roles_without_the_record_are_refused(house: Any, stay: Any) -> None:
    assert client_of(house, "researcher").get(find(stay, "x")).status_code == 403


def test_a_search_takes_these_queries(house: Any, stay: Any) -> None:
    for number in range(30):
        file_note(stay, f"Fracture {number}.")
    client = client_of(house, "coder")
    assert asked(lambda: client.get(find(stay, "fracture"), headers={"HX-Request": "true"})) == QUERIES
