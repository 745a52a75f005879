"""A chart's completion on the chart's own screen."""

from __future__ import annotations

from django.template.loader import render_to_string

from muniment.access.permissions import can
from muniment.access.rules import Category
from muniment.completion import outbox, queries
from muniment.completion.web import presenters
from muniment.core.actor import Actor
from muniment.core.slots import Panel
from muniment.encounters.models import Encounter
from muniment.rulebook.models import RuleVersion
from muniment.ui import dates


def chart(actor: Actor, stay: Encounter) -> Panel | None:
    """What a discharged chart still lacks; nothing for who may not see deficiencies, and before discharge."""
    if not can(actor, Category.COMPLETION):
        return None
    found = queries.for_encounter(actor, stay.patient_id, stay.id)
    if found.status is None:
        return None
    lines = [(row, presenters.task(row), row.due_at.astimezone(presenters.zone_of(row)).date()) for row in found.open]
    return Panel(
        title="Completion", html=render_to_string("completion/_panel.html", {"found": found, "lines": lines}), order=20
    )


def judged_again(actor: Actor, version: RuleVersion) -> Panel | None:
    """The discharged charts that a completion rule judges again."""
    if not outbox.CHARTS.judges_by(version.rule_id):
        return None
    concerned, waiting = outbox.CHARTS.concerned(version.effective_from)
    said = {
        "version": version, "begin": dates.day(version.effective_from), "concerned": concerned, "waiting": waiting,
        "noun": "discharged chart", "open": queries.incomplete_since(version.effective_from), "open_label": "Incomplete now",
    }  # fmt: skip
    return Panel(title="Chart completion", html=render_to_string("rulebook/_judged.html", said), order=20)
