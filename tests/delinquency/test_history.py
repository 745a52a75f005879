"""Figures as they were: by deficiencies opened, closed and reopened, by whoever owed them, by absences known then."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from muniment.completion import actions as completion
from muniment.completion.models import Deficiency
from muniment.core import clock
from muniment.delinquency import actions, queries, statistics
from muniment.delinquency.statistics import When
from support.delinquency import Scene, at
from support.house import system_actor
from support.stays import practitioner

pytestmark = pytest.mark.rules("completion.", "delinquency.")

ZONE = ZoneInfo("America/New_York")


@pytest.fixture
def scene(house):
    return Scene(house)


def month_ends(scene, *months: int) -> dict[int, int]:
    """How many charts were delinquent at the end of these months of 2026, as it is told now."""
    times = [one for one in statistics.moments(clock.now(), ZONE) if one.month in [date(2026, month, 1) for month in months]]
    found = statistics.delinquent_at([scene.hospital.id], queries.book(), times)
    return {one.month.month: len(statistics.charts_of(found[one.key])) for one in times}


def test_the_day_after_the_thirtieth(scene):
    with at(4, 2):
        assert scene.delinquent() == 0
    with at(4, 3):
        assert scene.delinquent() == 1


def test_a_month_end_tells_what_was_open_then(scene):
    with at(5, 5):
        scene.sign(scene.stays[0])
    with at(7, 10):
        assert month_ends(scene, 2, 3, 4, 5, 6) == {2: 0, 3: 0, 4: 1, 5: 0, 6: 0}
        assert scene.delinquent() == 0


def test_reopening_does_not_change_what_was(scene):
    """Signed in May; a second version, which nobody signed, reopens it in July."""
    stay = scene.stays[0]
    with at(5, 5):
        scene.sign(stay)
    with at(7, 5):
        stay.file("34111-5", "HISTORY\nFell off a taller ladder.", author=scene.stone, entry_id=stay.entry)
        completion.drain(actor=system_actor())
        assert Deficiency.objects.get().state == "open"
    with at(8, 20):
        completion.sign(actor=scene.house.actor("clinician"), deficiency_id=Deficiency.objects.get().id, number=2)
    with at(10, 1):
        assert month_ends(scene, 4, 5, 6, 7, 8, 9) == {4: 1, 5: 0, 6: 0, 7: 1, 8: 0, 9: 0}


def test_what_was_waived_counts_until_then(scene):
    with at(6, 10):
        completion.waive(
            actor=scene.administrator, deficiency_id=Deficiency.objects.get().id, reason="Left.", authority="HIM-3"
        )
    with at(7, 10):
        assert month_ends(scene, 4, 5, 6) == {4: 1, 5: 1, 6: 0}


def test_a_cancelled_discharge_was_none(scene):
    with at(6, 10):
        scene.stays[0].cancel_discharge(2)
        completion.drain(actor=system_actor())
    with at(7, 10):
        assert month_ends(scene, 4, 5, 6) == {4: 0, 5: 0, 6: 0}


def test_who_owed_it_then(scene):
    reed = practitioner(scene.house, "Reed")
    with at(5, 10):
        completion.reassign(
            actor=scene.administrator,
            deficiency_id=Deficiency.objects.get().id,
            practitioner_id=reed.id,
            reason="Covers for her.",
        )
    times = [
        When(name, date(2026, 5, 1), datetime(2026, 5, day, 12, tzinfo=ZONE)) for name, day in (("before", 9), ("after", 11))
    ]
    with at(7, 10):
        found = statistics.delinquent_at([scene.hospital.id], queries.book(), times)
    assert [[one.practitioner_id for one in found[name]] for name in ("before", "after")] == [[scene.stone.id], [reed.id]]


def away(scene, first, last):
    return actions.pause(
        actor=scene.administrator,
        practitioner_id=scene.stone.id,
        kind="leave",
        first=first,
        last=last,
        reason="Reported by her.",
    )


def test_leave_is_not_counted_from_when_it_was_known(scene):
    with at(5, 3):
        assert scene.delinquent() == 1
        away(scene, date(2026, 3, 10), date(2026, 4, 15))
        assert scene.delinquent() == 0  # 61 days less 37
    with at(5, 9):
        assert scene.delinquent() == 0
    with at(5, 10):
        assert scene.delinquent() == 1
    with at(7, 10):
        assert month_ends(scene, 4, 5) == {4: 1, 5: 1}  # at the end of April nobody had said so


def test_withdrawn_leave_counts_in_the_figures_of_its_time(scene):
    with at(4, 20):
        row = away(scene, date(2026, 3, 10), date(2026, 4, 15))
    with at(5, 2):
        actions.withdraw_pause(actor=scene.administrator, absence_id=row.id, reason="She worked.")
        assert scene.delinquent() == 1
    with at(7, 10):
        assert month_ends(scene, 3, 4, 5) == {3: 0, 4: 0, 5: 1}


def test_the_note_that_came_late_starts_the_clock_when_it_came(scene):
    with at(4, 1):
        late = scene.discharge("9")
    with at(4, 10):
        entry = late.file("34111-5", author=scene.stone)
        completion.drain(actor=system_actor())
        lack = Deficiency.objects.get(entry_id=entry)
        found = {one.owed.deficiency_id: one.age for one in queries.standing([scene.hospital.id], queries.book(), days=7)}
    assert (found[lack.id].starts, found[lack.id].filed, found[lack.id].days) == (date(2026, 4, 10), True, 0)


def test_averages_take_the_months_there_are(scene):
    with at(3, 20):
        scene.discharge("8", days=10)
    with at(7, 10):
        rows = {
            one.when.key: one
            for one in statistics.history([scene.hospital.id], queries.book(), statistics.moments(clock.now(), ZONE), ZONE).rows
        }
    assert list(rows) == ["2026-03", "2026-04", "2026-05", "2026-06", "now"]
    assert [(one.delinquent, one.discharges, one.average, one.months) for one in rows.values()] == [
        (0, 2, 2.0, 1), (2, 0, 1.0, 2), (2, 0, pytest.approx(2 / 3), 3), (2, 0, 0.5, 4), (2, 0, 0.5, 4),
    ]  # fmt: skip
    assert (rows["2026-04"].of_average, rows["2026-03"].of_month, rows["2026-04"].of_month, rows["now"].of_month) == (
        200,
        0,
        None,
        None,
    )
