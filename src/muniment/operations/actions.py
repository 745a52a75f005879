"""The only writer of operations: verifications of the chain, and the event that says who read the trail."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from muniment.access.permissions import check_category
from muniment.access.rules import Category
from muniment.audit.verify import Verification as Found
from muniment.core import clock
from muniment.core.actions import action, leave, stands
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.kernel.errors import Conflict
from muniment.operations.models import Verification
from muniment.operations.rules import OPEN, Standing, is_abandoned


@action("audit.read-trail", Lifecycle.ACCESS)
def note_trail_read(
    *,
    actor: Actor,
    shown: str,
    patient_id: UUID | None = None,
    subject: str = "trail",
    after: Mapping[str, object] | None = None,
) -> None:
    """Somebody read the audit trail: reading it is an event like any other (45 CFR 164.312(b))."""
    check_category(actor, Category.AUDIT)
    leave(subject=("audit", subject), patient_id=patient_id, after={"shown": shown, **(after or {})})


@action("audit.ask-verification", Lifecycle.VERIFY)
def ask_verification(*, actor: Actor) -> Verification:
    """Ask for a walk over the whole chain. Raises Conflict while one is under way."""
    check_category(actor, Category.AUDIT)
    now = clock.now()
    for other in Verification.objects.select_for_update().filter(standing__in=OPEN):
        if not is_abandoned(Standing(other.standing), other.changed_at, now):
            raise Conflict("The chain is being verified already.", remedy="Wait for its result.")
        other.standing, other.changed_at = Standing.ABANDONED, now
        other.save()
        stands(other)
    row = Verification.objects.create(asked_at=now, changed_at=now, asked_by=actor.name, standing=Standing.WAITING)
    stands(row)
    leave(subject=("verification", row.id))
    return row


@action("audit.begin-verification", Lifecycle.VERIFY)
def begin_verification(*, actor: Actor, verification_id: UUID, heads: Mapping[int, int]) -> None:
    """The worker has begun: ``heads`` is how far each lane had grown."""
    row = Verification.objects.select_for_update().get(id=verification_id)
    row.standing, row.started_at = Standing.RUNNING, clock.now()
    row.changed_at, row.heads = row.started_at, {str(lane): last for lane, last in heads.items()}
    row.total = sum(heads.values())
    row.save()
    stands(row)
    leave(subject=("verification", row.id), after={"events": row.total})


@action("audit.note-verification", Lifecycle.VERIFY)
def note_progress(*, actor: Actor, verification_id: UUID, walked: int) -> None:
    """How far it has come: called every few seconds, not every row."""
    row = Verification.objects.select_for_update().get(id=verification_id)
    row.walked, row.changed_at = walked, clock.now()
    row.save()
    stands(row)
    leave(subject=("verification", verification_id), after={"walked": walked})


@action("audit.verify", Lifecycle.VERIFY)
def finish_verification(
    *, actor: Actor, verification_id: UUID, found: Found, read: tuple[int, list[str]] | None = None
) -> Verification:
    """What the walk found. ``read``: how many documents were read again, and what is wrong with them."""
    row = Verification.objects.select_for_update().get(id=verification_id)
    row.standing = Standing.SOUND if found.sound else Standing.BROKEN
    row.finished_at = row.changed_at = clock.now()
    row.walked, row.anchors, row.breaks = found.events, found.anchors, [str(one) for one in found.breaks]
    row.documents, row.damaged = read or (None, [])
    row.save()
    stands(row)
    leave(
        subject=("verification", row.id),
        after={
            "events": row.walked, "anchors": row.anchors, "breaks": row.breaks, "documents": row.documents, "damaged": row.damaged,
        },
    )  # fmt: skip
    return row
