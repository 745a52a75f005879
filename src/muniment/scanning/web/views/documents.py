"""The lists behind the board's figures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core import clock, keyset
from muniment.core.actor import Actor
from muniment.core.request import ActorRequest
from muniment.scanning import queries
from muniment.scanning.models import Document
from muniment.scanning.rules import State, working_days_before
from muniment.scanning.web import presenters
from muniment.ui.paging import page_of, plainly
from muniment.ui.shapes import Filter, Option

PAGE = 50
SHOWN = {
    "waiting": "to be indexed", "exceptions": "exceptions", "late": "backlogged", "checking": "to be checked", "filed": "filed in the last working days",
    "out": "left out",
}  # fmt: skip


@needs(Category.INTAKE)
@require_GET
def documents(request: ActorRequest) -> HttpResponse:
    shown = request.GET.get("show", "")
    shown = shown if shown in SHOWN else "waiting"
    found = _listed(request.actor, shown)
    some = keyset.page(
        found, keyset.Cursor.read(request.GET.get("at", "")), size=PAGE, field="waiting_since", newest_first=False
    )
    options = [Option(words, f"?show={name}", name == shown) for name, words in SHOWN.items()]
    return render(request, "scanning/documents.html", {
        "filters": [Filter(name="Scanned documents", options=options)], "total": found.count(), "page": page_of(some, plainly(show=shown)),
        "rows": [presenters.document_row(one) for one in some.rows], "words": SHOWN[shown],
    })  # fmt: skip


def _listed(actor: Actor, shown: str) -> QuerySet[Document]:
    today, waiting = clock.today(), [State.WAITING]
    policy = queries.in_force(today).policy
    narrower: dict[str, dict[str, Any]] = {
        "waiting": {"states": waiting}, "exceptions": {"states": waiting, "exceptions": True}, "checking": {"states": [State.CHECKING]},
        "late": {"states": waiting, "before": queries.late_since(policy, clock.now())}, "out": {"states": [State.LEFT_OUT]}, "filed": {},
    }  # fmt: skip
    found = queries.documents(actor, **narrower[shown])
    if shown == "filed":
        since = working_days_before(today, policy.rate_days)
        return found.filter(indexed_at__date__gte=since, indexed_at__date__lte=today - timedelta(days=1))
    return found
