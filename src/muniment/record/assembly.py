"""Views that put a chart together otherwise than by source: by problem, and what is new to this reader."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from muniment.audit.models import LifecycleEvent
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.record import queries
from muniment.record.models import Entry, UsualView, Version
from muniment.record.rules import Category

VISIT = timedelta(minutes=30)  # two looks closer together are one visit
MOST_LOOKS = 1000  # events of one visit
MOST_ENTRIES = 5000
CONDITION = re.compile(r'"reference":"Condition/([0-9a-f-]{36})"')


@dataclass(frozen=True, slots=True)
class Fresh:
    """What was recorded since the reader's last visit: entry → when. ``since`` None: they were never in this chart."""

    since: datetime | None = None
    entries: dict[UUID, datetime] = field(default_factory=dict)


def fresh(actor: Actor, patients: Sequence[UUID], *, encounter_id: UUID | None = None) -> Fresh:
    """What is new to this reader. Two queries, one where they were never here."""
    since = last_visit(actor, patients)
    if since is None:
        return Fresh()
    found = Version.objects.filter(patient_id__in=patients, recorded_at__gt=since)
    if encounter_id:
        found = found.filter(encounter_id=encounter_id)
    if not actor.is_system:
        found = found.filter(facility_id__in=actor.facilities)
    return Fresh(since, dict(found.order_by("number").values_list("entry_id", "recorded_at")))


def last_visit(actor: Actor, patients: Sequence[UUID]) -> datetime | None:
    """When the reader was last in this chart before the visit they are on now, from the trail."""
    looks = LifecycleEvent.objects.filter(actor_id=actor.id, patient_id__in=patients, name="record.view")
    edge = clock.now()
    for at in looks.order_by("-at").values_list("at", flat=True)[:MOST_LOOKS]:
        if edge - at > VISIT:
            return at
        edge = at
    return None


def new_entries(actor: Actor, patients: Sequence[UUID], news: Fresh, *, encounter_id: UUID | None = None) -> list[Entry]:
    """The entries of ``news``, what was recorded last first; retracted ones too, for that is news."""
    found = queries.entries(actor, patients, encounter_id=encounter_id, retracted=True).filter(entry_id__in=news.entries)
    return sorted(found[:MOST_ENTRIES], key=lambda one: news.entries[one.entry_id], reverse=True)


@dataclass(slots=True)
class Problem:
    """A diagnosis, once however many entries state it; each entry that cites it, and how."""

    name: str
    code: str
    stated: list[Entry] = field(default_factory=list)
    citing: list[tuple[Entry, str]] = field(default_factory=list)


REFERS, NAMES = "Refers to it", "Its text has all the words of it"


def by_problem(
    actor: Actor, patients: Sequence[UUID], *, encounter_id: UUID | None = None
) -> tuple[list[Problem], list[Entry]]:
    """The problems with what cites them, and the documents that cite none. Three queries.

    An entry cites a problem where it refers to its Condition, or where a document's text has every word of its name.
    """
    every = list(queries.entries(actor, patients, encounter_id=encounter_id)[:MOST_ENTRIES])
    problems: dict[tuple[str, str], Problem] = {}
    for one in every:
        if one.resource_type == "Condition":
            known = problems.setdefault((one.code_system, one.code or one.label), Problem(one.label or one.code, one.code))
            known.stated.append(one)
    listed = {one.entry_id: one for one in every if one.resource_type != "Condition"}
    cited = _cite(list(problems.values()), listed, patients)
    rest = [one for one in listed.values() if one.category == Category.DOCUMENT and one.entry_id not in cited]
    return list(problems.values()), rest


def _cite(problems: Sequence[Problem], listed: dict[UUID, Entry], patients: Sequence[UUID]) -> set[UUID]:
    """Give each problem what cites it; the entries that cite any."""
    of = {one.entry_id: problem for problem in problems for one in problem.stated}
    seen: set[tuple[int, UUID]] = set()
    for entry, problem, how in [*_referring(of, listed, patients), *_naming(problems, listed, patients)]:
        if (id(problem), entry.entry_id) not in seen:
            seen.add((id(problem), entry.entry_id))
            problem.citing.append((entry, how))
    return {entry for _, entry in seen}


def _referring(
    of: dict[UUID, Problem], listed: dict[UUID, Entry], patients: Sequence[UUID]
) -> Iterable[tuple[Entry, Problem, str]]:
    rows = Version.objects.filter(patient_id__in=patients, content__contains='"Condition/').values_list(
        "entry_id", "number", "content"
    )
    for entry_id, number, content in rows if of else ():
        entry = listed.get(entry_id)
        if entry and entry.number == number:
            named = {UUID(one) for one in CONDITION.findall(content)}
            yield from ((entry, of[one], REFERS) for one in named if one in of)


def _naming(
    problems: Sequence[Problem], listed: dict[UUID, Entry], patients: Sequence[UUID]
) -> Iterable[tuple[Entry, Problem, str]]:
    if not problems:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wanted.place, record_text.entry_id FROM unnest(%s::text[]) WITH ORDINALITY AS wanted (words, place)"
            " JOIN record_text ON record_text.patient_id = ANY(%s) AND record_text.entry_id = ANY(%s)"
            " AND record_text.search @@ plainto_tsquery('english', wanted.words) ORDER BY wanted.place, record_text.entry_id",
            [[one.name for one in problems], list(patients), list(listed)],
        )
        yield from ((listed[entry_id], problems[place - 1], NAMES) for place, entry_id in cursor.fetchall())


def usual_view(actor: Actor) -> str:
    """The view in which this person wants charts to open; empty where they have not said."""
    if actor.id is None:
        return ""
    return UsualView.objects.filter(user_id=actor.id).values_list("view", flat=True).first() or ""
