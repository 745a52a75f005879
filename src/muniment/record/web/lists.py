"""The lists of a chart, a page at a time. Each answers what its template places and where the next page is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import QueryDict

from muniment.core.actor import Actor
from muniment.encounters import queries as encounters
from muniment.record import assembly, queries
from muniment.record.models import Entry
from muniment.record.replacing import replacing
from muniment.record.web import presenters
from muniment.record.web.desk import CODED, RESULTS, Chart

PAGE = 200
MOST = 5000  # documents or coded entries that are put into order at once


def listed(actor: Actor, chart: Chart, said: QueryDict) -> dict[str, Any]:
    """The list of the chart's tab. ``said`` may hold ``from`` (a place in an ordered list) or ``after`` (the last entry seen)."""
    made = {
        "documents": _documents, "timeline": _timeline, "results": _results, "coded": _coded, "problems": _problems, "new": _new,
        "outside": _outside,
    }  # fmt: skip
    return made[chart.tab](actor, chart, said)


def _problems(actor: Actor, chart: Chart, said: QueryDict) -> dict[str, Any]:
    problems, rest = assembly.by_problem(actor, chart.patients, encounter_id=chart.encounter_id)
    return {"groups": presenters.by_problem(chart, problems, rest), "more_url": ""}


def _new(actor: Actor, chart: Chart, said: QueryDict) -> dict[str, Any]:
    news = assembly.fresh(actor, chart.patients, encounter_id=chart.encounter_id)
    entries = assembly.new_entries(actor, chart.patients, news, encounter_id=chart.encounter_id)
    first = _place(said)
    groups, more = presenters.news(chart, entries, news, first=first, count=PAGE)
    return {"groups": groups, "news": news, "more_url": chart.url(first=first + PAGE) if more else ""}


def _documents(actor: Actor, chart: Chart, said: QueryDict) -> dict[str, Any]:
    first = _place(said)
    found = queries.documents(actor, chart.patients, encounter_id=chart.encounter_id)[:MOST]
    newest = replacing(actor, chart.patients).newest
    groups, more = presenters.by_document_type(chart, found, newest, first=first, count=PAGE)
    return {"groups": groups, "more_url": chart.url(first=first + PAGE) if more else ""}


def _coded(actor: Actor, chart: Chart, said: QueryDict) -> dict[str, Any]:
    first = _place(said)
    found = queries.entries(actor, chart.patients, encounter_id=chart.encounter_id, categories=CODED)[:MOST]
    groups, more = presenters.by_category(chart, found, first=first, count=PAGE)
    return {"groups": groups, "more_url": chart.url(first=first + PAGE) if more else ""}


def _outside(actor: Actor, chart: Chart, said: QueryDict) -> dict[str, Any]:
    found = queries.outside(actor, chart.patients)[:MOST]
    return {"groups": presenters.by_origin(chart, found), "more_url": ""}


def _timeline(actor: Actor, chart: Chart, said: QueryDict) -> dict[str, Any]:
    entries, more, last = _page(actor, chart, said, ())
    moves = encounters.movements(actor, chart.patients, encounter_id=chart.encounter_id)
    newest = replacing(actor, chart.patients).newest
    lines = presenters.timeline(chart, entries, moves, newest, before=last.occurred_at if last else None, more=more)
    return {"lines": lines, "moves": moves, "more_url": _more(chart, entries) if more else ""}


def _results(actor: Actor, chart: Chart, said: QueryDict) -> dict[str, Any]:
    entries, more, _ = _page(actor, chart, said, RESULTS)
    reports = queries.reports(actor, chart.patients, encounter_id=chart.encounter_id)
    return {"groups": presenters.by_panel(chart, entries, reports), "more_url": _more(chart, entries) if more else ""}


def _page(actor: Actor, chart: Chart, said: QueryDict, categories: Any) -> tuple[list[Entry], bool, Entry | None]:
    found = queries.entries(actor, chart.patients, encounter_id=chart.encounter_id, categories=categories)
    last = _last(chart, said)
    rows = list((queries.following(found, last) if last else found)[: PAGE + 1])
    return rows[:PAGE], len(rows) > PAGE, last


def _last(chart: Chart, said: QueryDict) -> Entry | None:
    try:
        return Entry.objects.filter(patient_id__in=chart.patients, entry_id=UUID(said.get("after", ""))).first()
    except ValueError:
        return None


def _more(chart: Chart, entries: list[Entry]) -> str:
    return chart.url(after=entries[-1].entry_id)


def _place(said: QueryDict) -> int:
    text = said.get("from", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
