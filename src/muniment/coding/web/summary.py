"""What coding says of a stay on its chart."""

from __future__ import annotations

from django.template.loader import render_to_string

from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.coding import outbox, queries
from muniment.core.actor import Actor
from muniment.core.slots import Panel
from muniment.encounters.models import Encounter
from muniment.encounters.rules import Status
from muniment.rulebook.models import RuleVersion
from muniment.ui import dates


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


def judged_again(actor: Actor, version: RuleVersion) -> Panel | None:
    """The discharged stays that a coding rule judges again."""
    if not outbox.STAYS.judges_by(version.rule_id):
        return None
    concerned, waiting = outbox.STAYS.concerned(version.effective_from)
    said = {
        "version": version, "begin": dates.day(version.effective_from), "concerned": concerned, "waiting": waiting,
        "noun": "discharged stay", "open": queries.uncoded_since(version.effective_from), "open_label": "In the coding queue now",
    }  # fmt: skip
    return Panel(title="Coding queue", html=render_to_string("rulebook/_judged.html", said), order=30)
