"""The only writer of channels: set up, changed, and what is wrong with them put before somebody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from muniment.accounts.models import Facility
from muniment.channels import permissions, queries
from muniment.channels.folders import Outcome, Place, lying
from muniment.channels.models import Channel
from muniment.channels.queries import InForce, Standing
from muniment.channels.queues import FILE, INTERFACES, SCANNER, SILENT, WAITING
from muniment.channels.rules import Kind, channel_of, every
from muniment.core import clock, malware
from muniment.core.actions import action, leave, stands, unchanged
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.kernel.errors import Refused
from muniment.work import actions as work
from muniment.work.models import WorkItem
from muniment.work.rules import ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """How a channel is set up. ``expected_minutes``: something comes at least so often; None: nobody watches it."""

    kind: Kind
    folder: str = ""
    facility: Facility | None = None
    origin: str = ""
    sender_is_origin: bool = False
    expected_minutes: int | None = None
    active: bool = True

    def written(self) -> dict[str, Any]:
        said = {name: getattr(self, name) for name in self.__slots__}
        return said | {"kind": str(self.kind), "facility": self.facility.code if self.facility else ""}


@action("channels.open", Lifecycle.CONFIGURE)
def open_channel(*, actor: Actor, name: str, setup: Setup) -> Channel:
    """Set up a channel; ``name`` is the source of all it brings, and stays. Raises Refused, where it names the field."""
    permissions.check_configure(actor)
    now = clock.now()
    row = Channel(name=name.strip()[:40], opened_at=now)
    _set(row, setup, now)
    if Channel.objects.filter(name=row.name).exists():
        raise Refused("There is a channel of this name.", where="name")
    row.save(force_insert=True)
    stands(row)
    leave(subject=("channel", row.id), facility_id=row.facility_id, after={"name": row.name, **setup.written()})
    return row


@action("channels.change", Lifecycle.CONFIGURE)
def change_channel(*, actor: Actor, channel_id: UUID, setup: Setup, revision: int) -> Channel:
    """Set up a channel anew, or switch it off. What it brought stays under its name."""
    permissions.check_configure(actor)
    row = Channel.objects.select_for_update().get(id=channel_id)
    permissions.check_revision(row, revision)
    before = _as_set_up(row).written()
    if before == setup.written():
        unchanged()
        return row
    _set(row, setup, clock.now())
    row.revision += 1
    row.save(update_fields=Channel.changing)
    stands(row)
    leave(subject=("channel", row.id), facility_id=row.facility_id, before=before, after=setup.written())
    return row


def _as_set_up(row: Channel) -> Setup:
    return Setup(
        kind=Kind(row.kind), folder=row.folder, facility=row.facility, origin=row.origin, sender_is_origin=row.sender_is_origin,
        expected_minutes=row.expected_minutes, active=row.active,
    )  # fmt: skip


def _set(row: Channel, setup: Setup, now: datetime) -> None:
    for name in Setup.__slots__:
        setattr(row, name, getattr(setup, name))
    row.changed_at = now
    permissions.check_sound(row)
    if row.folder and Channel.objects.filter(folder=row.folder).exclude(id=row.id).exists():
        raise Refused("Another channel takes from this folder.", where="folder")


@action("channels.look", Lifecycle.WORK)
def look(*, actor: Actor) -> int:
    """Put what is wrong with interfaces before their administrators, and settle what is not any more. Returns what is wrong now."""
    now = clock.now()
    governs = queries.in_force(clock.today())
    items = [*_silent(now, governs), *_old(now, governs), *_scanner()]
    wrong = {item.subject for item in items}
    active = WorkItem.objects.filter(queue_id=INTERFACES, state__in=ACTIVE).exclude(
        subject_type=FILE
    )  # who takes files looks after those
    gone = [one for one in active.values_list("subject_type", "subject_id") if one not in wrong]
    made = work.create(actor=actor, items=items)
    settled = work.settle(actor=actor, queue=INTERFACES, subjects=gone, reason="Its cause is gone.") if gone else 0
    if made or settled:
        leave(subject=("interfaces", "all"), after={"wrong": len(wrong), "new": len(made), "settled": settled})
    else:
        unchanged()
    return len(wrong)


@action("channels.files-left", Lifecycle.WORK)
def put_files_before(*, actor: Actor, left: Sequence[tuple[Place, Outcome]], places: Sequence[Place]) -> int:
    """Put each file that broke what takes it before the administrators of interfaces, once, and settle those that lie no longer in ``places``.

    A file in a folder that can't be read just now stays as it is. Returns how many are left.
    """
    found = {place: lying(place) for place in places}
    here = set[str]().union(*(keys for keys in found.values() if keys))
    away = {place.channel for place, keys in found.items() if keys is None}
    gone = [(FILE, key) for key in queries.files_left() if key not in here and channel_of(key) not in away]
    made = work.create(actor=actor, items=[_file_item(place, one) for place, one in left])
    settled = (
        work.settle(actor=actor, queue=INTERFACES, subjects=gone, reason="The file was taken, or lies there no longer.")
        if gone
        else 0
    )
    if made or settled:
        leave(subject=("interfaces", "files"), after={"left": len(left), "new": len(made), "settled": settled})
    else:
        unchanged()
    return len(left)


def _file_item(place: Place, one: Outcome) -> work.NewItem:
    return work.NewItem(
        queue=INTERFACES, subject=(FILE, one.key), title=f"A file can’t be taken: {place.channel}", due_at=clock.now(),
        facility_id=place.facility.id if place.facility else None,
        reason=f"{one.name} stays in the folder {place.folder.name}. {one.words}. It is tried again every minute; the others are taken."
        " Mend it, or take it out of the folder.",
    )  # fmt: skip


def _silent(now: datetime, governs: InForce) -> list[work.NewItem]:
    found = queries.standings(queries.channels(), now, governs.policy)
    return [_silent_item(one, governs) for one in found if one.silent and one.channel]


def _silent_item(one: Standing, governs: InForce) -> work.NewItem:
    assert one.channel is not None
    last = (
        f"Nothing came over {one.name} since {one.last:%d %b %Y, %H:%M} UTC"
        if one.last
        else f"Nothing ever came over {one.name}"
    )
    return work.NewItem(
        queue=INTERFACES, subject=(SILENT, str(one.channel.id)), title=f"Silent: {one.name}", due_at=one.silent,
        reason=f"{last}; something is expected {every(one.channel.expected_minutes)}.", citation=governs.cited("silence"),
    )  # fmt: skip


def _old(now: datetime, governs: InForce) -> list[work.NewItem]:
    hours = governs.policy.quarantine_hours
    return [
        work.NewItem(
            queue=INTERFACES, subject=(WAITING, source), title=f"In quarantine over {hours} hours: {source}", due_at=now,
            reason=f"{count:,} of its inputs wait{'s' if count == 1 else ''} there longer than {hours} hours.",
            citation=governs.cited("quarantine"),
        )
        for source, count in sorted(queries.old_in_quarantine(now, governs.policy).items())
    ]  # fmt: skip


def _scanner() -> list[work.NewItem]:
    standing = malware.scanner()
    if not standing.is_set_up or standing.answers:
        return []
    return [
        work.NewItem(
            queue=INTERFACES, subject=(SCANNER, "clamd"), title="The malware scanner does not answer", priority=5,
            reason="Nothing is taken over any channel until it does: input waits at its senders and in its folders.",
        )
    ]  # fmt: skip
