"""What queries show on other screens: the coding workspace, the chart, the clinician's inbox."""

from __future__ import annotations

from django.template.loader import render_to_string

from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.core.actor import Actor
from muniment.core.slots import Panel
from muniment.encounters.models import Encounter
from muniment.querying import permissions, queries
from muniment.querying.models import Query
from muniment.querying.rules import State
from muniment.querying.web import presenters


def workspace(actor: Actor, stay: Encounter) -> Panel | None:
    """Beside the documents: the way to ask, and how each query of the stay stands. One query, two more for each answered one."""
    return _panel(actor, stay, key="q")


def chart(actor: Actor, stay: Encounter) -> Panel | None:
    """On the chart of a stay in the house: concurrent review asks from there."""
    return _panel(actor, stay, key="") if can(actor, Category.CODING) else None


def _panel(actor: Actor, stay: Encounter, *, key: str) -> Panel | None:
    rows = queries.of_stay(stay.patient_id, stay.id)
    may_ask = permissions.can_ask(actor, stay)
    if not rows and not may_ask:
        return None
    shown = [(row, *presenters.standing(row), _answer(row), presenters.response_url(row)) for row in rows]
    html = render_to_string("querying/_stay.html", {"stay": stay, "rows": shown, "may_ask": may_ask, "key": key})
    return Panel(title="Queries to clinicians", html=html, order=40)


def _answer(row: Query) -> str:
    step = queries.answer_of(row) if row.state == State.ANSWERED else None
    return ". ".join(part for part in (step.said["choice"], step.said["words"]) if part) if step else ""


def inbox(actor: Actor, whose: Actor) -> Panel | None:
    """What the clinician is asked, over what they owe."""
    if not can(actor, Category.COMPLETION, Grade.WRITE):
        return None
    rows = queries.inbox(actor)
    if not rows:
        return None
    html = render_to_string("querying/_inbox.html", {"lines": presenters.lines(actor, rows)})
    return Panel(title="Queries to you", html=html, order=10)
