"""The clock of pending documents as tables: when its author is told, when it is proposed, what an extension does."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import muniment.rulebook
from muniment.pending.parameters import Book, read
from muniment.pending.rules import RULE, Done, Limits, Stage, Step, clock_of, stage, to_notify, to_propose
from muniment.rulebook.rules import RuleInForce, Term

PACK = Path(muniment.rulebook.__file__).parent / "pack" / "pending.toml"
FILED = datetime(2026, 3, 3, 17, tzinfo=UTC)
CLOCK = clock_of(FILED, Limits(notify_days=7, close_days=60))


def day(count: float) -> datetime:
    return FILED + timedelta(days=count)


def did(step: Step, count: float, until: float | None = None) -> Done:
    return Done(step=step, at=day(count), until=None if until is None else day(until).date())


TOLD, PROPOSED = did(Step.NOTIFY, 7), did(Step.PROPOSE, 60)
WHERE = {  # day: history → where it stands, whether its author is to be told; whether a proposal waits → whether it is to be proposed
    "filed": (0, [], Stage.RUNNING, False, False, False),
    "a moment before the notice": (6.999, [], Stage.RUNNING, False, False, False),
    "the notice": (7, [], Stage.NOTICE, True, False, False),
    "told already": (8, [TOLD], Stage.NOTICE, False, False, False),
    "a moment before the end": (59.999, [TOLD], Stage.NOTICE, False, False, False),
    "the end": (60, [TOLD], Stage.DUE, False, False, True),
    "the end, nobody told": (60, [], Stage.DUE, True, False, True),
    "proposed already": (61, [TOLD, PROPOSED], Stage.DUE, False, True, False),
    "proposed, and the work ended without a decision": (61, [TOLD, PROPOSED], Stage.DUE, False, False, True),
    "more time": (62, [TOLD, PROPOSED, did(Step.EXTEND, 61, 70)], Stage.EXTENDED, False, False, False),
    "the day before it ends": (69, [TOLD, PROPOSED, did(Step.EXTEND, 61, 70)], Stage.EXTENDED, False, False, False),
    "the day it ends": (70, [TOLD, PROPOSED, did(Step.EXTEND, 61, 70)], Stage.DUE, False, False, True),
    "proposed again": (71, [TOLD, PROPOSED, did(Step.EXTEND, 61, 70), did(Step.PROPOSE, 70)], Stage.DUE, False, True, False),
    "the last extension counts": (66, [did(Step.EXTEND, 50, 80), did(Step.EXTEND, 51, 65)], Stage.DUE, True, False, True),
    "an early extension that ended before the end": (30, [TOLD, did(Step.EXTEND, 9, 20)], Stage.NOTICE, False, False, False),
    "steps of its life before it was closed": (8, [did(Step.NOTIFY, -20), did(Step.PROPOSE, -3), did(Step.EXTEND, -2, 90)], Stage.NOTICE, True, False, False),
}  # fmt: skip


@pytest.mark.parametrize("case", WHERE)
def test_where_it_stands(case: str) -> None:
    count, history, where, tell, waits, propose = WHERE[case]
    now = day(count)
    assert stage(CLOCK, history, now, now.date()) is where
    assert to_notify(CLOCK, history, now) is tell
    assert to_propose(CLOCK, history, now, now.date(), in_hand=waits) is propose


def rule(number: int = 1, begins: date = date(2024, 1, 1), **parameters) -> RuleInForce:
    return RuleInForce(
        code=RULE, number=number, title="Pending", statement="S", citation="C", source_kind="house policy", verified=False,
        effective_from=begins, parameters=parameters,
    )  # fmt: skip


def note(**changes) -> dict[str, object]:
    return {"name": "Note", "codes": ["1"], "notify_days": 7, "close_days": 60} | changes


READ = {
    "as it should be": ({"types": [note()]}, ""),
    "told on the day of closure": ({"types": [note(notify_days=60)]}, "told before"),
    "days below nothing": ({"types": [note(notify_days=-1)]}, "told before"),
    "a code twice": ({"types": [note(), note(name="Other")]}, "one type"),
    "no types": ({}, "types"),
    "a word it does not know": ({"types": [note()], "close": 3}, "close"),
    "proposals of no number": ({"types": [note()], "proposals_a_day": 0}, "at least one"),
    "extensions of no day": ({"types": [note()], "longest_extension": 0}, "a day or more"),
}


@pytest.mark.parametrize("case", READ)
def test_a_version_that_cant_be_read_is_named(case: str) -> None:
    parameters, wrong = READ[case]
    book = read([Term(rule(**parameters))])
    assert bool(book.versions) is not bool(wrong)
    assert (wrong in book.broken[0]) if wrong else not book.broken


def test_a_document_is_judged_by_the_version_of_its_own_day() -> None:
    first, second = rule(types=[note()]), rule(2, date(2026, 1, 1), types=[note(close_days=30)])
    book = read([Term(first, date(2026, 1, 1)), Term(second)])
    found = [version.rule.number for day in (date(2025, 12, 31), date(2026, 1, 1)) if (version := book.on(day))]
    assert found == [1, 2]
    assert Book().on(date(2026, 1, 1)) is None


def test_the_shipped_rule_can_be_read_and_says_that_nobody_verified_it() -> None:
    (shipped,) = tomllib.loads(PACK.read_text())["rule"]
    book = read([Term(rule(**shipped["parameters"]))])
    assert not book.broken
    assert len(book.names) == 7
    assert shipped["verified"] is False
    assert "House policy" in shipped["citation"]
