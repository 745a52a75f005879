"""The documents behind a figure of turnaround, a row a document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core import clock, keyset
from muniment.core.actor import Actor
from muniment.core.request import ActorRequest, note_listed
from muniment.identity.web.presenters import whose
from muniment.transcription import queries
from muniment.transcription.models import DictatedDocument
from muniment.transcription.rules import ENDS, WAITING, Group, Step
from muniment.transcription.web import words
from muniment.transcription.web.scope import Scope, choices, scope_of
from muniment.ui import dates
from muniment.ui.paging import page_of, plainly
from muniment.ui.shapes import Input
from muniment.ui.words import sentence_case
from muniment.work.names import Whose

PAGE = 50
TITLES = {"ended": "Turnarounds", "excluded": "Left out of the turnarounds", "waiting": "Waiting"}
GROUPS = {one.name.lower(): one for one in Group}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One document; ``hours`` what the step took, or has taken so far."""

    url: str
    whose: Whose
    document: str
    author: str
    source: str
    began: str
    ended: str
    hours: str


@needs(Category.DELINQUENCY)
@require_GET
def documents(request: ActorRequest) -> HttpResponse:
    scope, show = scope_of(request), request.GET.get("show", "")
    show = show if show in TITLES and (show != "waiting" or scope.step in WAITING) else "ended"
    by, key = GROUPS.get(request.GET.get("by", "")), request.GET.get("key", "")[:200]
    moment = scope.month.end(clock.now())
    found = _narrowed(_found(scope, show, moment), by, key)
    begin, end = ENDS[scope.step]
    field = begin if show == "waiting" else end
    part = keyset.page(
        found, keyset.Cursor.read(request.GET.get("at", "")), size=PAGE, field=field, newest_first=show != "waiting"
    )
    kept = {"show": "" if show == "ended" else show, "by": by.name.lower() if by else "", "key": key if by else ""}
    note_listed(request, "dictated documents", (one.patient_id for one in part.rows), **scope.kept, **kept)
    return render(request, "transcription/documents.html", {
        "title": TITLES[show], "filters": choices(scope, "transcription-documents", **kept), "scope": scope.kept, "show": show,
        "rows": _lines(request.actor, list(part.rows), scope, moment if show == "waiting" else None), "narrow": by is not None,
        "page": page_of(part, plainly(**scope.kept, **kept), total=found.count()),
        "definition": words.why(_definition(show), queries.Limits(), scope.step, [Input("Counted", scope.counted)]),
    })  # fmt: skip


def _definition(show: str) -> str:
    return {"ended": words.TURNAROUND, "excluded": words.EXCLUDED, "waiting": words.WAITING}[show]


def _found(scope: Scope, show: str, moment: datetime) -> QuerySet[DictatedDocument]:
    if show == "waiting":
        return queries.waiting(scope.facilities, scope.step, moment)
    return (queries.excluded if show == "excluded" else queries.ended)(scope.facilities, scope.step, scope.month)


def _narrowed(found: QuerySet[DictatedDocument], by: Group | None, key: str) -> QuerySet[DictatedDocument]:
    if by is None:
        return found
    if by is not Group.AUTHOR:
        return found.filter(**{by.value: "" if key == "none" else key})
    return found.filter(author_id=None if key == "none" else _uuid(key))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)  # nobody


def _lines(actor: Actor, rows: list[DictatedDocument], scope: Scope, moment: datetime | None) -> list[Line]:
    """A fixed number of queries, whatever the number of rows."""
    named = whose(actor, {(one.patient_id, one.facility_id) for one in rows})
    return [_line(one, named[one.patient_id, one.facility_id], scope.step, scope.zone, moment) for one in rows]


def _line(one: DictatedDocument, of: Whose, step: Step, zone: ZoneInfo, moment: datetime | None) -> Line:
    begin, end = (getattr(one, name) for name in ENDS[step])
    until = moment or end
    return Line(
        url=reverse("record-document", args=[one.encounter_id, one.id]), whose=of, document=sentence_case(one.name) or "Document",
        author=one.author_name or "not recorded", source=one.source or "not recorded", began=dates.moment(begin, zone) if begin else "not told",
        ended=dates.moment(end, zone) if end and (moment is None or end <= moment) else "not yet",
        hours=words.hours((until - begin).total_seconds() / 3600 if begin and until else None),
    )  # fmt: skip
