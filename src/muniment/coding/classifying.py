"""What a stay's diagnoses come to beside its DRG: HCCs, the principal's CCSR category, Elixhauser comorbidities. Pure.

None of it pays this stay. It says what the codes will mean where they are counted: risk adjustment, statistics, quality measures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from muniment.coding.rules import POA, Claim, Diagnosis, Sex
from muniment.terminology.categories import Category, Classification, Placed

_SEX = {Sex.MALE: "1", Sex.FEMALE: "2"}
_PRESENT = frozenset({POA.YES, POA.UNDETERMINED})
_ABSENT = frozenset({POA.NO, POA.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Counted:
    """A category that codes fall into. ``under`` names the category that stands above it, in which case it does not count."""

    category: Category
    codes: tuple[str, ...]
    under: str = ""

    @property
    def counts(self) -> bool:
        return not self.under


@dataclass(frozen=True, slots=True)
class Uncounted:
    """A code that falls into a category but does not count, and why."""

    code: str
    category: Category
    why: str


def hccs(claim: Claim, said: Classification) -> list[Counted]:
    """The CMS-HCC categories of a claim by its age and sex, the hierarchy applied (CMS V28 software: mapping, edits, hierarchies).

    CMS counts the age on 1 February of the payment year; this takes the age on admission.
    """
    found: dict[str, list[str]] = {}
    for diagnosis in claim.diagnoses:
        placed = said.placed.get(diagnosis.code.value)
        for category in _edited(placed, claim) if placed else ():
            found.setdefault(category, []).append(diagnosis.code.value)
    return _ranked(found, said.categories)


def _edited(placed: Placed, claim: Claim) -> tuple[str, ...]:
    for edit in placed.facts.get("edits", ()):
        if _applies(edit, claim):
            return (edit["becomes"],) if edit["becomes"] else ()
    return placed.categories


def _applies(edit: Mapping[str, object], claim: Claim) -> bool:
    """With two bounds the edit stands outside of them: at or under the one, at or over the other."""
    if "sex" in edit:
        return edit["sex"] == _SEX.get(claim.sex)
    low, high = edit.get("age_max"), edit.get("age_min")
    return (isinstance(low, int) and claim.age <= low) or (isinstance(high, int) and claim.age >= high)


def _ranked(found: Mapping[str, Iterable[str]], categories: Mapping[str, Category]) -> list[Counted]:
    known = {code: one for code, one in categories.items() if code in found}
    above = {lower: one.code for one in known.values() for lower in one.supersedes}
    return sorted(
        (Counted(one, tuple(dict.fromkeys(found[code])), above.get(code, "")) for code, one in known.items()),
        key=lambda counted: (not counted.counts, counted.category.code),
    )


def principal_category(claim: Claim, said: Classification, *, inpatient: bool) -> Category | None:
    """The CCSR category of the principal diagnosis: AHRQ's default of an inpatient stay where it is installed, else the code's first."""
    placed = said.placed.get(claim.principal.code.value) if claim.principal else None
    if placed is None or not placed.categories:
        return None
    default = placed.facts.get("default", "") if inpatient else ""
    return said.categories.get(default or placed.categories[0])


def comorbidities(claim: Claim, exempt: Iterable[str], said: Classification) -> tuple[list[Counted], list[Uncounted]]:
    """The Elixhauser comorbidities of the secondary diagnoses, and what was not counted for want of presence on admission.

    ``exempt``: codes without dots of which no indicator is reported; they count as present (AHRQ, CMR_Mapping_Program_v2026-1.SAS).
    """
    found: dict[str, list[str]] = {}
    left: list[Uncounted] = []
    free = set(exempt)
    acquired = any(_newly(one, said, free) for one in claim.secondary)
    for diagnosis in claim.secondary:
        code = diagnosis.code.value
        placed = said.placed.get(code, Placed(()))
        for name in placed.categories:
            category = said.categories[name]
            why = _left_out(diagnosis, category, placed, code in free, acquired)
            if why:
                left.append(Uncounted(code, category, why))
            else:
                found.setdefault(name, []).append(code)
    return _ranked(found, said.categories), left


def _left_out(diagnosis: Diagnosis, category: Category, placed: Placed, exempt: bool, acquired: bool) -> str:
    if category.on_admission and not exempt and diagnosis.poa not in _PRESENT:
        return "not known to have been present on admission"
    if placed.facts.get("sequela") and category.code == "CBVD" and acquired:
        return "a cerebrovascular disease came up in this stay"
    return ""


def _newly(diagnosis: Diagnosis, said: Classification, exempt: set[str]) -> bool:
    """A cerebrovascular disease that was not there on admission keeps a sequela from counting as one that was."""
    placed = said.placed.get(diagnosis.code.value)
    stroke = placed is not None and "CBVD" in placed.categories and not placed.facts.get("sequela")
    return stroke and diagnosis.code.value not in exempt and diagnosis.poa in _ABSENT
