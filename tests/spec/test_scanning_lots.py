"""Acceptance sampling by lots: plans of MIL-STD-105E, when a lot is decided, and when inspection is switched."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.scanning.lots.rules import (
    LEVELS,
    Inspection,
    LotPolicy,
    LotState,
    Past,
    Plan,
    code_letter,
    decided,
    drawn,
    inspection_after,
    plan,
    tables,
)  # fmt: skip

NORMAL, TIGHTENED, REDUCED, DISCONTINUED = Inspection.NORMAL, Inspection.TIGHTENED, Inspection.REDUCED, Inspection.DISCONTINUED


@pytest.mark.parametrize(
    ("size", "letters"),
    [
        (2, "AAB"), (8, "AAB"), (9, "ABC"), (25, "BCD"), (26, "CDE"), (50, "CDE"), (51, "CEF"), (90, "CEF"), (150, "DFG"), (280, "EGH"),
        (500, "FHJ"), (501, "GJK"), (1200, "GJK"), (3200, "HKL"), (10_000, "JLM"), (35_000, "KMN"), (150_000, "LNP"), (500_000, "MPQ"),
        (500_001, "NQR"),
    ],
)  # fmt: skip
def test_table_1_code_letters_of_levels_1_to_3(size, letters):
    assert "".join(code_letter(size, level) for level in LEVELS) == letters


@pytest.mark.parametrize(
    ("size", "aql", "level", "inspection", "letter", "used", "sample", "accept", "reject"),
    [
        (500, 1.0, "II", NORMAL, "H", "H", 50, 1, 2),
        (1200, 2.5, "II", NORMAL, "J", "J", 80, 5, 6),
        (50, 1.0, "II", NORMAL, "D", "E", 13, 0, 1),  # the arrow downwards
        (150, 1.0, "II", NORMAL, "F", "E", 13, 0, 1),  # the arrow upwards
        (280, 1.0, "II", NORMAL, "G", "H", 50, 1, 2),  # the arrow downwards
        (500, 1.0, "II", TIGHTENED, "H", "J", 80, 1, 2),
        (1200, 1.0, "II", TIGHTENED, "J", "J", 80, 1, 2),
        (1200, 2.5, "II", TIGHTENED, "J", "J", 80, 3, 4),
        (3200, 6.5, "II", NORMAL, "K", "K", 125, 14, 15),
        (3200, 6.5, "II", TIGHTENED, "K", "K", 125, 12, 13),
        (1200, 1.0, "II", REDUCED, "J", "J", 32, 1, 3),
        (150, 1.0, "II", REDUCED, "F", "E", 5, 0, 1),
        (500, 1.0, "I", NORMAL, "F", "E", 13, 0, 1),
        (500, 1.0, "III", NORMAL, "J", "J", 80, 2, 3),
        (200_000, 10.0, "II", NORMAL, "P", "K", 125, 21, 22),  # upwards until there is a plan
    ],
)
def test_single_sampling_plans(size, aql, level, inspection, letter, used, sample, accept, reject):
    found = plan(size, aql, level, inspection)
    assert (found.letter, found.used, found.sample, found.accept, found.reject, found.whole) == (
        letter,
        used,
        sample,
        accept,
        reject,
        False,
    )


@pytest.mark.parametrize(
    ("size", "aql", "level", "inspection"),
    [(1, 1.0, "II", NORMAL), (8, 0.10, "II", NORMAL), (13, 1.0, "II", NORMAL), (500, 1.2, "II", NORMAL), (500, 1.0, "IV", NORMAL), (500, 1.0, "II", DISCONTINUED)],
)  # fmt: skip
def test_what_has_no_plan_or_a_sample_as_large_as_the_lot_is_inspected_whole(size, aql, level, inspection):
    found = plan(size, aql, level, inspection)
    assert (found.sample, found.accept, found.whole) == (size, 0, True)


SIZES = [
    0,
    1,
    2,
    8,
    9,
    25,
    26,
    50,
    51,
    90,
    150,
    151,
    280,
    281,
    500,
    501,
    1200,
    1201,
    3200,
    10_000,
    35_000,
    150_000,
    500_000,
    500_001,
]
CELLS = [(size, aql, level) for size in SIZES for aql in tables()["aqls"] for level in LEVELS]


def test_every_lot_has_a_plan():
    for size, aql, level in CELLS:
        for inspection in (NORMAL, TIGHTENED, REDUCED):
            found = plan(size, aql, level, inspection)
            assert 0 <= found.sample <= size
            assert found.accept < found.reject
            assert inspection is REDUCED or found.reject == found.accept + 1


def test_tightened_inspection_accepts_no_greater_share_than_normal():
    for size, aql, level in CELLS:
        normal, tightened = (plan(size, aql, level, one) for one in (NORMAL, TIGHTENED))
        assert tightened.accept * max(normal.sample, 1) <= normal.accept * max(tightened.sample, 1)


def test_what_was_not_held_against_a_reprint_says_so():
    assert plan(500, 1.0, "II", NORMAL).held
    assert plan(500, 1.0, "II", TIGHTENED).held
    assert not plan(500, 0.25, "II", TIGHTENED).held
    assert not plan(500, 1.0, "II", REDUCED).held


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_sample_is_drawn_once_for_all(size, count):
    lot, documents = uuid4(), [uuid4() for _ in range(size)]
    sample = drawn(lot, documents, count)
    assert sample == drawn(lot, reversed(documents), count)
    assert len(sample) == min(size, count)


@pytest.mark.parametrize(
    ("accept", "reject", "checked", "failed", "state"),
    [
        (1, 2, 49, 0, None), (1, 2, 49, 1, None), (1, 2, 50, 1, LotState.ACCEPTED), (1, 2, 3, 2, LotState.REJECTED), (1, 2, 50, 2, LotState.REJECTED),
        (0, 1, 50, 0, LotState.ACCEPTED), (0, 1, 1, 1, LotState.REJECTED), (1, 4, 50, 3, LotState.ACCEPTED),
    ],
)  # fmt: skip
def test_when_a_lot_is_decided(accept, reject, checked, failed, state):
    assert decided(Plan("H", "H", 50, accept, reject), checked=checked, failed=failed) is state


def past(word: str, inspection: Inspection = NORMAL) -> list[Past]:
    """a accepted, r rejected, b accepted between the numbers, f accepted with one found, ! rejected and then resumed."""
    return [
        Past(inspection, one in "abf", {"a": 0, "f": 1, "b": 2}.get(one, 3), 1, resumed=one == "!") for one in word
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lots", "reduced", "inspection"),
    [
        ("", False, NORMAL), ("a", False, NORMAL), ("r", False, NORMAL), ("rr", False, TIGHTENED), ("raaar", False, TIGHTENED), ("raaaar", False, NORMAL),
        ("rraaaa", False, TIGHTENED), ("rraaaaa", False, NORMAL), ("rraaraaaaa", False, NORMAL),
        ("rr" + "rrrr", False, TIGHTENED), ("rr" + "rarararar", False, DISCONTINUED), ("rr" + "rrrrr", False, DISCONTINUED),
        ("rr" + "rrrr!", False, TIGHTENED), ("rr" + "rrrrr" + "aaaaaa", False, DISCONTINUED), ("rr" + "rrrrr" + "a!", False, TIGHTENED),
        ("a" * 10, False, NORMAL), ("a" * 9, True, NORMAL), ("a" * 10, True, REDUCED), ("a" * 9 + "f", True, NORMAL),
        ("a" * 10 + "f", True, REDUCED), ("a" * 10 + "b", True, NORMAL), ("a" * 10 + "r", True, NORMAL), ("a" * 10 + "rr", True, NORMAL),
        ("a" * 10 + "rrr", True, TIGHTENED),
    ],
)  # fmt: skip
def test_the_switching_rules(lots, reduced, inspection):
    assert inspection_after(past(lots), reduced=reduced)[0] is inspection


def test_reduced_inspection_ends_with_the_rule_that_asks_for_it():
    assert inspection_after(past("a" * 10), reduced=True)[0] is REDUCED
    assert inspection_after(past("a" * 11), reduced=False)[0] is NORMAL


def test_a_rule_without_parameters_is_that_of_level_2():
    assert LotPolicy.read({"aql": 2.5, "unheard": 1}) == LotPolicy(aql=2.5, level="II", reduced=False)
