"""Entries as lines of the chart: what templates place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from muniment.encounters.models import Movement
from muniment.encounters.rules import CLASSES
from muniment.kernel.fhir.summaries import ANOTHERS, MOVED
from muniment.kernel.moments import Moment
from muniment.record import chart_order
from muniment.record.assembly import Fresh, Problem
from muniment.record.models import Closure, Entry, Signature
from muniment.record.queries import Hit, result_key
from muniment.record.rules import SIGNING, Acceptance, Category, Meaning
from muniment.record.web.desk import CODED, Chart
from muniment.ui import dates
from muniment.ui.shapes import Tone
from muniment.ui.words import sentence_case, with_units

FLAGS = {
    "H": ("High", Tone.DUE), "L": ("Low", Tone.DUE), "HH": ("Critically high", Tone.LATE), "LL": ("Critically low", Tone.LATE),
    "HU": ("Very high", Tone.LATE), "LU": ("Very low", Tone.LATE), "A": ("Abnormal", Tone.DUE), "AA": ("Critically abnormal", Tone.LATE),
    "N": ("Normal", Tone.PLAIN), "POS": ("Positive", Tone.DUE), "NEG": ("Negative", Tone.PLAIN), "DET": ("Detected", Tone.DUE),
    "ND": ("Not detected", Tone.PLAIN), "R": ("Resistant", Tone.DUE), "S": ("Susceptible", Tone.PLAIN), "I": ("Intermediate", Tone.DUE),
    MOVED: ("Entered in error: moved", Tone.LATE), ANOTHERS: ("Entered in error: another patient’s", Tone.LATE),
}  # fmt: skip
KINDS = {
    Category.DOCUMENT: "Document", Category.RESULT: "Result", Category.VITAL_SIGN: "Vital sign", Category.DIAGNOSIS: "Diagnosis",
    Category.PROCEDURE: "Procedure", Category.MEDICATION: "Medication", Category.ALLERGY: "Allergy", Category.IMMUNISATION: "Immunisation",
    Category.ORDER: "Order", Category.CODING: "Final codes", Category.ENCOUNTER: "Stay", Category.PATIENT: "Demographics",
    Category.PRACTITIONER: "Practitioner", Category.OTHER: "Other",
}  # fmt: skip


STANDINGS = {
    Acceptance.WAITING: "Not accepted yet", Acceptance.ACCEPTED: "Accepted into the record", Acceptance.REFERENCE: "Kept for reference only",
    Acceptance.NOT_PATIENT: "Found to be another patient’s",
}  # fmt: skip


STANDING_TONES = {
    Acceptance.WAITING: Tone.DUE, Acceptance.ACCEPTED: Tone.OK, Acceptance.REFERENCE: Tone.PLAIN, Acceptance.NOT_PATIENT: Tone.LATE,
}  # fmt: skip


def origin_words(origin: str, standing: str) -> str:
    """Whose record it is, wherever an entry is named; empty for our own."""
    if not origin:
        return ""
    return f"From {origin}" + ("" if standing == Acceptance.ACCEPTED else f": {STANDINGS[Acceptance(standing)].lower()}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry, or one movement, as a row of a list."""

    title: str
    url: str = ""
    kind: str = ""
    code: str = ""
    value: str = ""
    when: str = ""
    author: str = ""
    state: str = ""
    tone: Tone = Tone.PLAIN
    entry_id: UUID | None = None
    origin: str = ""
    replaced: bool = False  # a newer document stands in its place


@dataclass(slots=True)
class Group:
    name: str
    lines: list[Line] = field(default_factory=list)
    url: str = ""


def line(chart: Chart, entry: Entry, **more: object) -> Line:
    state, tone = state_of(entry)
    return Line(
        title=title_of(entry),
        url=chart.url("record-document", entry.entry_id, **more),
        kind=KINDS.get(Category(entry.category), "Other"),
        code=entry.code,
        value=with_units(entry.value),
        when=when(entry, chart.zone),
        author=entry.author_name,
        state=state,
        tone=tone,
        entry_id=entry.entry_id,
        origin=origin_words(entry.origin, entry.standing),
    )


def title_of(entry: Entry) -> str:
    """What an entry is called in a list; a document's name in sentence case, however its source wrote it."""
    if entry.label and entry.category == Category.DOCUMENT:
        return sentence_case(entry.label)
    return entry.label or entry.code or KINDS.get(Category(entry.category), "Entry")


def when(entry: Entry, zone: ZoneInfo) -> str:
    """The entry's time, no more exact than its source."""
    return shown_time(entry.occurred, zone)


def state_of(entry: Entry) -> tuple[str, Tone]:
    """A document's state in words: retracted, unsigned, closed without its author's signature, signed; otherwise an entry's own status."""
    if entry.retracted:
        return FLAGS[entry.flag] if entry.flag in (MOVED, ANOTHERS) else ("Retracted", Tone.LATE)
    if entry.category != Category.DOCUMENT and not entry.signed_at:
        return entry.status.replace("-", " ").capitalize(), Tone.LATE if entry.status == "entered-in-error" else Tone.PLAIN
    if entry.signed_at:
        return ("Signed after it was closed" if entry.closed_at else "Signed"), Tone.OK
    return ("Closed, never authenticated", Tone.LATE) if entry.closed_at else ("Unsigned", Tone.DUE)


def flag_of(entry: Entry) -> tuple[str, Tone]:
    return FLAGS.get(entry.flag, (entry.flag, Tone.PLAIN))


def by_document_type(
    chart: Chart, entries: Iterable[Entry], newest: Mapping[UUID, Entry], *, first: int, count: int
) -> tuple[list[Group], bool]:
    """Documents in universal chart order, newest first in each group: ``count`` of them from ``first``, and whether more follow.

    A replaced document (``newest``: by which one) stands beneath the one in its place, where the list holds that.
    """
    placed = [(chart_order.section_of(entry.code, entry.label), entry) for entry in entries]
    placed.sort(key=lambda pair: pair[0])  # stable: newest first stays so within a section
    placed = _beneath(placed, newest) if newest else placed
    shown = placed[first : first + count]
    groups: dict[str, Group] = {}
    for place, entry in shown:
        name = chart_order.name_of(place)
        groups.setdefault(name, Group(name)).lines.append(_standing(line(chart, entry), entry, newest))
    return list(groups.values()), len(placed) > first + count


def _beneath(placed: Sequence[tuple[int, Entry]], newest: Mapping[UUID, Entry]) -> list[tuple[int, Entry]]:
    here = {entry.entry_id for _, entry in placed}
    under: dict[UUID, list[Entry]] = {}
    for _, entry in placed:
        if entry.entry_id in newest and newest[entry.entry_id].entry_id in here:
            under.setdefault(newest[entry.entry_id].entry_id, []).append(entry)
    moved = {entry.entry_id for some in under.values() for entry in some}
    return [
        (place, one)
        for place, entry in placed
        if entry.entry_id not in moved
        for one in (entry, *under.get(entry.entry_id, ()))
    ]


def _standing(said: Line, entry: Entry, newest: Mapping[UUID, Entry]) -> Line:
    if entry.entry_id not in newest or entry.retracted:
        return said
    return replace(said, state="Replaced by a newer version", tone=Tone.DUE, replaced=True)


def timeline(
    chart: Chart, entries: Sequence[Entry], moves: Iterable[Movement], newest: Mapping[UUID, Entry], *, before: datetime | None,
    more: bool,
) -> list[Line]:  # fmt: skip
    """Entries and movements together, newest first. Of the movements, those between this page's first and last moment."""
    until = entries[-1].occurred_at if more and entries else None
    fitting = [
        move for move in moves if (before is None or move.occurred_at < before) and (until is None or move.occurred_at >= until)
    ]
    timed: list[tuple[datetime | None, Line]] = [
        (entry.occurred_at, _standing(line(chart, entry), entry, newest)) for entry in entries
    ]
    timed += [(move.occurred_at, movement(move, chart.zone)) for move in fitting]
    timed.sort(key=lambda pair: (pair[0] is not None, pair[0] and pair[0].timestamp()), reverse=True)
    return [one for _, one in timed]


def movement(move: Movement, zone: ZoneInfo) -> Line:
    place = " ".join(part for part in (move.unit, move.room, move.bed) if part)
    said = ", ".join(part for part in (CLASSES.get(move.class_code, move.class_code), move.service, place) if part)
    return Line(
        title=move.kind.capitalize(), kind="Movement", value=said, when=dates.moment(move.occurred_at, zone), tone=Tone.INFO
    )


def by_panel(chart: Chart, entries: Sequence[Entry], reports: Mapping[int, Entry]) -> list[Group]:
    """Results by panel and day, newest day first. A report without observations on this page is a line of its own."""
    groups: dict[tuple[str, str], Group] = {}
    for entry in entries:
        report = reports.get(result_key(entry.entry_id))
        day = _day(entry, chart.zone)
        name = (
            sentence_case(report.label) if report else ("Vital signs" if entry.category == Category.VITAL_SIGN else "Results")
        )
        group = groups.setdefault((day, name), Group(f"{name}, {day}", url=line(chart, report).url if report else ""))
        state, tone = flag_of(entry)
        plain = line(chart, entry)
        if entry.resource_type == "DiagnosticReport":
            group.lines.append(plain)
        else:
            group.lines.append(
                Line(
                    title=plain.title,
                    url=plain.url,
                    value=with_units(plain.value),
                    when=plain.when,
                    state=state,
                    tone=tone,
                    author=plain.author,
                    entry_id=plain.entry_id,
                    origin=plain.origin,
                )
            )
    return list(groups.values())


def _day(entry: Entry, zone: ZoneInfo) -> str:
    if entry.occurred_at is None:
        return "no date"
    return when(entry, zone).split(",")[0] if len(entry.occurred) < 10 else dates.day(_local(entry, zone))


def _local(entry: Entry, zone: ZoneInfo) -> datetime:
    assert entry.occurred_at is not None
    return entry.occurred_at.astimezone(zone) if "T" in entry.occurred else entry.occurred_at


def by_category(chart: Chart, entries: Iterable[Entry], *, first: int, count: int) -> tuple[list[Group], bool]:
    """Coded data, a group a category, newest first in each: ``count`` of them from ``first``, and whether more follow."""
    order = [str(one) for one in CODED]
    placed = sorted(entries, key=lambda entry: order.index(entry.category))
    groups: dict[str, Group] = {}
    for entry in placed[first : first + count]:
        groups.setdefault(entry.category, Group(CODED[Category(entry.category)])).lines.append(line(chart, entry))
    return list(groups.values()), len(placed) > first + count


def by_problem(chart: Chart, problems: Iterable[Problem], rest: Sequence[Entry]) -> list[Group]:
    """A group a problem: the entries that state it, then those that cite it; last the documents that cite none."""
    groups = []
    for one in problems:
        lines = [replace(line(chart, entry), value="States it") for entry in one.stated]
        lines += [replace(line(chart, entry), value=how) for entry, how in one.citing]
        groups.append(Group(f"{one.name} ({one.code})" if one.code and one.code != one.name else one.name, lines))
    if rest:
        groups.append(Group("Documents that cite no problem", [line(chart, entry) for entry in rest]))
    return groups


def news(chart: Chart, entries: Sequence[Entry], fresh: Fresh, *, first: int, count: int) -> tuple[list[Group], bool]:
    """What is new, last recorded first, ``when`` being when it was recorded; and whether more follow."""
    if not entries or fresh.since is None:
        return [], False
    lines = [
        replace(line(chart, one), when=dates.moment(fresh.entries[one.entry_id], chart.zone)) for one in entries[first : first + count]
    ]  # fmt: skip
    return [Group(f"Recorded since you were last here, {dates.moment(fresh.since, chart.zone)}", lines)], len(
        entries
    ) > first + count


def link(chart: Chart, entry: Entry) -> Line:
    """An entry to lead to, in the person's whole chart where it is of another stay."""
    return line(chart, entry, **({} if chart.holds(entry) else {"scope": "person"}))


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLine:
    title: str
    when: str
    snippet: SafeString
    url: str
    origin: str = ""


def found_lines(chart: Chart, hits: Iterable[Hit]) -> list[FoundLine]:
    """Hits with their words marked; the address opens the document at the first of them."""
    return [
        FoundLine(
            title=sentence_case(hit.label) or "Document", when=shown_time(hit.occurred, chart.zone), snippet=marked(hit.snippet),
            url=chart.url("record-document", hit.entry_id, find=first_marked(hit.snippet), **_wide(hit.origin)),
            origin=origin_words(hit.origin, hit.standing),
        )
        for hit in hits
    ]  # fmt: skip


def _wide(origin: str) -> dict[str, str]:
    """An outside entry belongs to no stay: it is opened in the person's whole chart."""
    return {"scope": "person"} if origin else {}


def by_origin(chart: Chart, entries: Iterable[Entry]) -> list[Group]:
    """What others' records say, a group an organisation, newest first in each."""
    groups: dict[str, Group] = {}
    for entry in entries:
        standing = Acceptance(entry.standing)
        said = line(chart, entry, **_wide(entry.origin))
        said = replace(said, state=STANDINGS[standing], tone=STANDING_TONES[standing], origin="")  # the heading says whose
        groups.setdefault(entry.origin, Group(f"From {entry.origin}")).lines.append(said)
    return list(groups.values())


def shown_time(occurred: str, zone: ZoneInfo) -> str:
    """A FHIR time in words, no more exact than it is."""
    if not occurred:
        return ""
    try:
        found = Moment.from_fhir(occurred, zone)
    except ValueError:
        return occurred
    return dates.partial(found.value, found.precision, zone)


def marked(snippet: str) -> SafeString:
    """``⟦word⟧`` as a mark; everything else escaped."""
    return mark_safe(escape(snippet).replace("⟦", "<mark>").replace("⟧", "</mark>"))  # noqa: S308 escaped, then our own marks


def first_marked(snippet: str) -> str:
    """The first words a snippet marks, taken together where they stand side by side: as they are written in the document."""
    found = re.search(r"⟦[^⟦⟧]*⟧(?: ⟦[^⟦⟧]*⟧)*", snippet)
    return found[0].replace("⟦", "").replace("⟧", "") if found else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signature as it stands under a document (EHR-S FM RI.1.1.4; 21 CFR 11.50)."""

    who: str
    meaning: str
    when: str
    version: int
    verdict: str
    tone: Tone


def signed(signature: Signature, *, sound: bool) -> Signed:
    zone = ZoneInfo(signature.zone) if signature.zone else None
    who = signature.printed_name
    if signature.credential and signature.credential not in who:
        who = f"{who}, {signature.credential}"
    told = "received " if signature.meaning == Meaning.SOURCE else ""  # when somebody signed there, its source may say
    return Signed(
        who=who,
        meaning=signature.meaning,
        when=f"{told}{dates.moment(signature.signed_at, zone)} {signature.zone}".strip(),
        version=signature.number,
        verdict="Verified" if sound else "Does not verify",
        tone=Tone.OK if sound else Tone.LATE,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """How a version was closed administratively, and whether it was signed after all."""

    who: str
    when: str
    version: int
    reason: str
    citation: str
    signed: str  # when, empty where nobody did


def shut(closure: Closure, signatures: Sequence[Signature], zone: ZoneInfo) -> Shut:
    after = [one for one in signatures if one.number == closure.number and one.meaning in SIGNING]
    return Shut(
        who=f"{closure.closed_by}, {closure.role}", when=dates.moment(closure.closed_at, zone), version=closure.number,
        reason=closure.reason, citation=closure.citation,
        signed=f"{after[0].printed_name}, {dates.moment(after[0].signed_at, zone)}" if after else "",
    )  # fmt: skip


def in_order(
    signatures: Sequence[Signature], shown: Sequence[Signed], closures: Sequence[Closure], zone: ZoneInfo
) -> list[Signed]:
    """Signatures with administrative closures between them, in the order of time: a closure is none, and says so."""
    acts = [(one.signed_at, line) for one, line in zip(signatures, shown, strict=True)]
    acts += [
        (one.closed_at, Signed(
            who=f"{one.closed_by}, {one.role}", meaning="closed administratively, never authenticated by its author", version=one.number,
            when=f"{dates.moment(one.closed_at, zone)} {zone.key}", verdict="Not a signature", tone=Tone.DUE,
        ))
        for one in closures
    ]  # fmt: skip
    return [line for _, line in sorted(acts, key=lambda act: act[0])]
