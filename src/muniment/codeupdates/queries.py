"""Reads over codings that an update touches, and over the runs that grouped a year once more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from muniment.codeupdates.models import RegroupedStay, Regrouping, State
from muniment.codeupdates.regrouping import Coded
from muniment.codeupdates.updates import Update
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.kernel.errors import Refused
from muniment.kernel.fhir.canonical import decode
from muniment.terminology.changes import Change

SILENT = timedelta(minutes=2)  # without a word of it for so long, its worker is gone
# The stays of a window whose final coding in force has an MS-DRG; by the primary key of coding_final, behind the last one.
_CODED = """
SELECT final.patient_id, final.encounter_id, final.facility_id, coalesce(stay.service, ''), final.drg, final.weight, final.content
FROM coding_final AS final LEFT JOIN encounters_encounter AS stay ON stay.patient_id = final.patient_id AND stay.id = final.encounter_id
WHERE (final.patient_id, final.encounter_id) > (%s, %s) AND final.discharged_on >= %s AND final.discharged_on < %s AND final.drg <> ''
  AND NOT EXISTS (SELECT FROM coding_final AS later WHERE later.patient_id = final.patient_id
    AND later.encounter_id = final.encounter_id AND later.number > final.number)
ORDER BY final.patient_id, final.encounter_id LIMIT %s
"""
_HOW_MANY = "SELECT count(*) FROM (SELECT DISTINCT patient_id, encounter_id FROM coding_final WHERE discharged_on >= %s AND discharged_on < %s AND drg <> '') AS stays"
# Drafts and final codings in force of stays from an update's day on with a code that can't be assigned: a draft, or final before the release was here.
_TOUCHED = """
SELECT abstract.patient_id, abstract.encounter_id, abstract.facility_id, true,
    array_agg(DISTINCT line.system || '|' || line.code)
FROM coding_abstract AS abstract
JOIN coding_abstract_code AS line ON line.patient_id = abstract.patient_id AND line.abstract_id = abstract.id
JOIN encounters_encounter AS stay ON stay.patient_id = abstract.patient_id AND stay.id = abstract.encounter_id
JOIN accounts_facility AS facility ON facility.id = abstract.facility_id
WHERE abstract.state = 'draft' AND abstract.facility_id = ANY(%(here)s)
  AND (stay.discharged_at AT TIME ZONE facility.zone)::date BETWEEN %(day)s AND %(until)s AND line.system || '|' || line.code = ANY(%(codes)s)
GROUP BY 1, 2, 3
UNION ALL
SELECT final.patient_id, final.encounter_id, final.facility_id, false, found.codes
FROM coding_final AS final CROSS JOIN LATERAL (
    SELECT array_agg(DISTINCT one->>'system' || '|' || (one->>'code')) AS codes FROM jsonb_array_elements(final.content::jsonb->'codes') AS one
    WHERE one->>'system' || '|' || (one->>'code') = ANY(%(codes)s)) AS found
WHERE final.facility_id = ANY(%(here)s) AND final.discharged_on BETWEEN %(day)s AND %(until)s AND final.finalised_at < %(installed)s
  AND found.codes IS NOT NULL AND NOT EXISTS (SELECT FROM coding_final AS later WHERE later.patient_id = final.patient_id
    AND later.encounter_id = final.encounter_id AND later.number > final.number)
ORDER BY 4 DESC, 1, 2
"""
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Touched:
    """A stay whose draft or final coding holds codes that can't be assigned on its day of discharge; ``codes`` as ``Change.key``."""

    patient_id: UUID
    encounter_id: UUID
    facility_id: UUID
    is_draft: bool
    codes: tuple[str, ...]


def touched(actor: Actor, update: Update, ended: dict[str, Change], facilities: Sequence[UUID]) -> list[Touched]:
    """Of the actor's facilities, drafts first. One query.

    Of final codings only those that were finalised before the release was installed: since then no such code can be chosen.
    """
    installed = max((pair.after.loaded_at for pair in update.pairs), default=None)
    if not ended or installed is None:
        return []
    here = [one for one in facilities if actor.is_system or one in actor.facilities]
    said: dict[str, Any] = {
        "here": here,
        "day": update.day,
        "until": update.until or date.max,
        "codes": list(ended),
        "installed": installed,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHED, said)
        return [
            Touched(patient, stay, facility, draft, tuple(sorted(codes)))
            for patient, stay, facility, draft, codes in cursor.fetchall()
        ]


def coded(since: date, day: date, after: tuple[UUID | None, UUID | None], limit: int) -> list[Coded]:
    """The next final codings in force of stays discharged from ``since`` until before ``day``. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_CODED, [after[0] or NOBODY, after[1] or NOBODY, since, day, limit])
        return [_coded(row) for row in cursor.fetchall()]


def _coded(row: Sequence[Any]) -> Coded:
    return Coded(
        patient_id=row[0], encounter_id=row[1], facility_id=row[2], service=row[3], drg=row[4], weight=row[5],
        content=decode(row[6].encode()),
    )  # fmt: skip


def how_many(since: date, day: date) -> int:
    """Stays that a run looks at. Served by final_by_discharge."""
    with connection.cursor() as cursor:
        cursor.execute(_HOW_MANY, [since, day])
        return int(cursor.fetchone()[0])


def last_run(day: date) -> Regrouping | None:
    return Regrouping.objects.filter(day=day).order_by("-id").first()


def is_silent(run: Regrouping, now: datetime | None = None) -> bool:
    """Whether its worker is gone before it came to its end."""
    return run.state == State.RUNNING and (now or clock.now()) - run.heard_at > SILENT


def run_for_update(run_id: UUID) -> Regrouping:
    found = Regrouping.objects.select_for_update().filter(id=run_id).first()
    if found is None:
        raise Refused("There is no such run.")
    return found


def regrouped(actor: Actor, run: Regrouping, service: str | None = None) -> QuerySet[RegroupedStay]:
    """The stays of a run that another MS-DRG would have, at the actor's facilities."""
    found = RegroupedStay.objects.filter(run=run)
    found = found if actor.is_system else found.filter(facility_id__in=actor.facilities)
    return found.filter(service=service) if service is not None else found
