"""Reads of the audit trail for people: who did what to what, within the reader's facilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet

from muniment.audit.models import LifecycleEvent
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.identity.models import Patient, PatientIdentifier
from muniment.identity.queries import seen_by
from muniment.kernel.errors import Refused, Unfileable
from muniment.operations.models import Verification
from muniment.operations.rules import Standing

SEEING = (Lifecycle.ACCESS, Lifecycle.OUTPUT, Lifecycle.DISCLOSE, Lifecycle.TRANSMIT)
SENDING = (Lifecycle.DISCLOSE, Lifecycle.OUTPUT, Lifecycle.TRANSMIT)
SENT = "sent"  # in place of a kind: all of SENDING
MOST_IN_A_WEEK = 28  # verifications: the nights’ and those that were asked for
THE_SYSTEM = "system"  # in place of a person: what no person did


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What of the trail is wanted. ``person`` is a user or THE_SYSTEM; ``since`` is inclusive, ``before`` exclusive."""

    person: UUID | str | None = None
    patients: Sequence[UUID] | None = None
    lifecycle: str = ""
    name: str = ""
    since: datetime | None = None
    before: datetime | None = None


def within(actor: Actor) -> Q:
    """Events of the reader's facilities, and those of none."""
    return Q() if actor.is_system else Q(facility_id__in=actor.facilities) | Q(facility_id__isnull=True)


def events(actor: Actor, sought: Sought) -> QuerySet[LifecycleEvent]:
    """Unordered; each filter is served by an index of its own, newest first."""
    found = LifecycleEvent.objects.filter(within(actor))
    if sought.person == THE_SYSTEM:
        found = found.filter(actor_id__isnull=True)
    elif sought.person:
        found = found.filter(actor_id=sought.person)
    if sought.patients is not None:
        found = found.filter(patient_id__in=sought.patients)
    if sought.lifecycle == SENT:
        found = found.filter(lifecycle__in=SENDING)
    elif sought.lifecycle:
        found = found.filter(lifecycle=sought.lifecycle)
    if sought.name:
        found = found.filter(name=sought.name)
    if sought.since:
        found = found.filter(at__gte=sought.since)
    return found.filter(at__lt=sought.before) if sought.before else found


def event(actor: Actor, lane: int, sequence: int) -> LifecycleEvent:
    """One event the reader may see. Raises Refused alike for one that is not there."""
    found = LifecycleEvent.objects.filter(within(actor), lane=lane, sequence=sequence).first()
    if found is None:
        raise Refused("There is nothing here that you may see.")
    return found


@dataclass(frozen=True, slots=True)
class Seer:
    """Somebody who saw a chart: how often, from when to when."""

    actor_id: UUID | None
    name: str
    role: str
    times: int
    first: datetime
    last: datetime


def who_saw(actor: Actor, sought: Sought) -> list[Seer]:
    """Who saw, printed or disclosed these patients' records, the latest first (EHR-S FM TI.2.1.2). At most 200."""
    found = (
        events(actor, sought)
        .filter(lifecycle__in=SEEING)
        .values_list("actor_id", "actor_name", "role")
        .annotate(times=Count("sequence"), first=Min("at"), last=Max("at"))
    )
    return [Seer(*row) for row in found.order_by("-last")[:200]]


def records_named(actor: Actor, text: str) -> list[Patient]:
    """All source records of the one person that ``text`` (a record's id, or a number) means, as far as the reader may see them.

    Raises Unfileable with the sentence for the form when it means nobody or several.
    """
    mine = seen_by(actor)
    try:
        persons = set(mine.filter(id=UUID(text)).values_list("person_id", flat=True))
    except ValueError:
        holders = PatientIdentifier.objects.filter(value__iexact=text[:120]).values("patient_id")
        persons = set(mine.filter(id__in=holders).values_list("person_id", flat=True))
    if not persons:
        raise Unfileable("No patient of your facilities has this number.", where="patient")
    if len(persons) > 1:
        raise Unfileable(
            "Several patients have this number, from different assigners. Open the trail from one's record.", where="patient"
        )
    return list(mine.filter(person_id=persons.pop()).order_by("created_at", "id"))


def last_asked() -> Verification | None:
    return Verification.objects.order_by("-asked_at").first()


def last_result() -> Verification | None:
    """The last verification that came to its end."""
    return Verification.objects.filter(standing__in=[Standing.SOUND, Standing.BROKEN]).order_by("-asked_at").first()


def last_nights() -> list[Verification]:
    """The last verifications that came to their end, the newest first: as many as hold a week's nights."""
    return list(
        Verification.objects.filter(standing__in=[Standing.SOUND, Standing.BROKEN]).order_by("-asked_at")[:MOST_IN_A_WEEK]
    )


def covers(verification: Verification | None, lane: int, sequence: int) -> bool:
    """Whether a sound verification walked over this row."""
    if verification is None or verification.standing != Standing.SOUND:
        return False
    return sequence <= int(verification.heads.get(str(lane), 0))
