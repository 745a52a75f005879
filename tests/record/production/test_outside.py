"""Others' records in a certified production, and what its certificate says of the definition it follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from muniment.record import actions, jobs
from muniment.record.production.dossier import gather
from muniment.record.production.order import Uncovered
from muniment.record.rules import Acceptance
from support import charts
from support.productions import a_stay, adopt_definition, order, pdf_of, produce, texts_of

WHOSE = "Elsewhere Hospital"


@pytest.fixture
def stay(house: Any) -> Any:
    return a_stay(house)


def theirs(stay: Any) -> Any:
    entry = charts.file(stay, charts.new_version(charts.document("Transfer note."), stay, text="Transfer note.", origin=WHOSE))[
        0
    ]
    charts.file_note(stay)
    return entry


def adopt(house: Any, **more: Any) -> Any:
    from muniment.config.furnish import shipped_rules

    shipped = next(one for one in shipped_rules() if one["code"] == "record.legal-health-record")
    return adopt_definition(house, shipped["parameters"] | more)


@pytest.mark.parametrize(
    ("outside", "decided", "held"),
    [
        ("accepted", None, False), ("accepted", Acceptance.REFERENCE, False), ("accepted", Acceptance.ACCEPTED, True),
        ("all", None, True), ("all", Acceptance.NOT_PATIENT, False), ("none", Acceptance.ACCEPTED, False),
    ],
)  # fmt: skip
def test_the_definition_says_which_of_others_records_belong(
    house: Any, stay: Any, outside: str, decided: Acceptance | None, held: bool
) -> None:
    adopt(house, outside=outside)
    entry = theirs(stay)
    if decided:
        actions.reconcile(
            actor=house.actor("technician"),
            patient_id=stay.patient_id,
            decisions={(entry, 1): decided},
            reason="As the rule says.",
        )
    row = actions.ask_production(
        actor=house.actor("administrator"), patient_id=stay.patient_id, facility_id=house.hospital.id, order=order()
    )
    found = gather(row).selection
    titles = [item.title for item in found.items if item.entry_id == entry]
    assert bool(titles) is held
    assert all(title.endswith(f"(from {WHOSE})") for title in titles)
    assert sum(found.left.values()) == (0 if held else 1)


def test_it_is_made_under_the_definition_it_was_asked_for_and_says_so(house: Any, stay: Any, tmp_path: Path) -> None:
    adopt_definition(house, {"rows": [{"name": "All documents", "category": "document", "legal": True}], "outside": "all"})
    theirs(stay)
    charts.file(stay, charts.new_version(charts.condition(), stay))
    row = actions.ask_production(
        actor=house.actor("administrator"), patient_id=stay.patient_id, facility_id=house.hospital.id,
        order=order(uncovered=Uncovered.LEAVE_OUT),
    )  # fmt: skip
    adopt_definition(house, {"rows": [{"name": "Nothing but results", "category": "result", "legal": True}]})
    words = " ".join(texts_of(pdf_of(jobs.carry_out(row.id), tmp_path)))
    assert "follows version 1 of the definition" in words
    assert "Version 2 has come into force" in words
    assert "does not cover these types of entries, which are left out of this copy as was asked: diagnosis I50.9 (1)" in words
    assert f"(from {WHOSE})" in words
    assert "holds records of other organisations" in words


def test_the_certificate_says_nothing_of_what_did_not_happen(house: Any, stay: Any, tmp_path: Path) -> None:
    adopt_definition(house)
    charts.file_note(stay)
    words = " ".join(texts_of(pdf_of(produce(house, stay), tmp_path)))
    assert "does not cover" not in words
    assert "come into force" not in words
    assert "other organisations" not in words
