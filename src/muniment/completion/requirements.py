"""Which documents a stay needs under the rules of its day, why, by when, and from whom. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from muniment.completion.parameters import Clock, DocumentRule, RuleSet, Stays
from muniment.completion.rules import BEGINNING, LOINC, Facts, Procedure, Requirement
from muniment.encounters.rules import stay_words
from muniment.rulebook.rules import RuleInForce
from muniment.ui import dates
from muniment.ui.words import inside


def requirements(facts: Facts, rules: RuleSet) -> list[Requirement]:
    """The documents this stay must have under the rules of its day, by rule code."""
    found = []
    for rule, wanted in rules.documents:
        because = reasons(facts, wanted)
        if because is None:
            continue
        days = _days(facts, wanted, because)
        if not days:
            found.append(_requirement(facts, rule, wanted, because))
        for day in days:
            of_day = [one for one in because if one.day == day]
            found.append(replace(_requirement(facts, rule, wanted, of_day, day), days=tuple(days), day=day))
    return found


def _days(facts: Facts, wanted: DocumentRule, procedures: list[Procedure]) -> list[date]:
    """The days that want a document each; none where one will do for the stay, or the days are not known."""
    done = [one.day for one in procedures if one in facts.procedures]
    days = sorted({day for day in done if day})
    return days if wanted.each_day and len(days) > 1 else []


def _requirement(
    facts: Facts, rule: RuleInForce, wanted: DocumentRule, procedures: list[Procedure], day: date | None = None
) -> Requirement:
    first = procedures[0] if procedures else None
    operator = _operator(facts, wanted, procedures) if wanted.responsible == "operator" else None
    before = timedelta(days=wanted.accept_days_before)
    name = article(wanted.document.name)
    return Requirement(
        rule=rule,
        wanted=wanted,
        why=f"{describe(facts, wanted, first)}{_on(day)}: {name} is required {limit(wanted.due)}.",
        due_at=due(wanted.due, facts, first),
        responsible_id=operator or facts.attending_id,
        not_before=facts.admitted_at - before if before and facts.admitted_at else None,
        elements=tuple(one for one in wanted.elements if facts.disposition not in one.except_dispositions),
        update_due=due(wanted.update.due, facts, first) if wanted.update else None,
    )


def _operator(facts: Facts, wanted: DocumentRule, procedures: list[Procedure]) -> UUID | None:
    """Who did it; where the codes do not say, whoever wrote the document that tells of it (the consent)."""
    telling = [one for one in facts.signs if one.code in wanted.with_documents] if procedures else []
    return next((one.operator_id for one in (*procedures, *telling) if one.operator_id), None)


def _on(day: date | None) -> str:
    return f" on {dates.day(day)}" if day else ""


def reasons(facts: Facts, stays: Stays) -> list[Procedure] | None:
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
    if not stays.procedures and not stays.with_documents and not stays.with_orders:
        return []
    done = [one for one in facts.procedures if not _counts(one, stays.except_procedures)]
    if stays.procedures == "none":
        return None if done else []
    counted = [one for one in done if stays.procedures == "any" or _counts(one, stays.procedures)]
    counted = counted or [one for one in facts.signs if one.code in stays.with_documents]
    counted = counted or [one for one in facts.orders if _counts(one, stays.with_orders)]
    return sorted(counted, key=lambda one: (one.at or BEGINNING, one.system, one.code, str(one.operator_id))) or None


def _among(value: str, wanted: Sequence[str]) -> bool:
    return not wanted or value.casefold() in {one.casefold() for one in wanted}


def _counts(procedure: Procedure, tokens: Sequence[str]) -> bool:
    for token in tokens:
        system, _, prefix = token.rpartition("|")
        if procedure.code.startswith(prefix) and system in ("", procedure.system):
            return True
    return False


def due(clock: Clock, facts: Facts, procedure: Procedure | None) -> datetime:
    """When the time is up. What the clock runs from may be unknown; then it runs from discharge. From a day without a time it runs
    when that day is over, so that nobody is late by an hour that nobody knows."""
    happened = procedure.at if procedure else None
    if procedure and happened and procedure.day_only:
        happened += timedelta(days=1)
    starts = {"admission": facts.admitted_at, "procedure": happened, "order": happened}
    return (starts.get(clock.since) or facts.discharged_at) + timedelta(hours=clock.hours, days=clock.days)


def limit(clock: Clock) -> str:
    parts = [_count(clock.days, "day")] if clock.days else []
    parts += [_count(clock.hours, "hour")] if clock.hours else []
    since = {"admission": "admission", "discharge": "discharge", "procedure": "the procedure", "order": "the order"}[
        clock.since
    ]
    return f"within {' and '.join(parts)} of {since}" if parts else f"by {since}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def describe(facts: Facts, stays: Stays, procedure: Procedure | None) -> str:
    """The stay in the words that brought it under the rule: "Inpatient stay of 4 days with appendectomy"."""
    said = stay_words(facts.class_code)
    if facts.days is not None:
        said += f" of {_count(facts.days, 'day')}"
    if stays.facility_kinds:
        said += f" in a {facts.facility_kind.replace('-', ' ')} facility"
    if stays.services:
        said += f" on service {facts.service}"
    if stays.dispositions:
        said += f", discharged with status {facts.disposition}"
    if procedure in facts.orders:
        return f"{said} with {_named(procedure)} ordered"
    if procedure and procedure.system == LOINC:
        return f"{said} with {article(procedure.name or 'document')} in the chart"
    return f"{said} with {_named(procedure)}" if procedure else said


def _named(procedure: Procedure) -> str:
    """As the sentence has it, however the source wrote it; a procedure without a name goes by its code."""
    return inside(procedure.name) if procedure.name else procedure.code


def article(name: str) -> str:
    words = inside(name)
    return f"{'an' if words[:1].lower() in 'aeiou' else 'a'} {words}"
