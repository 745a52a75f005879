"""The facility's queries, newest first: whom they are with, how they stand, and what is next."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core import keyset
from muniment.core.request import ActorRequest, note_listed
from muniment.querying import queries as reads
from muniment.querying.rules import BANDS
from muniment.querying.web import presenters
from muniment.querying.web.scope import filters, scope_of
from muniment.ui.paging import page_of, plainly

PAGE = 50


@needs(Category.CODING)
@require_GET
def queries(request: ActorRequest) -> HttpResponse:
    scope = scope_of(request.actor, request.GET)
    found = reads.search(request.actor, scope.search(ever=True))
    some = keyset.page(found, keyset.Cursor.read(request.GET.get("at", "")), size=PAGE, field="asked_at")
    note_listed(request, "queries", (one.patient_id for one in some.rows), state=scope.said.get("state", ""))
    return render(request, "querying/queries.html", {
        "filters": filters(scope, "queries", states=True), "page": page_of(some, plainly(**scope.said), total=found.count()),
        "lines": presenters.lines(request.actor, some.rows), "narrow": bool(scope.said), "figures_url": scope.url("query-figures", state="", coder="", clinician="", service=""),
        "whose": _whose(scope.said),
    })  # fmt: skip


def _whose(said: dict[str, str]) -> str:
    """Whose they are, in words, where the address narrows to one."""
    found = [reads.names(group, [said[group]]).get(said[group], "") for group in ("coder", "clinician") if said.get(group)]
    service, age = said.get("service", ""), said.get("age", "")
    found += [f"service {service}"] if service else []
    return ", ".join(one for one in [*found, f"open, asked {BANDS[int(age)][1]} ago" if age else ""] if one)
