"""The delinquency clock as a table: what is owed, who was away, and how many days count."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

import muniment.rulebook
from muniment.delinquency.closures import Calendar, ClosedDay, Closures, Edition, as_known
from muniment.delinquency.parameters import Book, Clock, read
from muniment.delinquency.rules import OPEN, TRANSITIONS, Owed, Pause, State, Stretch, age, debts, due_level, reached
from muniment.rulebook.rules import RuleInForce

PACK = Path(muniment.rulebook.__file__).parent / "pack" / "delinquency.toml"
STONE, REED = UUID(int=1), UUID(int=2)
ZONE = ZoneInfo("America/New_York")


def at(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ZONE)


def owed(**changes) -> Owed:
    """A signature that Dr Stone owes since the discharge of 1 March."""
    usual = Owed(
        deficiency_id=UUID(int=9), patient_id=UUID(int=8), encounter_id=UUID(int=7), facility_id=UUID(int=6), class_code="IMP",
        service="MED", kind="missing signature", document_code="18842-5", document_name="Discharge summary", discharged_at=at(3, 1),
        available_at=None, zone=ZONE, stretches=(Stretch(at(3, 1, 13), None, STONE),),
    )  # fmt: skip
    return replace(usual, **changes)


EARLY = at(1, 1)


def away(
    first: date, last: date, *, who: UUID = STONE, kind: str = "leave", known: datetime = EARLY, gone: datetime | None = None
) -> Pause:
    return Pause(practitioner_id=who, kind=kind, first=first, last=last, recorded_at=known, withdrawn_at=gone)


MARCH = date(2026, 3, 1)


def march(day: int) -> date:
    return MARCH.replace(day=day)


LATE_FILED = owed(available_at=at(3, 6))
EARLY_FILED = owed(available_at=at(2, 20))
PASSED_ON = owed(stretches=(Stretch(at(3, 1, 13), at(3, 11), STONE), Stretch(at(3, 11), None, REED)))
CLOSED_BETWEEN = owed(stretches=(Stretch(at(3, 1, 13), at(3, 5), STONE), Stretch(at(3, 15), None, STONE)))
FOUND_LATE = owed(stretches=(Stretch(at(3, 9), None, STONE),))
TABLE = [
    # what, pauses, at, starts, elapsed, counted
    ("the day of discharge is day 0", owed(), [], at(3, 1, 23), march(1), 0, 0),
    ("a calendar day begins at midnight there", owed(), [], at(3, 2, 0), march(1), 1, 1),
    ("over the clock change", owed(), [], at(3, 31), march(1), 30, 30),
    ("from when the document was filed, later", LATE_FILED, [], at(3, 31), march(6), 25, 25),
    ("filed before discharge: from discharge", EARLY_FILED, [], at(3, 31), march(1), 30, 30),
    ("found late: still from discharge", FOUND_LATE, [], at(3, 31), march(1), 30, 30),
    ("leave of ten days", owed(), [away(march(10), march(19))], at(3, 31), march(1), 30, 20),
    ("leave still going on", owed(), [away(march(10), march(19))], at(3, 12), march(1), 11, 8),
    ("leave to come", owed(), [away(march(20), march(25))], at(3, 12), march(1), 11, 11),
    ("leave that began before the discharge", owed(), [away(date(2026, 2, 20), march(5))], at(3, 31), march(1), 30, 26),
    ("no longer than the rule allows", owed(), [away(march(2), date(2026, 4, 30))], at(4, 30), march(1), 60, 18),
    ("illness within leave counts once", owed(), [away(march(10), march(19)), away(march(12), march(14), kind="illness")], at(3, 31), march(1), 30, 20),
    ("a kind the rule does not know", owed(), [away(march(10), march(19), kind="sabbatical")], at(3, 31), march(1), 30, 30),
    ("somebody else's leave", owed(), [away(march(10), march(19), who=REED)], at(3, 31), march(1), 30, 30),
    ("leave before it was passed on", PASSED_ON, [away(march(6), march(10))], at(3, 31), march(1), 30, 25),
    ("the leave of who has it no more", PASSED_ON, [away(march(10), march(19))], at(3, 31), march(1), 30, 29),
    ("the leave of who has it now", PASSED_ON, [away(march(10), march(19), who=REED)], at(3, 31), march(1), 30, 21),
    ("while nobody owed it, nobody's leave counts", CLOSED_BETWEEN, [away(march(3), march(20))], at(3, 31), march(1), 30, 22),
    ("before it was found, the first owner's leave counts", FOUND_LATE, [away(march(2), march(8))], at(3, 31), march(1), 30, 23),
    ("not known yet", owed(), [away(march(10), march(19), known=at(4, 2))], at(3, 31), march(1), 30, 30),
    ("withdrawn since", owed(), [away(march(10), march(19), gone=at(4, 2))], at(3, 31), march(1), 30, 20),
    ("withdrawn before", owed(), [away(march(10), march(19), gone=at(3, 20))], at(3, 31), march(1), 30, 30),
]  # fmt: skip
CLOCK, LONGEST = Clock(days=30), {"leave": 42, "illness": 42}


@pytest.mark.parametrize(
    ("what", "lack", "pauses", "moment", "starts", "elapsed", "counted"),
    TABLE,
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_the_clock(what, lack, pauses, moment, starts, elapsed, counted):
    found = age(lack, pauses, moment, CLOCK, LONGEST)
    assert (found.starts, found.elapsed, found.days) == (starts, elapsed, counted), what
    assert sum(span.days for span in found.away) == elapsed - counted


def test_the_thirtieth_day_is_in_time_and_the_next_is_not():
    assert [age(owed(), [], at(3, 31) + timedelta(days=more), CLOCK, LONGEST).delinquent for more in (0, 1)] == [False, True]


WEEKEND, MONDAY = Calendar(weekdays=(6, 7)), ClosedDay(date(2026, 3, 9), "Founders’ Day")
OPEN_ALL, WITH_MONDAY = Calendar(), Calendar(weekdays=(6, 7), days=(MONDAY,))
# 1 March 2026 is a Sunday
WORKING_DAYS = [
    # what, calendar, absences, at, counted, closed
    ("no calendar: every day counts", None, [], at(3, 15), 14, 0),
    ("a calendar that closes nothing", OPEN_ALL, [], at(3, 15), 14, 0),
    ("weekends", WEEKEND, [], at(3, 15), 10, 4),
    ("a holiday on a Monday", WITH_MONDAY, [], at(3, 15), 9, 5),
    ("the closed day itself adds nothing", WITH_MONDAY, [], at(3, 9, 23), 5, 3),
    ("leave over a weekend counts its working days only", WEEKEND, [away(march(6), march(10))], at(3, 15), 7, 4),
    ("a day of leave that is closed is taken once", WITH_MONDAY, [away(march(9), march(9))], at(3, 15), 9, 5),
]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "calendar", "pauses", "moment", "counted", "shut"),
    WORKING_DAYS,
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_clock_of_working_days(what, calendar, pauses, moment, counted, shut):
    closures = Closures([Edition(EARLY.date(), None, EARLY, calendar)] if calendar else [])
    found = age(owed(), pauses, moment, Clock(days=30, counts="working"), LONGEST, closures)
    assert (found.days, len(found.closed)) == (counted, shut), what
    assert age(owed(), pauses, moment, CLOCK, LONGEST, closures).closed == ()


APRIL = Edition(date(2026, 4, 1), None, at(5, 1), Calendar(weekdays=(7,)))
FIRST = Edition(date(2026, 1, 1), date(2026, 4, 1), EARLY, WEEKEND, ends=((None, None), (at(5, 1), date(2026, 4, 1))))


@pytest.mark.parametrize(
    ("day", "known", "name"),
    [(date(2026, 3, 28), at(6, 1), "Saturday"), (date(2026, 4, 4), at(6, 1), ""), (date(2026, 4, 5), at(6, 1), "Sunday"), (date(2026, 4, 4), at(4, 20), "Saturday"), (date(2025, 12, 27), at(6, 1), "")],
)  # fmt: skip
def test_a_day_is_closed_by_the_calendar_that_was_adopted_for_it_by_then(day, known, name):
    """The calendar of April was adopted in May: until then the one before it governed April too."""
    assert Closures(as_known([FIRST, APRIL], known)).name(day) == name


@pytest.mark.parametrize(
    "said",
    [
        {"weekdays": [8]},
        {"weekdays": [1, 2, 3, 4, 5, 6, 7]},
        {"days": [{"day": "soon", "name": "X"}]},
        {"days": [{"day": "2026-01-01", "name": "A"}, {"day": "2026-01-01", "name": "B"}]},
    ],
)
def test_a_calendar_that_makes_no_sense_closes_nothing_and_is_named(said):
    book = rules(calendar={"weekdays": [], "days": []} | said)
    assert book.closures("HOSP", at(3, 10)).between(march(1), march(28)) == []
    assert len(book.broken) == 1


def test_a_house_may_count_from_discharge_alone():
    assert age(LATE_FILED, [], at(3, 31), Clock(days=30, from_availability=False), LONGEST).days == 30


def rules(**changes) -> Book:
    """The shipped rules; ``changes`` replaces parameters by code, or drops the rule."""
    rows = []
    for one in tomllib.loads(PACK.read_text())["rule"]:
        name = one["code"].removeprefix("delinquency.")
        if name in changes and changes[name] is None:
            continue
        rule = RuleInForce(
            code=one["code"], number=1, title=one["title"], statement=one["statement"], citation=one["citation"],
            source_kind=one["source_kind"], verified=one["verified"], effective_from=one["effective_from"],
            parameters=one["parameters"] | (changes.get(name) or {}),
        )  # fmt: skip
        rows.append((one["effective_from"], None, rule, None, ()))
    return read(rows)


def test_the_shipped_rules_can_be_read():
    book = rules()
    assert book.broken == []
    assert [level.day for level in book.levels(MARCH)] == [7, 14, 21, 25, 30]
    assert (book.shortest, book.threshold(MARCH), book.suspending(MARCH).level) == (30, 50, 5)


@pytest.mark.parametrize(
    ("levels", "said"),
    [([], "one to 5 levels"), ([{"day": 9, "title": "A"}, {"day": 7, "title": "B"}], "later day"), ([{"day": 7}], "title"), ([{"day": n, "title": "N"} for n in range(6)], "one to 5")],
)  # fmt: skip
def test_levels_that_make_no_sense_govern_nothing_and_are_named(levels, said):
    book = rules(letters={"levels": levels})
    assert book.levels(MARCH) == ()
    assert said in book.broken[0]


@pytest.mark.parametrize(
    ("days", "sent", "due"),
    [(0, 0, 0), (6, 0, 0), (7, 0, 1), (13, 7, 0), (14, 7, 2), (26, 0, 4), (26, 25, 0), (30, 25, 5), (400, 30, 0), (10, 21, 0)],
)
def test_the_letter_that_is_due_is_the_highest_reached_and_none_repeats(days, sent, due):
    """``sent`` is the day of the highest level that was."""
    assert due_level(days, sent, rules().levels(MARCH)) == due
    assert reached(400, rules().levels(MARCH)) == 5


def test_what_was_open_then_is_judged_by_the_clock_of_its_discharge():
    rows = [
        owed(),
        owed(class_code="AMB"),
        CLOSED_BETWEEN,
        owed(discharged_at=at(4, 20), stretches=(Stretch(at(4, 20), None, STONE),)),
    ]
    found = debts(rows, [], at(3, 10), rules())
    assert [(one.owed.class_code, one.practitioner_id, one.age.days) for one in found] == [("IMP", STONE, 9)]
    assert debts(rows, [], at(3, 10), rules(clock=None)) == []


def test_no_pause_counts_where_no_rule_lets_it():
    pause = away(march(2), march(9))
    assert [debts([owed()], [pause], at(3, 10), book)[0].age.days for book in (rules(), rules(pauses=None))] == [1, 9]


def test_a_version_governs_the_discharges_of_its_days():
    first = rules().find("clock", MARCH).rule
    book = read(
        [
            (date(2024, 1, 1), date(2026, 4, 1), first, None, ()),
            (date(2026, 4, 1), None, replace(first, parameters={"days": 15}), None, ()),
        ]
    )
    later = owed(discharged_at=at(4, 2), stretches=(Stretch(at(4, 2), None, STONE),))
    assert [one.age.limit for one in debts([owed(), later], [], at(4, 5), book)] == [30, 15]
    assert book.shortest == 15


def test_every_open_suspension_can_end_by_itself():
    assert {begin for begin, step in TRANSITIONS if step == "settle"} == set(OPEN)
    assert not [begin for begin, _ in TRANSITIONS if begin in (State.REFUSED, State.WITHDRAWN, State.LIFTED)]
    assert at(3, 1).astimezone(UTC).hour == 17
