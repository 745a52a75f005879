"""The only writer of findings: analysis opens and closes them, people mute and unmute them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from muniment.completion.analysis import lock
from muniment.core.actions import action, leave, stands, unchanged, unit_of_work
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.kernel.errors import Refused
from muniment.kernel.ids import uuid7
from muniment.qualitative import analysis, charts, outbox, permissions
from muniment.qualitative.models import QualitativeFinding
from muniment.qualitative.rules import State, Step

BATCH = 100  # stays, whose texts are in memory together


@action("qualitative.analyse", Lifecycle.VERIFY)
def analyse(*, actor: Actor, encounters: Sequence[tuple[UUID, UUID]]) -> int:
    """Look at the charts of these (patient, encounter) pairs as they stand. Returns how many findings changed."""
    lock(encounter for _, encounter in encounters)
    looked = charts.load(encounters)
    plan = analysis.plan(looked)
    if plan.empty:
        unchanged()
        return 0
    one = looked[0].stay if len(looked) == 1 else None
    event = leave(
        subject=("chart", one.id) if one else ("charts", uuid7()), patient_id=one.patient_id if one else None,
        facility_id=one.facility_id if one else None,
        after={
            "charts": len(looked), "found": _ids(plan.opened), "found again": _ids(plan.again), "gone": _ids(plan.gone),
            "restated": len(plan.restated),
        },
    )  # fmt: skip
    analysis.write(plan, event_id=event.id, at=event.at)
    return len(plan.opened) + len(plan.again) + len(plan.gone)


def _ids(rows: Sequence[QualitativeFinding]) -> list[str]:
    return [str(row.id) for row in rows]


def drain(*, actor: Actor, limit: int = BATCH) -> int:
    """Look at up to ``limit`` noted stays in one transaction. Returns how many it was: 0 when none is left."""
    with unit_of_work():
        claimed = outbox.STAYS.claim(limit)
        if claimed:
            analyse(actor=actor, encounters=claimed)
    return len(claimed)


@action("qualitative.mute", Lifecycle.WORK)
def mute(*, actor: Actor, finding_id: UUID, reason: str) -> QualitativeFinding:
    """Say that it is no contradiction, and why. It stays muted as long as its evidence is the same."""
    row = _locked(finding_id)
    permissions.check_mute(actor, row)
    after = permissions.check_step(row, Step.MUTE)
    permissions.check_said(reason)
    return _change(actor, row, after, reason.strip())


@action("qualitative.unmute", Lifecycle.WORK)
def unmute(*, actor: Actor, finding_id: UUID) -> QualitativeFinding:
    """Have it listed again."""
    row = _locked(finding_id)
    permissions.check_mute(actor, row)
    return _change(actor, row, permissions.check_step(row, Step.UNMUTE), "")


def _locked(finding_id: UUID) -> QualitativeFinding:
    """The chart's lock first, then the row as it stands under it: the order analysis takes them in."""
    found = QualitativeFinding.objects.filter(id=finding_id).values_list("encounter_id", "patient_id").first()
    if found is None:
        raise Refused("There is nothing here that you may see.")
    lock([found[0]])
    return QualitativeFinding.objects.select_for_update(of=("self",)).get(patient_id=found[1], id=finding_id)


def _change(actor: Actor, row: QualitativeFinding, after: State, reason: str) -> QualitativeFinding:
    event = leave(
        subject=("finding", row.id), patient_id=row.patient_id, facility_id=row.facility_id, reason=reason,
        before={"state": str(row.state)}, after={"state": str(after)},
    )  # fmt: skip
    muted = after is State.MUTED
    row.state, row.muted_at = after, event.at if muted else None
    row.muted_by, row.muted_why = (actor.name, reason[:400]) if muted else ("", "")
    row.event_id, row.revision = event.id, row.revision + 1
    row.save()
    stands(row)
    return row
