"""Two drafts of one stay: every line once, and what is chosen is what is saved."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.coding.drafting import Draft, DraftCode, Role
from muniment.coding.reconcile import ORDER, STATUS, THEIRS, YOURS, differ_in_order, merged, pairs
from muniment.coding.rules import POA
from muniment.kernel.errors import Problem

CODES = ("I5023", "J9601", "N179", "I10", "E119")
secondary = st.builds(
    lambda code, poa: DraftCode(role=Role.SECONDARY, code=code, poa=poa), st.sampled_from(CODES), st.sampled_from(POA)
)
procedures = st.builds(
    lambda code, day: DraftCode(role=Role.PROCEDURE, code=code, on=date(2026, 5, day)),
    st.sampled_from(("0DTJ4ZZ", "5A1935Z")),
    st.integers(1, 9),
)
drafts = st.builds(
    lambda codes, done, status: Draft((*codes, *done), status), st.lists(secondary, unique_by=lambda one: one.code, max_size=5),
    st.lists(procedures, max_size=3), st.sampled_from(("01", "03", "")),
)  # fmt: skip


@given(drafts, drafts)
def test_all_of_one_is_that_one(yours: Draft, theirs: Draft) -> None:
    assert merged(yours, theirs, {"all": YOURS}) == yours
    assert merged(yours, theirs, {"all": THEIRS}) == theirs


@given(drafts, drafts)
def test_choosing_the_same_side_everywhere_gives_that_side(yours: Draft, theirs: Draft) -> None:
    for side, whole in ((YOURS, yours), (THEIRS, theirs)):
        names = [*(one.key for one in pairs(yours, theirs)), ORDER, STATUS]
        made = merged(yours, theirs, dict.fromkeys(names, side))
        assert (made.codes, made.disposition) == (whole.codes, whole.disposition)


@given(drafts, drafts)
def test_what_is_not_chosen_loses_no_line(yours: Draft, theirs: Draft) -> None:
    made = [(one.role, one.code) for one in merged(yours, theirs, {}).codes]
    assert {(one.role, one.code) for one in (*yours.codes, *theirs.codes)} == set(made)


@given(drafts)
def test_a_draft_beside_itself_differs_nowhere(draft: Draft) -> None:
    assert all(one.same for one in pairs(draft, draft))
    assert not differ_in_order(draft, draft)


def _principal(code: str) -> Draft:
    return Draft((DraftCode(role=Role.PRINCIPAL, code=code),))


@pytest.mark.parametrize(("first", "second"), list(product((YOURS, THEIRS), repeat=2)))
def test_two_principals_are_a_problem_to_choose_again(first: str, second: str) -> None:
    choice = {"diagnosis-I5023": first, "diagnosis-N179": second}
    if choice == {"diagnosis-I5023": YOURS, "diagnosis-N179": THEIRS}:
        with pytest.raises(Problem, match="two principal"):
            merged(_principal("I5023"), _principal("N179"), choice)
    else:
        assert len(merged(_principal("I5023"), _principal("N179"), choice).codes) <= 1
