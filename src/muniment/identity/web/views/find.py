"""Find a patient. Every row shows two identifiers; every search leaves its event, without what was typed."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core.request import ActorRequest
from muniment.identity import actions, lookup, queries
from muniment.identity.models import Patient
from muniment.identity.web import presenters

PAGE = 50


@needs(Category.IDENTITY)
@require_GET
def find(request: ActorRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    sought = lookup.read(text)
    context = {"text": text, "asked": bool(text), "too_little": bool(text) and sought.is_empty}
    if not sought.is_empty:
        context |= _answer(request, text, sought.kind)
    template = "identity/_found.html" if getattr(request, "htmx", False) else "identity/find.html"
    return render(request, template, context)


def _answer(request: ActorRequest, text: str, kind: str) -> dict[str, object]:
    found = queries.find(request.actor, text)
    last = _last_seen(request)
    rows = list((queries.following(found, last) if last else found)[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if not last:
        actions.note_find(actor=request.actor, kind=kind, count=len(rows) + more)
    survivors = [row.merged_into_id for row in rows if row.merged_into_id]
    numbers = presenters.numbers_for(request.actor, [*(row.id for row in rows), *survivors])
    following = "?" + urlencode({"q": text, "after": rows[-1].id}) if more else ""
    return {"rows": presenters.found_rows(rows, numbers), "following": following, "continued": bool(last), "kind": kind}


def _last_seen(request: ActorRequest) -> Patient | None:
    try:
        return queries.seen_by(request.actor).filter(id=UUID(request.GET.get("after", ""))).first()
    except ValueError:
        return None
