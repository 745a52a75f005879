"""What the rule book's rules of qualitative analysis say, read into types. A rule that can't be read switches its check off. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from muniment.qualitative.rules import Kind
from muniment.rulebook.rules import RuleInForce

AREA = "qualitative."


class Parameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Codes are LOINC document types; every field has the shipped value's meaning in ``rulebook/pack/qualitative.toml``."""


class Laterality(Parameters, frozen=True):
    documents: tuple[str, ...] = ()  # whose sides are compared; empty: all
    max_words: int = 6  # between an act and its site


class Sex(Parameters, frozen=True):
    min_age: int = 2  # years: a younger child's chart speaks of the mother


class Dates(Parameters, frozen=True):
    days_before: int = 30
    days_after: int = 60
    inside: tuple[str, ...] = ()  # documents written during the stay, a day before or after at most
    operative: tuple[str, ...] = ()  # whose date of procedure is read
    summaries: tuple[str, ...] = ()  # whose dates of stay are read
    stay_days: int = 1  # by which a stated date of stay may be off
    procedure_days_before: int = 3
    signed_minutes: int = 60  # by which a signature may precede the document's time
    age_years: int = 1


class Diagnoses(Parameters, frozen=True):
    summaries: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()  # of a summary, in small letters: its discharge diagnoses
    notes: tuple[str, ...] = ()  # who decides: whose last word on a diagnosis counts


class Copied(Parameters, frozen=True):
    documents: tuple[str, ...] = ()
    min_words: int = 60  # of the longest run in common
    min_share: float = 0.3  # of the later note's words that stand in the earlier
    look_back_days: int = 400
    patients: int = 3  # in whose notes a run stands that is a template
    leave_out: tuple[str, ...] = ()  # sections that are meant to be carried on


class Results(Parameters, frozen=True):
    notes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ("HH", "LL", "AA")
    report_sections: tuple[str, ...] = ("impression", "conclusion")


TYPES: dict[Kind, type[Parameters]] = {
    Kind.LATERALITY: Laterality, Kind.SEX: Sex, Kind.DATES: Dates, Kind.DIAGNOSES: Diagnoses, Kind.COPIED: Copied, Kind.RESULTS: Results,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """A check that is on: what it looks for, its rule and the rule's parameters."""

    kind: Kind
    rule: RuleInForce
    parameters: Any


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The checks that are on on a day; ``broken``: (code, sentence) of rules that can't be read."""

    checks: tuple[Check, ...] = ()
    broken: tuple[tuple[str, str], ...] = ()

    def codes(self, kind: Kind, name: str) -> tuple[str, ...]:
        found = next((one for one in self.checks if one.kind is kind), None)
        return tuple(getattr(found.parameters, name)) if found else ()

    def parameters(self, kind: Kind) -> Any:
        return next((one.parameters for one in self.checks if one.kind is kind), None)


def compile_rules(rules: Iterable[RuleInForce]) -> RuleSet:
    checks, broken = [], []
    for rule in sorted(rules, key=lambda one: one.code):
        name = rule.code.removeprefix(AREA)
        if name not in list(Kind):
            broken.append((rule.code, f"There is no check “{name}”."))
            continue
        try:
            checks.append(Check(Kind(name), rule, msgspec.convert(rule.parameters, TYPES[Kind(name)])))
        except msgspec.ValidationError as error:
            broken.append((rule.code, str(error)))
    return RuleSet(tuple(checks), tuple(broken))
