"""Calendars of days that are not counted: what governs where, and the form in which the next version is proposed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.accounts.models import Facility
from muniment.accounts.queries import facilities
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.delinquency import queries
from muniment.delinquency.candidates import candidates
from muniment.delinquency.closures import CALENDAR, WEEKDAYS, Calendar, ClosedDay
from muniment.delinquency.parameters import Book, Version, calendar_code
from muniment.delinquency.web import presenters
from muniment.delinquency.web.calendar_form import CalendarForm, WhereForm, initial
from muniment.kernel.errors import Problem, Refused
from muniment.rulebook import actions
from muniment.rulebook.models import RuleVersion
from muniment.rulebook.queries import versions
from muniment.rulebook.rules import SourceKind
from muniment.ui.words import listed

AHEAD = timedelta(days=365)
HOUSE = "The whole house"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One calendar: where it governs, and what it closes every week."""

    place: str
    rule: Version | None
    weekdays: str
    rule_url: str
    edit_url: str


@dataclass(frozen=True, slots=True)
class Day:
    """A single day that a calendar of its own closes at a place."""

    day: date
    weekday: str
    name: str
    place: str


@needs(Category.DELINQUENCY)
@require_GET
def calendars(request: ActorRequest) -> HttpResponse:
    rules, places = queries.book(), facilities(request.actor)
    named = {HOUSE: ""} | {one.name: one.code for one in places}
    rows = [_row(rules, place, code) for place, code in named.items()]
    return render(request, "delinquency/calendars.html", {
        "tabs": presenters.tabs("Calendar"), "rows": rows, "days": _days(rules, named), "may": can(request.actor, Category.RULES, Grade.WRITE),
        "read": can(request.actor, Category.RULES), "working": _working(rules), "broken": rules.broken,
    })  # fmt: skip


def _row(rules: Book, place: str, code: str) -> Row:
    rule_code = calendar_code(code)
    found = _governing(rules, code)
    return Row(
        place=place, rule=found, weekdays=listed([WEEKDAYS[one - 1] for one in found.said.weekdays]) if found else "",
        rule_url=reverse("rulebook-rule", args=[rule_code]), edit_url=reverse("delinquency-calendar", args=[rule_code]),
    )  # fmt: skip


def _governing(rules: Book, code: str) -> Version | None:
    """The calendar of that very place today; none where it goes by the house's."""
    return rules.find(calendar_code(code).removeprefix("delinquency."), clock.today())


def _days(rules: Book, places: dict[str, str]) -> list[Day]:
    """The single days of the coming year, the next first, by the name and code of each place with a calendar of its own."""
    today = clock.today()
    return sorted(
        (
            Day(one.day, WEEKDAYS[one.day.weekday()], one.name, place)
            for place, code in places.items()
            if _governing(rules, code)
            for one in rules.closures(code, clock.now()).between(today, today + AHEAD)
            if one.name not in WEEKDAYS
        ),
        key=lambda one: (one.day, one.place),
    )


def _working(rules: Book) -> str:
    """What the calendar does now: whether the clock leaves its days out, and whether letters wait."""
    clocked, today = rules.find("clock", clock.today()), clock.today()
    counts = (
        "The clock leaves these days out."
        if clocked and clocked.said.counts == "working"
        else "The clock counts every day of the calendar, closed or not."
    )
    waits = (
        "Letters that fall due on a closed day wait for the next that is open."
        if rules.letters_wait(today)
        else "Letters are due on closed days too."
    )
    return f"{counts} {waits}"


@needs(Category.RULES, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest, code: str) -> HttpResponse:
    place = _place(request, code)
    last = next(iter(versions(code)), None)
    if request.method != "POST":
        return _page(request, code, place, last, _form(last))
    if "candidates" in request.POST:
        return _offer(request, code, place, last)
    form = CalendarForm(request.POST)
    if not form.is_valid():
        return _page(request, code, place, last, form, status=422)
    return _propose(request, code, place, last, form)


def _place(request: ActorRequest, code: str) -> str:
    """The facility a calendar's code names, or the house. Raises Refused for one that is none of the actor's."""
    named: Mapping[str, Facility] = {calendar_code(one.code): one for one in facilities(request.actor)}
    if code != CALENDAR and code not in named:
        raise Refused("There is no calendar of that name that you may write.", remedy="Open it from the list of calendars.")
    return named[code].name if code in named else HOUSE


def _form(last: RuleVersion | None) -> CalendarForm:
    given = initial(Calendar(weekdays=(6, 7)), clock.today())
    if last:
        given = initial(_read(last), clock.today())
        given |= {"citation": last.citation, "source_kind": last.source_kind, "follows": last.number}
    return CalendarForm(initial=given)


def _read(last: RuleVersion) -> Calendar:
    """What the last version says; nothing where it can't be read, so that it can be written anew."""
    try:
        return msgspec.convert(last.parameters, Calendar)
    except msgspec.ValidationError:
        return Calendar()


def _offer(request: ActorRequest, code: str, place: str, last: RuleVersion | None) -> HttpResponse:
    """The page again with what was typed, and public holidays to tick."""
    where, offered, wrong = WhereForm(request.POST), list[ClosedDay](), None
    if where.is_valid():
        said = where.cleaned_data
        try:
            offered = candidates(said["country"], said["state"], said["year"] or clock.today().year)
        except Problem as problem:
            wrong = problem
    form = CalendarForm(request.POST, offered=offered)
    return _page(request, code, place, last, form, where=where, wrong=wrong, status=422 if wrong or where.errors else 200)


def _propose(request: ActorRequest, code: str, place: str, last: RuleVersion | None, form: CalendarForm) -> HttpResponse:
    said, calendar = form.cleaned_data, form.calendar()
    version = actions.propose(
        actor=request.actor, code=code, title=last.title if last else f"Calendar of closed days: {place}"[:200], follows=said["follows"] or None,
        statement=_statement(calendar, place), parameters=msgspec.to_builtins(calendar), citation=said["citation"],
        source_kind=SourceKind(said["source_kind"]), effective_from=said["effective_from"],
    )  # fmt: skip
    messages.success(request, f"Proposed version {version.number} of “{version.title}”. Somebody else can adopt it.")
    return redirect("rulebook-rule", code=code)


def _statement(calendar: Calendar, place: str) -> str:
    weekly = [f"{WEEKDAYS[one - 1]}s" for one in calendar.weekdays]
    single = [presenters.count(len(calendar.days), "listed day")] if calendar.days else []
    where = "in the house" if place == HOUSE else f"at {place}"
    if not weekly and not single:
        return f"Every day counts {where}."
    return f"{listed([*weekly, *single])} are closed {where}: what counts working days leaves them out."


def _page(
    request: ActorRequest, code: str, place: str, last: RuleVersion | None, form: CalendarForm, *, where: WhereForm | None = None,
    wrong: Problem | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    said: dict[str, Any] = {"code": code, "place": place, "last": last, "form": form, "wrong": wrong}
    shown = where or WhereForm(initial={"country": "US", "year": clock.today().year})
    return render(
        request, "delinquency/calendar.html", said | {"where": shown, "offering": "candidates" in request.POST}, status=status
    )
