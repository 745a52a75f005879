"""One queue: a filter that reads as a sentence, what waits in it and why, and the next one."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.core.request import ActorRequest, note_listed
from muniment.ui.shapes import Page, Why
from muniment.work import queries
from muniment.work.models import WorkItem
from muniment.work.names import directory
from muniment.work.web import presenters
from muniment.work.web.choices import Choice
from muniment.work.web.door import needs_work

PAGE = 50


@needs_work()
@require_GET
def queue(request: ActorRequest, code: str) -> HttpResponse:
    actor = request.actor
    found = queries.queue(actor, code)
    choice = Choice.read(request.GET, actor)
    items = queries.items(actor, queue=code, **choice.narrowing)  # type: ignore[arg-type]
    names = {one: name for one, name in directory.facilities().items() if one in actor.facilities}
    page, rows = paged(request, items, choice)
    note_listed(request, code, (row.patient_id for row in rows), **choice.said)
    return render(request, "work/queue.html", {
        "queue": found, "definition": Why(rule=found.definition), "choice": choice, "filters": choice.sentence(names), "page": page, "rows": presenters.rows(actor, rows),
        "can_pull": not found.personal and actor.role in found.pools,
    })  # fmt: skip


def paged(request: ActorRequest, items: QuerySet[WorkItem], choice: Choice) -> tuple[Page, list[WorkItem]]:
    """The keyset page the address asks for (``after`` is the last item seen, ``seen`` how many came before)."""
    total = items.count()
    last, seen = _last_seen(request), _number(request.GET.get("seen", ""))
    rows = list((queries.following(items, last) if last else items)[: PAGE + 1])
    seen = seen if last else 0
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    following = choice.address(after=rows[-1].id, seen=seen + PAGE) if more else ""
    first = choice.address() or "?" if last else ""
    return Page(first=seen + 1 if rows else 0, last=seen + len(rows), total=total, previous_url=first, next_url=following), rows


def _last_seen(request: ActorRequest) -> WorkItem | None:
    try:
        return WorkItem.objects.filter(id=UUID(request.GET.get("after", ""))).first()
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
