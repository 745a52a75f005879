"""A person's stays on the screens of identity."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.template.loader import render_to_string

from muniment.access.permissions import can
from muniment.access.rules import Category
from muniment.core.actor import Actor
from muniment.core.slots import Panel
from muniment.encounters import queries
from muniment.encounters.web import presenters


def stays(actor: Actor, patients: Sequence[UUID]) -> Panel:
    """The stays at the actor's facilities, newest first; they open the chart where the role may read charts."""
    may_open = can(actor, Category.RECORD)
    rows = [
        {
            "stay": one, "class": presenters.class_name(one), "dates": presenters.interval(one), "status": presenters.status(one),
            "place": presenters.place(one), "url": presenters.chart_url(one) if may_open else "",
        }
        for one in queries.of_person(actor, list(patients))[:500]
    ]  # fmt: skip
    return Panel(title="Stays", html=render_to_string("encounters/_stays.html", {"rows": rows}), order=10)


def stays_of_record(actor: Actor, patient_id: UUID) -> Panel:
    return stays(actor, [patient_id])
