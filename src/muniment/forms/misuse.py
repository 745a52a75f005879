"""Documents of discharged stays that use an abbreviation of the do-not-use list, each with its sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from muniment.access.permissions import check_category
from muniment.access.rules import Category
from muniment.core.actor import Actor
from muniment.encounters.models import Encounter
from muniment.encounters.queries import seen_by
from muniment.forms.abbreviations import Never, Use, uses
from muniment.record import queries as record
from muniment.record.models import DocumentText, Entry
from muniment.record.rules import Category as Sort


@dataclass(frozen=True, slots=True)
class Misused:
    """A document of a stay, and what of the list it uses."""

    stay: Encounter
    entry: Entry
    uses: list[Use]


def stays(actor: Actor, since: datetime) -> QuerySet[Encounter]:
    """Stays discharged from ``since`` on at the actor's facilities: the charts a page of the check goes through."""
    check_category(actor, Category.RECORD)
    return seen_by(actor).filter(discharged_at__isnull=False, discharged_at__gte=since)


def look(actor: Actor, found: Sequence[Encounter], listed: tuple[Never, ...]) -> list[Misused]:
    """The documents of these stays that use the list, stay after stay. Two queries, whatever they find."""
    by_id = {one.id: one for one in found}
    mine = record.entries(actor, [one.patient_id for one in found], categories=[Sort.DOCUMENT]).filter(encounter_id__in=by_id)
    documents = {one.entry_id: one for one in mine}
    texts = DocumentText.objects.filter(patient_id__in=[one.patient_id for one in found], entry_id__in=list(documents))
    used = {entry: list(uses(text, listed)) for entry, text in texts.values_list("entry_id", "text")}
    made = [
        Misused(by_id[one.encounter_id], one, used[key]) for key, one in documents.items() if one.encounter_id and used.get(key)
    ]
    place = {one.id: number for number, one in enumerate(found)}
    return sorted(made, key=lambda one: place[one.stay.id])
