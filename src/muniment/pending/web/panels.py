"""What a pending document shows in the chart: the way to its own page."""

from __future__ import annotations

from django.template.loader import render_to_string

from muniment.access.permissions import can
from muniment.access.rules import Category
from muniment.core.actor import Actor
from muniment.core.slots import Panel
from muniment.pending.web.presenters import url
from muniment.record.models import Entry
from muniment.record.rules import Category as Kind


def step(actor: Actor, entry: Entry) -> Panel | None:
    """For an unsigned document of our own, to who may see what is owed."""
    if entry.category != Kind.DOCUMENT or entry.origin or (entry.signed_at and not entry.closed_at):
        return None
    if not can(actor, Category.COMPLETION):
        return None
    return Panel(title="Pending", html=render_to_string("pending/_step.html", {"url": url(entry), "closed": entry.closed_at}))
