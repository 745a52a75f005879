"""The figures of clinician queries, by month, coder, clinician and service, each with its definition and its list."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.querying import counting, queries
from muniment.querying.counting import Bounds
from muniment.querying.rules import BANDS, RESPONSE, Figures
from muniment.querying.web.scope import KEPT, NONE, Scope, filters, scope_of
from muniment.rulebook import queries as rulebook
from muniment.ui.shapes import Figure, Input, Tone, Why

RATE = "Queries asked in the time, withdrawn ones left out, for each 100 stays discharged in it; for a coder, for each 100 stays they first final coded in it."
RESPONSE_RATE = "Of the queries asked in the time, withdrawn ones left out, those that have been answered by now."
IN_TIME = "Of the queries asked in the time and answered, those answered by the due date the rule of that day set."
AGREEMENT = "Of the answered queries that offered answers, those whose answer is one the indicators support (or the yes of a yes/no query). “Other”, “unable to determine” and no do not agree. Whether the stay was then coded accordingly is not judged."
DAYS = "From asking to the signed answer, nights and weekends included, in days; percentiles are interpolated."
OUTSTANDING = "Open queries now, by days since they were asked, whenever that was."
DEFINITIONS = (
    ("Query rate", RATE), ("Response rate", RESPONSE_RATE), ("In time", IN_TIME), ("Agreement rate", AGREEMENT), ("Days to answer", DAYS), ("Outstanding", OUTSTANDING),
)  # fmt: skip
TABLES = {
    "coder": ("By coder", "Coder"),
    "clinician": ("By clinician asked", "Clinician"),
    "service": ("By service", "Service"),
}
HEAD = ["group", "name", "queries", "per 100 stays", "answered", "response rate %", "in time %", "agreement rate %", "median days", "90th percentile days", "outstanding"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table, in words, with the list behind it."""

    name: str
    url: str
    answered_url: str
    open_url: str
    sent: int
    rate: str
    answered: int
    response: str
    in_time: str
    agreement: str
    median: str
    ninetieth: str
    outstanding: int

    @property
    def cells(self) -> list[object]:
        return [
            self.sent,
            self.rate,
            self.answered,
            self.response,
            self.in_time,
            self.agreement,
            self.median,
            self.ninetieth,
            self.outstanding,
        ]


@needs(Category.CODING)
@require_GET
def board(request: ActorRequest) -> HttpResponse:
    scope = scope_of(request.actor, request.GET)
    found = queries.counted(request.actor, scope.search())
    bands = counting.outstanding(request.actor, scope.facilities)
    return render(request, "querying/figures.html", {
        "filters": filters(scope, "query-figures", states=False), "figures": _figures(scope, found, sum(bands)), "definitions": DEFINITIONS,
        "tables": [(title, head, list(_rows(request, scope, group))) for group, (title, head) in TABLES.items()], "months": list(_months(request, scope)),
        "bands": [(words, bands[place], scope.url("queries", age=str(place), month="")) for place, (_, words) in enumerate(BANDS)],
        "csv": scope.url("query-figures-csv"), "list_url": scope.url("queries"),
    })  # fmt: skip


@needs(Category.CODING)
@require_GET
def table(request: ActorRequest) -> HttpResponse:
    """The tables as CSV (RFC 4180)."""
    scope = scope_of(request.actor, request.GET)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="clinician-queries.csv"'
    out = csv.writer(answer)
    out.writerow(HEAD)
    for row in _months(request, scope):
        out.writerow(["month", row.name, *row.cells])
    for group in TABLES:
        for row in _rows(request, scope, group):
            out.writerow([group, _plain(row.name), *row.cells])
    return answer


def _plain(text: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


def _bounds(scope: Scope) -> Bounds:
    return Bounds(scope.facilities, scope.begin, scope.until)


def _months(request: ActorRequest, scope: Scope) -> Iterator[Row]:
    for month in reversed(scope.months):
        one = scope.of_month(month)
        found = queries.counted(request.actor, one.search())
        yield _row(f"{month:%b %Y}", one, found, counting.discharges(_bounds(one)))


def _rows(request: ActorRequest, scope: Scope, group: str) -> Iterator[Row]:
    found, stays = queries.counted_by(request.actor, scope.search(), group), counting.per(group, _bounds(scope))
    names = queries.names(group, found)
    for key, one in found.items():
        name = names.get(key) or (key if group == "service" else "") or "Not recorded"
        yield _row(name, scope, one, stays.get(key, 0), **{group: key or (NONE if group == "service" else "")})


def _row(name: str, scope: Scope, one: Figures, stays: int, **narrow: str) -> Row:
    return Row(
        name=name, url=scope.url("queries", **({"state": KEPT} | narrow)), answered_url=scope.url("queries", **(narrow | {"state": "answered"})), open_url=scope.url("queries", **(narrow | {"state": "open"})), sent=one.sent,
        rate=_rate(one.sent, stays), answered=one.answered, response=_percent(one.answered, one.sent), in_time=_percent(one.in_time, one.answered),
        agreement=_percent(one.agreed, one.judged), median=_days(one.median), ninetieth=_days(one.ninetieth), outstanding=one.outstanding,
    )  # fmt: skip


def _figures(scope: Scope, one: Figures, open_now: int) -> list[Figure]:
    stays, url = counting.discharges(_bounds(scope)), scope.url("queries", state=KEPT)
    answered = scope.url("queries", state="answered")
    asked = Input("Queries", f"{one.sent:,}")
    said = (
        ("Query rate", _rate(one.sent, stays), "per 100 stays", RATE, (asked, Input("Discharges", f"{stays:,}")), url),
        ("Response rate", _percent(one.answered, one.sent), "%", RESPONSE_RATE, (asked, Input("Answered", f"{one.answered:,}")), answered),
        ("In time", _percent(one.in_time, one.answered), "%", IN_TIME, (Input("Answered", f"{one.answered:,}"), Input("In time", f"{one.in_time:,}")), answered),
        ("Agreement rate", _percent(one.agreed, one.judged), "%", AGREEMENT, (Input("Judged", f"{one.judged:,}"), Input("Agreed", f"{one.agreed:,}")), answered),
        ("Median", _days(one.median), "days", DAYS, (Input("Answered", f"{one.answered:,}"),), answered),
        ("90th percentile", _days(one.ninetieth), "days", DAYS, (Input("Answered", f"{one.answered:,}"),), answered),
    )  # fmt: skip
    found = [Figure(label=label, value=value or "none", unit=unit if value else "", url=link, why=_why(words, inputs)) for label, value, unit, words, inputs, link in said]  # fmt: skip
    late = scope.url("queries", state="open", month="")
    return [
        *found,
        Figure(
            label="Outstanding",
            value=f"{open_now:,}",
            url=late,
            tone=Tone.DUE if open_now else Tone.PLAIN,
            why=_why(OUTSTANDING),
        ),
    ]


def _why(words: str, inputs: tuple[Input, ...] = ()) -> Why:
    day = clock.today()
    rule = rulebook.at(day).find(RESPONSE)
    return Why(
        rule=words, citation=rule.citation if rule else "", inputs=inputs, judged_on=day, verified=bool(rule and rule.verified)
    )


def _rate(count: int, stays: int) -> str:
    return f"{100 * count / stays:.1f}" if stays else ""


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}" if whole else ""


def _days(days: float | None) -> str:
    return "" if days is None else f"{days:.1f}"
