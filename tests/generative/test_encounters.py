"""A stay is the sum of its movements: in whatever order they come, and however often, it is the same stay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from muniment.encounters.rules import CANCELS, Kind, Move, Status, replay

BEGUN = datetime(2026, 3, 1, tzinfo=UTC)
TIMES = st.integers(0, 6).map(lambda hours: BEGUN + timedelta(hours=hours))  # few, so that many fall together
WORDS = st.sampled_from(["", "A", "B"])


def moves(kinds: Iterable[Kind] = Kind) -> Any:
    one = st.builds(
        Move, key=st.just(""), kind=st.sampled_from(list(kinds)), occurred_at=TIMES, recorded_at=TIMES, class_=WORDS, service=WORDS, unit=WORDS,
        room=WORDS, bed=WORDS, attending=WORDS, disposition=WORDS, admitted_at=st.none() | TIMES, discharged_at=st.none() | TIMES,
    )  # fmt: skip
    return st.lists(one, max_size=10).map(lambda found: [replace(move, key=str(number)) for number, move in enumerate(found)])


@given(given_moves=moves(), data=st.data())
def test_any_order_and_any_repetition_give_the_same_stay(given_moves: list[Move], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(given_moves), max_size=5)) if given_moves else []
    assert replay(data.draw(st.permutations([*given_moves, *again]))) == replay(given_moves)


@given(given_moves=moves([kind for kind in Kind if kind not in CANCELS]), data=st.data())
def test_what_is_cancelled_is_as_if_it_had_never_been(given_moves: list[Move], data: st.DataObject) -> None:
    cancel = data.draw(st.sampled_from([Kind.CANCEL_TRANSFER, Kind.CANCEL_DISCHARGE]))
    (taken,) = CANCELS[cancel]
    late = BEGUN + timedelta(days=1)
    wrong = Move(key="wrong", kind=taken, occurred_at=late, recorded_at=late, unit="Z", discharged_at=late)
    back = Move(key="back", kind=cancel, occurred_at=late, recorded_at=late + timedelta(hours=1))
    assert replay([*given_moves, wrong, back]) == replay(given_moves)


@given(given_moves=moves([Kind.UPDATE, Kind.TRANSFER]))
def test_a_cancelled_admission_cancels_a_stay_of_which_nothing_else_stands(given_moves: list[Move]) -> None:
    admit = Move(key="in", kind=Kind.ADMIT, occurred_at=BEGUN, recorded_at=BEGUN)
    back = Move(key="back", kind=Kind.CANCEL_ADMIT, occurred_at=BEGUN, recorded_at=BEGUN + timedelta(days=1))
    assert replay([*given_moves, admit]).status is Status.IN_PROGRESS
    assert replay([*given_moves, admit, back]).status is Status.CANCELLED


@given(given_moves=moves())
def test_a_finished_stay_has_a_discharge_and_only_that_has(given_moves: list[Move]) -> None:
    stay = replay(given_moves)
    if stay.status is not Status.CANCELLED:
        assert (stay.status is Status.FINISHED) == (stay.discharged_at is not None)
