"""Chart analysis: which documents and signatures a stay needs, which it lacks, and what that opens and closes. Pure.

Everything is computed from the stay as it stands, never from the event that came last, so the order of events can't matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from muniment.completion.parameters import Clock, DocumentRule, RuleSet, Stays
from muniment.encounters.rules import CLASSES
from muniment.rulebook.rules import RuleInForce

LOINC = "http://loinc.org"
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


class Kind(StrEnum):
    MISSING_DOCUMENT = "missing document"
    MISSING_SIGNATURE = "missing signature"


class State(StrEnum):
    OPEN = "open"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    WAIVED = "waived"


class Step(StrEnum):
    OPEN = "open"
    COMPLETE = "complete"
    CANCEL = "cancel"
    REOPEN = "reopen"
    DECLINE = "decline"
    REASSIGN = "reassign"
    WAIVE = "waive"


TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.OPEN, Step.COMPLETE): State.COMPLETED,
    (State.OPEN, Step.CANCEL): State.CANCELLED,
    (State.OPEN, Step.DECLINE): State.OPEN,
    (State.OPEN, Step.REASSIGN): State.OPEN,
    (State.OPEN, Step.WAIVE): State.WAIVED,
    (State.COMPLETED, Step.REOPEN): State.OPEN,
    (State.CANCELLED, Step.REOPEN): State.OPEN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    system: str
    code: str
    name: str
    at: datetime | None = None
    operator_id: UUID | None = None  # practitioner


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rules look at in a stay. ``days`` is its length (UHDDS: at least 1)."""

    class_code: str
    discharged_at: datetime
    admitted_at: datetime | None = None
    days: int | None = None
    service: str = ""
    facility_kind: str = ""
    disposition: str = ""
    attending_id: UUID | None = None  # practitioner
    procedures: tuple[Procedure, ...] = ()
    signs: tuple[Procedure, ...] = ()  # the stay's documents as signs that something was done: LOINC code, time, author


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document that stands (a retracted one is none). ``of_stay``: filed to this stay, not merely to the patient."""

    entry_id: UUID
    code: str
    name: str
    at: datetime | None
    signed: bool
    author_id: UUID | None = None
    of_stay: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A document the stay must have, and why."""

    rule: RuleInForce
    wanted: DocumentRule
    why: str
    due_at: datetime
    responsible_id: UUID | None
    not_before: datetime | None  # documents of the patient from then until admission count too

    @property
    def key(self) -> str:
        return f"document:{self.rule.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is missing. ``key`` names it within its stay, whatever rule version or person it came by."""

    key: str
    kind: Kind
    rule: RuleInForce
    document_code: str
    document_name: str
    entry_id: UUID | None
    responsible_id: UUID | None
    why: str
    due_at: datetime


def requirements(facts: Facts, rules: RuleSet) -> list[Requirement]:
    """The documents this stay must have under the rules of its day, by rule code."""
    found = []
    for rule, wanted in rules.documents:
        reasons = _reasons(facts, wanted)
        if reasons is not None:
            found.append(_requirement(facts, rule, wanted, reasons))
    return found


def _requirement(facts: Facts, rule: RuleInForce, wanted: DocumentRule, procedures: list[Procedure]) -> Requirement:
    first = procedures[0] if procedures else None
    operator = first.operator_id if first and wanted.responsible == "operator" else None
    before = timedelta(days=wanted.accept_days_before)
    name = _article(wanted.document.name)
    return Requirement(
        rule=rule,
        wanted=wanted,
        why=f"{_describe(facts, wanted, first)}: {name} is required {_limit(wanted.due)}.",
        due_at=_due(wanted.due, facts, first),
        responsible_id=operator or facts.attending_id,
        not_before=facts.admitted_at - before if before and facts.admitted_at else None,
    )


def _reasons(facts: Facts, stays: Stays) -> list[Procedure] | None:
    """None when the rule does not speak of this stay; else the procedures that brought it under the rule, earliest first."""
    days = facts.days
    fits = (
        _among(facts.class_code, stays.classes)
        and _among(facts.service, stays.services)
        and _among(facts.facility_kind, stays.facility_kinds)
        and _among(facts.disposition, stays.dispositions)
        and (stays.min_days is None or (days is not None and days >= stays.min_days))
        and (stays.max_days is None or (days is not None and days <= stays.max_days))
        and facts.disposition not in stays.except_dispositions
    )
    if not fits:
        return None
    if not stays.procedures and not stays.with_documents:
        return []
    if stays.procedures == "none":
        return None if facts.procedures else []
    counted = [one for one in facts.procedures if stays.procedures == "any" or _counts(one, stays.procedures)]
    counted = counted or [one for one in facts.signs if one.code in stays.with_documents]
    return sorted(counted, key=lambda one: (one.at or BEGINNING, one.system, one.code, str(one.operator_id))) or None


def _among(value: str, wanted: Sequence[str]) -> bool:
    return not wanted or value.casefold() in {one.casefold() for one in wanted}


def _counts(procedure: Procedure, tokens: Sequence[str]) -> bool:
    for token in tokens:
        system, _, prefix = token.rpartition("|")
        if procedure.code.startswith(prefix) and system in ("", procedure.system):
            return True
    return False


def _due(clock: Clock, facts: Facts, procedure: Procedure | None) -> datetime:
    starts = {"admission": facts.admitted_at, "procedure": procedure.at if procedure else None}
    return (starts.get(clock.since) or facts.discharged_at) + timedelta(hours=clock.hours, days=clock.days)


def _limit(clock: Clock) -> str:
    parts = [_count(clock.days, "day")] if clock.days else []
    parts += [_count(clock.hours, "hour")] if clock.hours else []
    since = {"admission": "admission", "discharge": "discharge", "procedure": "the procedure"}[clock.since]
    return f"within {' and '.join(parts)} of {since}" if parts else f"by {since}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _describe(facts: Facts, stays: Stays, procedure: Procedure | None) -> str:
    """The stay in the words that brought it under the rule: "Inpatient stay of 4 days with appendectomy"."""
    said = f"{CLASSES.get(facts.class_code, 'Unclassified')} stay"
    if facts.days is not None:
        said += f" of {_count(facts.days, 'day')}"
    if stays.facility_kinds:
        said += f" in a {facts.facility_kind.replace('-', ' ')} facility"
    if stays.services:
        said += f" on service {facts.service}"
    if stays.dispositions:
        said += f", discharged with status {facts.disposition}"
    if procedure and procedure.system == LOINC:
        return f"{said} with {_article(procedure.name or 'document')} in the chart"
    return f"{said} with {procedure.name or procedure.code}" if procedure else said


def _article(name: str) -> str:
    words = name if name.split(" ")[0].isupper() else name[:1].lower() + name[1:]
    return f"{'an' if words[:1].lower() in 'aeiou' else 'a'} {words}"


def deficiencies(facts: Facts, documents: Iterable[Document], rules: RuleSet) -> list[Finding]:
    """What the stay lacks, by key. A document that is there but unsigned is found once, by the most particular rule."""
    documents = list(documents)
    found: dict[str, Finding] = {}
    for wanted in requirements(facts, rules):
        finding = _lack(wanted, documents)
        if finding:
            found.setdefault(finding.key, finding)
    for finding in _unsigned(facts, documents, rules):
        found.setdefault(finding.key, finding)
    return [found[key] for key in sorted(found)]


def _lack(wanted: Requirement, documents: list[Document]) -> Finding | None:
    there = [one for one in documents if _qualifies(one, wanted)]
    named = wanted.wanted.document
    if not there:
        return Finding(
            key=wanted.key, kind=Kind.MISSING_DOCUMENT, rule=wanted.rule, document_code=named.codes[0],
            document_name=named.name, entry_id=None, responsible_id=wanted.responsible_id, why=wanted.why, due_at=wanted.due_at,
        )  # fmt: skip
    if not wanted.wanted.signature or any(one.signed for one in there):
        return None
    latest = max(there, key=lambda one: (one.at or BEGINNING, str(one.entry_id)))
    why = f"{wanted.why[:-1]}, signed; this one is not signed."
    return _unsigned_finding(latest, wanted.rule, why, wanted.due_at, wanted.responsible_id)


def _qualifies(document: Document, wanted: Requirement) -> bool:
    if document.code not in wanted.wanted.document.codes:
        return False
    if document.of_stay:
        return True
    until = wanted.not_before + timedelta(days=wanted.wanted.accept_days_before) if wanted.not_before else None
    return bool(wanted.not_before and until and document.at and wanted.not_before <= document.at <= until)


def _unsigned(facts: Facts, documents: list[Document], rules: RuleSet) -> list[Finding]:
    if rules.signatures is None:
        return []
    rule, wanted = rules.signatures
    reasons = _reasons(facts, wanted)
    if reasons is None:
        return []
    due = _due(wanted.due, facts, reasons[0] if reasons else None)
    why = f"{_describe(facts, wanted, None)}: {{}} must be signed {_limit(wanted.due)}; this one is not signed."
    return [
        _unsigned_finding(one, rule, why.format(_article(one.name or "document")), due, facts.attending_id)
        for one in documents
        if one.of_stay and not one.signed and one.code in wanted.codes
    ]


def _unsigned_finding(document: Document, rule: RuleInForce, why: str, due_at: datetime, otherwise: UUID | None) -> Finding:
    return Finding(
        key=f"signature:{document.entry_id}", kind=Kind.MISSING_SIGNATURE, rule=rule, document_code=document.code,
        document_name=document.name or "Document", entry_id=document.entry_id, responsible_id=document.author_id or otherwise,
        why=why, due_at=due_at,
    )  # fmt: skip


def delinquent_at(facts: Facts, rules: RuleSet) -> datetime | None:
    """When the chart becomes delinquent if it is still incomplete; None where no rule says so for such a stay."""
    if rules.clock is None or _reasons(facts, rules.clock[1]) is None:
        return None
    return _due(rules.clock[1].due, facts, None)


@dataclass(frozen=True, slots=True)
class Closing:
    """A stored deficiency that no longer stands: how it ended, in words, and the document that ended it."""

    key: str
    step: Step
    why: str
    entry_id: UUID | None = None


def closings(
    keys: Iterable[str], facts: Facts | None, documents: Sequence[Document], rules: RuleSet, findings: Sequence[Finding]
) -> list[Closing]:
    """How each open deficiency of ``keys`` that is no longer found came to its end. ``facts`` is None before discharge."""
    still = {finding.key for finding in findings}
    wanted = {one.key: one for one in requirements(facts, rules)} if facts else {}
    return [_closing(key, wanted, documents, facts is not None) for key in keys if key not in still]


def _closing(key: str, wanted: dict[str, Requirement], documents: Sequence[Document], discharged: bool) -> Closing:
    if not discharged:
        return Closing(key, Step.CANCEL, "The discharge was cancelled.")
    kind, _, name = key.partition(":")
    if kind == "signature":
        document = next((one for one in documents if str(one.entry_id) == name), None)
        if document is None:
            return Closing(key, Step.CANCEL, "The document was retracted or moved.")
        if document.signed:
            return Closing(key, Step.COMPLETE, "The document was signed.", document.entry_id)
        return Closing(key, Step.CANCEL, "No rule asks for this signature any more.")
    there = [one for one in documents if key in wanted and _qualifies(one, wanted[key])]
    if there:
        first = min(there, key=lambda one: (one.at or BEGINNING, str(one.entry_id)))
        return Closing(key, Step.COMPLETE, "The document was filed.", first.entry_id)
    return Closing(key, Step.CANCEL, "No rule asks for this document any more.")
