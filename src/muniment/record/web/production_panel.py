"""On the chart of a stay: the certified productions of this patient, and the way to another one."""

from __future__ import annotations

from django.template.loader import render_to_string

from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.core.actor import Actor
from muniment.core.slots import Panel
from muniment.encounters.models import Encounter
from muniment.record.production import asking

SHOWN = 5


def chart(actor: Actor, stay: Encounter) -> Panel | None:
    """Nothing for those who neither produce nor see productions."""
    if not can(actor, Category.RELEASE):
        return None
    found = list(asking.productions(actor, patient_id=stay.patient_id)[:SHOWN])
    may_produce = can(actor, Category.RELEASE, Grade.WRITE)
    return Panel(
        title="Certified productions", order=200,
        html=render_to_string("record/_productions_panel.html", {"rows": found, "stay": stay, "may_produce": may_produce}),
    )  # fmt: skip
