"""Find a patient: by whatever is known, at the actor's facilities only, two identifiers in each row, the search audited."""

from __future__ import annotations

from typing import Any

import pytest

from support.charts import add_patient, add_stay, client_of
from support.house import system_actor
from support.queries import EVENT, GOODBYE, SIGNED_IN, asked

QUERIES = [*SIGNED_IN, "SELECT identity_patient", *EVENT, "SELECT accounts_facility", "SELECT identity_identifier", *GOODBYE]


@pytest.fixture
def ada(house: Any) -> Any:
    names = (
        {"use": "official", "family": "Okonjo", "given": ["Ada", "María"]},
        {"use": "maiden", "family": "O'Brien-Lindqvist", "given": ["Ada"]},
    )
    return add_patient(house.hospital, names=names, phone="+1 (555) 010-4432")


def found(client: Any, text: str) -> list[Any]:
    return [one.row.id for one in client.get("/find", {"q": text}).context.get("rows", [])]


@pytest.mark.parametrize(
    "text",
    [
        "okonjo",
        "OKONJO, ada",
        "ada okonjo",
        "maria",
        "obrien lindqvist",
        "lindqvist ada",
        "0042213",
        "1943-03-14",
        "3/14/1943",
        "14 Mar 1943",
        "okonjo 3/14/1943",
        "March 14, 1943 okonjo",
        "(555) 010-4432",
        "5550104432",
        "+1 555 010 4432",
    ],
)
def test_a_patient_is_found_by_whatever_is_known(house: Any, ada: Any, text: str) -> None:
    add_patient(house.hospital, number="0099", family="Reyes", given="Tomas", birth="1950-01-01")
    assert found(client_of(house, "technician"), text) == [ada.id]


@pytest.mark.parametrize("text", ["okonjo 3/15/1943", "zebra", "004221", "1943-03-15", "555 010 4433", "31 Feb 1943"])
def test_others_are_not(house: Any, ada: Any, text: str) -> None:
    answer = client_of(house, "technician").get("/find", {"q": text})
    assert not answer.context["rows"]
    assert "Nobody found" in answer.content.decode()


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "will be listed here"), ("o", "Type a little more"), ("  ", "will be listed here")],
)
def test_too_little_is_said(house: Any, ada: Any, text: str, says: str) -> None:
    assert says in client_of(house, "technician").get("/find", {"q": text}).content.decode()


@pytest.mark.parametrize("text", ["%", "_", "'; DROP TABLE x; --", "\\", "a" * 5000, "🦷🦷"])
def test_strange_text_finds_nobody_and_breaks_nothing(house: Any, ada: Any, text: str) -> None:
    assert found(client_of(house, "technician"), text) == []


def test_a_row_shows_two_identifiers(house: Any, ada: Any) -> None:
    body = client_of(house, "technician").get("/find", {"q": "okonjo"}).content.decode()
    assert "OKONJO, Ada María" in body
    assert "14 Mar 1943" in body
    assert "0042213 (HOSP)" in body
    assert "O&#x27;Brien-Lindqvist, Ada" in body


def test_another_facilitys_patient_is_not_found_until_they_stay_here(house: Any) -> None:
    patient = add_patient(house.clinic, number="77")
    client = client_of(house, "technician")
    assert found(client, "okonjo") == []
    add_stay(patient, house.hospital)
    assert found(client, "okonjo") == [patient.id]


def test_a_merged_record_says_into_which_and_leads_to_the_person(house: Any, ada: Any) -> None:
    from muniment.identity import actions

    retired = add_patient(house.hospital, number="0055", given="Adah")
    actions.merge(actor=system_actor(), survivor_id=ada.id, retired_id=retired.id, reason="A40")
    client = client_of(house, "technician")
    answer = client.get("/find", {"q": "0055"})
    assert "Merged into 0042213 (HOSP)" in answer.content.decode()
    person = client.get(answer.context["rows"][0].url).content.decode()
    assert "Record 0055 (HOSP) was merged into 0042213 (HOSP)." in person


def test_the_search_leaves_its_kind_and_count_and_nothing_typed(house: Any, ada: Any) -> None:
    from muniment.audit.models import LifecycleEvent

    client = client_of(house, "technician")
    for text in ("okonjo 3/14/1943", "0042213", "A-17", "zebra"):
        client.get("/find", {"q": text})
    events = LifecycleEvent.objects.filter(name="identity.find").order_by("at", "id")
    assert [(one.after["kind"], one.after["found"]) for one in events] == [
        ("name and birth date", 1), ("number or telephone", 1), ("number", 0), ("name", 0),
    ]  # fmt: skip
    for one in events:
        assert "okonjo" not in str(one.__dict__).lower()
        assert one.lifecycle == "access"


def test_a_long_list_comes_in_pages_that_hold_everybody_once(house: Any) -> None:
    for number in range(120):
        add_patient(
            house.hospital, number=f"N{number}", family="Smith", given=f"Pat {number % 7}", birth=f"19{number % 90 + 10}-01-02"
        )
    client, seen, tail = client_of(house, "technician"), [], "?q=smith"
    while tail:
        answer = client.get("/find" + tail)
        seen += [one.row.id for one in answer.context["rows"]]
        tail = answer.context["following"]
    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize("role", ["coder", "researcher", "database-administrator", "auditor"])
def test_roles_without_identity_are_refused(house: Any, role: str) -> None:
    assert client_of(house, role).get("/find", {"q": "okonjo"}).status_code == 403


def test_the_search_takes_these_queries(house: Any, ada: Any) -> None:
    client = client_of(house, "technician")
    assert asked(lambda: client.get("/find", {"q": "okonjo"})) == QUERIES
