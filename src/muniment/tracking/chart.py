"""What tracking adds to the chart: that there is paper too, and where it is. A missing volume is said, never passed over."""

from __future__ import annotations

from django.template.loader import render_to_string

from muniment.access.permissions import can
from muniment.access.rules import Category
from muniment.core.actor import Actor
from muniment.core.slots import Panel
from muniment.encounters.models import Encounter
from muniment.tracking import queries
from muniment.tracking.web import presenters


def volumes(actor: Actor, stay: Encounter) -> Panel | None:
    if not can(actor, Category.PAPER):
        return None
    found = queries.of_patients(actor, [stay.patient_id])
    if not found:
        return None
    rows = [presenters.row(one, "") for one in found]
    return Panel(title="Paper", order=150, html=render_to_string("tracking/_paper.html", {"rows": rows}))
