"""The worker's part: reading a stay's documents for codes when somebody begins to code it."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from muniment.accounts.queries import organisation_code
from muniment.core.actor import Actor
from muniment.encounters.models import Encounter
from muniment.suggestions import charts

NAME = "suggestions.read"


@app.task(name=NAME, lock=NAME)
def read_stay(patient_id: str, encounter_id: str) -> None:
    """One at a time: it takes a processor. What was read in the meantime is not read again."""
    actor = Actor.system("worker", organisation=organisation_code())
    stay = Encounter.objects.select_related("facility").filter(patient_id=UUID(patient_id), id=UUID(encounter_id)).first()
    if stay and stay.discharged_at and charts.read(actor, stay) is None:
        charts.read_now(actor, stay)
