"""A stay's open-record reviews on its chart, and the way to have it reviewed."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.urls import reverse

from muniment.access.permissions import can
from muniment.access.rules import Category
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.slots import Panel
from muniment.encounters.models import Encounter
from muniment.openreview import permissions, queries
from muniment.openreview.web import presenters


def chart(actor: Actor, stay: Encounter) -> Panel | None:
    """Nothing for who may not see reviews, and for a stay that is over and was not reviewed."""
    if not can(actor, Category.OPEN_REVIEW):
        return None
    rows = queries.of_stay(actor, stay)
    still_open = stay.discharged_at is None and queries.is_open(stay, None, clock.now())
    if not rows and not still_open:
        return None
    waiting = any(one.state in presenters.UNDONE for one in rows)
    may = still_open and not waiting and permissions.can_review(actor)
    said = {
        "lines": [presenters.chart_line(one) for one in rows],
        "findings": [presenters.finding_link(one) for one in queries.unsettled(stay)] if rows else [],
        "add_url": reverse("openreview-add", args=[stay.id]) if may else "",
    }
    return Panel(title="Open-record review", html=render_to_string("openreview/_panel.html", said), order=25)
