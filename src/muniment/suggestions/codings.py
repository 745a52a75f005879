"""The department's final codings and their documents as examples to learn from, read as a stream; and words that are names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import chain
from uuid import UUID

from muniment.accounts.models import Facility, Practitioner, User
from muniment.core.actor import Actor
from muniment.identity.models import Patient
from muniment.record.queries import documents, texts_of
from muniment.suggestions import queries
from muniment.suggestions.learning.training import Example, part
from muniment.suggestions.wording import key

AT_ONCE = 200  # stays whose texts are in memory together
MOST = 20_000  # stays a training reads; of more, those of a share of the patients


def examples(actor: Actor, since: date, until: date) -> Iterator[Example]:
    """Stays with text that were finally coded and discharged in the window; those of a patient follow each other. Four queries for 200 stays."""
    every = -(-queries.how_many(since, until) // MOST)
    after = (queries.NOBODY, queries.NOBODY)
    while some := queries.coded(since, until, after, AT_ONCE):
        yield from _with_texts(actor, [one for one in some if part(str(one.patient_id), max(1, every), "share") == 0])
        after = some[-1].patient_id, some[-1].encounter_id


def _with_texts(actor: Actor, some: list[queries.Coded]) -> Iterator[Example]:
    patients = list({one.patient_id for one in some})
    texts, of = texts_of(patients), dict[UUID, dict[str, str]]()
    stays = [one.encounter_id for one in some]
    marked = queries.taken(stays, patients)
    filed = documents(actor, patients).filter(retracted=False, encounter_id__in=stays).order_by("entry_id")
    for entry, stay in filed.values_list("entry_id", "encounter_id"):
        if stay and texts.get(entry):
            of.setdefault(stay, {})[str(entry)] = texts[entry]
    for one in some:
        if one.codes and one.encounter_id in of:
            yield Example(str(one.patient_id), of[one.encounter_id], one.codes, marked.get(one.encounter_id, {}))


def names() -> frozenset[str]:
    """Every word of a patient's, a practitioner's, a colleague's or a facility's name, as texts are compared. Four queries."""
    people = chain.from_iterable(
        model.objects.order_by().values_list("family", "given").distinct().iterator(chunk_size=5000)
        for model in (Patient, Practitioner, User)
    )
    said = chain((f"{family} {given}" for family, given in people), Facility.objects.values_list("name", flat=True))
    return frozenset(word for name in said for word in key(name))
