"""A draft and its assessment as lines, sentences and choices: what templates place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from muniment.coding.assessment import Assessment, edit_key
from muniment.coding.drafting import Draft, DraftCode, Role
from muniment.coding.findings import Edit, Severity
from muniment.coding.grouping import Grouped
from muniment.coding.payment import expected_on
from muniment.coding.rules import Claim, Sex
from muniment.coding.stay import StayFacts
from muniment.encounters.rules import CLASSES
from muniment.kernel.codes import dotted
from muniment.terminology.own_tables import POA_INDICATORS, discharge_status
from muniment.ui import dates
from muniment.ui.shapes import Input, Tone, Why

TONES = {Severity.CRITICAL: Tone.LATE, Severity.ERROR: Tone.LATE, Severity.WARNING: Tone.DUE, Severity.INFORMATION: Tone.INFO}
SEXES = {Sex.FEMALE: "female", Sex.MALE: "male", Sex.UNKNOWN: "sex unknown"}
NO_WEIGHT = (
    "CMS Table 5 for this discharge date is not installed. The DRG holds; take its weight from CMS’s table of that fiscal year."
)
POA_CODES = ("", *(code for code, _ in POA_INDICATORS))
POA_WORDS = "; ".join(f"{code} {title[0].lower()}{title[1:]}" for code, title in POA_INDICATORS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One code of the draft as a row. ``effect`` says what it does for the DRG."""

    place: int
    id: str
    role: Role
    code: str
    written: str
    title: str
    poa: str
    on: str
    operator: str
    effect: str
    drives: bool

    @property
    def is_secondary(self) -> bool:
        return self.role is Role.SECONDARY

    @property
    def has_poa(self) -> bool:
        return self.role in (Role.PRINCIPAL, Role.SECONDARY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One edit; ``asks`` whether it waits for a reason."""

    key: str
    number: int
    edit: Edit
    tone: Tone
    answer: str
    asks: bool

    @property
    def why(self) -> Why:
        return Why(rule=f"Edit {self.edit.number}", citation=self.edit.citation)


def lines(assessment: Assessment, titles: Mapping[str, str]) -> list[Line]:
    effects = effects_of(assessment.grouped, assessment.claim) if assessment.grouped else {}
    return plain_lines(assessment.draft, titles, effects)


def plain_lines(draft: Draft, titles: Mapping[str, str], effects: Mapping[str, tuple[str, bool]]) -> list[Line]:
    """A draft's lines where there is no assessment of it."""
    return [_line(place, one, titles, effects) for place, one in enumerate(draft.codes)]


def _line(place: int, one: DraftCode, titles: Mapping[str, str], effects: Mapping[str, tuple[str, bool]]) -> Line:
    effect, drives = effects.get(one.code, ("", False)) if one.role is not Role.ADMITTING else ("", False)
    return Line(
        place=place, id=f"{one.role}-{one.code}-{place if one.is_procedure else 0}", role=one.role, code=one.code, written=one.written,
        title=titles.get(one.code, ""), poa=one.poa.value, on=dates.day(one.on) if one.on else "", operator=str(one.operator_id or ""),
        effect=effect, drives=drives,
    )  # fmt: skip


def effects_of(grouped: Grouped, claim: Claim) -> dict[str, tuple[str, bool]]:
    """Code → what it does, in words, and whether the DRG changes without it."""
    said: dict[str, tuple[str, bool]] = {}
    principal = claim.principal.code.dotted if claim.principal else "the principal"
    for outcome in grouped.outcomes:
        if outcome.hac:
            said[outcome.code] = (f"{outcome.severity}, hospital-acquired: does not count", False)
        elif outcome.excluded:
            said[outcome.code] = (f"{outcome.severity}, excluded by {principal}", False)
        elif outcome.counts:
            said[outcome.code] = (outcome.severity, False)
        elif outcome.operating_room:
            said[outcome.code] = ("operating room", False)
    for driver in grouped.drivers:
        if driver.drives:
            said[driver.code] = (f"{driver.role}; without it {driver.changes_to:03d}", True)
    return said


def driver_sentences(grouped: Grouped) -> list[str]:
    """ "J96.01 as MCC drives 291: without it 292." """
    return [
        f"{_written(one.code, one.role)} as {one.role} drives {grouped.final_drg:03d}: without it {one.changes_to:03d}."
        for one in grouped.drivers
        if one.drives
    ]


def hac_sentences(grouped: Grouped) -> list[str]:
    """Each hospital-acquired condition with its code, and the DRG it would have raised."""
    raised = f" It would group to {grouped.initial_drg:03d} if it did." if grouped.initial_drg != grouped.final_drg else ""
    return [
        f"{dotted(code)} is a hospital-acquired condition ({name}) and does not count.{raised}" for code, name in grouped.hacs
    ]


def _written(code: str, role: str) -> str:
    return code if role == "procedure" else dotted(code)


def why_group(assessment: Assessment) -> Why:
    """Which version, from which inputs, and what each code does."""
    facts, grouped = assessment.facts, assessment.grouped
    assert grouped is not None
    version = f"{grouped.version // 10}.{grouped.version % 10}"
    stay = (
        Input("Age", str(facts.age)),
        Input("Sex", SEXES[facts.sex]),
        Input("Disposition", discharge_status(assessment.draft.disposition)),
    )
    codes = tuple(
        Input(_written(code, "procedure" if len(code) == 7 and not code[0].isalpha() else ""), words)
        for code, (words, _) in effects_of(grouped, assessment.claim).items()
    )
    return Why(
        rule=f"MS-DRG version {version}, which CMS prescribes for the day of discharge. MDC {grouped.mdc:02d} {grouped.mdc_description}. "
        + (grouped.sentence or "Each driver was left out in turn to see whether the DRG changes."),
        citation=grouped.weighting.source or f"CMS MS-DRG Definitions Manual, version {version}",
        inputs=(*stay, *codes), judged_on=facts.discharged,
    )  # fmt: skip


def findings(assessment: Assessment) -> list[Finding]:
    return [
        Finding(
            key=edit_key(edit), number=place, edit=edit, tone=TONES[edit.severity], answer=assessment.draft.answers.get(edit_key(edit), ""),
            asks=edit.severity is Severity.WARNING,
        )
        for place, edit in enumerate(assessment.edits)
    ]  # fmt: skip


def age_words(years: int) -> str:
    """Completed years on admission, in words."""
    if years < 0:
        return "age unknown"
    return {0: "under 1 year", 1: "1 year"}.get(years, f"{years} years")


def stay_words(facts: StayFacts) -> list[str]:
    """The abstract's facts in one line."""
    days = "" if facts.days is None else ("1 day" if facts.days == 1 else f"{facts.days} days")
    admitted = f"admitted {dates.day(facts.admitted)}" if facts.admitted else "admission not recorded"
    said = (
        CLASSES.get(facts.class_code, facts.class_code),
        admitted,
        f"discharged {dates.day(facts.discharged)}",
        days,
        SEXES[facts.sex],
        "born in this stay" if facts.newborn else age_words(facts.age),
    )
    return [one for one in said if one]


def standing(assessment: Assessment) -> str:
    """What is between this draft and its end, in words."""
    stopping = sum(edit.severity in (Severity.CRITICAL, Severity.ERROR) for edit in assessment.edits)
    asking = len(assessment.unanswered)
    parts = [f"{stopping} to correct"] if stopping else []
    parts += [f"{asking} to answer"] if asking else []
    return ", ".join(parts) or "Nothing stands in the way"


def counted(draft: Draft) -> str:
    count = len(draft.codes)
    return "1 code" if count == 1 else f"{count} codes"


def pane(assessment: Assessment, titles: Mapping[str, str], operators: Sequence[tuple[UUID, str]]) -> dict[str, Any]:
    """Everything of the right half that changes with the draft."""
    shown, grouped = lines(assessment, titles), assessment.grouped
    return {
        "diagnoses": [one for one in shown if one.role in (Role.PRINCIPAL, Role.SECONDARY)],
        "procedures": [one for one in shown if one.role is Role.PROCEDURE],
        "admitting": [one for one in shown if one.role is Role.ADMITTING],
        "no_weight": NO_WEIGHT, "grouped": grouped, "no_group": assessment.sentence, "drg": f"{grouped.final_drg:03d}" if grouped else "",
        "expected": expected_on(grouped.weight, assessment.facts.discharged) if grouped else None,
        "hacs": hac_sentences(grouped) if grouped else [],
        "drivers": driver_sentences(grouped) if grouped else [], "why_group": why_group(assessment) if grouped else None,
        "findings": findings(assessment), "poa_codes": POA_CODES, "poa_words": POA_WORDS, "asks_poa": assessment.facts.inpatient,
        "operators": [(str(one), name) for one, name in operators], "standing": standing(assessment),
        "ready": assessment.ready and bool(assessment.draft.codes), "counted": counted(assessment.draft),
    }  # fmt: skip
