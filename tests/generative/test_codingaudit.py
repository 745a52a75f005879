"""Comparing two codings: nothing that differs is lost, and what stands follows from the verdicts alone."""

from __future__ import annotations

from datetime import date

import msgspec
from hypothesis import given
from hypothesis import strategies as some

from muniment.coding.drafting import Draft, DraftCode, Role
from muniment.coding.rules import POA
from muniment.codingaudit.comparing import DIAGNOSES, compare, keyed, size, standing
from muniment.codingaudit.rules import Element, State, Verdict, counted, turn

DIAGNOSIS = ["I5023", "I5033", "I10", "N179", "N170", "E119", "J9601"]
PROCEDURES = ["0DTJ4ZZ", "0DTJ0ZZ"]


@some.composite
def drafts(draw):
    codes = draw(some.lists(some.sampled_from(DIAGNOSIS), min_size=1, unique=True))
    lines = [
        DraftCode(role=Role.SECONDARY if place else Role.PRINCIPAL, code=code, poa=draw(some.sampled_from([POA.YES, POA.NO])))
        for place, code in enumerate(codes)
    ]
    for code in draw(some.lists(some.sampled_from(PROCEDURES), max_size=3)):
        lines.append(DraftCode(role=Role.PROCEDURE, code=code, on=date(2026, 5, draw(some.integers(1, 2)))))
    return Draft(tuple(lines), draw(some.sampled_from(["01", "03"])))


def as_verdict(findings, verdict):
    return [msgspec.structs.replace(one, verdict=verdict) for one in findings]


def shape(draft):
    return keyed(draft, *DIAGNOSES), keyed(draft, Role.PROCEDURE), draft.disposition


@given(drafts())
def test_a_coding_differs_in_nothing_from_itself(one):
    assert compare(one, one, poa=True) == []


@given(drafts(), drafts())
def test_where_every_error_stands_the_second_coding_does(first, second):
    found = as_verdict(compare(first, second, poa=True), Verdict.CONFIRMED)
    assert shape(standing(first, second, found)) == shape(second)


@given(drafts(), drafts())
def test_where_none_stands_the_first_does_and_all_of_it_is_correct(first, second):
    found = as_verdict(compare(first, second, poa=True), Verdict.DROPPED)
    assert shape(standing(first, second, found)) == shape(first)
    assert counted(size(first), found) == (size(first), 0)


@given(drafts(), drafts(), some.randoms())
def test_any_verdicts_leave_a_coding_with_one_principal_and_counts_within_bounds(first, second, lot):
    found = [
        msgspec.structs.replace(one, verdict=lot.choice([Verdict.AGREED, Verdict.YIELDED]))
        for one in compare(first, second, poa=True)
    ]
    made = standing(first, second, found)
    assert len(made.of(Role.PRINCIPAL)) == 1
    correct, missed = counted(size(first), found)
    assert 0 <= correct <= size(first) and missed >= 0
    assert turn(found) is State.CLOSED


@given(drafts(), drafts())
def test_without_reporting_no_indicator_is_compared(first, second):
    assert all(one.element is not Element.POA for one in compare(first, second, poa=False))
