"""Specification of the expected payment: weight × base rate to the cent, or "not available"."""

from datetime import date
from decimal import Decimal

import pytest

from muniment.coding.payment import expected
from muniment.rulebook.rules import RuleInForce

TABLE = [
    ("1.2683", 7000.5, "$8,878.73"),
    ("0.5", 6000, "$3,000.00"),
    ("1.00005", 100, "$100.01"),
    (None, 7000.5, "not available"),
    ("1.2683", 0.0, "not available"),
    ("1.2683", None, "not available"),
]


def rate(dollars):
    if dollars is None:
        return None
    return RuleInForce(
        code="coding.base-rate", number=1, title="Base rate", statement="", citation="The house", source_kind="house policy",
        verified=False, effective_from=date(2026, 1, 1), parameters={"dollars": dollars},
    )  # fmt: skip


@pytest.mark.parametrize(("weight", "dollars", "said"), TABLE)
def test_expected(weight, dollars, said) -> None:
    found = expected(Decimal(weight) if weight else None, rate(dollars))
    assert found.written == said
    assert found.sentence.endswith(".")
