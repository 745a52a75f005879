"""What the rule book says of pending documents, read into types: a version that can't be read is named, never guessed at. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import msgspec

from muniment.pending.rules import RULE, Limits
from muniment.rulebook.rules import RuleInForce, Term

OTHERS = "Other preliminary document"
PROPOSALS_A_DAY = 25  # where a version of the rule does not say


class Days(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Days from filing: its author is told, and it is proposed for closure."""

    notify_days: int
    close_days: int

    def __post_init__(self) -> None:
        if not 0 <= self.notify_days < self.close_days:
            raise ValueError("the author is told before the document is proposed for closure")

    @property
    def limits(self) -> Limits:
        return Limits(self.notify_days, self.close_days)


class Kind(Days, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A type of document by its LOINC codes, that is pending until its author signs it."""

    name: str
    codes: tuple[str, ...]


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The types; ``preliminary`` for a document of any other that its source calls preliminary; how long an extension may be, in days;
    how many closures are proposed a day at each facility, longest pending first."""

    types: tuple[Kind, ...]
    preliminary: Days | None = None
    longest_extension: int = 60
    proposals_a_day: int = PROPOSALS_A_DAY

    def __post_init__(self) -> None:
        codes = [code for one in self.types for code in one.codes]
        if len(codes) != len(set(codes)):
            raise ValueError("each code belongs to one type")
        if self.longest_extension < 1:
            raise ValueError("an extension is a day or more")
        if self.proposals_a_day < 1:
            raise ValueError("at least one closure a day is proposed")

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(code for one in self.types for code in one.codes)

    def kind(self, code: str) -> Kind | None:
        return next((one for one in self.types if code in one.codes), None)


@dataclass(frozen=True, slots=True)
class Version:
    """The policy from ``begin`` until before ``end``."""

    begin: date
    end: date | None
    rule: RuleInForce
    policy: Policy

    def governs(self, day: date) -> bool:
        return self.begin <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Book:
    """Every adopted version. ``broken`` are sentences about those that can't be read: they govern nothing."""

    versions: Sequence[Version] = ()
    broken: Sequence[str] = ()

    def on(self, day: date) -> Version | None:
        """The version that governs a document filed on that day; the later one where two do."""
        fits = [one for one in self.versions if one.governs(day)]
        return fits[-1] if fits else None

    @property
    def names(self) -> dict[str, frozenset[str]]:
        """Each type's codes, by its name, over all versions."""
        found: dict[str, frozenset[str]] = {}
        for kind in (kind for one in self.versions for kind in one.policy.types):
            found[kind.name] = found.get(kind.name, frozenset()) | frozenset(kind.codes)
        return found


def read(terms: Sequence[Term]) -> Book:
    """The book of these terms of the rule, oldest version first."""
    broken: list[str] = []
    return Book(tuple(_read(terms, broken)), broken)


def _read(terms: Sequence[Term], broken: list[str]) -> Iterator[Version]:
    for term in terms:
        rule = term.rule
        if rule.code != RULE:
            continue
        try:
            policy = msgspec.convert(rule.parameters, Policy)
        except (msgspec.ValidationError, ValueError) as error:
            broken.append(f"Version {rule.number} of “{rule.title}” can't be read: {error}.")
            continue
        yield Version(term.effective_from, term.effective_to, rule, policy)
