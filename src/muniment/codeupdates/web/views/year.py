"""The last year's final codings grouped by an update's version: what it does to DRGs and to the case-mix index."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.accounts import queries as accounts
from muniment.codeupdates import actions, permissions, queries, updates
from muniment.codeupdates.models import RegroupedStay, Regrouping
from muniment.codeupdates.updates import Update
from muniment.codeupdates.web import presenters
from muniment.coding.grouping import version_on
from muniment.core.request import ActorRequest, note_listed
from muniment.encounters.models import Encounter
from muniment.identity.web.presenters import whose
from muniment.kernel.errors import Problem, Refused
from muniment.terminology.queries import lookup_many
from muniment.terminology.rules import System
from muniment.ui.paging import numbered
from muniment.work.names import Whose

PAGE, MOST_CODES = 50, 50


@needs(Category.CODING)
@require_GET
def year(request: ActorRequest, day: str) -> HttpResponse:
    """How far the run is, else its figures. For htmx its part of the page."""
    update = updates.update(presenters.day_of(day))
    run = queries.last_run(update.day)
    found = presenters.services(run, _here(request)) if run else []
    part = "_run" if request.headers.get("HX-Request") else "year"
    return render(request, f"codeupdates/{part}.html", _frame(update, "codeupdates-year") | {
        "run": run, "silent": run is not None and queries.is_silent(run), "may": permissions.can_regroup(request.actor), "told": _no_grouper(update),
        "services": found, "unweighed": bool(found) and found[0].sums.stays > 0 and not found[0].sums.weighed,
        "version": f"{run.version / 10:.1f}" if run else "", "why": presenters.CMI, "used": _used(update, run) if run else [], "most": MOST_CODES,
    })  # fmt: skip


def _frame(update: Update, current: str) -> dict[str, Any]:
    return {
        "update": update, "heading": presenters.heading(update), "releases": presenters.releases_in_words(update),
        "tabs": presenters.tabs(update, current),
    }  # fmt: skip


def _here(request: ActorRequest) -> list[object]:
    return [one.id for one in accounts.facilities(request.actor)]


def _no_grouper(update: Update) -> str:
    try:
        version_on(update.day)
    except Problem as problem:
        return str(problem)
    return ""


def _used(update: Update, run: Regrouping) -> list[tuple[str, str, int]]:
    """The codes that change and were used most: (code, what becomes of it, in how many stays)."""
    known = presenters.changes_by_key(updates.changes_of(update))
    most = sorted(run.usage.items(), key=lambda one: (-one[1], one[0]))[:MOST_CODES]
    return [
        (presenters.written(key, known), "; ".join(f"{one.kind}: {one.words}" for one in known.get(key, [])), count)
        for key, count in most
    ]


@needs(Category.RULES, Grade.WRITE)
@require_POST
def start(request: ActorRequest, day: str) -> HttpResponse:
    actions.start(actor=request.actor, day=presenters.day_of(day))
    return redirect("codeupdates-year", day=day)


@needs(Category.CODING)
@require_GET
def services(request: ActorRequest, day: str) -> HttpResponse:
    """The services as CSV (RFC 4180)."""
    run = _run(updates.update(presenters.day_of(day)))
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="regrouped-{run.day.isoformat()}.csv"'
    out = csv.writer(answer)
    out.writerow(
        ["service", "stays", "other MS-DRG", "no claim any more", "with both weights", "CMI before", "CMI after", "difference"]
    )
    for one in presenters.services(run, _here(request)):
        sums = one.sums
        out.writerow([one.name, sums.stays, sums.changed, sums.refused, sums.weighed, one.before, one.after, one.difference])
    return answer


def _run(update: Update) -> Regrouping:
    run = queries.last_run(update.day)
    if run is None:
        raise Refused("The year has not been regrouped for this update.", remedy="Start it on the update’s page.")
    return run


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    whose: Whose
    url: str
    visit: str
    service: str
    before: str
    after: str
    weight: str
    becomes: str


@needs(Category.CODING)
@require_GET
def stays(request: ActorRequest, day: str) -> HttpResponse:
    """The stays that another MS-DRG would have, of all services or of one."""
    update = updates.update(presenters.day_of(day))
    run, said = _run(update), request.GET.get("service", "")[:120]
    found = queries.regrouped(request.actor, run, None if not said else "" if said == "-" else said).order_by("id")
    rows, page = numbered(
        found,
        request.GET.get("from", ""),
        lambda **more: presenters.address("codeupdates-stays", run.day, **({"service": said} | more)),
        size=PAGE,
    )
    note_listed(request, "regrouped stays", (one.patient_id for one in rows), narrowed=bool(said))
    return render(request, "codeupdates/stays.html", _frame(update, "codeupdates-year") | {
        "lines": _lines(request, rows, update), "page": page, "service": "no service told" if said == "-" else said, "run": run,
    })  # fmt: skip


def _lines(request: ActorRequest, rows: list[RegroupedStay], update: Update) -> list[Line]:
    people = whose(request.actor, [(row.patient_id, row.facility_id) for row in rows])
    stays = Encounter.objects.filter(patient_id__in=[row.patient_id for row in rows], id__in=[row.encounter_id for row in rows])
    visits = dict(stays.values_list("id", "visit_number"))
    found = lookup_many(System.MS_DRG, {drg for row in rows for drg in (row.before, row.after) if drg}, update.day)
    titles = {drg: f"{drg} {found[drg].display}" if drg in found else drg for row in rows for drg in (row.before, row.after)}
    return [
        Line(
            whose=people[row.patient_id, row.facility_id], url=reverse("coding-abstract", args=[row.encounter_id]),
            visit=visits.get(row.encounter_id, ""), service=row.service, before=titles[row.before], after=titles[row.after] if row.after else f"none. {row.why}",
            weight=presenters.weight(row.before_weight), becomes=presenters.weight(row.after_weight) if row.after else "",
        ) for row in rows
    ]  # fmt: skip
