"""Paper volumes: what may follow what, and when one is late."""

from __future__ import annotations

from datetime import date

import pytest

from muniment.tracking.rules import TRANSITIONS, Policy, State, Step, after, days_late, number_of, searched

TABLE = [
    (State.IN_FILE, Step.CHARGE_OUT, State.OUT),
    (State.OUT, Step.CHARGE_OUT, None),
    (State.OUT, Step.TRANSFER, State.OUT),
    (State.IN_FILE, Step.TRANSFER, None),
    (State.OUT, Step.RETURN, State.IN_FILE),
    (State.IN_FILE, Step.RETURN, None),
    (State.MISSING, Step.RETURN, None),
    (State.IN_FILE, Step.MISS, State.MISSING),
    (State.OUT, Step.MISS, State.MISSING),
    (State.MISSING, Step.MISS, None),
    (State.MISSING, Step.SEARCH, State.MISSING),
    (State.OUT, Step.SEARCH, None),
    (State.MISSING, Step.FIND, State.IN_FILE),
    (State.OUT, Step.RELOCATE, None),
    (State.MISSING, Step.CHARGE_OUT, None),
]


@pytest.mark.parametrize(("state", "step", "reached"), TABLE)
def test_what_may_follow_what(state, step, reached):
    assert after(state, step) is reached


def test_whatever_is_missing_can_only_be_searched_for_asked_for_or_found():
    assert {step for state, step in TRANSITIONS if state is State.MISSING} == {Step.SEARCH, Step.FIND, Step.REQUEST}


@pytest.mark.parametrize(
    ("due", "today", "late"),
    [(date(2026, 3, 10), date(2026, 3, 9), 0), (date(2026, 3, 10), date(2026, 3, 10), 0), (date(2026, 3, 10), date(2026, 3, 11), 1), (None, date(2026, 3, 11), 0)],
)  # fmt: skip
def test_days_late_are_counted_from_the_day_after_the_due_day(due, today, late):
    assert days_late(due, today) == late


def test_the_policy_is_read_from_the_rules_and_is_strict_without():
    assert Policy.read({}).due_on(date(2026, 3, 1)) == date(2026, 3, 2)
    read = Policy.read({"loan_days": 7, "recall_days": 1, "search_places": ["a", "b"], "of something else": 3})
    assert (read.due_on(date(2026, 3, 1)), read.search_places) == (date(2026, 3, 8), ("a", "b"))
    assert searched(read.search_places, {"a"}) == ["b"]


def test_a_number_names_facility_patient_and_volume():
    assert number_of("HOSP", "0042213", 2) == "HOSP-0042213-02"
