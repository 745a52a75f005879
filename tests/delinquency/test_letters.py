"""Letters: who is due one, what is made of them, and that none repeats."""

from __future__ import annotations

import io
from datetime import date

import pikepdf
import pypdfium2
import pytest
from django.db import DatabaseError, connection, transaction

from muniment.audit.verify import verify
from muniment.delinquency import actions, jobs, queries
from muniment.delinquency.models import Letter, LetterBatch, LetterLine
from muniment.delinquency.queues import LETTERS
from muniment.kernel.errors import Conflict, Refused
from muniment.record import blobs
from muniment.work.models import WorkItem
from support.delinquency import Scene, at

pytestmark = pytest.mark.rules("completion.", "delinquency.")


@pytest.fixture
def scene(house):
    return Scene(house, charts=2)


def levels(scene):
    return [(one.number, one.level.day, len(one.parts)) for one in scene.due()]


def test_one_letter_a_level_lists_every_chart_of_it(scene):
    with at(3, 9):
        assert levels(scene) == []
    with at(3, 10):
        assert levels(scene) == [(1, 7, 2)]
        scene.make_letters()
        assert levels(scene) == []
    with at(3, 17):
        assert levels(scene) == [(2, 14, 2)]


def test_charts_at_different_levels_are_in_different_letters(scene):
    with at(3, 20):
        scene.discharge("3", days=10)
    with at(3, 24):
        assert levels(scene) == [(3, 21, 2), (1, 7, 1)]


def test_what_skipped_levels_gets_the_highest_alone(scene):
    with at(4, 20):
        assert levels(scene) == [(5, 30, 2)]
        scene.make_letters()
        assert levels(scene) == []
    with at(6, 20):
        assert levels(scene) == []


def test_leave_delays_the_letter(scene):
    with at(3, 5):
        actions.pause(
            actor=scene.administrator,
            practitioner_id=scene.stone.id,
            kind="illness",
            first=date(2026, 3, 5),
            last=date(2026, 3, 9),
            reason="Ill.",
        )
    with at(3, 14):
        assert levels(scene) == []
    with at(3, 15):
        assert levels(scene) == [(1, 7, 2)]


def test_the_batch_keeps_the_list_as_it_stood_and_its_pdf(scene):
    with at(3, 17):
        row = scene.make_letters()
    letter, lines = Letter.objects.get(), list(LetterLine.objects.order_by("number"))
    assert (row.letters, letter.level, letter.title, letter.practitioner_id) == (1, 2, "Second notice", scene.stone.id)
    assert [(line.days, line.patient, line.owed, line.discharged) for line in lines] == [
        (14, f"ROWE{number}, Alba", ["missing signature: emergency department note"], date(2026, 3, 3)) for number in (1, 2)
    ]
    made = blobs.get(bytes(row.sha256))
    scene.sign(scene.stays[0])
    assert blobs.get(bytes(row.sha256)) == made  # printed again, it is the same
    assert verify().sound


def words_of(content: bytes) -> str:
    said = " ".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(content))
    return " ".join(said.split())


def test_the_pdf_has_a_page_a_letter_with_what_is_owed(scene):
    with at(3, 20):
        scene.discharge("3", days=10)
    with at(3, 24):
        row = scene.make_letters()
    content = blobs.get(bytes(row.sha256))
    with pikepdf.open(io.BytesIO(content)) as made:
        assert len(made.pages) == row.letters == 2
    said = words_of(content)
    for words in (
        "Ada Stone, MD",
        "Third notice",
        "First notice",
        "ROWE3, Alba",
        "3 (HOSP)",
        "House policy HIM-20 (unverified)",
        "page 1 of 1",
        "Test Hospital",
    ):
        assert words in said, words


def test_names_are_text_and_never_markup(scene):
    scene.discharge('#panic("x") *b* $y$')
    with at(3, 17):
        said = words_of(blobs.get(bytes(scene.make_letters().sha256)))
    assert 'ROWE#PANIC("X") *B* $Y$, Alba' in said


def test_what_was_not_reviewed_is_not_made(scene):
    with at(3, 24):
        reviewed = actions.digest(scene.due())
        scene.sign(scene.stays[0])
        with pytest.raises(Conflict, match="changed since you looked"):
            actions.make_letters(actor=scene.administrator, facility_id=scene.hospital.id, reviewed=reviewed)
    assert not LetterBatch.objects.exists()


def test_the_same_review_makes_them_once(scene):
    with at(3, 24):
        reviewed = actions.digest(scene.due())
        actions.make_letters(actor=scene.administrator, facility_id=scene.hospital.id, reviewed=reviewed)
        with pytest.raises(Conflict, match="none was made"):
            actions.make_letters(actor=scene.administrator, facility_id=scene.hospital.id, reviewed=reviewed)


@pytest.mark.parametrize("role", ["technician", "privacy-officer", "clinician"])
def test_only_administrators_make_them(scene, role):
    with at(3, 24), pytest.raises(Refused):
        actions.make_letters(actor=scene.house.actor(role), facility_id=scene.hospital.id, reviewed=actions.digest(scene.due()))


def test_nor_for_a_facility_of_others(scene):
    with at(3, 24), pytest.raises(Refused):
        actions.make_letters(actor=scene.administrator, facility_id=scene.house.clinic.id, reviewed=actions.digest([]))


@pytest.mark.forges
@pytest.mark.parametrize(
    "statement",
    ["UPDATE delinquency_line SET days = 1", "DELETE FROM delinquency_letter", "UPDATE delinquency_batch SET letters = 9"],
)
def test_what_was_sent_cannot_be_changed(scene, statement):
    with at(3, 24):
        scene.make_letters()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_morning_job_puts_the_letters_into_the_queue_once_and_making_them_settles_it(scene):
    with at(3, 24):
        jobs.look(0)
        jobs.look(0)
        item = WorkItem.objects.get(queue_id=LETTERS)
        assert (item.subject_type, item.subject_id, item.state) == ("letters", str(scene.hospital.id), "open")
        scene.make_letters()
    item.refresh_from_db()
    assert item.state == "done"
    assert [one.letters for one in queries.batches(scene.administrator)] == [1]
    assert list(queries.batches(scene.house.actor("database-administrator"))) == list(queries.batches(scene.administrator))
