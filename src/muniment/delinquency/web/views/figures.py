"""The administrator's statistics: delinquent charts now and at month ends, against discharges, with every definition."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.delinquency import queries, statistics
from muniment.delinquency.models import Suspension
from muniment.delinquency.parameters import Book
from muniment.delinquency.rules import State
from muniment.delinquency.statistics import Figures, History
from muniment.delinquency.web import presenters
from muniment.delinquency.web.presenters import address
from muniment.delinquency.web.scope import Scope, choices, month_words, scope_of
from muniment.ui import charts
from muniment.ui.charts import Chart, Series, number
from muniment.ui.shapes import Figure, Input, Tone, Why
from muniment.ui.words import sentence_case

DELINQUENT = "Discharged charts in which something was still open, at that moment, after the days the clock gives; days of absence of whoever owed it are not counted. A chart counts once."
AVERAGE = "Delinquent charts, divided by the average number of discharges a month over twelve months: those up to the month, or for now the twelve that are over. A house with fewer months takes those it has."
MONTH = "Delinquent charts at the end of the month, divided by the discharges of that month. A month that is not over has none."
DISCHARGES = "Stays that ended in the month by the facility’s clock, of the classes of which the clock of that day speaks."
HISTORY = "Each moment is computed anew from the history of every deficiency, and from the absences recorded and the rules adopted by then; none is stored. Stays are taken by the discharge date that is on record now. A chart counts from when something was found missing, its days from when the clock starts."


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table by month, in words, each number with its list."""

    label: str
    delinquent: int
    delinquent_url: str
    discharges: int
    discharges_url: str
    average: str
    average_url: str
    of_average: str
    of_month: str
    above: bool


@needs(Category.DELINQUENCY)
@require_GET
def figures(request: ActorRequest) -> HttpResponse:
    scope, rules = scope_of(request), queries.book()
    found = statistics.history(scope.facilities, rules, scope.times, scope.zone)
    names = presenters.people(found.at[scope.at.key])
    suspended = queries.suspensions(request.actor).filter(state=State.IN_FORCE, facility_id__in=scope.facilities)
    day, chosen = clock.today(), next((one for one in found.rows if one.when == scope.at), found.rows[-1])
    return render(request, "delinquency/figures.html", {
        "tabs": presenters.tabs("Figures"), "filters": choices(scope, "delinquency-figures"), "broken": rules.broken,
        "figures": _figures(scope, chosen, rules, list(suspended)), "chart": _chart(found, rules, day),
        "rows": [_row(scope, one, rules) for one in reversed(found.rows)], "tables": _tables(scope, found, names),
        "definitions": [("Delinquent", DELINQUENT), ("Of the average month", AVERAGE), ("Of the month", MONTH), ("Discharges", DISCHARGES), ("As it was then", HISTORY)],
        "clock": presenters.rule_why(rules, "clock", day), "csv": address("delinquency-csv", **scope.kept),
    })  # fmt: skip


@needs(Category.DELINQUENCY)
@require_GET
def table(request: ActorRequest) -> HttpResponse:
    """The table by month as CSV (RFC 4180)."""
    scope, rules = scope_of(request), queries.book()
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="delinquency-{clock.today().isoformat()}.csv"'
    out = csv.writer(answer)
    out.writerow(
        [
            "month end",
            "delinquent charts",
            "discharges of the month",
            "average monthly discharges",
            "months averaged",
            "percent of average",
            "percent of month",
        ]
    )
    for one in statistics.history(scope.facilities, rules, scope.times, scope.zone).rows:
        last = one.when.moment.astimezone(scope.zone).date().isoformat()
        out.writerow(
            [
                last,
                one.delinquent,
                one.discharges,
                round(one.average, 2),
                one.months,
                _rounded(one.of_average),
                _rounded(one.of_month),
            ]
        )
    return answer


def _rounded(value: float | None) -> float | str:
    return "" if value is None else round(value, 1)


def _figures(scope: Scope, now: Figures, rules: Book, suspended: list[Suspension]) -> list[Figure]:
    moment, day = scope.at.moment, scope.at.moment.astimezone(scope.zone).date()
    limit = rules.threshold(day, moment)
    above = limit is not None and now.of_average is not None and now.of_average > limit
    rule = rules.rule("threshold", day, moment)
    line = f"above {number(limit)} %" if above else f"at most {number(limit)} %" if limit is not None else ""
    counted = Input("Counted", scope.counted)
    return [
        Figure(
            label="Delinquent charts", value=f"{now.delinquent:,}", url=address("delinquency-charts", **scope.kept),
            why=Why(rule=DELINQUENT, inputs=[counted]), tone=Tone.LATE if now.delinquent else Tone.OK, state="" if now.delinquent else "none",
        ),
        Figure(
            label="Of the average month", value=_percent(now.of_average), url=_discharges(scope, now, statistics.MONTHS),
            state=line, tone=Tone.LATE if above else Tone.OK,
            why=Why(
                rule=f"{AVERAGE} {rule.statement if rule else ''}".strip(), citation=rule.citation if rule else "", verified=bool(rule and rule.verified),
                inputs=[counted, Input("Delinquent charts", f"{now.delinquent:,}"), Input("Average", f"{number(now.average)} a month, of {presenters.count(now.months, 'month')}")],
            ),
        ),
        Figure(
            label="Suspended now", value=f"{len(suspended):,}", url=address("delinquency-suspensions"),
            why=Why(rule="Practitioners whose suspension for delinquent charts is in force now, whatever moment the other figures are of.", inputs=[Input("Counted", scope.now)]),
        ),
    ]  # fmt: skip


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} %"


def _discharges(scope: Scope, of: Figures, months: int) -> str:
    """The list of what was averaged, or of the month itself."""
    latest = statistics.month_before(of.when.month) if of.when.is_now and months > 1 else of.when.month
    return address(
        "delinquency-discharges",
        facility=scope.kept["facility"],
        month=f"{latest:%Y-%m}",
        months=of.months if months > 1 else "",
    )


def _chart(found: History, rules: Book, day: date) -> Chart:
    labels = ["now" if one.when.is_now else month_words(one.when) for one in found.rows]
    lines = [
        Series("Of average", [_tenth(one.of_average) for one in found.rows]),
        Series("Of month", [_tenth(one.of_month) for one in found.rows], "info"),
    ]
    note = "In per cent, at the end of each month; the line is the threshold of the rule."
    return charts.line("Delinquent charts against discharges", labels, lines, target=rules.threshold(day), unit="%", note=note)


def _tenth(value: float | None) -> float | None:
    """As the table beside it says it."""
    return None if value is None else round(value, 1)


def _row(scope: Scope, one: Figures, rules: Book) -> Row:
    kept = scope.kept | {"at": "" if one.when.is_now else one.when.key}
    limit = rules.threshold(one.when.moment.astimezone(scope.zone).date(), one.when.moment)
    return Row(
        label="Now" if one.when.is_now else f"End of {month_words(one.when)}", delinquent=one.delinquent,
        delinquent_url=address("delinquency-charts", **kept), discharges=one.discharges, discharges_url=_discharges(scope, one, 1),
        average=f"{one.average:,.1f}", average_url=_discharges(scope, one, statistics.MONTHS), of_average=_percent(one.of_average),
        of_month=_percent(one.of_month), above=limit is not None and (one.of_average or 0) > limit,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """Charts by one thing: (name, how many, their list)."""

    title: str
    head: str
    note: str
    rows: list[tuple[str, int, str]]


def _tables(scope: Scope, found: History, names: dict[str, str]) -> list[Group]:
    here = found.at[scope.at.key]
    documents = {one.owed.document_code: sentence_case(one.owed.document_name) for one in here}

    def rows(name: str, counted: list[tuple[str, int]], words: dict[str, str]) -> list[tuple[str, int, str]]:
        return [
            (words.get(key, key), many, address("delinquency-charts", **scope.kept, **{name: key})) for key, many in counted
        ]

    services = statistics.by(here, lambda one: one.owed.service or "none")
    return [
        Group("By clinician", "Clinician", "A chart counts once for each who owes something delinquent of it.", rows("owed_by", statistics.by(here, presenters.who), names)),
        Group("By service", "Service", "The service of the stay, as the source sent it.", rows("service", services, {"none": "Not recorded"})),
        Group("By document type", "Document", "A chart counts once for each type it lacks something of.", rows("document", statistics.by(here, lambda one: one.owed.document_code), documents)),
    ]  # fmt: skip
