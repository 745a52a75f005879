"""Reads of the record: a chart's entries, a document's bytes and versions, find-in-chart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db.models import F, Q, QuerySet

from muniment.core.actor import Actor
from muniment.kernel.errors import Refused
from muniment.kernel.fhir.search_keys import key
from muniment.record import permissions
from muniment.record.models import DocumentText, Entry, Signature, Version
from muniment.record.rules import Category


def entries(
    actor: Actor, patients: Sequence[UUID], *, encounter_id: UUID | None = None, categories: Iterable[Category] = ()
) -> QuerySet[Entry]:
    """Entries of these source records within the actor's facilities, newest first. Retracted ones are left out."""
    found = Entry.objects.filter(patient_id__in=patients, retracted=False).defer("keys")
    if not actor.is_system:
        found = found.filter(facility_id__in=actor.facilities)
    if encounter_id:
        found = found.filter(encounter_id=encounter_id)
    categories = list(categories)
    if categories:
        found = found.filter(category__in=categories)
    return found.order_by(F("occurred_at").desc(nulls_last=True), "entry_id")


def entry(actor: Actor, patient_id: UUID, entry_id: UUID) -> Entry:
    """One entry the actor may see. Raises Refused alike for one that is not there."""
    found = Entry.objects.filter(patient_id=patient_id, entry_id=entry_id).first()
    if found is None:
        raise Refused("There is nothing here that you may see.")
    permissions.check_read(actor, found)
    return found


def entry_for_update(patient_id: UUID, entry_id: UUID) -> Entry:
    found = Entry.objects.select_for_update().filter(patient_id=patient_id, entry_id=entry_id).first()
    if found is None:
        raise Refused("There is nothing here that you may see.")
    return found


def versions(patient_id: UUID, entry_id: UUID) -> list[Version]:
    """All versions of an entry, first to last, without their content."""
    return list(Version.objects.filter(patient_id=patient_id, entry_id=entry_id).defer("content").order_by("number"))


def version(patient_id: UUID, entry_id: UUID, number: int) -> Version:
    return Version.objects.get(patient_id=patient_id, entry_id=entry_id, number=number)


def signatures(patient_id: UUID, entry_id: UUID) -> list[Signature]:
    return list(Signature.objects.filter(patient_id=patient_id, entry_id=entry_id).order_by("signed_at"))


def text_of(patient_id: UUID, entry_id: UUID) -> str:
    found = DocumentText.objects.filter(patient_id=patient_id, entry_id=entry_id).values_list("text", flat=True).first()
    return found or ""


def by_keys(patients: Sequence[UUID], tokens: Iterable[tuple[str, str, str]]) -> QuerySet[Entry]:
    """Entries that carry all of these (search parameter, system, code) tokens."""
    return Entry.objects.filter(patient_id__in=patients, keys__contains=[key(*token) for token in tokens])


@dataclass(frozen=True, slots=True)
class Hit:
    """A place in the chart where the words stand. ``snippet`` marks them with ⟦ and ⟧."""

    patient_id: UUID
    entry_id: UUID
    label: str
    occurred: str
    category: str
    encounter_id: UUID | None
    snippet: str


def find_in_chart(
    actor: Actor, patients: Sequence[UUID], text: str, *, encounter_id: UUID | None = None, limit: int = 50
) -> list[Hit]:
    """Full text over the documents and labels of a chart (PostgreSQL ``websearch_to_tsquery``), best first.

    Bounded by the same facilities as the chart itself, so neither snippets nor counts leak.
    """
    if not text.strip():
        return []
    visible = entries(actor, patients, encounter_id=encounter_id)
    listed = {one.entry_id: one for one in visible.filter(Q(category=Category.DOCUMENT))}
    query = SearchQuery(text, search_type="websearch", config="english")
    found = (
        DocumentText.objects.filter(patient_id__in=patients, entry_id__in=list(listed), search=query)
        .annotate(
            rank=SearchRank(F("search"), query),
            snippet=SearchHeadline(
                "text", query, config="english", start_sel="⟦", stop_sel="⟧", max_words=24, min_words=10, max_fragments=2
            ),
        )
        .order_by("-rank", "entry_id")
        .values_list("entry_id", "snippet")[:limit]
    )
    hits = [_hit(listed[entry_id], snippet) for entry_id, snippet in found]
    labelled = visible.filter(label__icontains=text.strip()).exclude(entry_id__in=[hit.entry_id for hit in hits])
    return hits + [_hit(one, one.value) for one in labelled[: limit - len(hits)]]


def _hit(one: Entry, snippet: str) -> Hit:
    return Hit(one.patient_id, one.entry_id, one.label, one.occurred, one.category, one.encounter_id, snippet)
