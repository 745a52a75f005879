"""Certified copies after a move: the wrong patient's tells that there was an entry, and nothing of what it says."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from muniment.audit.verify import verify
from muniment.kernel.fhir.summaries import NOT_THEIRS
from muniment.record.models import Version
from muniment.record.queries import find_in_chart
from muniment.record.rules import VersionKind
from support import charts
from support.misfiled import became, move, two_patients
from support.productions import adopt_definition, manifest_of, pdf_of, produce, texts_of

SECRET = "Her sister drove Marta home."


@pytest.fixture
def stays(house: Any) -> tuple[Any, Any]:
    adopt_definition(house)
    return two_patients(house)


def test_nothing_of_another_patient_leaves_with_the_wrong_patients_record(house: Any, stays: Any, folder: Path) -> None:
    wrong, right = stays
    charts.file_note(wrong, "Their own note.", title="Progress note", code="11506-3")
    entry = charts.file(wrong, charts.new_version(charts.document(SECRET, title="Consultation", code="11488-4"), wrong, text=SECRET, author="Rosa Reed, MD"))[0]  # fmt: skip
    before = datetime.now(UTC)
    move(house, entry, wrong, right)
    for made in (produce(house, wrong, trail=True), produce(house, wrong, as_of=before)):
        texts = texts_of(pdf_of(made, folder))
        said = " ".join(texts) + str(manifest_of(made))
        assert "Their own note." in said
        assert "was in this chart in error" in said
        assert "Her sister" not in said
        assert "Rosa Reed" not in said
        assert "Consultation" not in said
        assert str(entry) in said  # the manifest proves that nothing was dropped
    assert SECRET in " ".join(texts_of(pdf_of(produce(house, right), folder)))


def test_what_a_check_found_to_be_another_patients_is_not_told_either(house: Any, stays: Any, folder: Path) -> None:
    wrong, _ = stays
    charts.file_note(wrong, "Their own note.", title="Progress note", code="11506-3")
    entry = charts.file_note(wrong, SECRET, title="Consultation", code="11488-4", author="Rosa Reed, MD")
    found = charts.document(SECRET, title="Consultation", code="11488-4", status="entered-in-error", extension=[NOT_THEIRS])
    charts.file(wrong, charts.new_version(found, wrong, entry_id=entry, kind=VersionKind.RETRACTION, reason="Another patient's page"))  # fmt: skip
    said = " ".join(texts_of(pdf_of(produce(house, wrong), folder)))
    assert "was in this chart in error" in said
    assert "Her sister" not in said
    assert "Consultation" not in said


def test_a_diagnosis_that_was_another_patients_is_not_named(house: Any, stays: Any, folder: Path) -> None:
    wrong, right = stays
    charts.file_note(wrong, "Their own note.", title="Progress note", code="11506-3")
    entry = charts.file(wrong, charts.new_version(charts.condition("Sickle cell trait", "D57.3"), wrong))[0]
    move(house, entry, wrong, right)
    said = " ".join(texts_of(pdf_of(produce(house, wrong), folder)))
    assert "was in this chart in error" in said
    assert "Sickle cell" not in said
    assert "D57.3" not in said


def test_the_whole_history_goes_along_and_is_produced_there(house: Any, stays: Any, folder: Path) -> None:
    wrong, right = stays
    entry = charts.file_note(wrong, "FIRST WORDING.", title="Consultation", code="11488-4", author="Alba First, MD")
    second = charts.document("Second wording.", title="Consultation", code="11488-4")
    charts.file(wrong, charts.new_version(second, wrong, entry_id=entry, text="Second wording.", kind=VersionKind.AMENDMENT, reason="Dose corrected"))  # fmt: skip
    row = move(house, entry, wrong, right, number=2)
    new = became(row, entry)
    first, latest = Version.objects.filter(entry_id=new.entry_id).order_by("number")
    assert (first.number, first.kind, latest.number, latest.kind) == (1, "original", 2, "amendment")
    assert first.reason.startswith("Version 1 of the chart it was moved from, recorded there ")
    assert first.recorded_at >= row.at  # never back-dated
    assert str(wrong.patient_id) not in first.content + latest.content
    assert [hit.entry_id for hit in find_in_chart(house.actor("coder"), [right.patient_id], "wording")] == [new.entry_id]
    said = " ".join(texts_of(pdf_of(produce(house, right), folder)))
    assert "FIRST WORDING." in said
    assert "Alba First, MD" in said
    assert verify().sound
