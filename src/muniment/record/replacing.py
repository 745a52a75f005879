"""Which documents a newer one of the same chart replaces: FHIR R4 ``DocumentReference.relatesTo``, code ``replaces``.

The older stays as it was filed, for its bytes are signed and relied on; that it is replaced is read off the newer, which may be
retracted again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery

from muniment.core.actor import Actor
from muniment.kernel.fhir.canonical import decode
from muniment.kernel.fhir.search_keys import ANY_SYSTEM, key
from muniment.record import queries
from muniment.record.models import Entry, Version
from muniment.record.rules import Acceptance, Category, VersionKind

REPLACES = key("relation", ANY_SYSTEM, "replaces")  # how the index knows a document that replaces another


@dataclass(frozen=True, slots=True)
class Replacing:
    """``newest``: a replaced document → the newest one that stands in its place; ``older``: a document → those it says it replaces."""

    newest: Mapping[UUID, Entry] = field(default_factory=dict)
    older: Mapping[UUID, list[Entry]] = field(default_factory=dict)


def replacing(actor: Actor, patients: Sequence[UUID]) -> Replacing:
    """What is replaced in the chart of these records, within the actor's facilities. One query, two where something is.

    What was retracted replaces nothing, nor does what others' records hold before somebody accepted it; and a document replaces only
    one of the same origin.
    """
    current = Version.objects.filter(
        patient_id=OuterRef("patient_id"), entry_id=OuterRef("entry_id"), number=OuterRef("number")
    )
    listed = queries.entries(actor, patients, categories=[Category.DOCUMENT]).filter(keys__contains=[REPLACES])
    newer = listed.annotate(content=Subquery(current.values("content")[:1]), filed=Subquery(current.values("recorded_at")[:1]))
    claims = [(one, list(_targets(one.content))) for one in newer.order_by("filed", "entry_id")]
    return _paired(claims, _named(patients, [target for _, targets in claims for target in targets])) if claims else Replacing()


def replacing_as_of(patients: Sequence[UUID], facility_id: UUID, at: datetime) -> Replacing:
    """What was replaced in the chart of these records at a facility by what had been filed then; each newer one with ``filed``, when it first was.

    Of others' records only what was accepted counts. Two queries.
    """
    filed = Version.objects.filter(patient_id=OuterRef("patient_id"), entry_id=OuterRef("entry_id"), recorded_at__lte=at)
    then = filed.order_by("-number")
    listed = Entry.objects.filter(
        Q(origin="") | Q(standing=Acceptance.ACCEPTED), patient_id__in=patients, facility_id=facility_id, category=Category.DOCUMENT,
        keys__contains=[REPLACES],
    ).annotate(
        content=Subquery(then.values("content")[:1]), kind=Subquery(then.values("kind")[:1]),
        filed=Subquery(filed.order_by("number").values("recorded_at")[:1]),
    )  # fmt: skip
    newer = listed.exclude(content=None).exclude(kind=VersionKind.RETRACTION)
    claims = [(one, list(_targets(one.content))) for one in newer.order_by("filed", "entry_id")]
    return _paired(claims, _named(patients, [target for _, targets in claims for target in targets])) if claims else Replacing()


Target = UUID | int  # the entry's own name, or the search key of its identifier


def _targets(content: str) -> Iterator[Target]:
    for relation in decode(content.encode()).get("relatesTo", ()):
        if relation.get("code") == "replaces":
            yield from _target(relation.get("target", {}))


def _target(target: Mapping[str, Any]) -> Iterator[Target]:
    kind, _, name = str(target.get("reference", "")).partition("/")
    identifier = target.get("identifier", {})
    if kind == "DocumentReference":
        try:
            yield UUID(name.partition("/")[0])
        except ValueError:
            return
    elif identifier.get("system") and identifier.get("value"):  # a number without its assigner means nothing
        yield key("identifier", identifier["system"], identifier["value"])


def _named(patients: Sequence[UUID], targets: Iterable[Target]) -> dict[Target, Entry]:
    """The documents that are meant, by what they are called."""
    ids, keys = {one for one in targets if isinstance(one, UUID)}, {one for one in targets if isinstance(one, int)}
    rows = Entry.objects.filter(
        Q(entry_id__in=ids) | Q(keys__overlap=list(keys)), patient_id__in=patients, category=Category.DOCUMENT
    )
    found: dict[Target, Entry] = {}
    for row in rows:
        found |= dict.fromkeys([row.entry_id, *(one for one in row.keys if one in keys)], row)
    return found


def _paired(claims: Iterable[tuple[Entry, list[Target]]], named: Mapping[Target, Entry]) -> Replacing:
    direct: dict[UUID, Entry] = {}
    older: dict[UUID, list[Entry]] = {}
    for newer, targets in claims:
        meant = {one.entry_id: one for target in targets if (one := named.get(target)) and one.origin == newer.origin}
        meant.pop(newer.entry_id, None)
        direct |= dict.fromkeys(meant, newer)
        if meant:
            older[newer.entry_id] = list(meant.values())
    newest = {one: last for one in direct if (last := _last(one, direct)) is not None}
    return Replacing(newest, older)


def _last(entry_id: UUID, direct: Mapping[UUID, Entry]) -> Entry | None:
    """The end of the chain; None where documents say that they replace one another in a circle."""
    seen, last = {entry_id}, None
    while entry_id in direct:
        last = direct[entry_id]
        entry_id = last.entry_id
        if entry_id in seen:
            return None
        seen.add(entry_id)
    return last
