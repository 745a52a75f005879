"""The lists behind the board's figures."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core import clock, keyset
from muniment.core.actor import Actor
from muniment.core.request import ActorRequest
from muniment.scanning import backlog, clues, queries
from muniment.scanning.ageing import words
from muniment.scanning.models import Document
from muniment.scanning.rules import State, working_days_before
from muniment.scanning.web import presenters
from muniment.ui.paging import page_of, plainly
from muniment.ui.shapes import Filter, Option

PAGE = 50
AGE = "age"
SHOWN = {
    "waiting": "to be indexed", "exceptions": "exceptions", "late": "backlogged", "checking": "to be checked", "filed": "filed in the last working days",
    "out": "left out", "by-rule": "filed by rule in the last working days",
}  # fmt: skip


NONE = "none"


@needs(Category.INTAKE)
@require_GET
def documents(request: ActorRequest) -> HttpResponse:
    shown = request.GET.get("show", "")
    shown = shown if shown in SHOWN else "waiting"
    narrower = {name: request.GET[name][:40] for name in (backlog.CHANNEL, backlog.KIND, AGE) if request.GET.get(name)}
    found = _narrowed(_listed(request.actor, shown), narrower)
    some = keyset.page(
        found, keyset.Cursor.read(request.GET.get("at", "")), size=PAGE, field="waiting_since", newest_first=False
    )
    options = [Option(label, f"?{urlencode({'show': name, **narrower})}", name == shown) for name, label in SHOWN.items()]
    return render(request, "scanning/documents.html", {
        "filters": [Filter(name="Scanned documents", options=options), *_narrowers(shown, narrower)], "total": found.count(),
        "page": page_of(some, plainly(show=shown, **narrower)), "rows": [presenters.document_row(one) for one in some.rows], "words": SHOWN[shown],
    })  # fmt: skip


def _narrowed(found: QuerySet[Document], narrower: dict[str, str]) -> QuerySet[Document]:
    """By channel, by type and by one of the three ages of the backlog clock."""
    for name in (backlog.CHANNEL, backlog.KIND):
        if name in narrower:
            found = backlog.by(found, name).filter(line="" if narrower[name] == NONE else narrower[name])
    age = narrower.get(AGE, "")
    return (
        backlog.aged(found, int(age), queries.in_force(clock.today()).policy, clock.now()) if age in ("0", "1", "2") else found
    )


def _narrowers(shown: str, narrower: dict[str, str]) -> list[Filter]:
    """What narrows the list, each with the way out of it."""
    ages = words(queries.in_force(clock.today()).policy.backlog_days)
    said = {
        backlog.CHANNEL: lambda value: f"by {value}", backlog.KIND: lambda value: clues.types().get(value, "kind not known"),
        AGE: lambda value: f"waiting {ages[int(value)]}" if value in ("0", "1", "2") else "",
    }  # fmt: skip
    names = {backlog.CHANNEL: ("Channel", "by any channel"), backlog.KIND: ("Type", "of any type"), AGE: ("Age", "of any age")}
    found = []
    for name, value in narrower.items():
        rest = {"show": shown, **{other: kept for other, kept in narrower.items() if other != name}}
        head, every = names[name]
        found.append(
            Filter(name=head, options=[Option(said[name](value) or every, "", True), Option(every, f"?{urlencode(rest)}")])
        )
    return found


def _listed(actor: Actor, shown: str) -> QuerySet[Document]:
    today, waiting = clock.today(), [State.WAITING]
    policy = queries.in_force(today).policy
    narrower: dict[str, dict[str, Any]] = {
        "waiting": {"states": waiting}, "exceptions": {"states": waiting, "exceptions": True}, "checking": {"states": [State.CHECKING]},
        "late": {"states": waiting, "before": queries.late_since(policy, clock.now())}, "out": {"states": [State.LEFT_OUT]}, "filed": {}, "by-rule": {},
    }  # fmt: skip
    found = queries.documents(actor, **narrower[shown])
    if shown == "by-rule":
        return queries.by_rule(actor, working_days_before(today, policy.rate_days))
    if shown == "filed":
        return queries.filed(actor, working_days_before(today, policy.rate_days), today)
    return found
