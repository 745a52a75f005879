"""Others' records beside the chart: what of them is here already, what is new, what disagrees; and the work of deciding it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from django.db.models import Case, F, QuerySet, When

from muniment.accounts.queries import organisation_code
from muniment.core import clock
from muniment.core.actions import at_end, held
from muniment.core.actor import Actor
from muniment.identity import queries as identity
from muniment.intake.queues import OUTSIDE, OUTSIDE_SUBJECT
from muniment.kernel.likeness import Shelf
from muniment.record import queries as record
from muniment.record.happenings import Filed
from muniment.record.models import Entry
from muniment.record.rules import Acceptance, Category
from muniment.rulebook import queries as rulebook
from muniment.work import actions as work

LASTING = (Category.DIAGNOSIS, Category.MEDICATION, Category.ALLERGY)  # what is so on more days than one
LIKENESS = 0.6  # where no rule says it
MOST = 1000  # lines on one page, those that wait first


class Beside(StrEnum):
    """How a line of an outside record stands to the chart."""

    HERE = "already here"
    NEW = "new"
    DIFFERS = "differs"
    NEARLY = "nearly the same text"


@dataclass(frozen=True, slots=True)
class Compared:
    """An outside entry, what of the chart's own is nearest to it, and what they disagree in."""

    entry: Entry
    beside: Beside
    own: Entry | None = None
    differing: tuple[str, ...] = ()


def compare(entry: Entry, own: Iterable[Entry]) -> Compared:
    """The same bytes, or the same code, day, value and status: already here. The same code otherwise: it differs, and in what.

    What happens on a day (a result, a document) is another one on another day: new.
    """
    alike = [one for one in own if one.category == entry.category and _name(one) == _name(entry)]
    alike = [one for one in alike if entry.category in LASTING or one.occurred[:10] == entry.occurred[:10]]
    alike += [one for one in own if entry.document_sha256 and one.document_sha256 == entry.document_sha256]
    judged = sorted(((_differing(entry, one), one) for one in alike), key=lambda pair: len(pair[0]))
    if not judged:
        return Compared(entry, Beside.NEW)
    differing, nearest = judged[0]
    return Compared(entry, Beside.DIFFERS if differing else Beside.HERE, nearest, differing)


def _name(entry: Entry) -> tuple[str, str]:
    return (entry.code_system, entry.code) if entry.code else ("", " ".join(entry.label.casefold().split()))


def _differing(entry: Entry, own: Entry) -> tuple[str, ...]:
    if entry.document_sha256 or own.document_sha256:
        if entry.document_sha256 == own.document_sha256:
            return ()
        return ("content",)
    said = (
        ("date", entry.occurred[:10], own.occurred[:10]),
        ("value", entry.value, own.value),
        ("status", entry.status, own.status),
    )
    return tuple(name for name, theirs, ours in said if theirs != ours)


def side_by_side(actor: Actor, patient_id: UUID) -> list[Compared]:
    """Every standing line of the patient's outside records, those that wait first, beside the person's chart. Six queries."""
    undecided = Case(When(standing=Acceptance.WAITING, then=0), default=1)
    standing = record.outside(actor, [patient_id]).filter(retracted=False)
    theirs = list(standing.order_by(undecided, F("occurred_at").desc(nulls_last=True), "entry_id")[:MOST])
    if not theirs:
        return []
    records = _records(actor, patient_id)
    own = record.entries(actor, records, categories={Category(one.category) for one in theirs})
    by_category: dict[str, list[Entry]] = {}
    for one in own:
        by_category.setdefault(one.category, []).append(one)
    found = [
        compare(one, [other for other in by_category.get(one.category, ()) if other.entry_id != one.entry_id]) for one in theirs
    ]
    found = _by_text(found, by_category.get(Category.DOCUMENT, []), records)
    return sorted(found, key=lambda one: one.entry.standing != Acceptance.WAITING)


def _by_text(found: list[Compared], own: Sequence[Entry], records: Sequence[UUID]) -> list[Compared]:
    """Documents whose text the chart nearly holds: how near, and to which. Two queries at most."""
    asked = {one.entry.entry_id for one in found if one.entry.category == Category.DOCUMENT and one.beside is not Beside.HERE}
    if not own or not asked:
        return found
    texts, known, least = record.texts_of(records), {one.entry_id: one for one in own}, _least()
    shelf = Shelf({entry_id: text for entry_id, text in texts.items() if entry_id in known})
    return [
        _beside_text(one, shelf.near(texts.get(one.entry.entry_id, "")), known, least) if one.entry.entry_id in asked else one
        for one in found
    ]


def _beside_text(compared: Compared, near: list[tuple[UUID, float]], known: Mapping[UUID, Entry], least: float) -> Compared:
    """An accepted line stands in the chart itself: it is not held against its own text."""
    if not near or near[0][1] < least or near[0][0] == compared.entry.entry_id:
        return compared
    return Compared(compared.entry, Beside.NEARLY, known[near[0][0]], (f"{round(near[0][1] * 100)} %",))


def _least() -> float:
    """From which share of the same five-word runs two texts are shown as nearly the same."""
    rule = rulebook.at(clock.today()).find("scanning.duplicates")
    return float(rule.parameters.get("likeness", LIKENESS)) if rule else LIKENESS


def _records(actor: Actor, patient_id: UUID) -> Sequence[UUID]:
    person = identity.patient(patient_id).person_id
    return [one.id for one in identity.person_records(actor, person)]


def waiting(patient_id: UUID) -> QuerySet[Entry]:
    return Entry.objects.filter(patient_id=patient_id, standing=Acceptance.WAITING, retracted=False).exclude(origin="")


@dataclass(slots=True)
class _Filed:
    """The patients for whom this unit of work has filed something of others' records."""

    patients: set[UUID] = field(default_factory=set)


def filed(happening: Filed) -> None:
    """Others' records came: put them before a technician at the end of the unit of work, once a patient."""
    if not happening.outside:
        return
    mine = held("intake.outside", _Filed)
    if not mine.patients:
        at_end(lambda: _put(mine))
    mine.patients.add(happening.patient_id)


def _put(mine: _Filed) -> None:
    patients, mine.patients = sorted(mine.patients), set()
    actor = Actor.system("intake", organisation=organisation_code())
    for patient_id in patients:
        found = list(waiting(patient_id).only("patient_id", "entry_id", "origin", "facility_id"))
        if found:
            work.create(actor=actor, items=[_item(patient_id, found)])
        else:  # their sender retracted them
            done = [(OUTSIDE_SUBJECT, str(patient_id))]
            work.settle(actor=actor, queue=OUTSIDE, subjects=done, reason="Its sender retracted it.", done=False)


def _item(patient_id: UUID, found: Sequence[Entry]) -> work.NewItem:
    whose = "; ".join(sorted({one.origin for one in found}))
    return work.NewItem(
        queue=OUTSIDE, subject=(OUTSIDE_SUBJECT, str(patient_id)), title=f"Outside records from {whose}", patient_id=patient_id,
        facility_id=found[0].facility_id, reason="What they say does not count in the chart before somebody accepts it.",
    )  # fmt: skip
