"""What is found in a chart, beside it and beside the codes; and what a changed rule judges again."""

from __future__ import annotations

from django.template.loader import render_to_string

from muniment.access.permissions import can
from muniment.access.rules import Category
from muniment.core.actor import Actor
from muniment.core.slots import Panel
from muniment.encounters.models import Encounter
from muniment.qualitative import outbox, permissions, queries
from muniment.qualitative.models import QualitativeFinding
from muniment.qualitative.rules import State
from muniment.qualitative.web import presenters
from muniment.rulebook.models import RuleVersion
from muniment.ui import dates

TITLE = "Look twice"


def chart(actor: Actor, stay: Encounter) -> Panel | None:
    return _panel(actor, stay, reads_here=False)


def workspace(actor: Actor, stay: Encounter) -> Panel | None:
    """The same where documents open beside the codes."""
    return _panel(actor, stay, reads_here=True)


def _panel(actor: Actor, stay: Encounter, *, reads_here: bool) -> Panel | None:
    """Nothing where nothing is found, and for who may not read the chart."""
    rows = queries.of_stay(actor, stay.patient_id, stay.id) if can(actor, Category.RECORD) else []
    if not rows:
        return None
    said = {
        "lines": [presenters.line(row) for row in rows if row.state == State.OPEN], "reads_here": reads_here,
        "muted": [presenters.line(row) for row in rows if row.state == State.MUTED], "may_mute": permissions.may_mute(actor),
    }  # fmt: skip
    return Panel(title=TITLE, html=render_to_string("qualitative/_panel.html", said), order=30)


def judged_again(actor: Actor, version: RuleVersion) -> Panel | None:
    """The discharged charts that a rule of qualitative analysis judges again."""
    if not outbox.STAYS.judges_by(version.rule_id):
        return None
    concerned, waiting = outbox.STAYS.concerned(version.effective_from)
    found = QualitativeFinding.objects.filter(rule_code=version.rule_id, state=State.OPEN)
    said = {
        "version": version, "begin": dates.day(version.effective_from), "concerned": concerned, "waiting": waiting,
        "noun": "discharged chart", "open": found.count(), "open_label": "Findings open now",
    }  # fmt: skip
    return Panel(title="Qualitative analysis", html=render_to_string("rulebook/_judged.html", said), order=40)
