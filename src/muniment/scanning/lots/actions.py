"""The only writer of lots: joined as documents are filed, closed and sampled, decided as their samples are checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import connection

from muniment.core import clock
from muniment.core.actions import action, at_end, leave, stands, unchanged
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.kernel.errors import NotAllowedInState
from muniment.kernel.ids import uuid7
from muniment.scanning import permissions, queries, worklist
from muniment.scanning.lots import queries as lots
from muniment.scanning.lots.rules import TRANSITIONS, Inspection, LotPolicy, LotState, Plan, decided, drawn, plan
from muniment.scanning.models import Document, Lot
from muniment.scanning.rules import State, after
from muniment.work import actions as work


@action("scanning.join-lot", Lifecycle.WORK)
def join(*, actor: Actor, row: Document, policy: LotPolicy) -> Lot:
    """Put a document that is being filed into the open lot of its operator and type. The caller saves the document."""
    assert row.indexed_by_id is not None
    _one_at_a_time(row.indexed_by_id)
    kind = (row.type_code, row.type_name) if policy.by_type else ("", "")
    found = Lot.objects.select_for_update().filter(
        facility_id=row.facility_id, operator_id=row.indexed_by_id, type_code=kind[0]
    )
    lot = found.filter(state=LotState.OPEN).first() or Lot(
        id=uuid7(), facility_id=row.facility_id, operator_id=row.indexed_by_id, operator_name=row.indexed_by_name, type_code=kind[0],
        type_name=kind[1], opened_at=clock.now(), revision=0,
    )  # fmt: skip
    lot.size, lot.revision = lot.size + 1, lot.revision + 1
    lot.save(force_insert=True) if lot.revision == 1 else lot.save(update_fields=Lot.changing)
    row.lot = lot
    if lot.size >= policy.lot_size:
        at_end(lambda: _close_full(actor, lot.id))
    leave(subject=("scan-lot", lot.id), facility_id=lot.facility_id, after={"size": lot.size, "document": str(row.id)})
    stands(lot)
    return lot


def _one_at_a_time(operator_id: UUID) -> None:
    """Of two documents that somebody files at the same moment the second waits, so that both do not open a lot."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [operator_id.int & ((1 << 62) - 1)])


def _close_full(actor: Actor, lot_id: UUID) -> None:
    """Once the document that filled it is filed."""
    if Lot.objects.filter(id=lot_id, state=LotState.OPEN).exists():
        close(actor=actor, lot_id=lot_id)


@action("scanning.close-lot", Lifecycle.WORK)
def close(*, actor: Actor, lot_id: UUID) -> Lot:
    """Close a lot and draw its sample by the plan that governs today; each document drawn goes into the quality check."""
    row = _locked(actor, lot_id)
    row.state = _step(row, "close")
    now = clock.now()
    governs, policy = queries.in_force(clock.today()), lots.policy(clock.today())
    documents = list(lots.members(row).filter(state=State.FILED).select_for_update(of=("self",)))
    inspection, row.why = lots.next_inspection(row, policy or LotPolicy())
    found = plan(len(documents), (policy or LotPolicy()).aql, (policy or LotPolicy()).level, inspection)
    if policy is None:  # the rule was stayed or ended: the strictest
        found, row.why = plan(len(documents), 0, "", inspection), "No rule of lots is in force: every document is checked."
    row.size, row.inspection, row.closed_at = len(documents), inspection, now
    row.plan = asdict(found) | {
        "aql": policy.aql if policy else None,
        "level": policy.level if policy else "",
        "cited": governs.cited(lots.RULE),
    }
    sample = drawn(row.id, (one.id for one in documents), found.sample)
    row.drawn = len(sample)
    new = _draw([one for one in documents if one.id in sample], f"drawn: {len(sample)} of a lot of {len(documents)}")
    return _saved(actor, row, {"state": LotState.OPEN}, {"drawn": sorted(map(str, sample)), "plan": row.plan}, new=new)


def _draw(documents: list[Document], why: str) -> list[Document]:
    """Have filed documents checked, whatever their lot said of them before."""
    for one in documents:
        reached = after(State(one.state), "draw")
        assert isinstance(reached, State)
        one.state, one.sampled, one.revision = reached, why, one.revision + 1
        one.save(update_fields=["state", "sampled", "revision"])
    return documents


def _saved(
    actor: Actor, row: Lot, before: dict[str, Any], said: dict[str, Any], *, reason: str = "", new: Sequence[Document] = ()
) -> Lot:
    """Decide the lot where that is due, save it, and put what was drawn (``new``, and the rest of a rejected lot) before a checker."""
    checked = [*new, *_decide(row)]
    row.revision += 1
    row.save(update_fields=Lot.changing)
    leave(
        subject=("scan-lot", row.id), facility_id=row.facility_id, reason=reason, before=before,
        after={"state": row.state, "checked": row.checked, "failed": row.failed} | said,
    )  # fmt: skip
    stands(row, *checked)
    if checked:
        work.create(actor=actor, items=[worklist.to_check(one, one.sampled) for one in checked])
    return row


def _decide(row: Lot) -> list[Document]:
    """By the sample so far. A rejected lot is checked whole: what was filed of it and not drawn is drawn now, and returned."""
    reached = decided(plan_of(row), checked=row.checked, failed=row.failed) if row.state == LotState.INSPECTING else None
    if reached is None:
        return []
    row.state, row.decided_at = _step(row, "accept" if reached is LotState.ACCEPTED else "reject"), clock.now()
    if reached is LotState.ACCEPTED:
        return []
    left = list(lots.members(row).filter(state=State.FILED).select_for_update(of=("self",)))
    return _draw(left, f"its lot was rejected: {row.failed} of {row.checked} checked were not as they should be")


def plan_of(row: Lot) -> Plan:
    """The plan a closed lot was drawn by."""
    return Plan(**{name: row.plan[name] for name in Plan.__dataclass_fields__})


@action("scanning.note-check-of-lot", Lifecycle.WORK)
def note_check(*, actor: Actor, row: Document, passed: bool) -> Lot:
    """A document of a lot was checked: count it, and decide the lot where that decides it. One that failed leaves its lot."""
    assert row.lot_id is not None
    lot = Lot.objects.select_for_update().get(id=row.lot_id)
    if lot.state != LotState.INSPECTING:  # what is checked after the decision belongs to no sample
        unchanged()
        return lot
    before = {"state": lot.state, "checked": lot.checked, "failed": lot.failed}
    lot.checked, lot.failed = lot.checked + 1, lot.failed + (not passed)
    return _saved(actor, lot, before, {"document": str(row.id), "passed": passed})


@action("scanning.resume-sampling", Lifecycle.CONFIGURE)
def resume_sampling(*, actor: Actor, lot_id: UUID, reason: str) -> Lot:
    """Say what was corrected, so that sampling goes on, tightened, after it had been discontinued (MIL-STD-105E 4.8)."""
    permissions.check_said(reason, "Say what was corrected.", "reason")
    permissions.check_resume(actor)
    lots.lot(actor, lot_id)
    row = Lot.objects.select_for_update().get(id=lot_id)
    policy = lots.policy(clock.today())
    if (
        policy is None
        or row.decided_at is None
        or not lots.is_last(row)
        or lots.next_inspection(row, policy)[0] is not Inspection.DISCONTINUED
    ):
        raise NotAllowedInState("Sampling is not discontinued here.", remedy="Open the newest lot of this operator and type.")
    row.resumed = {"by": actor.name, "why": reason, "at": clock.now().isoformat()}
    return _saved(actor, row, {}, {"resumed": True}, reason=reason)


def _locked(actor: Actor, lot_id: UUID) -> Lot:
    lots.lot(actor, lot_id)
    row = Lot.objects.select_for_update().get(id=lot_id)
    permissions.check_work(actor, row)
    return row


def _step(row: Lot, step: str) -> LotState:
    reached = TRANSITIONS.get((LotState(row.state), step))
    if reached is None:
        raise NotAllowedInState(f"This lot is {row.state}; that can't be done with it now.", remedy="Open the lot again.")
    return reached
