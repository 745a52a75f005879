"""Others' records beside the chart, line by line: accept into the record, keep for reference, or not this patient's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.permissions import can, check_category
from muniment.access.rules import Category, Grade
from muniment.core.request import ActorRequest, note_listed
from muniment.encounters import queries as encounters
from muniment.encounters.models import Encounter
from muniment.encounters.web.presenters import zone_of
from muniment.identity import queries as identity
from muniment.identity.models import Patient
from muniment.identity.web import presenters as people
from muniment.intake import actions
from muniment.intake.outside import MOST, Beside, Compared, side_by_side
from muniment.intake.queues import OUTSIDE
from muniment.kernel.errors import Refused
from muniment.record import actions as record
from muniment.record.models import Entry
from muniment.record.rules import Acceptance
from muniment.record.rules import Category as Kind
from muniment.record.web.presenters import KINDS, STANDINGS, shown_time, title_of
from muniment.ui.shapes import Tone
from muniment.ui.words import with_units
from muniment.work import actions as work
from muniment.work import places

CHOICES = {
    Acceptance.ACCEPTED: "Accept into the record",
    Acceptance.REFERENCE: "Keep for reference",
    Acceptance.NOT_PATIENT: "Not this patient",
}
TONES = {Beside.NEW: Tone.INFO, Beside.HERE: Tone.OK, Beside.DIFFERS: Tone.DUE, Beside.NEARLY: Tone.DUE}
FIRST = (Kind.DOCUMENT, Kind.DIAGNOSIS, Kind.MEDICATION, Kind.ALLERGY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of an outside record and what of the chart stands beside it."""

    entry_id: UUID
    number: int
    theirs: str
    when: str
    origin: str
    url: str
    ours: str
    beside: str
    tone: Tone
    standing: str
    decided: bool
    chosen: str = ""


@dataclass(slots=True)
class Group:
    kind: str
    name: str
    rows: list[Row] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        return sum(not row.decided for row in self.rows)


@needs(Category.INTAKE)
@require_GET
def outside(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    return _page(request, patient_id, QueryDict())


@needs(Category.INTAKE, Grade.WRITE)
@require_POST
def decide(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """What was chosen line by line, and for the rest of a group what was chosen for the group."""
    _patient(request, patient_id)
    reason = request.POST.get("reason", "").strip()[:400]
    chosen = _chosen(request.POST, side_by_side(request.actor, patient_id))
    if not chosen:
        return _page(request, patient_id, request.POST, error="Choose what becomes of a line first.", status=422)
    try:
        left = actions.decide_outside(actor=request.actor, patient_id=patient_id, decisions=chosen, reason=reason)
    except Refused as told:
        if told.where != "reason":
            raise
        return _page(request, patient_id, request.POST, error=str(told.what), status=422)
    messages.success(request, f"{len(chosen)} decided; {left} {'waits' if left == 1 else 'wait'} still.")
    return redirect("intake-outside", patient_id=patient_id) if left else _onward(request, patient_id)


def _onward(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """The next patient of the queue, for who works it; else what was decided of this one."""
    try:
        item = work.pull_next(actor=request.actor, queue=OUTSIDE)
    except Refused:
        item = None
    return redirect(places.url_of(item)) if item else redirect("intake-outside", patient_id=patient_id)


def _chosen(said: QueryDict, lines: Sequence[Compared]) -> dict[tuple[UUID, int], Acceptance]:
    """(entry, the version that was read) → decision. A line changed since it was read keeps the version that was read."""
    found: dict[tuple[UUID, int], Acceptance] = {}
    for line in lines:
        entry = line.entry
        own, number = said.get(f"line-{entry.entry_id}", ""), said.get(f"read-{entry.entry_id}", "")
        group = said.get(f"group-{entry.category}", "") if entry.standing == Acceptance.WAITING else ""
        choice = own or group
        if choice in tuple(CHOICES) and number.isascii() and number.isdigit() and len(number) < 9:
            found[entry.entry_id, int(number)] = Acceptance(choice)
    return found


def _patient(request: ActorRequest, patient_id: UUID) -> Patient:
    """Raises Refused alike for one that is not there. Whoever decides reads the chart (45 CFR 164.514(d)(2))."""
    check_category(request.actor, Category.RECORD)
    found = identity.seen_by(request.actor).filter(id=patient_id).first()
    if found is None:
        raise Refused("There is nobody here that you may see.", remedy="They may belong to another facility.")
    return found


def _page(request: ActorRequest, patient_id: UUID, said: QueryDict, *, error: str = "", status: int = 200) -> HttpResponse:
    actor, row = request.actor, _patient(request, patient_id)
    records = [one.id for one in identity.person_records(actor, row.person_id)]
    stay = encounters.of_person(actor, records).first()
    lines = side_by_side(actor, patient_id)
    record.note_view(actor=actor, patient_id=patient_id, subject=("patient", str(patient_id)), shown="outside records")
    note_listed(request, "outside records", [patient_id])
    groups = _groups(lines, stay, said)
    return render(request, "intake/outside.html", {
        "banner": people.banner(row, people.numbers_for(actor, [row.id]).get(row.id, []), url=can(actor, Category.IDENTITY)),
        "patient_id": patient_id, "groups": groups, "waiting": sum(group.waiting for group in groups), "choices": CHOICES.items(),
        "cut": MOST if len(lines) == MOST else 0,
        "may_decide": can(actor, Category.INTAKE, Grade.WRITE), "error": error, "reason": said.get("reason", ""),
    }, status=status)  # fmt: skip


def _groups(lines: Sequence[Compared], stay: Encounter | None, said: QueryDict) -> list[Group]:
    groups: dict[str, Group] = {}
    for one in sorted(
        lines, key=lambda line: FIRST.index(kind) if (kind := Kind(line.entry.category)) in FIRST else len(FIRST)
    ):
        group = groups.setdefault(one.entry.category, Group(one.entry.category, KINDS[Kind(one.entry.category)]))
        group.rows.append(_row(one, stay, said))
    return list(groups.values())


def _row(one: Compared, stay: Encounter | None, said: QueryDict) -> Row:
    entry = one.entry
    url = reverse("record-document", args=[stay.id, entry.entry_id]) + "?scope=person&tab=outside" if stay else ""
    beside = f"{one.beside}: {' and '.join(one.differing)}" if one.differing else str(one.beside)
    return Row(
        entry_id=entry.entry_id, number=entry.number, theirs=_words(entry), when=_when(entry, stay), origin=entry.origin, url=url,
        ours=", ".join(part for part in (_words(one.own), _when(one.own, stay)) if part) if one.own else "nothing alike",
        beside=beside.capitalize(), tone=TONES[one.beside], standing=STANDINGS[Acceptance(entry.standing)],
        decided=entry.standing != Acceptance.WAITING, chosen=said.get(f"line-{entry.entry_id}", ""),
    )  # fmt: skip


def _words(entry: Entry) -> str:
    parts = (title_of(entry), entry.code if entry.category != Kind.DOCUMENT else "", with_units(entry.value), entry.status)
    return ", ".join(part for part in parts if part)


def _when(entry: Entry, stay: Any) -> str:
    return shown_time(entry.occurred, zone_of(stay)) if stay else entry.occurred[:10]
