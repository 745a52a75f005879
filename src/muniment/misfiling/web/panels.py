"""What a move shows on a document's page: over it that it was in the wrong chart, under it the way to move it."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse

from muniment.core.actor import Actor
from muniment.core.slots import Panel
from muniment.encounters import queries as encounters
from muniment.identity import queries as identity
from muniment.identity.web import presenters as people
from muniment.kernel.fhir.summaries import MOVED
from muniment.misfiling import permissions, queries
from muniment.misfiling.models import Move
from muniment.misfiling.rules import MOVED_FROM
from muniment.record import queries as record
from muniment.record.models import Entry, Version


def over(actor: Actor, shown: tuple[Entry, Version]) -> Panel | None:
    """In the wrong chart: entered in error, moved; in the right one: where it was. The other patient only for who may see them."""
    entry, version = shown
    if entry.retracted and entry.flag == MOVED:
        found = queries.moved_away(entry.entry_id)
        return _panel("away", found.move, other_url(actor, found.move, found.to_entry_id, there=True)) if found else None
    if MOVED_FROM in version.content:
        found = queries.moved_here(entry.entry_id)
        return (
            _panel("here", found.move, other_url(actor, found.move, found.from_entry_id, there=False), found.from_entry_id)
            if found
            else None
        )
    return None  # fmt: skip


def _panel(side: str, move: Move, url: str, was: Any = None) -> Panel:
    signed = record.signatures(move.from_patient_id, was) if was else []
    context = {"side": side, "move": move, "url": url, "signed": signed}
    return Panel(title="Moved", html=render_to_string("misfiling/_over.html", context))


def other_url(actor: Actor, move: Move, entry_id: Any, *, there: bool) -> str:
    """The entry in the other chart, where the actor may see its patient and it belongs to a stay; else nothing."""
    patient, stay = (move.to_patient_id, move.to_encounter_id) if there else (move.from_patient_id, move.from_encounter_id)
    if (
        patient is None
        or stay is None
        or entry_id is None
        or not encounters.seen_by(actor).filter(id=stay, patient_id=patient).exists()
    ):
        return ""
    return reverse("record-document", args=[stay, entry_id])


def whose(actor: Actor, patient_id: Any) -> str:
    """A patient by name and number, for who may see them; else in words that name nobody."""
    row = identity.seen_by(actor).filter(id=patient_id).first()
    if row is None:
        return "a patient of a facility you do not work at"
    number = identity.chief_number(people.numbers_for(actor, [row.id]).get(row.id, []))
    return f"{row.display_name}, born {people.partial(row.birth) or 'unknown'}, {number.value if number else 'no number'}"


def step(actor: Actor, entry: Entry) -> Panel | None:
    if not permissions.can_move(actor, entry):
        return None
    url = reverse("misfiling-move", args=[entry.patient_id, entry.entry_id])
    return Panel(title="Move", html=render_to_string("misfiling/_step.html", {"url": url}))
