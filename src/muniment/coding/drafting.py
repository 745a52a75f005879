"""A draft of a stay's codes, and every change a coder makes to it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Self
from uuid import UUID

from muniment.coding.rules import POA
from muniment.kernel.codes import ICD10CM, ICD10PCS
from muniment.kernel.errors import Problem


class Role(StrEnum):
    """What a code is in the abstract (UHDDS; UB-04 FL 67, 67A–Q, 69, 74). Their order is the abstract's."""

    PRINCIPAL = "principal"
    SECONDARY = "secondary"
    PROCEDURE = "procedure"
    ADMITTING = "admitting"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCode:
    """One line of an abstract. ``code`` has no dot; a badly shaped one can't be constructed (Problem)."""

    role: Role
    code: str
    poa: POA = POA.NONE
    on: date | None = None
    operator_id: UUID | None = None

    def __post_init__(self) -> None:
        (ICD10PCS if self.is_procedure else ICD10CM)(self.code)

    @classmethod
    def read(cls, role: Role, text: str) -> Self:
        """A line from a code as people write it: with or without its dot, any case."""
        kind = ICD10PCS if role is Role.PROCEDURE else ICD10CM
        return cls(role=role, code=kind.parse(text).value)

    @property
    def is_procedure(self) -> bool:
        return self.role is Role.PROCEDURE

    @property
    def written(self) -> str:
        return self.code if self.is_procedure else ICD10CM(self.code).dotted


@dataclass(frozen=True, slots=True)
class Draft:
    """An abstract's codes in order (principal, secondary, procedures, admitting), disposition and reasons for passed warnings."""

    codes: tuple[DraftCode, ...] = ()
    disposition: str = ""
    answers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        order = list(Role)
        object.__setattr__(self, "codes", tuple(sorted(self.codes, key=lambda one: order.index(one.role))))
        for role in (Role.PRINCIPAL, Role.ADMITTING):
            if len(self.of(role)) > 1:
                raise Problem(f"There are two {role} diagnoses.", remedy="Keep one.")

    def of(self, role: Role) -> tuple[DraftCode, ...]:
        return tuple(one for one in self.codes if one.role is role)

    @property
    def principal(self) -> DraftCode | None:
        return next(iter(self.of(Role.PRINCIPAL)), None)


def add(draft: Draft, kind: str, text: str) -> Draft:
    """Add a code. ``kind``: "diagnosis" (the first one becomes principal), "procedure" or "admitting" (replaces the former)."""
    if kind == "admitting":
        kept = tuple(one for one in draft.codes if one.role is not Role.ADMITTING)
        return replace(draft, codes=(*kept, DraftCode.read(Role.ADMITTING, text)))
    role = Role.PROCEDURE if kind == "procedure" else (Role.SECONDARY if draft.principal else Role.PRINCIPAL)
    new = DraftCode.read(role, text)
    if role is not Role.PROCEDURE and any(one.code == new.code for one in draft.codes if one.role is not Role.ADMITTING):
        raise Problem(f"{new.written} is there already.")
    return replace(draft, codes=(*draft.codes, new))


def add_pair(draft: Draft, cause: str, manifestation: str) -> Draft:
    """Add a disease and its manifestation in that order (Official Guidelines, I.A.13); a cause that is there already stays where it is."""
    there = any(one.code == ICD10CM.parse(cause).value for one in draft.codes if one.role is not Role.ADMITTING)
    return add(draft if there else add(draft, "diagnosis", cause), "diagnosis", manifestation)


def remove(draft: Draft, place: int) -> Draft:
    """Take a line out. Nothing moves up to be principal by itself: which one it is, is the coder's judgement."""
    return replace(draft, codes=draft.codes[:place] + draft.codes[place + 1 :])


def shift(draft: Draft, place: int, step: int) -> Draft:
    """Move a line up or down among those of its role; at the end it stays."""
    other = place + step
    codes = list(draft.codes)
    if 0 <= other < len(codes) and codes[other].role is codes[place].role:
        codes[place], codes[other] = codes[other], codes[place]
    return replace(draft, codes=tuple(codes))


def promote(draft: Draft, place: int) -> Draft:
    """Make a secondary diagnosis the principal; the former one leads the secondary diagnoses."""
    chosen = draft.codes[place]
    if chosen.role is not Role.SECONDARY:
        raise Problem(f"{chosen.written} is not a secondary diagnosis, so it can't be made principal.")
    former = tuple(replace(one, role=Role.SECONDARY) for one in draft.of(Role.PRINCIPAL))
    rest = tuple(one for one in draft.codes if one is not chosen and one.role is not Role.PRINCIPAL)
    return replace(draft, codes=(replace(chosen, role=Role.PRINCIPAL), *former, *rest))


def put(draft: Draft, place: int, line: DraftCode) -> Draft:
    """Put a removed line back where it was; a principal becomes secondary when there is another one by now."""
    if line.role is Role.PRINCIPAL and draft.principal:
        line = replace(line, role=Role.SECONDARY)
    return replace(draft, codes=(*draft.codes[:place], line, *draft.codes[place:]))


_STEPS: dict[str, Callable[[Draft, int], Draft]] = {
    "remove": remove,
    "up": lambda draft, place: shift(draft, place, -1),
    "down": lambda draft, place: shift(draft, place, 1),
    "principal": promote,
}


def carry_out(draft: Draft, command: str) -> Draft:
    """A change as the screen sends it: "add:diagnosis:I50.23", "up:2", "principal:3", "put:1:secondary:I10:Y". Raises Problem."""
    name, _, rest = command.partition(":")
    try:
        if name == "add":
            kind, _, code = rest.partition(":")
            return add(draft, kind, code)
        if name == "pair":
            cause, _, manifestation = rest.partition(":")
            return add_pair(draft, cause, manifestation)
        if name == "put":
            return put(draft, *_line(rest))
        return _STEPS[name](draft, _place(draft, rest))
    except (KeyError, ValueError, IndexError) as error:
        raise Problem("The screen asked for a change that does not exist.", remedy="Reload the page.") from error


def _place(draft: Draft, text: str) -> int:
    place = int(text)
    if not 0 <= place < len(draft.codes):
        raise IndexError(text)
    return place


def _line(text: str) -> tuple[int, DraftCode]:
    place, role, code, poa, on, operator = (text.split(":") + [""] * 5)[:6]
    line = DraftCode(
        role=Role(role), code=code, poa=POA(poa), on=date.fromisoformat(on) if on else None,
        operator_id=UUID(operator) if operator else None,
    )  # fmt: skip
    return max(0, int(place)), line


def put_command(place: int, line: DraftCode) -> str:
    """The command that undoes the removal of ``line``."""
    on, operator = line.on.isoformat() if line.on else "", str(line.operator_id or "")
    return f"put:{place}:{line.role}:{line.code}:{line.poa}:{on}:{operator}"
