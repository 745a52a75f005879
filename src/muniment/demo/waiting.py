"""The demo hospital's stays on hold: some of those that wait for their codes, each for a reason, a few longer than they may."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import cycle

from muniment.accounts import queries as accounts
from muniment.accounts.models import User
from muniment.accounts.rules import Role
from muniment.core import clock
from muniment.demo.staff import staff
from muniment.dnfb import actions
from muniment.dnfb.models import Hold
from muniment.encounters.models import Encounter
from muniment.work.models import WorkItem

MOST = 24
EVERY = 3  # one stay in so many that wait is held
REASONS = (
    ("discharge-summary", "Asked for by telephone"), ("pathology", "Sent to the reference laboratory"), ("second-look", "Principal diagnosis: infection or failure first?"),
    ("registration", "Two account numbers for one stay"), ("operative-report", ""), ("payer", "Observation or inpatient: with utilization review"),
)  # fmt: skip


def run(as_of: datetime) -> None:
    """Each was held some hours after its discharge, by the coders in turn; one was released already."""
    if Hold.objects.exists():
        return
    names = [one.username for one in staff() if one.role == Role.CODER]
    coders = cycle([accounts.actor_for(user) for user in User.objects.filter(username__in=names).order_by("username")])
    items = WorkItem.objects.filter(queue_id="coding", state="open", encounter_id__isnull=False).order_by("-due_at", "id")
    waiting = [one for one in items.values_list("encounter_id", flat=True)[: MOST * EVERY : EVERY] if one]
    lately = as_of - timedelta(days=30)
    stays = Encounter.objects.filter(id__in=waiting, status="finished", discharged_at__gt=lately).order_by(
        "discharged_at", "id"
    )
    for place, (stay, coder) in enumerate(zip(stays, coders, strict=False)):
        reason, note = REASONS[place % len(REASONS)]
        assert stay.discharged_at is not None
        with clock.at(min(as_of, stay.discharged_at + timedelta(hours=20))):
            held = actions.place(
                actor=coder, patient_id=stay.patient_id, encounter_id=stay.id, reason=reason, note=note,
                practitioner_id=stay.attending_id if reason in ("discharge-summary", "operative-report") else None,
            )  # fmt: skip
        if place == 1:
            with clock.at(as_of):
                actions.release(actor=coder, hold_id=held.id, revision=held.revision, why="Result filed: benign")
