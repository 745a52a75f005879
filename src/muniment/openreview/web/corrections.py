"""Corrective actions as lists, facts and the report place them: what was measured before and since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from muniment.openreview.corrections import queries
from muniment.openreview.models import CorrectiveAction
from muniment.openreview.rules import ActionState, percent
from muniment.openreview.web import presenters
from muniment.ui.shapes import Tone, Why

DEFINITION = Why(
    rule="Before: answers of drawn reviews to the question at the facility in the thirty days up to when the action was decided. Since: those finished since it "
    "was carried out. It is called effective only when at least five were given since and compliance is at its threshold.",
    citation="House policy of open-record review",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    url: str
    what: str
    text: str
    facility: str
    owner: str
    due: date | None
    state: str
    tone: Tone
    before: str
    since: str
    aim: str


def line(row: CorrectiveAction) -> Line:
    """One query where it was carried out."""
    state, tone = presenters.ACTION_STATES[ActionState(row.state)]
    since = queries.measured(row.facility_id, row.question, since=row.done_at) if row.done_at else None
    return Line(
        url=reverse("openreview-action", args=[row.id]), what=row.what, text=row.text, facility=row.facility.name,
        owner=f"{row.owner.given} {row.owner.family}", due=row.due_on if row.state == ActionState.OPEN else None, state=state, tone=tone,
        before=measured(row.before_yes, row.before_no), since=measured(since.yes, since.no) if since else "", aim=f"{row.threshold:g} %",
    )  # fmt: skip


def measured(yes: int, no: int) -> str:
    """``75.0 % (3 of 4)``."""
    return f"{presenters.per_cent(percent(yes, no))} ({yes} of {yes + no})"
