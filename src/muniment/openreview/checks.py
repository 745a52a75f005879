"""The questions the record can answer: each check asks what chart analysis and its neighbours know, and says what it rests on. Pure.

A check answers for the moment of the review. What is not due yet is not applicable; what can't be told is left to a person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import structs

from muniment.completion import sections
from muniment.completion.findings import complete, standing, updated
from muniment.completion.parameters import Element, RuleSet, VerbalOrderRule
from muniment.completion.requirements import article, due, limit, reasons, requirements
from muniment.completion.rules import BEGINNING, Document, Facts, Procedure, Requirement, SpokenOrder
from muniment.completion.spoken import authenticated, by_whom, named
from muniment.openreview.parameters import (
    AllergiesCheck,
    Check,
    CopiedCheck,
    DailyNotesCheck,
    DocumentCheck,
    UnsignedCheck,
    VerbalOrdersCheck,
)  # fmt: skip
from muniment.openreview.rules import Answer, Place, Told
from muniment.rulebook.rules import RuleInForce
from muniment.ui import dates
from muniment.ui.words import inside, listed, sentence_case

MOST_NAMED = 6  # places in one answer


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document that nobody has signed or closed, and when it was filed here."""

    entry_id: UUID
    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Copy:
    """A note that is copied from an earlier one, in the words of qualitative analysis."""

    sentence: str
    entry_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A stay as the checks see it at ``now``. ``facts`` are as if it ended now; ``ended``: it did, when.

    ``signed``: when orders were authenticated, by entry; ``texts``: the sections of documents that can be read, by entry.
    ``copies`` is None where no rule about copied text is in force.
    """

    now: datetime
    zone: ZoneInfo
    facts: Facts
    rules: RuleSet
    documents: Sequence[Document] = ()
    ended: datetime | None = None
    signed: Mapping[UUID, datetime] | None = None
    waiting: Sequence[Waiting] = ()
    allergies: Sequence[Place] = ()
    texts: Mapping[UUID, frozenset[str]] | None = None
    copies: Sequence[Copy] | None = None
    copied_rule: RuleInForce | None = None

    def moment(self, at: datetime) -> str:
        return dates.moment(at, self.zone)


def answer(seen: Seen, check: Check) -> Told:
    """What the record says to one question."""
    return _CHECKS[type(check)](seen, check)


def mended(seen: Seen, check: Check) -> Told:
    """Whether what was found is mended by now, be it late: the same check without its clock."""
    if isinstance(check, DocumentCheck):
        return _document(seen, structs.replace(check, timely=False))
    if isinstance(check, VerbalOrdersCheck):
        return _verbal(seen, check, late_counts=True)
    return answer(seen, check)


def _cited(rule: RuleInForce) -> dict[str, Any]:
    return {"rule": f"{rule.code}, version {rule.number}: {rule.statement}", "citation": rule.cited}


# A document that chart analysis asks for


def _document(seen: Seen, check: DocumentCheck) -> Told:
    rule = next((one for one, _ in seen.rules.documents if one.code == check.rule), None)
    if rule is None:
        return Told(answer=None, words=f"No rule “{check.rule}” is in force: look in the chart.")
    wanted = [one for one in requirements(seen.facts, seen.rules) if one.rule.code == check.rule]
    if not wanted:
        return Told(answer=Answer.NA, words="The rule does not ask it of this stay.", **_cited(rule))
    found = [_one_document(seen, check, one) for one in wanted]
    decisive = next((one for kind in (Answer.NO, None, Answer.YES) for one in found if one.answer is kind), found[0])
    places = tuple(place for one in found if one.answer is decisive.answer for place in one.places)[:MOST_NAMED]
    lasting = decisive.lasting and all(one.lasting for one in found if one.answer is Answer.NO)
    return Told(answer=decisive.answer, words=decisive.words, places=places, lasting=lasting, **_cited(rule))


def _one_document(seen: Seen, check: DocumentCheck, wanted: Requirement) -> Told:
    there = standing(wanted, seen.documents)
    name = wanted.wanted.document.name
    if not there:
        return _absent(seen, check, wanted)
    for ask, asked in ((_timely, check.timely), (_whole, check.sections), (_signed, check.signed)):
        told = ask(seen, wanted, there) if asked else None
        if told:
            return told
    first = min(there, key=lambda one: one.at or BEGINNING)
    return Told(answer=Answer.YES, words=f"{sentence_case(name)} is there.", places=(_place(seen, first),))


def _absent(seen: Seen, check: DocumentCheck, wanted: Requirement) -> Told:
    """What is in a document that is not there is not asked; that it is not there is found by the check of the document itself."""
    if wanted.due_at > seen.now:
        return Told(answer=Answer.NA, words=f"Not due until {seen.moment(wanted.due_at)}.")
    if check.sections or check.signed:
        return Told(answer=Answer.NA, words="It is not in the chart.")
    return Told(answer=Answer.NO, words=f"{wanted.why} It is not in the chart.")


def _place(seen: Seen, one: Document) -> Place:
    when = seen.moment(one.at) if one.at else "no time"
    return Place(f"{sentence_case(one.name or 'document')}, {when}", one.entry_id)


def _timely(seen: Seen, wanted: Requirement, there: Sequence[Document]) -> Told | None:
    """None where it was in time."""
    name = wanted.wanted.document.name
    timed = sorted((one for one in there if one.at), key=lambda one: one.at)  # type: ignore[arg-type, return-value]
    if not timed:
        return Told(answer=None, words=f"{sentence_case(name)} bears no time: judge it.", places=(_place(seen, there[0]),))
    if timed[0].at and timed[0].at > wanted.due_at:
        words = f"Written {seen.moment(timed[0].at)}; it was due {seen.moment(wanted.due_at)}, {limit(wanted.wanted.due)}."
        return Told(answer=Answer.NO, words=words, places=(_place(seen, timed[0]),), lasting=True)
    return _up_to_date(seen, wanted, timed[0])


def _up_to_date(seen: Seen, wanted: Requirement, written: Document) -> Told | None:
    """One that was written before the stay has its update in time, where the rule asks for one."""
    update = wanted.wanted.update
    if update is None or wanted.update_due is None or written.of_stay:
        return None
    notes = [one.at for one in updated(wanted, seen.documents) if one.at]
    if notes and min(notes) <= wanted.update_due:
        return None
    if not notes and wanted.update_due > seen.now:
        return Told(
            answer=Answer.NA, words=f"Written before the stay; its update is not due until {seen.moment(wanted.update_due)}."
        )
    late = f"came {seen.moment(min(notes))}" if notes else "is not in the chart"
    words = f"Written before the stay; {article(update.name)} {late} and was due {seen.moment(wanted.update_due)}."
    return Told(answer=Answer.NO, words=words, places=(_place(seen, written),), lasting=bool(notes))


def _whole(seen: Seen, wanted: Requirement, there: Sequence[Document]) -> Told | None:
    latest = max(there, key=lambda one: one.at or BEGINNING)
    if all(one.sections is None for one in there):
        return Told(answer=None, words="Its text can't be read here: look for its sections.", places=(_place(seen, latest),))
    if complete(wanted, seen.documents):
        return None
    lacking = sections.missing(wanted.elements, latest.sections or frozenset())
    words = f"It lacks {listed([f'“{one}”' for one in lacking])}."
    return Told(answer=Answer.NO, words=words, places=(_place(seen, latest),))


def _signed(seen: Seen, wanted: Requirement, there: Sequence[Document]) -> Told | None:
    if any(one.signed for one in there):
        return None
    return Told(answer=Answer.NO, words="It is not signed.", places=tuple(_place(seen, one) for one in there))


# Orders by word of mouth


def _verbal(seen: Seen, check: VerbalOrdersCheck, *, late_counts: bool = False) -> Told:
    if seen.rules.verbal_orders is None:
        return Told(answer=None, words="No rule about orders given by word of mouth is in force: look at the orders.")
    rule, wanted = seen.rules.verbal_orders
    cited = _cited(rule)
    orders = [one for one in seen.facts.spoken if one.mode in wanted.modes]
    if reasons(seen.facts, wanted) is None or not orders:
        return Told(answer=Answer.NA, words="No order was given by word of mouth.", **cited)
    judged = [(one, *_order(seen, one, wanted)) for one in orders]
    late = [(one, words) for one, fine, words in judged if fine is False and not (late_counts and authenticated(one, wanted))]
    if late:
        places = tuple(Place(f"{_order_name(one)}: {words}", one.entry_id) for one, words in late[:MOST_NAMED])
        lasting = all(authenticated(one, wanted) for one, _ in late)
        words = f"{len(late)} of {len(orders)} not authenticated in time."
        return Told(answer=Answer.NO, words=words, places=places, lasting=lasting, **cited)
    places = tuple(Place(f"{_order_name(one)}: {words}", one.entry_id) for one, _, words in judged)[:MOST_NAMED]
    if all(fine is None for _, fine, _ in judged):
        return Told(answer=Answer.NA, words="None is due yet.", places=places, **cited)
    return Told(answer=Answer.YES, words=f"{_count(len(orders), 'order')}, each in time.", places=places, **cited)


def _order(seen: Seen, one: SpokenOrder, wanted: VerbalOrderRule) -> tuple[bool | None, str]:
    """Whether it was authenticated in time (None: not due yet), in words."""
    until = due(wanted.due, seen.facts, Procedure(system="", code=one.mode, name="", at=one.at, day_only=one.day_only))
    if not authenticated(one, wanted):
        return (False if until <= seen.now else None), f"not authenticated, due {seen.moment(until)}"
    verified = by_whom(one, wanted)
    at = (seen.signed or {}).get(one.entry_id if one.signed or verified is None else verified.entry_id)
    if at is None:
        return True, "authenticated"
    return at <= until, f"authenticated {seen.moment(at)}, due {seen.moment(until)}"


def _order_name(one: SpokenOrder) -> str:
    return one.name or sentence_case(named(one.mode))


# Signatures, daily notes, allergies, copies


def _unsigned(seen: Seen, check: UnsignedCheck) -> Told:
    of_stay = [one for one in seen.documents if one.of_stay]
    if not of_stay:
        return Told(answer=Answer.NA, words="No document is in the chart yet.")
    old = [one for one in seen.waiting if seen.now - one.since > timedelta(hours=check.hours)]
    if not old:
        return Told(answer=Answer.YES, words=f"No document has waited for its signature longer than {check.hours} hours.")
    places = tuple(Place(f"{sentence_case(one.name)}, filed {seen.moment(one.since)}", one.entry_id) for one in old)
    words = f"{_count(len(old), 'document')} unsigned for more than {check.hours} hours."
    return Told(answer=Answer.NO, words=words, places=places[:MOST_NAMED])


def whole_days(facts: Facts, now: datetime, ended: datetime | None, zone: ZoneInfo) -> list[date]:
    """The days of the stay that are over, without those of admission and discharge, by the facility's clock."""
    if facts.admitted_at is None:
        return []
    first = facts.admitted_at.astimezone(zone).date() + timedelta(days=1)
    end = (ended or now).astimezone(zone).date()
    return [first + timedelta(days=count) for count in range(max(0, (end - first).days))]


def _daily(seen: Seen, check: DailyNotesCheck) -> Told:
    days = whole_days(seen.facts, seen.now, seen.ended, seen.zone)
    if not days:
        return Told(answer=Answer.NA, words="No whole day of the stay is over yet.")
    notes = [one for one in seen.documents if one.of_stay and one.code in check.codes]
    written = {one.day for one in notes}
    lacking = [day for day in days if day not in written]
    if lacking:
        named_days = listed([dates.day(one) for one in lacking[:MOST_NAMED]])
        more = f" and {len(lacking) - MOST_NAMED} more" if len(lacking) > MOST_NAMED else ""
        words = f"No note of {named_days}{more} ({len(lacking)} of {_count(len(days), 'day')})."
        return Told(answer=Answer.NO, words=words, lasting=True)
    places = tuple(_place(seen, one) for one in notes[:MOST_NAMED])
    return Told(answer=Answer.YES, words=f"A note of each of {_count(len(days), 'day')}.", places=places)


def _allergies(seen: Seen, check: AllergiesCheck) -> Told:
    if seen.allergies:
        return Told(answer=Answer.YES, words="Recorded as entries.", places=tuple(seen.allergies[:MOST_NAMED]))
    wanted = [Element(check.headings[0], check.headings[1:])]
    of_stay = [one for one in seen.documents if one.of_stay]
    texts = seen.texts or {}
    with_section = [one for one in of_stay if not sections.missing(wanted, texts.get(one.entry_id, frozenset()))]
    if with_section:
        return Told(answer=Answer.YES, words="A document has the section.", places=(_place(seen, with_section[0]),))
    if of_stay and not any(one.entry_id in texts for one in of_stay):
        return Told(answer=None, words="No allergy entry, and the documents can't be read here: look in the chart.")
    return Told(answer=Answer.NO, words="No allergy entry, and no document of the stay has such a section.")


def _copied(seen: Seen, check: CopiedCheck) -> Told:
    if seen.copies is None or seen.copied_rule is None:
        return Told(answer=None, words="No rule about copied text is in force: judge the notes.")
    cited = _cited(seen.copied_rule)
    if not [one for one in seen.documents if one.of_stay]:
        return Told(answer=Answer.NA, words="No note is in the chart yet.", **cited)
    if not seen.copies:
        return Told(answer=Answer.YES, words="No note stands in large part in an earlier one.", **cited)
    places = tuple(Place(one.sentence, one.entry_id) for one in seen.copies[:MOST_NAMED])
    return Told(
        answer=Answer.NO, words=f"{_count(len(seen.copies), 'note')} copied from an earlier one.", places=places, **cited
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {inside(noun)}" if number == 1 else f"{number} {inside(noun)}s"


_CHECKS: dict[type, Callable[[Seen, Any], Told]] = {
    DocumentCheck: _document, VerbalOrdersCheck: _verbal, UnsignedCheck: _unsigned, DailyNotesCheck: _daily, AllergiesCheck: _allergies,
    CopiedCheck: _copied,
}  # fmt: skip
