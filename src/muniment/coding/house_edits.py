"""Edits a house writes itself: conditions over the stay, its codes, its chart and the coder, kept as a rule. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any

import msgspec

from muniment.coding.findings import Edit, Severity
from muniment.coding.grouping import Grouped
from muniment.coding.rules import POA, Claim
from muniment.rulebook.rules import RuleInForce

RULE = "coding.house-edits"


class Field(StrEnum):
    """What a condition looks at. The value is how the form says it."""

    AGE = "age in years"
    SEX = "sex"
    CLASS = "patient class"
    SERVICE = "service"
    UNIT = "unit"
    DAYS = "length of stay in days"
    DISPOSITION = "discharge status"
    PRINCIPAL = "principal diagnosis"
    SECONDARY = "secondary diagnosis"
    DIAGNOSIS = "any diagnosis"
    ACQUIRED = "diagnosis not present on admission"
    ADMITTING = "admitting diagnosis"
    PROCEDURE = "procedure"
    OPERATION = "operating-room procedure"  # as the grouper counts it
    DIAGNOSES = "number of diagnoses"
    DRG = "MS-DRG"
    MDC = "MDC"
    SEVERITY = "severity of the MS-DRG"
    WEIGHT = "weight of the MS-DRG"
    DOCUMENT = "document in the chart"
    ROLE = "role of the coder"


class Comparison(StrEnum):
    ONE_OF = "is one of"
    NONE_OF = "is none of"
    BEGINS = "begins with one of"
    BEGINS_NOT = "begins with none of"
    AT_LEAST = "at least"
    AT_MOST = "at most"


_NUMBERS = frozenset({Field.AGE, Field.DAYS, Field.DIAGNOSES, Field.WEIGHT})
_BOUNDS = frozenset({Comparison.AT_LEAST, Comparison.AT_MOST})
_CODES = frozenset(
    {Field.PRINCIPAL, Field.SECONDARY, Field.DIAGNOSIS, Field.ACQUIRED, Field.ADMITTING, Field.PROCEDURE, Field.OPERATION}
)
_NEGATIVE = frozenset({Comparison.NONE_OF, Comparison.BEGINS_NOT})


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line. ``alternative``: conditions with the same letter hold together; empty counts as a letter too."""

    edit: str
    field: Field
    comparison: Comparison
    values: tuple[str, ...]
    alternative: str = ""

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError(f"a condition of edit {self.edit} has no value")
        if (self.comparison in _BOUNDS) != (self.field in _NUMBERS):
            fit = "“at least” or “at most”" if self.field in _NUMBERS else "one of the other comparisons"
            raise ValueError(f"“{self.field}” of edit {self.edit} takes {fit}")
        if self.field in _NUMBERS and (len(self.values) > 1 or _number(self.values[0]) is None):
            raise ValueError(f"“{self.field}” of edit {self.edit} takes one number")


class HouseEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``citation``: whose policy it is; where it is empty, the rule's own."""

    number: str
    severity: Severity
    sentence: str
    citation: str = ""

    def __post_init__(self) -> None:
        if not self.number.strip() or not self.sentence.strip():
            raise ValueError("an edit needs a number and a sentence")


class HouseEdits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    edits: tuple[HouseEdit, ...] = ()
    conditions: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        numbers = [one.number for one in self.edits]
        asked = {one.edit for one in self.conditions}
        if twice := next((one for one in numbers if numbers.count(one) > 1), None):
            raise ValueError(f"edit {twice} is there twice")
        if lost := asked - set(numbers):
            raise ValueError(f"conditions name edit {min(lost)}, which is not there")
        if bare := set(numbers) - asked:
            raise ValueError(f"edit {min(bare)} has no condition, so it would speak of every stay")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A stay as house edits see it. ``documents``: codes and titles of its documents; ``role``: of who codes, empty where nobody does."""

    claim: Claim
    grouped: Grouped | None
    class_code: str
    service: str = ""
    unit: str = ""
    documents: Collection[str] = ()
    role: str = ""


def read(parameters: Mapping[str, Any]) -> HouseEdits:
    """The edits of a version. Raises ValueError with what is wrong in it."""
    try:
        return msgspec.convert(parameters, HouseEdits)
    except msgspec.ValidationError as error:
        raise ValueError(str(error).partition(" - at")[0]) from error


def asks(edits: HouseEdits, field: Field) -> bool:
    """Whether any condition looks at it."""
    return any(one.field is field for one in edits.conditions)


def by_role(edits: HouseEdits) -> set[str]:
    """The numbers of edits that depend on who codes."""
    return {one.edit for one in edits.conditions if one.field is Field.ROLE}


def judge(rule: RuleInForce, case: Case) -> Iterator[Edit]:
    """What the house's edits say of a stay. A version that can't be read is itself a warning."""
    try:
        edits = read(rule.parameters)
    except ValueError as error:
        said = f"The house’s own edits can’t be read ({error}), so they were not applied. Tell the administrator."
        yield Edit("House", Severity.WARNING, said, (), rule.cited)
        return
    yield from judged(edits, case, rule.cited)


def judged(edits: HouseEdits, case: Case, cited: str) -> Iterator[Edit]:
    values = {field: _values(field, case) for field in {one.field for one in edits.conditions}}
    for edit in edits.edits:
        codes = _tripping([one for one in edits.conditions if one.edit == edit.number], values)
        if codes is not None:
            yield Edit(f"House {edit.number}", edit.severity, edit.sentence, codes, edit.citation or cited)


def _tripping(conditions: Iterable[Condition], values: Mapping[Field, list[str]]) -> tuple[str, ...] | None:
    """The codes that fit in the first alternative that holds, empty where it is not about codes; None when none holds."""
    alternatives: dict[str, list[Condition]] = {}
    for one in conditions:
        alternatives.setdefault(one.alternative.strip().casefold(), []).append(one)
    for together in alternatives.values():
        if all(_holds(one, values[one.field]) for one in together):
            return tuple(dict.fromkeys(code for one in together for code in _fitting(one, values[one.field])))
    return None


def _holds(condition: Condition, values: list[str]) -> bool:
    if condition.comparison in _BOUNDS:
        bound, value = _number(condition.values[0]), _number(values[0]) if values else None
        if bound is None or value is None:
            return False
        return value >= bound if condition.comparison is Comparison.AT_LEAST else value <= bound
    fits = any(_fits(condition, value) for value in values)
    return not fits if condition.comparison in _NEGATIVE else fits


def _fits(condition: Condition, value: str) -> bool:
    wanted = [_plain(condition.field, one) for one in condition.values]
    if condition.comparison in (Comparison.BEGINS, Comparison.BEGINS_NOT):
        return value.startswith(tuple(wanted))
    return value in wanted


def _fitting(condition: Condition, values: list[str]) -> list[str]:
    if condition.field not in _CODES or condition.comparison in _NEGATIVE:
        return []
    return [value.upper() for value in values if _fits(condition, value)]


def _plain(field: Field, text: str) -> str:
    """As values are compared: without case, and a code without its dot."""
    said = " ".join(text.split()).casefold()
    return said.replace(".", "") if field in _CODES else said


def _values(field: Field, case: Case) -> list[str]:
    return [_plain(field, one) for one in (_of_codes(field, case) if field in _CODES else _of_stay(field, case))]


def _of_codes(field: Field, case: Case) -> list[str]:
    claim = case.claim
    principal = [claim.principal.code.value] if claim.principal else []
    secondary = [one.code.value for one in claim.secondary]
    return {
        Field.PRINCIPAL: principal, Field.SECONDARY: secondary, Field.DIAGNOSIS: principal + secondary,
        Field.ACQUIRED: [one.code.value for one in claim.diagnoses if one.poa in (POA.NO, POA.UNKNOWN)],
        Field.ADMITTING: [claim.admitting.value] if claim.admitting else [], Field.PROCEDURE: [one.code.value for one in claim.procedures],
        Field.OPERATION: [one.code for one in case.grouped.outcomes if one.operating_room] if case.grouped else [],
    }[field]  # fmt: skip


def _of_stay(field: Field, case: Case) -> list[str]:
    claim, grouped = case.claim, case.grouped if case.grouped and case.grouped.groupable else None
    found: dict[Field, object] = {
        Field.AGE: claim.age if claim.age >= 0 else None, Field.SEX: claim.sex.value, Field.CLASS: case.class_code,
        Field.SERVICE: case.service, Field.UNIT: case.unit, Field.DAYS: claim.length_of_stay, Field.DISPOSITION: claim.discharge_status,
        Field.DIAGNOSES: len(claim.diagnoses), Field.DRG: f"{grouped.final_drg:03d}" if grouped else None,
        Field.MDC: f"{grouped.mdc:02d}" if grouped else None, Field.SEVERITY: grouped.severity if grouped else None,
        Field.WEIGHT: grouped.weight if grouped else None, Field.ROLE: case.role,
    }  # fmt: skip
    if field is Field.DOCUMENT:
        return list(case.documents)
    return [str(found[field])] if found[field] not in (None, "") else []


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if isfinite(found) else None
