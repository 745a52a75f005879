"""Dates that can't be: outside the stay, signed before written, another stay's, an age that is not the patient's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from muniment.kernel.typed import typed_date
from muniment.qualitative.parameters import Dates
from muniment.qualitative.rules import Chart, Document, Evidence, Finding, Kind
from muniment.ui.dates import day as shown

_DATE = r"(?P<date>\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4}|\d{1,2} [A-Z][a-z]{2,8}\.? \d{4})"
_TIME = r"(?:[ T,]+(?:at )?(?P<time>\d{1,2}:\d{2}))?"
_ADMITTED = re.compile(rf"^[ \t]*(?:admission date|date of admission|admitted(?: on)?)[ \t]*:?\s*{_DATE}", re.I | re.M)
_DISCHARGED = re.compile(rf"^[ \t]*(?:discharge date|date of discharge|discharged(?: on)?)[ \t]*:?\s*{_DATE}", re.I | re.M)
_PROCEDURE = re.compile(
    rf"^[ \t]*(?:date of (?:procedure|surgery|operation)|(?:procedure|surgery|operation) date)[ \t]*:?\s*{_DATE}", re.I | re.M
)
_DICTATED = re.compile(
    rf"^[ \t]*(?:dictated(?: on| by [^\n]{{1,60}}? on)?|date dictated|dictation date|d(?:d)?)[ \t]*:\s*{_DATE}{_TIME}",
    re.I | re.M,
)
_AGE = re.compile(
    r"\b(\d{1,3})[- ]?(?:year|yr)s?[- ]old (?:[a-z-]+ ){0,2}?(?:man|woman|male|female|gentleman|lady|boy|girl|patient)\b",
    re.IGNORECASE,
)
_SOMEBODY_ELSE = re.compile(
    r"\b(?:his|her|their|mother|father|wife|husband|son|daughter|sister|brother|neighbor|friend|partner)\b", re.IGNORECASE
)


def check(chart: Chart, rule: Dates) -> Iterator[Finding]:
    for document in chart.in_order:
        yield from _written(chart, document, rule)
        yield from _signed(document, rule)
        yield from _aged(chart, document, rule)
        if document.code in rule.summaries:
            yield from _of_stay(chart, document, rule)
        if document.code in rule.operative:
            yield from _operated(chart, document, rule)
    for code in chart.codes:
        if code.procedure and code.on and _outside(chart, code.on, rule.procedure_days_before, 0):
            sentence = f"The procedure {code.code} is dated {shown(code.on)}, outside the stay ({stay(chart)})."
            yield Finding(Kind.DATES, sentence, (Evidence.of_code(code),), f"on {code.on}")


def stay(chart: Chart) -> str:
    return f"{shown(chart.admitted)} to {shown(chart.discharged)}" if chart.admitted else f"to {shown(chart.discharged)}"


def _outside(chart: Chart, day: date, before: int, after: int) -> bool:
    early = chart.admitted is not None and day < chart.admitted - timedelta(days=before)
    return early or day > chart.discharged + timedelta(days=after)


def _written(chart: Chart, document: Document, rule: Dates) -> Iterator[Finding]:
    if document.at is None:
        return
    inside = document.code in rule.inside and not document.addendum
    before, after = (1, 1) if inside else (rule.days_before, rule.days_after)
    if _outside(chart, document.at.date(), before, after):
        sentence = f"“{document.name}” is dated {shown(document.at.date())}, outside the stay ({stay(chart)})."
        yield Finding(Kind.DATES, sentence, (_whole(document),), f"written {document.at.date()}")


def _signed(document: Document, rule: Dates) -> Iterator[Finding]:
    """Signed before the document's time, or before it was dictated."""
    signed = document.signed_at
    if signed is None:
        return
    early = signed + timedelta(minutes=rule.signed_minutes)
    if document.at and (early.date() < document.at.date() if document.day_only else early < document.at):
        sentence = f"“{document.name}” was signed {_moment(signed)}, before it was written ({_moment(document.at)})."
        yield Finding(Kind.DATES, sentence, (_whole(document),), f"signed {signed.isoformat()}")
    for found in _DICTATED.finditer(document.text):
        day, at = typed_date(found["date"]), found["time"]
        if day and (day > early.date() or (day == early.date() and at and _minutes(at) > early.hour * 60 + early.minute)):
            sentence = f"“{document.name}” says it was dictated {shown(day)}{f' {at}' if at else ''}, after it was signed ({_moment(signed)})."
            yield Finding(Kind.DATES, sentence, (Evidence.at(document, *found.span()),), "dictated")


def _minutes(at: str) -> int:
    hours, _, minutes = at.partition(":")
    return int(hours) * 60 + int(minutes)


def _moment(at: datetime) -> str:
    return f"{shown(at.date())} {at:%H:%M}"


def _whole(document: Document) -> Evidence:
    """The document itself: its text does not say it."""
    return Evidence(document.entry_id, document.number, 0, 0, "", document.name)


def _of_stay(chart: Chart, document: Document, rule: Dates) -> Iterator[Finding]:
    for pattern, known, what in ((_ADMITTED, chart.admitted, "admission"), (_DISCHARGED, chart.discharged, "discharge")):
        found = pattern.search(document.text)
        if found and known and not _fits(found["date"], known, rule.stay_days):
            sentence = f"“{document.name}” gives {found['date']} as the day of {what}; the stay has {shown(known)}."
            yield Finding(Kind.DATES, sentence, (_place(document, found),), what)


def _operated(chart: Chart, document: Document, rule: Dates) -> Iterator[Finding]:
    found = _PROCEDURE.search(document.text)
    day = typed_date(found["date"]) if found else None
    if found and day and _outside(chart, day, rule.procedure_days_before, 0) and not _fits_stay(chart, found["date"], rule):
        sentence = f"“{document.name}” dates the procedure {found['date']}, outside the stay ({stay(chart)})."
        yield Finding(Kind.DATES, sentence, (_place(document, found),), "procedure")


def _place(document: Document, found: re.Match[str]) -> Evidence:
    """The date itself where heading and date stand on two lines: a quote is one line."""
    two = "\n" in found[0]
    return Evidence.at(document, *(found.span("date") if two else found.span()))


def _readings(text: str) -> Iterator[date]:
    """The day a text means; written in numbers, also with day before month."""
    if day := typed_date(text):
        yield day
    part = re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", text)
    if part and (day := typed_date(f"{part[2]}/{part[1]}/{part[3]}")):
        yield day


def _fits(text: str, known: date, days: int) -> bool:
    """Whether any reading is near what is known; a date that is none says nothing."""
    readings = list(_readings(text))
    return not readings or any(abs((one - known).days) <= days for one in readings)


def _fits_stay(chart: Chart, text: str, rule: Dates) -> bool:
    return any(not _outside(chart, one, rule.procedure_days_before, 0) for one in _readings(text))


def _aged(chart: Chart, document: Document, rule: Dates) -> Iterator[Finding]:
    """The first age a document gives its patient."""
    day = document.at.date() if document.at else chart.discharged
    known = chart.age_on(day)
    for one in document.sentences if known is not None else ():
        found = _AGE.search(one.text)
        if found is None or "family" in one.section:
            continue
        if (
            known is not None
            and abs(int(found[1]) - known) > rule.age_years
            and not _SOMEBODY_ELSE.search(one.text[: found.start()])
        ):
            sentence = f"“{document.name}” gives the age {found[1]}; the patient was {known}."
            yield Finding(Kind.DATES, sentence, (Evidence.at(document, one.start, one.end),), "age")
        return
