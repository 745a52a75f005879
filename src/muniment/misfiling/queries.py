"""Reads of moves: what goes along, who saw it, what became of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Max, Min, Q

from muniment.accounts.rules import Role
from muniment.audit.models import LifecycleEvent
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.identity import queries as identity
from muniment.identity.models import Patient
from muniment.kernel.errors import NotAllowedInState, Problem, Refused
from muniment.kernel.fhir.search_keys import key
from muniment.misfiling import permissions
from muniment.misfiling.models import Move, MovedEntry
from muniment.misfiling.rules import Kind
from muniment.record import blobs
from muniment.record.models import Entry, Production, Version
from muniment.record.production.order import Standing
from muniment.record.queries import result_key

TASKED = (Role.CLINICIAN, Role.CODER)
SEEING = (Lifecycle.ACCESS, Lifecycle.ATTEST, Lifecycle.OUTPUT)


def going_along(entry: Entry) -> list[Entry]:
    """The entry, then what hangs on it: a document's addenda, a report's observations; and what hangs on those.

    Raises NotAllowedInState for an observation of a report: it would leave the report without its result.
    """
    standing = Entry.objects.filter(patient_id=entry.patient_id, retracted=False)
    report = standing.filter(resource_type="DiagnosticReport", keys__contains=[result_key(entry.entry_id)]).first()
    if report:
        raise NotAllowedInState(f"It is a result of “{report.label}”.", remedy="Move that report: its results go with it.")
    found, fresh = {entry.entry_id: entry}, [entry]
    while fresh:
        hung = standing.filter(_hanging(fresh)).exclude(entry_id__in=found).order_by("occurred_at", "entry_id")
        fresh = list(hung)
        found |= {one.entry_id: one for one in fresh}
    return list(found.values())


def _hanging(entries: Sequence[Entry]) -> Q:
    related = [key("relatesto", "", f"DocumentReference/{one.entry_id}") for one in entries]
    addenda = Q(resource_type="DocumentReference", keys__overlap=related)
    addenda &= Q(keys__contains=[key("relation", "*", "appends")])
    reports = [one for one in entries if one.resource_type == "DiagnosticReport"]
    observed = set().union(*(_results_of(one) for one in reports)) if reports else set()
    return addenda | Q(entry_id__in=observed) if observed else addenda


def _results_of(report: Entry) -> set[UUID]:
    content = Version.objects.values_list("content", flat=True).get(
        patient_id=report.patient_id, entry_id=report.entry_id, number=report.number
    )
    found = set()
    for one in json.loads(content).get("result", []):
        kind, _, name = str(one.get("reference", "")).partition("/")
        if kind == "Observation":
            try:
                found.add(UUID(name))
            except ValueError:
                continue
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Somebody, or a production, that has the entries from the wrong chart."""

    kind: Kind
    user_id: UUID | None
    name: str
    role: str
    what: str
    times: int
    first_at: datetime
    last_at: datetime


def who_saw(patient_id: UUID, entries: Iterable[UUID]) -> list[Seen]:
    """Everybody the trail knows to have opened, downloaded or signed these entries or what they came in; then productions."""
    entries = list(entries)
    return [*_viewers(patient_id, entries), *_productions(patient_id, entries)]


def _viewers(patient_id: UUID, entries: Sequence[UUID]) -> list[Seen]:
    filed = Version.objects.filter(patient_id=patient_id, entry_id__in=entries)
    sources = set(filed.exclude(source_id=None).values_list("source_id", flat=True))
    subjects = [str(one) for one in (*entries, *sources)]
    seen = LifecycleEvent.objects.filter(subject_id__in=subjects, lifecycle__in=SEEING, actor_id__isnull=False)
    rows = seen.values("actor_id").annotate(
        times=Count("id"), first=Min("at"), last=Max("at"), name=Max("actor_name"), roles=ArrayAgg("role", distinct=True),
        signed=Count("id", filter=Q(lifecycle=Lifecycle.ATTEST)),
    )  # fmt: skip
    return [
        Seen(
            kind=Kind.VIEWER, user_id=row["actor_id"], name=row["name"], role=_role(row["roles"]),
            what="Opened and signed it" if row["signed"] else "Opened it", times=row["times"], first_at=row["first"], last_at=row["last"],
        )
        for row in rows.order_by("first")
    ]  # fmt: skip


def _role(roles: Sequence[str]) -> str:
    """The one by which somebody may be given a notice, where they have seen it under several."""
    return next((one for one in roles if one in TASKED), roles[0])


def _productions(patient_id: UUID, entries: Sequence[UUID]) -> list[Seen]:
    person = Patient.objects.values_list("person_id", flat=True).get(id=patient_id)
    records = Patient.objects.filter(person_id=person).values("id")
    made = Production.objects.filter(Q(patient_id__in=records) | Q(patient_id=patient_id))
    found = made.exclude(standing__in=(Standing.FAILED, Standing.STOPPED)).order_by("asked_at")
    return [_produced(row) for row in found if _holds(row, {str(one) for one in entries})]


def _holds(row: Production, entries: set[str]) -> bool:
    """Whether its manifest lists one of them. One that is not finished, or can't be read, is taken to hold it."""
    if row.manifest_sha256 is None:
        return True
    try:
        said: dict[str, Any] = json.loads(blobs.get(bytes(row.manifest_sha256)))
    except Problem:
        return True
    listed = said.get("contents", said).get("entries", [])
    return any(one.get("entry") in entries for one in listed)


def _produced(row: Production) -> Seen:
    fetched = LifecycleEvent.objects.filter(subject_id=str(row.id), name="record.fetch-production")
    names = sorted(set(fetched.values_list("actor_name", flat=True)))
    what = f"Production {row.number}" + (f", fetched by {', '.join(names)}" if names else ", fetched by nobody yet")
    return Seen(
        kind=Kind.PRODUCTION, user_id=row.asked_by_id, name=row.asked_by, role=row.asked_role, what=what[:200],
        times=max(1, fetched.count()), first_at=row.asked_at, last_at=row.finished_at or row.asked_at,
    )  # fmt: skip


def target(actor: Actor, patient_id: UUID) -> Patient:
    """The patient an entry may be moved to. Raises Refused alike for one that is not there and one the actor may not see."""
    found = identity.seen_by(actor).filter(id=patient_id).first()
    if found is None:
        raise Refused("There is no such patient that you may see.", where="patient", remedy="Find them by number or name.")
    if found.merged_into_id:
        raise Refused("This record was merged into another one.", where="patient", remedy="Choose the surviving record.")
    return found


def move_for(actor: Actor, move_id: UUID) -> Move:
    """A move the actor may see. Raises Refused alike for one that is not there."""
    found = Move.objects.filter(id=move_id).first()
    if found is None:
        raise Refused("There is nothing here that you may see.")
    permissions.check_see_move(actor, found)
    return found


def moved_away(entry_id: UUID) -> MovedEntry | None:
    """How an entry left the chart it was in."""
    return MovedEntry.objects.select_related("move").filter(from_entry_id=entry_id).last()


def moved_here(entry_id: UUID) -> MovedEntry | None:
    """How an entry came to the chart it is in."""
    return MovedEntry.objects.select_related("move").filter(to_entry_id=entry_id).last()
