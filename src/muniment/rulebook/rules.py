"""A rule's life and when it governs. Pure; the diagram in the docs is drawn from TRANSITIONS."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    PROPOSED = "proposed"
    ADOPTED = "adopted"
    STAYED = "stayed"
    VACATED = "vacated"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class SourceKind(StrEnum):
    LAW = "law"
    ACCREDITATION = "accreditation"
    STATE = "state law"
    HOUSE = "house policy"


TRANSITIONS: dict[tuple[Status, str], Status] = {
    (Status.PROPOSED, "adopt"): Status.ADOPTED,
    (Status.PROPOSED, "withdraw"): Status.WITHDRAWN,
    (Status.ADOPTED, "supersede"): Status.SUPERSEDED,
    (Status.ADOPTED, "stay"): Status.STAYED,
    (Status.ADOPTED, "vacate"): Status.VACATED,
    (Status.STAYED, "vacate"): Status.VACATED,
}


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """A rule as it governs on one day: what code reads, and what the reader is shown beside the answer."""

    code: str
    number: int
    title: str
    statement: str
    citation: str
    source_kind: str
    verified: bool
    effective_from: date
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def cited(self) -> str:
        """The citation as it is shown: "unverified" where nobody has read the primary text."""
        return self.citation if self.verified else f"{self.citation} (unverified)"


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules that govern on ``day``."""

    day: date
    rules: dict[str, RuleInForce]

    def find(self, code: str) -> RuleInForce | None:
        return self.rules.get(code)

    def __getitem__(self, code: str) -> RuleInForce:
        """The rule in force. Raises LookupError with a sentence when none was adopted for that day."""
        found = self.rules.get(code)
        if found is None:
            raise LookupError(f"No rule “{code}” is in force on {self.day.isoformat()}.")
        return found

    def area(self, prefix: str) -> list[RuleInForce]:
        """Every rule whose code begins with ``prefix`` and a dot, by code."""
        return [rule for code, rule in sorted(self.rules.items()) if code.startswith(prefix + ".")]
