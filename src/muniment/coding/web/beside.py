"""What the codes of a stay come to beside its DRG, in a line for each classification, each with its why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from muniment.coding import queries
from muniment.coding.classifying import Counted, comorbidities, hccs, principal_category
from muniment.coding.models import FinalCoding
from muniment.coding.rules import POA, Claim
from muniment.coding.stay import StayFacts, claim_of
from muniment.kernel.codes import dotted
from muniment.terminology.categories import Classification, classified
from muniment.terminology.queries import lookup_many
from muniment.terminology.rules import System
from muniment.ui.shapes import Input, Why

_NOT_PAID = "It does not change the payment of this stay."


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    words: str
    why: Why


def beside(facts: StayFacts, claim: Claim) -> list[Line]:
    """A line for each classification that is installed. At most six queries, whatever the number of codes."""
    codes = [one.code.value for one in claim.diagnoses]
    if not codes:
        return []
    said = classified(codes, facts.discharged)
    lines = [_hcc_line(claim, said[System.CMS_HCC])] if System.CMS_HCC in said else []
    if System.CCSR in said:
        lines.append(_ccsr_line(facts, claim, said[System.CCSR]))
    if facts.inpatient and System.ELIXHAUSER in said:
        lines.append(_elixhauser_line(facts, claim, said[System.ELIXHAUSER]))
    return lines


def beside_final(coding: FinalCoding) -> list[Line]:
    """The same of a final coding, by the facts it was finalised with."""
    facts = queries.facts_of_final(coding)
    return beside(facts, claim_of(facts, queries.draft_from(queries.content_of(coding))))


def _hcc_line(claim: Claim, said: Classification) -> Line:
    found = hccs(claim, said)
    words = " · ".join(f"{one.category.code[3:]} {one.category.title}" for one in found if one.counts)
    rule = (
        "The diagnoses were placed in CMS’s risk adjustment categories by age on admission and sex; of a hierarchy only the highest counts. "
        f"{_NOT_PAID} A risk score needs facts of Medicare enrolment and is not worked out."
    )
    return Line("HCC", words or "none", _why(rule, said, _inputs(found)))


def _ccsr_line(facts: StayFacts, claim: Claim, said: Classification) -> Line:
    found = principal_category(claim, said, inpatient=facts.inpatient)
    words = f"{found.code} {found.title}" if found else "none"
    return Line(
        "CCSR of the principal", words, _why(f"The category AHRQ places the principal diagnosis in. {_NOT_PAID}", said, ())
    )


def _elixhauser_line(facts: StayFacts, claim: Claim, said: Classification) -> Line:
    found, left = comorbidities(claim, _exempt(facts, claim), said)
    words = " · ".join(one.category.title for one in found if one.counts)
    rule = f"AHRQ’s comorbidities of the secondary diagnoses; some count only when present on admission. {_NOT_PAID}"
    uncounted = [Input(f"{dotted(one.code)} {one.category.title}", f"not counted: {one.why}") for one in left]
    return Line("Elixhauser", words or "none", _why(rule, said, (*_inputs(found), *uncounted)))


def _exempt(facts: StayFacts, claim: Claim) -> set[str]:
    """The secondary diagnoses of which no indicator is reported, by the installed list or the coder's word."""
    codes = [one.code.value for one in claim.secondary]
    known = lookup_many(System.ICD10CM, codes, facts.discharged) if codes else {}
    listed = {code for code, one in known.items() if one.attributes.get("poa_exempt")}
    return listed | {one.code.value for one in claim.secondary if one.poa is POA.EXEMPT}


def _inputs(found: Sequence[Counted]) -> tuple[Input, ...]:
    return tuple(
        Input(
            f"{one.category.code} {one.category.title}",
            ", ".join(dotted(code) for code in one.codes) + (f"; does not count beside {one.under}" if one.under else ""),
        )
        for one in found
    )


def _why(rule: str, said: Classification, inputs: Sequence[Input]) -> Why:
    release = said.governing.release
    return Why(rule=rule, citation=f"{said.governing.sentence}: {release.source}", inputs=tuple(inputs))
