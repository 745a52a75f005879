"""What coding says of a stay on its chart."""

from __future__ import annotations

from django.template.loader import render_to_string

from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.coding import queries
from muniment.core.actor import Actor
from muniment.core.slots import Panel
from muniment.encounters.models import Encounter
from muniment.encounters.rules import Status


def panel(actor: Actor, stay: Encounter) -> Panel | None:
    """Its final coding, or that it waits for one; nothing for a stay in the house."""
    if stay.status != Status.FINISHED or not can(actor, Category.CODING):
        return None
    coding = queries.final(stay.patient_id, stay.id)
    waits = coding is None and queries.waits(stay)
    if coding is None and not waits:
        return None
    may_code = can(actor, Category.CODING, Grade.WRITE)
    said = queries.content_of(coding) if coding else None
    html = render_to_string("coding/_summary.html", {"stay": stay, "coding": coding, "said": said, "may_code": may_code})
    return Panel(title="Coding", html=html, order=30)
