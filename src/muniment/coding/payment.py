"""What a stay is expected to be paid: the weight of its DRG times the house's rate. A missing weight or rate is "not available"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from muniment.rulebook import queries as rulebook
from muniment.rulebook.rules import RuleInForce

RATE = "coding.base-rate"
_CENT = Decimal("0.01")
NO_WEIGHT = "The DRG has no weight on the day of discharge, so nothing is expected in money."
NO_RATE = "No base rate of the house is in force on the day of discharge. An administrator sets it in the rule book: Base rate per discharge."


@dataclass(frozen=True, slots=True)
class Expected:
    """``amount`` in dollars; None is "not available" and ``sentence`` says what is missing. ``rule`` is the rate it rests on."""

    amount: Decimal | None
    sentence: str
    rule: RuleInForce | None = None

    @property
    def written(self) -> str:
        return "not available" if self.amount is None else f"${self.amount:,.2f}"


def expected_on(weight: Decimal | None, discharged: date) -> Expected:
    """By the rate in force on the day of discharge (42 CFR 412.64). At most two queries."""
    return expected(weight, rulebook.at(discharged).find(RATE))


def expected(weight: Decimal | None, rule: RuleInForce | None) -> Expected:
    """Without the adjustments of a claim: transfer, outlier, add-on, teaching and disproportionate share."""
    rate = Decimal(str(rule.parameters["dollars"])) if rule else Decimal(0)
    if rule is None or rate <= 0:
        return Expected(None, NO_RATE)
    if weight is None:
        return Expected(None, NO_WEIGHT, rule)
    amount = (weight * rate).quantize(_CENT, ROUND_HALF_UP)
    said = f"Weight {weight} × base rate ${rate:,.2f}. Transfer, outlier, add-on, teaching and disproportionate-share adjustments are not in it."
    return Expected(amount, said, rule)
