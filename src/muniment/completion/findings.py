"""What a stay lacks of what it needs, and how a lack that is no longer found came to its end. Pure.

Everything is computed from the stay as it stands, never from the event that came last, so the order of events can't matter.
A finding's key is what is asked (document, section, update) and the rule's code, with the day where each wants its own, or
(signature, cosignature) and the document; ``spoken`` has those of orders given by word of mouth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from muniment.completion import sections, spoken
from muniment.completion.parameters import CosignatureRule, Element, RuleSet, SignatureRule
from muniment.completion.requirements import article, describe, due, limit, reasons, requirements
from muniment.completion.rules import BEGINNING, Closing, Document, Facts, Finding, Kind, Requirement, Step
from muniment.rulebook.rules import RuleInForce


def deficiencies(facts: Facts, documents: Iterable[Document], rules: RuleSet) -> list[Finding]:
    """What the stay lacks, by key. A document that is there but unsigned is found once, by the most particular rule."""
    documents = list(documents)
    found: dict[str, Finding] = {}
    for wanted in requirements(facts, rules):
        for finding in _lacks(wanted, documents):
            found.setdefault(finding.key, finding)
    unsigned = (*_unsigned(facts, documents, rules), *_uncosigned(facts, documents, rules))
    for finding in (*unsigned, *spoken.unauthenticated(facts, rules)):
        found.setdefault(finding.key, finding)
    return [found[key] for key in sorted(found)]


def _lacks(wanted: Requirement, documents: list[Document]) -> Iterator[Finding]:
    there = standing(wanted, documents)
    if not there:
        named = wanted.wanted.document
        yield _missing(wanted, "document", named.codes[0], named.name, wanted.why, wanted.due_at)
        return
    latest = max(there, key=_in_time)
    pending = [one for one in there if not one.closed]
    if wanted.wanted.signature and pending and not any(one.signed for one in there):
        why = f"{wanted.why[:-1]}, signed; this one is not signed."
        unsigned = max(pending, key=_in_time)
        key = f"signature:{unsigned.entry_id}"
        yield _about(unsigned, key, Kind.MISSING_SIGNATURE, wanted.rule, why, wanted.due_at, wanted.responsible_id)
    if not complete(wanted, documents):
        names = tuple(sections.missing(wanted.elements, latest.sections or frozenset()))
        why = f"{wanted.why[:-1]}, with the section{'s' if len(names) > 1 else ''} {_listed(names)}; not found in this one."
        key = f"section:{wanted.name}"
        found = _about(latest, key, Kind.MISSING_SECTION, wanted.rule, why, wanted.due_at, wanted.responsible_id)
        yield replace(found, sections=names)
    update = wanted.wanted.update
    if update and wanted.update_due and not updated(wanted, documents):
        why = f"{wanted.why[:-1]}. The one in the chart was written before the stay: {article(update.name)} is required {limit(update.due)}."
        yield _missing(wanted, "update", update.codes[0], update.name, why, wanted.update_due)


def standing(wanted: Requirement, documents: Iterable[Document]) -> list[Document]:
    """The documents that count as the one that is wanted, whatever is in them."""
    there = [one for one in documents if _qualifies(one, wanted)]
    return _by_day(wanted.days, there)[wanted.day] if wanted.day else there


def _by_day(days: Sequence[date], documents: Iterable[Document]) -> dict[date, list[Document]]:
    """Each document to the last of the days that is not after its own; then a day without one takes what another has too many of.

    So as many days go without as documents are wanting, however their dates were written.
    """
    found: dict[date, list[Document]] = {day: [] for day in days}
    for one in sorted(documents, key=_in_time):
        home = [day for day in days if one.day is None or day <= one.day]
        found[home[-1] if home else days[0]].append(one)
    for day in days:
        rich = next((other for other in reversed(days) if len(found[other]) > 1), None)
        if not found[day] and rich:
            found[day].append(found[rich].pop())
    return found


def complete(wanted: Requirement, documents: Iterable[Document]) -> list[Document]:
    """Those of them that have every section asked for. One that nobody can read is not said to lack any."""
    return [
        one
        for one in standing(wanted, documents)
        if one.sections is None or not sections.missing(wanted.elements, one.sections)
    ]


def updated(wanted: Requirement, documents: Sequence[Document]) -> list[Document]:
    """The documents that make the wanted one up to date: itself when it is of the stay, else the note that updates it."""
    update = wanted.wanted.update
    of_stay = [one for one in standing(wanted, documents) if one.of_stay]
    if update is None or of_stay:
        return of_stay
    notes = [one for one in documents if one.of_stay and one.code in update.codes]
    asked = [Element(update.name, update.headings)] if update.headings else []
    return [one for one in notes if one.sections is None or not sections.missing(asked, one.sections)]


def _qualifies(document: Document, wanted: Requirement) -> bool:
    if document.addendum or document.code not in wanted.wanted.document.codes:
        return False
    if document.of_stay:
        return True
    until = wanted.not_before + timedelta(days=wanted.wanted.accept_days_before) if wanted.not_before else None
    return bool(wanted.not_before and until and document.at and wanted.not_before <= document.at <= until)


def _in_time(document: Document) -> tuple[datetime, str]:
    return document.at or BEGINNING, str(document.entry_id)


def _listed(names: Sequence[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def _missing(wanted: Requirement, what: str, code: str, name: str, why: str, due_at: datetime) -> Finding:
    return Finding(
        key=f"{what}:{wanted.name}", kind=Kind.MISSING_DOCUMENT, rule=wanted.rule, document_code=code, document_name=name,
        entry_id=None, responsible_id=wanted.responsible_id, why=why, due_at=due_at,
    )  # fmt: skip


def _about(
    document: Document, key: str, kind: Kind, rule: RuleInForce, why: str, due_at: datetime, otherwise: UUID | None
) -> Finding:
    """Something that a document lacks: its author owes it, or else whoever is ``otherwise`` responsible."""
    return Finding(
        key=key, kind=kind, rule=rule, document_code=document.code,
        document_name=document.name or "Document", entry_id=document.entry_id, responsible_id=document.author_id or otherwise,
        why=why, due_at=due_at,
    )  # fmt: skip


def _unsigned(facts: Facts, documents: list[Document], rules: RuleSet) -> Iterator[Finding]:
    if rules.signatures is None:
        return
    rule, wanted = rules.signatures
    said = f"{describe(facts, wanted, None)}: {{}} must be signed {limit(wanted.due)}; this one is not signed."
    for one, due_at in _judged(facts, documents, wanted):
        if not one.signed and not one.closed:
            why = said.format(article(one.name or "document"))
            yield _about(one, f"signature:{one.entry_id}", Kind.MISSING_SIGNATURE, rule, why, due_at, facts.attending_id)


def _uncosigned(facts: Facts, documents: list[Document], rules: RuleSet) -> Iterator[Finding]:
    """Documents that need a second signature: the attending owes it, never the author."""
    if rules.cosignatures is None:
        return
    rule, wanted = rules.cosignatures
    for one, due_at in _judged(facts, documents, wanted):
        if not one.cosigned and not one.closed and one.author_credential in wanted.credentials:
            why = f"{describe(facts, wanted, None)}: {article(one.name or 'document')} by an author with the credential {one.author_credential} must be co-signed {limit(wanted.due)}."
            owed_by = facts.attending_id if facts.attending_id != one.author_id else None
            yield Finding(
                key=f"cosignature:{one.entry_id}", kind=Kind.MISSING_COSIGNATURE, rule=rule, document_code=one.code,
                document_name=one.name or "Document", entry_id=one.entry_id, responsible_id=owed_by, why=why, due_at=due_at,
            )  # fmt: skip


def _judged(
    facts: Facts, documents: list[Document], wanted: SignatureRule | CosignatureRule
) -> Iterator[tuple[Document, datetime]]:
    """The stay's documents that a rule about signatures speaks of, and until when they must have theirs."""
    because = reasons(facts, wanted)
    if because is None:
        return
    due_at = due(wanted.due, facts, because[0] if because else None)
    for one in documents:
        if one.of_stay and one.code in wanted.codes:
            yield one, due_at


def delinquent_at(facts: Facts, rules: RuleSet) -> datetime | None:
    """When the chart becomes delinquent if it is still incomplete; None where no rule says so for such a stay."""
    if rules.clock is None or reasons(facts, rules.clock[1]) is None:
        return None
    return due(rules.clock[1].due, facts, None)


class _Asked(NamedTuple):
    """What a rule may ask about a stay: the documents that answer it, and the words when they do."""

    answers: Callable[[Requirement, Sequence[Document]], list[Document]]
    done: str
    name: str


class _Signed(NamedTuple):
    """What a rule may ask about one document: whether it has it, the words when it does, and what it is called."""

    has: Callable[[Document], bool]
    done: str
    name: str


_OF_THE_STAY = {
    "document": _Asked(standing, "The document was filed.", "document"),
    "section": _Asked(complete, "The sections are there.", "section"),
    "update": _Asked(updated, "The note was filed.", "note"),
}
_OF_A_DOCUMENT = {
    "signature": _Signed(lambda one: one.signed, "The document was signed.", "signature"),
    "cosignature": _Signed(lambda one: one.cosigned, "The document was co-signed.", "co-signature"),
}


def closings(
    keys: Iterable[str], facts: Facts | None, documents: Sequence[Document], rules: RuleSet, findings: Sequence[Finding]
) -> list[Closing]:
    """How each open deficiency of ``keys`` that is no longer found came to its end. ``facts`` is None before discharge."""
    still = {finding.key for finding in findings}
    gone = [key for key in keys if key not in still]
    if facts is None:
        return [Closing(key, Step.CANCEL, "The discharge was cancelled.") for key in gone]
    wanted = {one.name: one for one in requirements(facts, rules)}
    told = spoken.closings([key for key in gone if key.startswith(spoken.PREFIX)], facts, rules)
    return [*told, *(_closing(key, wanted, documents) for key in gone if not key.startswith(spoken.PREFIX))]


def _closing(key: str, wanted: dict[str, Requirement], documents: Sequence[Document]) -> Closing:
    what, _, name = key.partition(":")
    if what in _OF_A_DOCUMENT:
        return _signature_closing(
            key, _OF_A_DOCUMENT[what], next((one for one in documents if str(one.entry_id) == name), None)
        )
    asked, rule = _OF_THE_STAY[what], wanted.get(name)
    if rule is None:
        return Closing(key, Step.CANCEL, f"No rule asks for this {asked.name} any more.")
    answers = asked.answers(rule, documents)
    if answers:
        return Closing(key, Step.COMPLETE, asked.done, min(answers, key=_in_time).entry_id)
    if not standing(rule, documents):
        return Closing(key, Step.CANCEL, "The document was retracted or moved.")
    return Closing(key, Step.CANCEL, f"No rule asks for this {asked.name} any more.")


def _signature_closing(key: str, asked: _Signed, document: Document | None) -> Closing:
    if document is None:
        return Closing(key, Step.CANCEL, "The document was retracted or moved.")
    if asked.has(document):
        return Closing(key, Step.COMPLETE, asked.done, document.entry_id)
    if document.closed:
        return Closing(key, Step.CLOSE, "The document was closed administratively, without the signature.", document.entry_id)
    return Closing(key, Step.CANCEL, f"No rule asks for this {asked.name} any more.")
