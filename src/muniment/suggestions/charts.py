"""A stay's documents read for codes. What was found is a note in the shared cache, by what it was read from: lost, it is read again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from django.core.cache import cache

from muniment.core.actor import Actor
from muniment.encounters.models import Encounter
from muniment.record.models import Entry
from muniment.record.queries import documents, texts_of
from muniment.suggestions import queries
from muniment.suggestions.learning.model import Model, found_by, loads
from muniment.suggestions.scoring import Found, found_in
from muniment.suggestions.vocabulary import Vocabulary
from muniment.terminology.models import CodeSystemRelease, Concept
from muniment.terminology.queries import release_on
from muniment.terminology.rules import System
from muniment.terminology.sources import ConceptRow

KEPT_SECONDS = 7 * 24 * 3600
MAKER = 2  # of the code that reads; a higher one reads all charts anew


class Read(msgspec.Struct, frozen=True):
    """What a stay's documents suggest, how many of them there were, and the number of the model that spoke (0: the terminology alone)."""

    documents: int
    found: tuple[Found, ...]
    model: int = 0


def read(actor: Actor, stay: Encounter) -> Read | None:
    """What was read of the stay as it stands; None where nobody has read it so yet. Four queries."""
    text = cache.get(_key(stay, _entries(actor, stay), queries.speaks()))
    return msgspec.json.decode(text, type=Read) if text else None


def read_now(actor: Actor, stay: Encounter) -> Read:
    """Read the stay's documents by the release of its day of discharge. Takes some seconds where the release is read for the first time."""
    entries = _entries(actor, stay)
    texts = texts_of([stay.patient_id])
    mine = {str(one.entry_id): texts[one.entry_id] for one in entries if texts.get(one.entry_id)}
    number, vocabulary = queries.speaks(), vocabulary_of(_release(stay))
    found = found_by(model_of(number), mine, vocabulary) if number else found_in(mine, vocabulary)
    made = Read(len(mine), tuple(found), number)
    cache.set(_key(stay, entries, number), msgspec.json.encode(made).decode(), KEPT_SECONDS)
    return made


def _entries(actor: Actor, stay: Encounter) -> list[Entry]:
    return list(documents(actor, [stay.patient_id], encounter_id=stay.id).filter(retracted=False).order_by("entry_id"))


def _release(stay: Encounter) -> CodeSystemRelease:
    assert stay.discharged_at is not None
    return release_on(System.ICD10CM, stay.discharged_at.astimezone(ZoneInfo(stay.facility.zone)).date()).release


def _key(stay: Encounter, entries: list[Entry], model: int) -> str:
    said = hashlib.sha256(f"{MAKER} {_release(stay).pk} {model}".encode())
    for one in entries:
        said.update(f"{one.entry_id} {one.number}".encode())
    return f"suggestions:{stay.id}:{said.hexdigest()[:32]}"


@lru_cache(maxsize=2)
def model_of(number: int) -> Model:
    """A trained model by its number; it never changes."""
    return loads(queries.content_of(number))


def vocabulary_of(release: CodeSystemRelease) -> Vocabulary:
    return _vocabulary(release.pk, release.loaded_at)


@lru_cache(maxsize=2)  # each takes some hundred megabytes
def _vocabulary(release: int, loaded_at: datetime) -> Vocabulary:
    concepts = Concept.objects.filter(release_id=release, kind="code").values_list(
        "code", "display", "billable", "ancestors", "notes"
    )
    return Vocabulary(_row(*one) for one in concepts.order_by("position").iterator(chunk_size=5000))


def _row(code: str, display: str, billable: bool, ancestors: list[str], notes: Mapping[str, list[str]]) -> ConceptRow:
    return ConceptRow(code, display, billable=billable, ancestors=tuple(ancestors), notes=dict(notes))


def places(found: Found) -> list[tuple[UUID, int, int]]:
    return [(UUID(entry), start, end) for entry, start, end in found.places]
