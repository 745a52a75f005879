"""Reads of moves: what goes along, who saw it, what became of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from muniment.core.actor import Actor
from muniment.identity import queries as identity
from muniment.identity.models import Patient
from muniment.kernel.errors import NotAllowedInState, Refused
from muniment.kernel.fhir.order_provenance import ORDER_TYPES
from muniment.kernel.fhir.search_keys import key
from muniment.misfiling import permissions
from muniment.misfiling.models import Move, MovedEntry
from muniment.record.exposure import TASKED, Seen, who_saw
from muniment.record.models import Entry, Version
from muniment.record.queries import result_key

__all__ = ["TASKED", "Seen", "going_along", "move_for", "moved_away", "moved_here", "target", "who_saw"]


def going_along(entry: Entry) -> list[Entry]:
    """The entry, then what hangs on it: a document's addenda, a report's observations, how an order was given and who verified it;
    and what hangs on those.

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
    hanging = addenda | Q(entry_id__in=observed) if observed else addenda
    told = [key("target", "", f"{one.resource_type}/{one.entry_id}") for one in entries if one.resource_type in ORDER_TYPES]
    return hanging | Q(resource_type="Provenance", keys__overlap=told) if told else hanging


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
