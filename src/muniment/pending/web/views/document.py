"""One pending document: its clock, its history, who has seen it, and what may be decided. Only its author reads it here."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.accounts.models import Practitioner
from muniment.completion.queries import practitioner_of
from muniment.completion.web import reauthentication
from muniment.completion.web.forms import SignForm
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.encounters import queries as encounters
from muniment.encounters.web import presenters as stays
from muniment.identity.models import Patient
from muniment.identity.web import presenters as patients
from muniment.identity.web.presenters import Stay
from muniment.kernel.errors import Problem, Refused
from muniment.pending import actions, permissions, queries
from muniment.pending.web import presenters
from muniment.pending.web.forms import Decision, ExtendForm
from muniment.record import actions as record_actions
from muniment.record import queries as record
from muniment.record.models import Entry
from muniment.record.web.presenters import state_of
from muniment.record.web.presenters import when as time_of
from muniment.record.web.reading import body
from muniment.ui import dates
from muniment.ui.shapes import Document
from muniment.ui.shapes import Patient as Banner

NAMES = ("sign", "close", "extend", "discard")


@needs(Category.COMPLETION)
@require_GET
def document(request: ActorRequest, patient_id: UUID, entry_id: UUID) -> HttpResponse:
    return _page(request, queries.one(request.actor, patient_id, entry_id))


@needs(Category.COMPLETION)
@require_POST
def step(request: ActorRequest, patient_id: UUID, entry_id: UUID, name: str) -> HttpResponse:
    """``name`` is one of NAMES. What was typed comes back with its errors."""
    entry = queries.one(request.actor, patient_id, entry_id)
    if name not in NAMES:
        raise Refused("There is no such step for a pending document.")
    form = _form(request, name, _today(entry))
    if not _holds(request, form):
        return _page(request, entry, {name: form}, status=422)
    try:
        messages.success(request, _do(request, entry, name, form.cleaned_data))
    except Problem as problem:
        form.add_error("until" if name == "extend" and isinstance(problem, Refused) else None, str(problem))
        return _page(request, queries.one(request.actor, patient_id, entry_id), {name: form}, status=422)
    return redirect("pending-document", patient_id=patient_id, entry_id=entry_id)


def _holds(request: ActorRequest, form: forms.Form) -> bool:
    return reauthentication.confirmed(request, form) if isinstance(form, SignForm) else form.is_valid()


def _today(entry: Entry) -> Any:
    return clock.now().astimezone(ZoneInfo(queries.facility_of(entry).zone)).date()


def _form(request: ActorRequest, name: str, today: Any, **more: Any) -> forms.Form:
    said = request.POST if request.method == "POST" and not more else None
    if name == "sign":
        return reauthentication.form_for(request, SignForm, **more)
    if name == "extend":
        return ExtendForm(said, today=today, auto_id="extend-%s", **more)
    return Decision(said, auto_id=f"{name}-%s", **more)


def _do(request: ActorRequest, entry: Entry, name: str, said: dict[str, Any]) -> str:
    about: dict[str, Any] = {
        "actor": request.actor,
        "patient_id": entry.patient_id,
        "entry_id": entry.entry_id,
        "number": said["number"],
    }
    what = f"“{presenters.title(entry)}”"
    if name == "sign":
        signature = actions.sign(**about)
        return f"Signed {what}, {dates.moment(signature.signed_at, ZoneInfo(signature.zone))}."
    if name == "close":
        actions.close(**about, reason=said["reason"])
        return f"Closed {what}. The chart says that its author never authenticated it; its author may still sign it."
    if name == "extend":
        actions.extend(**about, reason=said["reason"], until=said["until"])
        return f"The author of {what} has time until {dates.day(said['until'])}."
    actions.discard(**about, reason=said["reason"])
    return f"Discarded {what}. It is kept as entered in error and must not be relied on."


def _page(
    request: ActorRequest, entry: Entry, given: dict[str, forms.Form] | None = None, *, status: int = 200
) -> HttpResponse:
    actor, given = request.actor, given or {}
    facility, found = queries.facility_of(entry), queries.standing_of(entry)
    practitioner, author = practitioner_of(actor), queries.author(entry)
    zone, mine = ZoneInfo(facility.zone), bool(practitioner and practitioner.id == entry.author_id)
    seen = queries.seen_by_others(entry, author)
    signatures = record.signatures(entry.patient_id, entry.entry_id)
    state, tone = state_of(entry)
    return render(request, "pending/document.html", {
        "entry": entry, "banner": _banner(request, entry), "title": presenters.title(entry), "state": state, "tone": tone, "standing": found,
        "stage": presenters.STAGES[found.stage] if found else None, "mine": mine, "actor_name": actor.name,
        "facts": presenters.facts(entry, facility, author, found), "looks": presenters.looks(seen, zone), "document": _read(request, entry, zone) if mine else None,
        "events": presenters.events(
            record.versions(entry.patient_id, entry.entry_id), queries.steps(entry), signatures, record.closures(entry.patient_id, entry.entry_id), zone
        ),
        "chart_url": _chart_url(request, entry),
        "acts": _acts(request, entry, found, practitioner, seen, given),
    }, status=status)  # fmt: skip


def _chart_url(request: ActorRequest, entry: Entry) -> str:
    """Where it is read; what belongs to no stay, in the person's whole chart, seen from their last one."""
    if entry.encounter_id:
        return reverse("record-document", args=[entry.encounter_id, entry.entry_id])
    last = encounters.seen_by(request.actor).filter(patient_id=entry.patient_id).order_by("-admitted_at", "id").first()
    return reverse("record-document", args=[last.id, entry.entry_id]) + "?scope=person" if last else ""


def _banner(request: ActorRequest, entry: Entry) -> Banner:
    patient = Patient.objects.get(id=entry.patient_id)
    numbers = patients.numbers_for(request.actor, [patient.id]).get(patient.id, [])
    stay = encounters.seen_by(request.actor).filter(id=entry.encounter_id).first() if entry.encounter_id else None
    shown = (
        stays.for_banner(stay, url=stays.chart_url(stay)) if stay else Stay(facility=queries.facility_of(entry).code, number="")
    )
    return patients.banner(patient, numbers, stay=shown, url=False)


def _read(request: ActorRequest, entry: Entry, zone: ZoneInfo) -> Document | None:
    """What its author is to sign. Reading it leaves its event."""
    read = body(entry, record.version(entry.patient_id, entry.entry_id, entry.number))
    record_actions.note_view(
        actor=request.actor, patient_id=entry.patient_id, subject=("entry", str(entry.entry_id)), shown=f"version {entry.number}",
        facility_id=entry.facility_id,
    )  # fmt: skip
    if not read.html:
        return None
    when = time_of(entry, zone) or "time not recorded"
    state, tone = state_of(entry)
    return Document(title=presenters.title(entry), author=entry.author_name, when=when, html=read.html, state=state, tone=tone)


def _acts(
    request: ActorRequest,
    entry: Entry,
    found: queries.Standing | None,
    practitioner: Practitioner | None,
    seen: Any,
    given: dict[str, forms.Form],
) -> dict[str, Any]:
    """What may be done, each with its form, or with the reason why it may not. What is none of the reader's business is not there."""
    actor, today = request.actor, _today(entry)
    against = {
        "close": permissions.reason_against(permissions.check_closable, found, entry),
        "extend": "" if found else "It is not pending.",
        "discard": permissions.reason_against(permissions.check_discardable, actor, entry, practitioner, seen),
    }
    author = not permissions.reason_against(permissions.check_author, actor, entry, practitioner)
    decides = not permissions.reason_against(permissions.check_administer, actor, entry)
    pending = not permissions.reason_against(permissions.check_pending, entry)
    wanted = [("sign", author and not entry.signed_at and not entry.retracted), ("close", decides and pending), ("extend", decides and pending and bool(found)),
              ("discard", (author or decides) and pending)]  # fmt: skip
    return {
        name: {
            "form": given.get(name) or _form(request, name, today, initial={"number": entry.number}), "against": against.get(name, ""),
            "open": name in given,
        }
        for name, there in wanted
        if there
    }  # fmt: skip
