"""A chart's completion on the chart's own screen."""

from __future__ import annotations

from django.template.loader import render_to_string

from muniment.access.permissions import can
from muniment.access.rules import Category
from muniment.completion import dryrun, outbox, permissions, queries
from muniment.completion.web import presenters, trying
from muniment.core.actor import Actor
from muniment.core.slots import Panel
from muniment.encounters.models import Encounter
from muniment.encounters.web.presenters import zone_of
from muniment.kernel.errors import Problem
from muniment.rulebook.models import RuleVersion
from muniment.rulebook.rules import Status
from muniment.ui import dates


def chart(actor: Actor, stay: Encounter) -> Panel | None:
    """What a discharged chart still lacks; nothing for who may not see deficiencies, and before discharge."""
    if not can(actor, Category.COMPLETION):
        return None
    found = queries.for_encounter(actor, stay.patient_id, stay.id)
    if found.status is None:
        return None
    lines = [(row, presenters.task(row), row.due_at.astimezone(zone_of(row)).date()) for row in found.open]
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
    html = render_to_string("rulebook/_judged.html", said)
    if version.status == Status.PROPOSED and concerned:
        html += render_to_string("completion/_foreseen.html", {"version": version} | _foreseen(actor, version))
    return Panel(title="Chart completion", html=html, order=20)


def _foreseen(actor: Actor, version: RuleVersion) -> dict[str, object]:
    """What a dry run says the version would open and close; or why it can't be tried."""
    try:
        sentence, when = trying.known(actor, dryrun.term_of(version))
    except Problem as problem:
        return {"wrong": problem}
    return {"sentence": sentence, "when": when, "may_try": permissions.can_try(actor)}
