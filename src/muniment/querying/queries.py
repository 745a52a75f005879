"""Reads of clinician queries: one, a stay's, a clinician's, the department's list and its figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from django.db.models import QuerySet

from muniment.accounts.models import Practitioner
from muniment.coding.holds import Hold
from muniment.completion.queries import practitioner_of
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.kernel.errors import Refused
from muniment.querying import permissions
from muniment.querying.models import Query, QueryStep, QueryVersion
from muniment.querying.queues import ANSWER
from muniment.querying.rules import Asked, Figures, Form, State, Written, figures
from muniment.work import queries as work


def seen_by(actor: Actor) -> QuerySet[Query]:
    found = Query.objects.select_related("patient", "facility", "responsible")
    return found if actor.is_system else found.filter(facility_id__in=actor.facilities)


def query(actor: Actor, query_id: UUID) -> Query:
    """One query. Raises Refused alike for one that is not there and one the actor may not see."""
    found = seen_by(actor).filter(id=query_id).first()
    if found is None:
        raise Refused("There is nothing here that you may see.")
    permissions.check_see(actor, found, practitioner_of(actor))
    return found


def written(row: Query) -> Written:
    """Its text in the version that stands."""
    found = QueryVersion.objects.get(patient_id=row.patient_id, query_id=row.id, number=row.version)
    return msgspec.json.decode(found.content, type=Written)


def version(row: Query) -> QueryVersion:
    return QueryVersion.objects.get(patient_id=row.patient_id, query_id=row.id, number=row.version)


def history(row: Query) -> list[QueryStep]:
    """Its steps, newest first."""
    return list(QueryStep.objects.filter(patient_id=row.patient_id, query_id=row.id).order_by("-at", "-id"))


def answer_of(row: Query) -> QueryStep | None:
    return next((one for one in history(row) if one.step == "answer"), None)


def of_stay(patient_id: UUID, encounter_id: UUID) -> list[Query]:
    """A stay's queries, newest first."""
    found = Query.objects.select_related("responsible", "facility").filter(patient_id=patient_id, encounter_id=encounter_id)
    return list(found.order_by("-asked_at", "-id"))


def holds(patient_id: UUID, encounter_id: UUID) -> list[Hold]:
    """What holds a stay: its open queries."""
    found = Query.objects.filter(patient_id=patient_id, encounter_id=encounter_id, state=State.OPEN).order_by("asked_at")
    return [
        Hold(key=f"query-{one.id}", sentence=f"Awaiting query: “{one.title}” is not answered.", citation=one.citation)
        for one in found
    ]


def inbox(actor: Actor) -> list[Query]:
    """What the actor is asked, in the order of their work: most overdue first, what they set aside last. Two queries."""
    items = list(work.items(actor, queue=ANSWER, mine=True)[:200])
    rows = {str(row.id): row for row in seen_by(actor).filter(id__in=[one.subject_id for one in items], state=State.OPEN)}
    return [rows[one.subject_id] for one in items if one.subject_id in rows]


def next_after(actor: Actor, query_id: UUID) -> Query | None:
    """The inbox's next query: the one below this, else the first."""
    rows = inbox(actor)
    place = next((number for number, one in enumerate(rows) if one.id == query_id), None)
    rest = rows if place is None else rows[place + 1 :] + rows[:place]
    return rest[0] if rest else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which queries: ``state`` one of State, "overdue" or "sent" (not withdrawn); ``since`` up to before ``until`` when they were asked."""

    facilities: Collection[UUID]
    state: str = ""
    coder: UUID | None = None
    clinician: UUID | None = None
    service: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def search(actor: Actor, wanted: Search) -> QuerySet[Query]:
    """Queries of the actor's facilities, newest first. Raises nothing: what is not the actor's is not in it."""
    found = seen_by(actor).filter(facility_id__in=wanted.facilities)
    if wanted.state == "overdue":
        found = found.filter(state=State.OPEN, due_at__lt=clock.now())
    elif wanted.state == "sent":
        found = found.exclude(state=State.WITHDRAWN)
    elif wanted.state:
        found = found.filter(state=wanted.state)
    narrower = {
        "asked_by_id": wanted.coder, "responsible_id": wanted.clinician, "service": wanted.service, "asked_at__gte": wanted.since,
        "asked_at__lt": wanted.until,
    }  # fmt: skip
    return found.filter(**{name: value for name, value in narrower.items() if value is not None}).order_by("-asked_at", "-id")


COLUMNS = ("state", "form", "asked_at", "due_at", "answered_at", "supported")
GROUPS = {"coder": "asked_by_id", "clinician": "responsible_id", "service": "service"}


def counted(actor: Actor, wanted: Search) -> Figures:
    """The figures of these queries. One query."""
    return figures([_asked(*row) for row in search(actor, wanted).values_list(*COLUMNS)])


def counted_by(actor: Actor, wanted: Search, group: str) -> dict[str, Figures]:
    """The figures by ``group`` (a name of GROUPS), most queries first. One query."""
    rows: dict[str, list[Asked]] = defaultdict(list)
    for key, *row in search(actor, wanted).values_list(GROUPS[group], *COLUMNS):
        rows[str(key or "")].append(_asked(*row))
    return {key: figures(found) for key, found in sorted(rows.items(), key=lambda pair: (-len(pair[1]), pair[0]))}


def _asked(state: str, form: str, asked: datetime, due: datetime, answered: datetime | None, supported: bool | None) -> Asked:
    return Asked(State(state), asked, due, answered, None if form == Form.OPEN else supported)


def names(group: str, keys: Iterable[str]) -> dict[str, str]:
    """What the keys of a group are called. One query, or none."""
    ids = [one for one in keys if one]
    if group == "clinician":
        return {str(key): str(one) for key, one in Practitioner.objects.in_bulk(ids).items()}
    if group == "coder":
        found = Query.objects.filter(asked_by_id__in=ids).order_by("asked_by_id").distinct("asked_by_id")
        return {str(key): name for key, name in found.values_list("asked_by_id", "asked_by")}
    return {}
