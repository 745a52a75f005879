"""An entry to the right patient: find them, choose the stay, see what will happen, confirm with one key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.core.actor import Actor
from muniment.core.request import ActorRequest, note_listed
from muniment.encounters import queries as encounters
from muniment.encounters.models import Encounter
from muniment.encounters.web import presenters as stays
from muniment.identity import actions as identity_actions
from muniment.identity import lookup
from muniment.identity import queries as identity
from muniment.identity.models import Patient
from muniment.identity.web import presenters as people
from muniment.kernel.errors import Problem, Refused
from muniment.misfiling import actions, permissions, queries
from muniment.misfiling.actions import Target
from muniment.misfiling.preview import preview
from muniment.record import actions as record_actions
from muniment.record import queries as record
from muniment.record.models import Entry
from muniment.record.web import presenters

MOST_FOUND = 9
NO_STAY = "none"


@dataclass(slots=True)
class Asked:
    """How far the mover has come: text, patient, stay; each later one only where the one before is known."""

    text: str = ""
    patient: Patient | None = None
    stay: Encounter | None = None
    decided: bool = False  # a stay, or that it belongs to none
    stays: list[Encounter] = field(default_factory=list)


@needs(Category.INTAKE, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def move(request: ActorRequest, patient_id: UUID, entry_id: UUID) -> HttpResponse:
    entry = record.entry(request.actor, patient_id, entry_id)
    if request.method == "POST":
        return _move(request, entry)
    permissions.check_entry(request.actor, entry)
    return _page(request, entry, read(request.actor, request.GET))


def _move(request: ActorRequest, entry: Entry) -> HttpResponse:
    said = request.POST
    asked = read(request.actor, said)
    number = said.get("number", "")
    if asked.patient is None or not asked.decided or not (number.isascii() and number.isdigit() and len(number) < 9):
        raise Refused("Choose the patient and the stay first.", remedy="Begin again from the document.")
    target = Target(patient_id=asked.patient.id, encounter_id=asked.stay.id if asked.stay else None)
    try:
        row = actions.move(
            actor=request.actor, patient_id=entry.patient_id, entry_id=entry.entry_id, number=int(number), target=target,
            reason=said.get("reason", ""),
        )  # fmt: skip
    except Refused as told:
        if told.where != "reason":
            raise
        return _page(request, entry, asked, error=str(told.what), status=422)
    messages.success(request, "Moved. It stands in the right chart; the wrong one shows it as entered in error.")
    return redirect("misfiling-done", move_id=row.id)


def read(actor: Actor, said: QueryDict) -> Asked:
    """What the address or the form says. A patient or stay the actor may not see is refused alike."""
    asked = Asked(text=said.get("who", "")[:120])
    to = said.get("to", "")
    if not to:
        return asked
    asked.patient = queries.target(actor, _uuid(to))
    asked.stays = list(encounters.of_person(actor, [asked.patient.id]))
    chosen = said.get("stay", "")
    if not chosen and len(asked.stays) == 1:
        chosen = str(asked.stays[0].id)
    asked.stay = next((one for one in asked.stays if str(one.id) == chosen), None)
    asked.decided = asked.stay is not None or chosen == NO_STAY
    return asked


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused("There is no such patient that you may see.", remedy="Find them by number or name.") from None


def _page(request: ActorRequest, entry: Entry, asked: Asked, *, error: str = "", status: int = 200) -> HttpResponse:
    actor = request.actor
    record_actions.note_view(
        actor=actor, patient_id=entry.patient_id, subject=("entry", str(entry.entry_id)), shown="to be moved", facility_id=entry.facility_id
    )  # fmt: skip
    found = _found(request, entry, asked) if asked.text and not asked.patient else []
    stay = encounters.seen_by(actor).filter(id=entry.encounter_id).first() if entry.encounter_id else None
    shown: dict[str, Any] = {
        "entry": entry, "title": presenters.title_of(entry), "when": presenters.when(entry, stays.zone_of(stay)) if stay else entry.occurred,
        "wrong": _banner(actor, identity.patient(entry.patient_id), stay, "the chart it is in"), "stay": stay,
        "asked": asked, "found": found, "too_little": bool(asked.text) and lookup.read(asked.text).is_empty, "error": error,
        "reason": request.POST.get("reason", ""), "no_stay": NO_STAY, "status": status,
    }  # fmt: skip
    if asked.patient:
        shown |= _right(actor, entry, asked)
    return render(request, "misfiling/move.html", shown, status=status)


def _right(actor: Actor, entry: Entry, asked: Asked) -> dict[str, Any]:
    """The right patient's side; a chart that can't be meant is said, not refused: another can be chosen."""
    assert asked.patient is not None
    right = _banner(actor, asked.patient, asked.stay, "the chart it belongs in")
    choices = [
        (str(one.id), f"{one.visit_number}, {stays.class_name(one)}, {stays.interval(one)}", one == asked.stay, _query(asked, one.id))
        for one in asked.stays
    ]  # fmt: skip
    choices.append((NO_STAY, "It belongs to no stay", asked.decided and not asked.stay, _query(asked, NO_STAY)))
    shown: dict[str, Any] = {"right": right, "choices": choices}
    try:
        target = Target(patient_id=asked.patient.id, encounter_id=asked.stay.id if asked.stay else None)
        actions.check_target(actor, entry, target)
        return shown | ({"preview": preview(entry, asked.patient.id, asked.stay)} if asked.decided else {})
    except Problem as told:
        return shown | {"told": told, "choices": []}


def _query(asked: Asked, stay: object) -> str:
    assert asked.patient is not None
    return "?" + urlencode({"who": asked.text, "to": asked.patient.id, "stay": stay})


def _banner(actor: Actor, row: Patient, stay: Encounter | None, comparing: str) -> Any:
    numbers = people.numbers_for(actor, [row.id]).get(row.id, [])
    place = stays.for_banner(stay, url="") if stay else None
    return people.banner(row, numbers, stay=place, comparing=comparing, url=False)


def _found(request: ActorRequest, entry: Entry, asked: Asked) -> list[dict[str, Any]]:
    """The patients that are meant, by two identifiers each. A search leaves its event, and so does the list."""
    sought = lookup.read(asked.text)
    if sought.is_empty:
        return []
    rows = list(identity.find(request.actor, asked.text).filter(merged_into_id=None).exclude(id=entry.patient_id)[:MOST_FOUND])
    identity_actions.note_find(actor=request.actor, kind=sought.kind, count=len(rows))
    note_listed(request, "patients to move to", [one.id for one in rows])
    numbers = people.numbers_for(request.actor, [one.id for one in rows])
    chief = {one.id: identity.chief_number(numbers.get(one.id, [])) for one in rows}
    return [
        {
            "name": one.display_name, "born": people.partial(one.birth) or "unknown", "sex": one.sex, "number": getattr(chief[one.id], "value", ""),
            "url": "?" + urlencode({"who": asked.text, "to": one.id}),
        }
        for one in rows
    ]  # fmt: skip
