"""Turnaround of dictated documents: the month's figures, their trend, whom and what they are of, and what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.accounts.models import Practitioner
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.transcription import queries
from muniment.transcription.queries import Figures, Limits
from muniment.transcription.rules import BANDS, WAITING, Group, Month, Step
from muniment.transcription.web import words
from muniment.transcription.web.scope import STEPS, Scope, address, choices, month_words, scope_of
from muniment.ui import charts
from muniment.ui.charts import Chart, Series
from muniment.ui.shapes import Figure, Input, Tone
from muniment.ui.words import sentence_case

NONE = Figures(key="", counted=0, excluded=0, median=None, ninetieth=None, within=0)
TITLES = {
    Group.DOCUMENT: ("By document type", "Document"), Group.SERVICE: ("By service", "Service"), Group.AUTHOR: ("By author", "Author"),
    Group.SOURCE: ("By transcription system", "System"),
}  # fmt: skip
WAITS = {Step.TRANSCRIPTION: "Not transcribed", Step.AUTHENTICATION: "Not authenticated"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table, in words, with the list behind it."""

    name: str
    url: str
    counted: int
    median: str
    ninetieth: str
    within: str
    excluded: int


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    head: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waited for a step at the month's end: how many, by how long, with their list."""

    title: str
    url: str
    counts: list[int]
    total: int


@needs(Category.DELINQUENCY)
@require_GET
def figures(request: ActorRequest) -> HttpResponse:
    scope, now = scope_of(request), clock.now()
    at = scope.month.end(now)
    limits = queries.limits(at.astimezone(scope.zone).date())
    hours = limits.said.hours(scope.step) if limits.said else None
    found = queries.by_month(scope.facilities, scope.step, scope.times, hours)
    return render(request, "transcription/figures.html", {
        "filters": choices(scope, "transcription-figures"), "limits": limits,
        "figures": _figures(scope, found.get(scope.month.key, NONE), limits), "chart": _chart(scope, found, hours),
        "months": [_row(month_words(one), found.get(one.key, NONE), scope, month=one.key) for one in reversed(scope.times)],
        "tables": [_table(scope, group, hours) for group in Group], "waiting": [_waiting(scope, step, at) for step in WAITING],
        "bands": [said for _, said in BANDS], "moment": _moment(scope.month, now), "definitions": words.DEFINITIONS,
    })  # fmt: skip


def _moment(month: Month, now: datetime) -> str:
    return "now" if month.until > now else f"at the end of {month_words(month)}"


def _figures(scope: Scope, now: Figures, limits: Limits) -> list[Figure]:
    url = address("transcription-documents", **scope.kept)
    inputs = [
        Input("Counted", f"{scope.counted}, {month_words(scope.month)}"), Input("Turnarounds", f"{now.counted:,}"), Input("Left out", f"{now.excluded:,}"),
    ]  # fmt: skip
    within = [*inputs, Input("In time", f"{now.within:,}")]
    shown = [
        ("Median", words.hours(now.median), words.MEDIAN),
        ("90th percentile", words.hours(now.ninetieth), words.NINETIETH),
    ]
    found = [
        Figure(label=label, value=value, unit="hours", url=url, why=words.why(said, limits, scope.step, inputs))
        for label, value, said in shown
    ]
    if limits.said:
        label = f"Within {limits.said.hours(scope.step)} hours"
        found.append(
            Figure(
                label=label, value=words.percent(now.share), url=url, why=words.why(words.WITHIN, limits, scope.step, within)
            )
        )
    left = address("transcription-documents", **scope.kept, show="excluded")
    tone = Tone.DUE if now.excluded else Tone.PLAIN
    return [
        *found,
        Figure(
            label="Left out",
            value=f"{now.excluded:,}",
            url=left,
            tone=tone,
            why=words.why(words.EXCLUDED, limits, scope.step, inputs),
        ),
    ]


def _chart(scope: Scope, found: dict[str, Figures], hours: int | None) -> Chart:
    rows = [found.get(one.key, NONE) for one in scope.times]
    lines = [
        Series("Median", [_tenth(one.median) for one in rows]),
        Series("90th", [_tenth(one.ninetieth) for one in rows], "info"),
    ]
    note = "In hours, by the month in which the step ended" + ("; the line is the time the rule allows." if hours else ".")
    return charts.line(
        f"Turnaround {STEPS[scope.step]}", [month_words(one) for one in scope.times], lines, target=hours, unit="h", note=note
    )


def _tenth(hours: float | None) -> float | None:
    """As the table beside it says it."""
    return None if hours is None else round(hours, 1)


def _row(name: str, one: Figures, scope: Scope, **narrow: str) -> Row:
    return Row(
        name=name, url=address("transcription-documents", **(scope.kept | narrow)), counted=one.counted, median=words.hours(one.median),
        ninetieth=words.hours(one.ninetieth), within=words.percent(one.share), excluded=one.excluded,
    )  # fmt: skip


def _table(scope: Scope, group: Group, hours: int | None) -> Table:
    found = queries.by_group(scope.facilities, scope.step, group, scope.month, hours)
    names = _names(group, [one.key for one in found])
    rows = [
        _row(names.get(one.key) or one.key or "Not recorded", one, scope, by=group.name.lower(), key=one.key or "none")
        for one in found
    ]
    return Table(*TITLES[group], rows)


def _names(group: Group, keys: list[str]) -> dict[str, str]:
    """What codes and ids are called. One query, or none."""
    if group is Group.DOCUMENT:
        return {code: sentence_case(name) for code, name in queries.document_names(keys).items()}
    if group is Group.AUTHOR:
        return {str(key): str(one) for key, one in Practitioner.objects.in_bulk([key for key in keys if key]).items()}
    return {}


def _waiting(scope: Scope, step: Step, at: datetime) -> Waiting:
    counts = queries.ages(scope.facilities, step, at)
    url = address("transcription-documents", **(scope.kept | {"step": str(step)}), show="waiting")
    return Waiting(WAITS[step], url, counts, sum(counts))
