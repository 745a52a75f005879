"""Accuracy of coding, by month, coder, auditor, service and MS-DRG, each with its definition. A coder sees their own."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.codingaudit import permissions, queries
from muniment.codingaudit.parameters import errors_of
from muniment.codingaudit.rules import Accuracy
from muniment.codingaudit.web.presenters import ACCURACY
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.request import ActorRequest
from muniment.kernel.errors import NotAllowedInState
from muniment.rulebook import queries as rulebook
from muniment.ui.shapes import Figure, Input, Tone, Why

MONTHS = 12
DRG = "Of the audits of stays that are grouped, those in which the MS-DRG of the first coding is the one of the coding that stands."
DEFINITIONS = (
    ("Code-level accuracy", ACCURACY.rule), ("DRG-level accuracy", DRG),
    ("Counted", "Audits closed in the time, random and focused. An error counts once the coder agreed to it or a third person confirmed it."),
)  # fmt: skip
TABLES = {"coder": "Coder", "auditor": "Auditor", "service": "Service", "drg": "MS-DRG of the first coding"}
HEAD = ["group", "name", "audits", "codes", "missed", "correct", "code-level accuracy %", "grouped", "same DRG", "DRG-level accuracy %"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table, in words."""

    name: str
    one: Accuracy

    @property
    def codes(self) -> str:
        return _percent(self.one.codes)

    @property
    def drgs(self) -> str:
        return _percent(self.one.drgs)

    @property
    def cells(self) -> list[object]:
        one = self.one
        return [one.audits, one.coded, one.missed, one.correct, self.codes, one.grouped, one.same_drg, self.drgs]


@needs(Category.CODING)
@require_GET
def board(request: ActorRequest) -> HttpResponse:
    actor = request.actor
    begin, until = _time()
    return render(request, "codingaudit/accuracy.html", {
        "figures": _figures(queries.accuracy(queries.closed(actor, begin, until))), "months": list(_months(actor)), "definitions": DEFINITIONS,
        "tables": [(head, list(_rows(actor, group))) for group, head in _groups(actor).items()], "own": not permissions.oversees(actor),
    })  # fmt: skip


@needs(Category.CODING)
@require_GET
def table(request: ActorRequest) -> HttpResponse:
    """The tables as CSV (RFC 4180)."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="coding-accuracy.csv"'
    out = csv.writer(answer)
    out.writerow(HEAD)
    for row in _months(request.actor):
        out.writerow(["month", row.name, *row.cells])
    for group in _groups(request.actor):
        for row in _rows(request.actor, group):
            out.writerow([group, f"'{row.name}" if row.name[:1] in "=+-@\t\r" else row.name, *row.cells])
    return answer


def _groups(actor: Actor) -> dict[str, str]:
    """A coder's own numbers are not told apart by who audited them."""
    return TABLES if permissions.oversees(actor) else {key: TABLES[key] for key in ("service", "drg")}


def _months_of() -> list[date]:
    today = clock.today()
    return [date(today.year - (today.month <= back), (today.month - 1 - back) % 12 + 1, 1) for back in range(MONTHS)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(timezone.get_current_timezone_name()))


def _after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _time() -> tuple[datetime, datetime]:
    months = _months_of()
    return _midnight(months[-1]), _midnight(_after(months[0]))


def _months(actor: Actor) -> Iterator[Row]:
    for month in _months_of():
        rows = queries.closed(actor, _midnight(month), _midnight(_after(month)))
        yield Row(f"{month:%b %Y}", queries.accuracy(rows))


def _rows(actor: Actor, group: str) -> Iterator[Row]:
    for (_, name), one in queries.accuracy_by(queries.closed(actor, *_time()), group).items():
        yield Row(name or ("Not grouped" if group == "drg" else "Not recorded"), one)


def _figures(one: Accuracy) -> list[Figure]:
    url = f"{reverse('codingaudit-audits')}?state=closed"
    counted = (
        Input("Codes of the first coder", f"{one.coded:,}"),
        Input("Missed", f"{one.missed:,}"),
        Input("Correct", f"{one.correct:,}"),
    )
    grouped = (Input("Grouped audits", f"{one.grouped:,}"), Input("Same MS-DRG", f"{one.same_drg:,}"))
    goals = _goals()
    return [
        _figure("Code-level accuracy", one.codes, goals[0], ACCURACY.rule, counted, url),
        _figure("DRG-level accuracy", one.drgs, goals[1], DRG, grouped, url),
        Figure(label="Audits closed", value=f"{one.audits:,}", url=url, why=Why(rule=DEFINITIONS[2][1])),
    ]


def _goals() -> tuple[float | None, float | None]:
    """What the rule of today aims at; nothing where none governs."""
    try:
        _, errors = errors_of(rulebook.at(clock.today()))
    except NotAllowedInState:
        return None, None
    return errors.code_goal, errors.drg_goal


def _figure(label: str, value: float | None, goal: float | None, words: str, inputs: tuple[Input, ...], url: str) -> Figure:
    below = value is not None and goal is not None and value < goal
    aim = f" The aim is {goal:g} %." if goal is not None else ""
    return Figure(
        label=label, value=_percent(value) or "none", unit="%" if value is not None else "", url=url, tone=Tone.DUE if below else Tone.PLAIN,
        state="below the aim" if below else "", why=Why(rule=words + aim, citation=ACCURACY.citation, inputs=inputs, verified=False),
    )  # fmt: skip


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
