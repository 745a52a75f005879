"""What its signer has opened: the trail says which version of which document they were shown, and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from muniment.audit.models import LifecycleEvent
from muniment.completion.models import Deficiency
from muniment.core.actor import Actor
from muniment.record import queries as record
from muniment.record.models import Entry


@dataclass(frozen=True, slots=True)
class Opened:
    """A document that waits for the reader's signature; ``at`` is when they last opened it as it now stands, None if never."""

    deficiency: Deficiency
    entry: Entry
    at: datetime | None


def opened(actor: Actor, owed: Sequence[Deficiency]) -> list[Opened]:
    """Those of ``owed`` that lack a signature, in their order. Two queries, whatever their number."""
    waiting = [one for one in owed if one.entry_id and not one.to_write]
    if not waiting:
        return []
    found = record.entries(actor, list({one.patient_id for one in waiting}))
    entries = {entry.entry_id: entry for entry in found.filter(entry_id__in=[one.entry_id for one in waiting])}
    looks = _looks(actor, entries)
    told = [(one, entries[one.entry_id]) for one in waiting if one.entry_id in entries]
    return [Opened(one, entry, looks.get((str(entry.entry_id), f"version {entry.number}"))) for one, entry in told]


def _looks(actor: Actor, entries: Iterable[UUID]) -> dict[tuple[str, str], datetime]:
    """(entry, version in words) → when the actor last had it before them."""
    seen = LifecycleEvent.objects.filter(
        subject_id__in=[str(one) for one in entries], subject_type="entry", name="record.view", actor_id=actor.id
    )
    return {(entry, shown): at for entry, shown, at in seen.order_by("at").values_list("subject_id", "after__shown", "at")}


def has_opened(actor: Actor, entry_id: UUID, number: int) -> bool:
    """Whether the actor has had this version before them. One query."""
    looks = LifecycleEvent.objects.filter(
        subject_id=str(entry_id), subject_type="entry", name="record.view", actor_id=actor.id, after__shown=f"version {number}"
    )
    return looks.exists()
