"""What grouping and edits read from the terminology."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from muniment.coding.findings import CodeFacts
from muniment.coding.grouping import Weighting
from muniment.coding.rules import Claim
from muniment.terminology.queries import Found, lookup, lookup_many
from muniment.terminology.rules import System


class ClaimTerms:
    """The terminology for one claim, read in at most six queries (edits.Terms)."""

    def __init__(self, claim: Claim) -> None:
        diagnoses = [diagnosis.code.value for diagnosis in claim.diagnoses]
        procedures = [procedure.code.value for procedure in claim.procedures]
        self._discharged = claim.discharged
        self._diagnoses = _facts(System.ICD10CM, diagnoses, claim.discharged)
        self._procedures = _facts(System.ICD10PCS, procedures, claim.discharged)

    def diagnosis(self, code: str) -> CodeFacts | None:
        return self._diagnoses.get(code)

    def procedure(self, code: str) -> CodeFacts | None:
        return self._procedures.get(code)

    def usable(self, codes: Iterable[str]) -> Mapping[str, CodeFacts]:
        """Three queries more, which only few claims need."""
        return {code: facts for code, facts in _facts(System.ICD10CM, codes, self._discharged).items() if facts.valid}


def _facts(system: System, codes: Iterable[str], on: date) -> dict[str, CodeFacts]:
    wanted = list(codes)
    found = lookup_many(system, wanted, on) if wanted else {}
    return {code: _code_facts(item) for code, item in found.items()}


def _code_facts(item: Found) -> CodeFacts:
    return CodeFacts(
        display=item.display,
        billable=item.billable,
        valid=item.valid,
        excludes1=_notes(item, "excludes1"),
        poa_exempt=item.attributes.get("poa_exempt"),
        release=item.governing.sentence,
        code_first=_notes(item, "code_first"),
        use_additional=_notes(item, "use_additional"),
        parent=item.ancestors[-1][0] if item.ancestors else "",
    )


def _notes(item: Found, wanted: str) -> tuple[tuple[str, str], ...]:
    return tuple((heading, text) for heading, kind, texts in item.notes if kind == wanted for text in texts)


def weighting(drg: int, discharged: date) -> Weighting:
    """Table 5's figures for a DRG (grouping.WeightLookup); all None where no release in force on the date has them."""
    found = lookup(System.MS_DRG, f"{drg:03d}", discharged)
    if found is None or found.governing.stands_in:
        return Weighting()
    return Weighting.of(found.attributes, found.governing.release.source)
