"""Stays that wait, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from muniment.coding import queries
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.encounters.models import Encounter
from muniment.encounters.rules import CLASSES
from muniment.ui.shapes import Why
from muniment.work.models import WorkItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One waiting stay. ``age`` in days since discharge."""

    item: WorkItem
    stay: Encounter
    owner: str
    age: int

    @property
    def class_name(self) -> str:
        return CLASSES.get(self.stay.class_code, self.stay.class_code)

    @property
    def due(self) -> date | None:
        return timezone.localdate(self.item.due_at) if self.item.due_at else None

    @property
    def why(self) -> Why:
        return Why(rule=self.item.reason, citation=self.item.citation)


def rows(actor: Actor, items: Sequence[WorkItem]) -> list[Row]:
    """One query, whatever the number of items."""
    stays, now = queries.stays_of(items), clock.now()
    found = ((item, stays[item.encounter_id]) for item in items if item.encounter_id in stays)
    return [
        Row(
            item=item, stay=stay, owner="you" if item.owner_id == actor.id else str(item.owner or ""),
            age=max(0, (now - stay.discharged_at).days) if stay.discharged_at else 0,
        )
        for item, stay in found
    ]  # fmt: skip
