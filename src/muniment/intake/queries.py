"""Reads of intake: the quarantine, everything that came, one input. Bounded by the reader's facilities."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from muniment.core.actor import Actor
from muniment.intake import permissions
from muniment.intake.models import Input
from muniment.intake.queues import QUARANTINE
from muniment.intake.rules import Status
from muniment.kernel.errors import Refused
from muniment.work.models import WorkItem
from muniment.work.rules import ACTIVE

# One index probe a channel instead of a walk over everything that ever came.
_SOURCES = """
WITH RECURSIVE walk AS (
    (SELECT source FROM intake_input ORDER BY source LIMIT 1)
    UNION ALL
    SELECT (SELECT source FROM intake_input WHERE source > walk.source ORDER BY source LIMIT 1) FROM walk WHERE walk.source IS NOT NULL
)
SELECT source FROM walk WHERE source IS NOT NULL LIMIT 200
"""


def arrivals(
    actor: Actor,
    *,
    status: str = "",
    format: str | None = None,
    source: str = "",
    since: datetime | None = None,
    before: datetime | None = None,
) -> QuerySet[Input]:
    """What came from ``since`` (inclusive) to ``before`` (exclusive), unordered. ``format`` "" means: none was recognised."""
    found = Input.objects.filter(permissions.within(actor))
    if status:
        found = found.filter(status=status)
    if format is not None:
        found = found.filter(format=format)
    if source:
        found = found.filter(source=source)
    if since:
        found = found.filter(received_at__gte=since)
    if before:
        found = found.filter(received_at__lt=before)
    return found


def quarantine(actor: Actor, *, format: str | None = None, source: str = "", before: datetime | None = None) -> QuerySet[Input]:
    """What waits to be settled; ``before``: only what came earlier."""
    return arrivals(actor, status=Status.QUARANTINED, format=format, source=source, before=before)


def one(actor: Actor, input_id: UUID) -> Input:
    """An input the actor may see. Raises Refused alike for one that is not there."""
    found = Input.objects.filter(id=input_id).select_related("corrected_by").first()
    if found is None:
        raise Refused("There is nothing here that you may see.")
    permissions.check_see(actor, found)
    return found


MOST_PARTS = 200
ENVELOPES = ("mail", "xdm")


def parts(actor: Actor, row: Input) -> list[Input]:
    """What came in a message or package and became an input, in order; nothing for an input of another kind."""
    if row.format not in ENVELOPES:
        return []
    return list(Input.objects.filter(permissions.within(actor), envelope_id=row.id).order_by("received_at", "id")[:MOST_PARTS])


def corrects(row: Input) -> Input | None:
    """The quarantined input that this one was filed for, if it was."""
    return Input.objects.filter(corrected_by=row).first() if row.status == Status.FILED else None


def owners(inputs: Sequence[Input]) -> dict[str, str]:
    """Input id → the colleague who has taken it out of the queue."""
    items = WorkItem.objects.filter(
        queue_id=QUARANTINE, subject_type="input", subject_id__in=[str(one.id) for one in inputs], state__in=ACTIVE, owner__isnull=False
    ).select_related("owner")  # fmt: skip
    return {item.subject_id: str(item.owner) for item in items}


def sources() -> list[str]:
    """The channels inputs have come over, in alphabetical order."""
    with connection.cursor() as cursor:
        cursor.execute(_SOURCES)
        return [source for (source,) in cursor.fetchall()]
