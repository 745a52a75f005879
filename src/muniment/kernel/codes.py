"""Codes as values: a diagnosis or procedure code that is not shaped like one can't be constructed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from muniment.kernel.errors import Problem

_ICD10CM = re.compile(r"[A-Z][0-9A][0-9A-Z](?:[0-9A-Z]{1,4})?")
_ICD10PCS = re.compile(r"[0-9A-HJ-NP-Z]{7}")
_NAMES = {"icd-10-cm": "an ICD-10-CM", "icd-10-pcs": "an ICD-10-PCS"}


def _shape_problem(text: str, system: str, remedy: str) -> Problem:
    return Problem(f"“{text[:20]}” is not shaped like {_NAMES[system]} code.", remedy=remedy)


@dataclass(frozen=True, slots=True, order=True)
class ICD10CM:
    """An ICD-10-CM code: a letter, a digit (or A, as in QA0), a digit or letter, then up to four more.

    Kept without its dot and in capitals, as claims carry it (UB-04 FL 67). It may be a heading; whether it is
    valid and billable on a date is the terminology's answer.
    """

    value: str

    def __post_init__(self) -> None:
        if not _ICD10CM.fullmatch(self.value):
            raise _shape_problem(self.value, "icd-10-cm", "Write a letter, two characters, then up to four, as in E11.22.")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a code as people and systems write it: any case, with or without its dot. Raises Problem."""
        plain = text.strip().upper()
        if plain.count(".") > 1 or plain.find(".") not in (-1, 3) or plain.endswith("."):
            raise _shape_problem(text.strip(), "icd-10-cm", "The dot stands after the third character, as in E11.22.")
        return cls(plain.replace(".", ""))

    @property
    def dotted(self) -> str:
        """As the tabular list prints it."""
        return dotted(self.value)

    @property
    def category(self) -> str:
        return self.value[:3]

    def __str__(self) -> str:
        return self.dotted


@dataclass(frozen=True, slots=True, order=True)
class ICD10PCS:
    """An ICD-10-PCS code: exactly seven digits or letters other than I and O."""

    value: str

    def __post_init__(self) -> None:
        if not _ICD10PCS.fullmatch(self.value):
            raise _shape_problem(self.value, "icd-10-pcs", "It has seven digits or letters, never I or O, as in 0SRB0JZ.")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a code in any case. Raises Problem."""
        return cls(text.strip().upper())

    def __str__(self) -> str:
        return self.value


def dotted(code: str) -> str:
    """An ICD-10-CM code with its dot; anything of three characters, a range or a chapter as it is."""
    if len(code) <= 3 or "-" in code:
        return code
    return f"{code[:3]}.{code[3:]}"
