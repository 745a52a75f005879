"""What an edit is, and what edits know of codes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

GUIDELINES = "ICD-10-CM Official Guidelines, {}"


class Severity(StrEnum):
    """Critical and error stop the final coding; a warning needs a reason; information is only said."""

    CRITICAL = "critical"
    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Edit:
    """One finding. ``codes`` are those that trip it, without dots; ``citation`` says whose rule it is."""

    number: str
    severity: Severity
    sentence: str
    codes: tuple[str, ...]
    citation: str


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """What the terminology says of a code on the discharge date.

    ``excludes1``, ``code_first`` and ``use_additional`` are (heading, note) pairs in force at it, ``parent`` the heading right above.
    ``poa_exempt`` is None where no exempt list is installed.
    """

    display: str
    billable: bool
    valid: bool
    excludes1: tuple[tuple[str, str], ...] = ()
    poa_exempt: bool | None = None
    release: str = ""
    code_first: tuple[tuple[str, str], ...] = ()
    use_additional: tuple[tuple[str, str], ...] = ()
    parent: str = ""


class Terms(Protocol):
    """The terminology as the edits need it, for one claim and its discharge date. Codes have no dots."""

    def diagnosis(self, code: str) -> CodeFacts | None: ...

    def procedure(self, code: str) -> CodeFacts | None: ...

    def usable(self, codes: Iterable[str]) -> Mapping[str, CodeFacts]:
        """Of these diagnoses, which need not be the claim's, those that may be used on its discharge date."""


_BRACKETED = re.compile(r"\(([^()]*)\)")
_REFERENCE = re.compile(r"([A-Z][0-9A][0-9A-Z](?:\.[0-9A-Z]{1,4})?)\.?(-)?(?:([A-Z][0-9A][0-9A-Z](?:\.[0-9A-Z]{1,4})?)-?)?")


def references(note: str) -> list[tuple[str, str]]:
    """The codes a tabular note names in brackets, as inclusive (first, last) beginnings without dots.

    ``(A05.-)`` is every code that begins with A05, ``(T61-T62)`` a range. A bracket with any other words is left out: its
    condition can't be judged by code alone.
    """
    found: list[tuple[str, str]] = []
    for bracket in _BRACKETED.findall(note):
        parts = [part.strip() for part in bracket.split(",")]
        matches = [_REFERENCE.fullmatch(part) for part in parts]
        if all(matches):
            found.extend((_plain(match[1]), _plain(match[3] or match[1])) for match in matches if match)
    return found


def _plain(code: str) -> str:
    return code.replace(".", "")


def excluded_by(note: str, code: str) -> bool:
    """Whether a note names this code (no dot), itself or by a beginning or a range."""
    return any(first <= code[: len(first)] and code[: len(last)] <= last for first, last in references(note))
