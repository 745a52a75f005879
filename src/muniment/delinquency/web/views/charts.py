"""Delinquent charts at a moment, a row a chart: the list behind every figure. And the discharges they are divided by."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core import clock, keyset
from muniment.core.actor import Actor
from muniment.core.request import ActorRequest, note_listed
from muniment.delinquency import queries, statistics
from muniment.delinquency.rules import Debt
from muniment.delinquency.web import presenters
from muniment.delinquency.web.presenters import address
from muniment.delinquency.web.scope import Scope, choices, scope_of
from muniment.delinquency.web.views.figures import DELINQUENT, DISCHARGES
from muniment.encounters.models import Encounter
from muniment.encounters.rules import CLASSES
from muniment.identity.web.presenters import whose
from muniment.ui import dates
from muniment.ui.paging import page_of, plainly
from muniment.ui.shapes import Filter, Input, Option, Page, Why
from muniment.ui.words import sentence_case

PAGE = 50
NARROWED = ("owed_by", "service", "document")


@needs(Category.DELINQUENCY)
@require_GET
def charts(request: ActorRequest) -> HttpResponse:
    scope, rules = scope_of(request), queries.book()
    found = statistics.delinquent_at(scope.facilities, rules, [scope.at])[scope.at.key] if rules.versions else []
    names = presenters.people(found)
    narrow = {name: request.GET.get(name, "")[:120] for name in NARROWED}
    grouped = _grouped([one for one in found if _fits(one, narrow)])
    first = _place(request.GET.get("from", ""))
    shown = grouped[first : first + PAGE]
    note_listed(
        request, "delinquent charts", (rows[0].owed.patient_id for rows in shown), **scope.kept, narrowed=any(narrow.values())
    )
    return render(request, "delinquency/charts.html", {
        "tabs": presenters.tabs("Charts"), "filters": [*_narrowing(scope, found, names, narrow), *choices(scope, "delinquency-charts", **narrow)],
        "rows": presenters.chart_rows(request.actor, shown, names), "page": _page(scope, narrow, first, len(shown), len(grouped)),
        "definition": Why(rule=DELINQUENT, inputs=[Input("Counted", scope.counted)]), "narrow": any(narrow.values()),
    })  # fmt: skip


def _fits(one: Debt, narrow: dict[str, str]) -> bool:
    has = {"owed_by": presenters.who(one), "service": one.owed.service or "none", "document": one.owed.document_code}
    return all(value in ("", has[name]) for name, value in narrow.items())


def _grouped(found: list[Debt]) -> list[list[Debt]]:
    """By chart, the longest delinquent first."""
    charts: dict[UUID, list[Debt]] = defaultdict(list)
    for one in sorted(found, key=lambda one: (-one.age.days, str(one.owed.deficiency_id))):
        charts[one.owed.encounter_id].append(one)
    return list(charts.values())


def _narrowing(scope: Scope, found: list[Debt], names: dict[str, str], narrow: dict[str, str]) -> list[Filter]:
    services = {
        key: "no service" if key == "none" else key for key, _ in statistics.by(found, lambda one: one.owed.service or "none")
    }
    documents = {one.owed.document_code: sentence_case(one.owed.document_name) for one in found}
    owing = {key: names[key] for key, _ in statistics.by(found, presenters.who)}

    def one(label: str, name: str, every: str, words: dict[str, str]) -> Filter:
        options = [Option(every, address("delinquency-charts", **(scope.kept | narrow | {name: ""})), not narrow[name])]
        options += [
            Option(text, address("delinquency-charts", **(scope.kept | narrow | {name: key})), narrow[name] == key)
            for key, text in words.items()
        ]
        return Filter(name=label, options=options)

    return [
        one("Clinician", "owed_by", "owed by anybody", owing), one("Service", "service", "of any service", services),
        one("Document", "document", "about any document", documents),
    ]  # fmt: skip


def _page(scope: Scope, narrow: dict[str, str], first: int, many: int, total: int) -> Page:
    kept = scope.kept | narrow
    return Page(
        first=first + 1 if many else 0, last=first + many, total=total,
        previous_url=address("delinquency-charts", **kept, **{"from": max(0, first - PAGE) or ""}) if first else "",
        next_url=address("delinquency-charts", **kept, **{"from": first + PAGE}) if first + many < total else "",
    )  # fmt: skip


def _place(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


@needs(Category.DELINQUENCY)
@require_GET
def discharges(request: ActorRequest) -> HttpResponse:
    """The stays that ended in a month, or in the twelve up to it."""
    scope, rules = scope_of(request), queries.book()
    month = _month(request.GET.get("month", ""))
    months = min(_place(request.GET.get("months", "")), 12) or 1
    spans = statistics.spans(rules, month, scope.zone, months)
    found = statistics.discharges(scope.facilities, spans)
    part = keyset.page(found, keyset.Cursor.read(request.GET.get("at", "")), size=PAGE, field="discharged_at")
    kept = {"facility": scope.kept["facility"], "month": f"{month:%Y-%m}", "months": str(months) if months > 1 else ""}
    note_listed(request, "discharges of a month", (one.patient_id for one in part.rows), **kept)
    return render(request, "delinquency/discharges.html", {
        "span": _span(month, months), "rows": _rows(request.actor, list(part.rows), scope.zone), "page": page_of(part, plainly(**kept), total=found.count()),
        "definition": Why(rule=DISCHARGES, inputs=[Input("Classes", _classes(spans))]),
    })  # fmt: skip


def _classes(spans: list[statistics.Span]) -> str:
    codes = sorted({code for one in spans for code in one.classes})
    if not spans:
        return "none: no clock governs these days"
    return ", ".join(CLASSES.get(code, code) for code in codes) if all(one.classes for one in spans) else "all"


def _month(text: str) -> date:
    """The month an address names; this one where it names none."""
    this = clock.today().replace(day=1)
    try:
        named = date.fromisoformat(f"{text}-01")
    except ValueError:
        return this
    return named if abs(named.year - this.year) < 100 else this


def _span(month: date, months: int) -> str:
    first = statistics.month_before(month, months - 1)
    return f"{month:%b %Y}" if months == 1 else f"{first:%b %Y} to {month:%b %Y}"


def _rows(actor: Actor, stays: list[Encounter], zone: ZoneInfo) -> list[dict[str, object]]:
    named = whose(actor, {(one.patient_id, one.facility_id) for one in stays})
    return [
        {
            "url": reverse("record-chart", args=[one.id]), "whose": named[one.patient_id, one.facility_id], "service": one.service or "not recorded",
            "discharged": dates.moment(one.discharged_at, zone) if one.discharged_at else "", "kind": CLASSES.get(one.class_code, one.class_code),
        }
        for one in stays
    ]  # fmt: skip
