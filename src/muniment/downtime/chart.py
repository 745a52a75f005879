"""What a downtime shows over a document that was entered from its paper: that it is a late entry, of when, by whom."""

from __future__ import annotations

from django.template.loader import render_to_string

from muniment.access.permissions import can
from muniment.access.rules import Category
from muniment.core.actor import Actor
from muniment.core.slots import Panel
from muniment.downtime import queries
from muniment.record.models import Entry, Version
from muniment.scanning.filing import DOWNTIME


def over(actor: Actor, shown: tuple[Entry, Version]) -> Panel | None:
    """Both times: of the act, as on the paper, and of its entry. Only documents that say they are downtime paper are asked about."""
    entry, version = shown
    if DOWNTIME not in version.content:
        return None
    paper = queries.paper_of(entry.entry_id)
    if paper is None:
        return None
    may_open = can(actor, Category.DOWNTIME) and (actor.is_system or paper.downtime.facility_id in actor.facilities)
    return Panel(title="Late entry", html=render_to_string("downtime/_over.html", {"paper": paper, "may_open": may_open}))
