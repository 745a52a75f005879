"""Holds as templates place them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.dnfb.models import Hold
from muniment.dnfb.rules import Age, age
from muniment.encounters.models import Encounter
from muniment.identity.web.presenters import whose
from muniment.work.names import Whose


@dataclass(frozen=True, slots=True)
class Line:
    """One hold; ``visit`` and ``whose`` in lists of many stays."""

    row: Hold
    age: Age
    today: date
    whose: Whose | None = None
    stay: Encounter | None = None


def today_at(stay: Encounter) -> date:
    return clock.now().astimezone(ZoneInfo(stay.facility.zone)).date()


def of_stay(rows: Sequence[Hold], stay: Encounter) -> list[Line]:
    return [_line(one, stay.facility.zone) for one in rows]


def lines(actor: Actor, rows: Sequence[Hold]) -> list[Line]:
    """Four queries: names, numbers and stays."""
    named = whose(actor, {(one.patient_id, one.facility_id) for one in rows})
    stays = Encounter.objects.filter(patient_id__in={one.patient_id for one in rows}, id__in={one.encounter_id for one in rows})
    known = {one.id: one for one in stays}
    return [_line(one, one.facility.zone, named[one.patient_id, one.facility_id], known.get(one.encounter_id)) for one in rows]


def _line(row: Hold, zone: str, named: Whose | None = None, stay: Encounter | None = None) -> Line:
    today = clock.now().astimezone(ZoneInfo(zone)).date()
    return Line(row, age(row.placed_at.astimezone(ZoneInfo(zone)).date(), row.due_on, today), today, named, stay)
