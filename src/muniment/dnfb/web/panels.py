"""Holds beside the documents of the coding workspace: those of the stay, and the way to place and release one."""

from __future__ import annotations

from django.template.loader import render_to_string

from muniment.coding.queries import operators
from muniment.core.actor import Actor
from muniment.core.slots import Panel
from muniment.dnfb import permissions, queries
from muniment.dnfb.web import presenters
from muniment.encounters.models import Encounter
from muniment.kernel.errors import NotAllowedInState


def workspace(actor: Actor, stay: Encounter) -> Panel | None:
    """Two queries; one more for whoever may hold the stay."""
    rows = queries.of_stay(stay.patient_id, stay.id)
    may = permissions.can_hold(actor, stay.facility_id)
    if not rows and not may:
        return None
    said = {
        "stay": stay,
        "may": may,
        "lines": presenters.of_stay(rows, stay),
        "held": sum(one.released_at is None for one in rows),
    }
    return Panel(title="Holds", html=render_to_string("dnfb/_stay.html", said | (_choices(stay) if may else {})), order=35)


def _choices(stay: Encounter) -> dict[str, object]:
    """What may be chosen; without a rule in force, the sentence that says so."""
    try:
        _, reasons = queries.reasons_on(presenters.today_at(stay))
    except NotAllowedInState as error:
        return {"reasons": (), "none": error}
    return {"reasons": reasons, "practitioners": operators(stay)}
