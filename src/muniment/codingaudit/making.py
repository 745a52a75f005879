"""What a draw and a turn make: rows and the work about them, not yet saved. Called only by ``actions``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from muniment.coding.drafting import Draft
from muniment.coding.models import FinalCoding
from muniment.codingaudit.models import Audit, AuditDraw
from muniment.codingaudit.parameters import Plan
from muniment.codingaudit.queues import QUEUE_OF, RECODE, SUBJECT
from muniment.codingaudit.rules import Origin, State
from muniment.core import clock
from muniment.encounters.models import Encounter
from muniment.ui import dates
from muniment.work.actions import NewItem

DAYS = 7  # for each turn where no plan is in force any more
TITLES = {
    State.CODING: "Audit a final coding", State.JUDGING: "Judge the differences of your audit", State.TOLD: "Answer the findings of an audit",
    State.RULING: "Uphold or yield what the coder disputes", State.THIRD: "Decide a disputed audit",
}  # fmt: skip


def drawn(final: FinalCoding, row: AuditDraw, place: int, origin: Origin, plan: Plan) -> Audit:
    stay = Encounter.objects.get(patient_id=final.patient_id, id=final.encounter_id)
    now = clock.now()
    of = f"{place} of {len(row.drawn)}, out of {len(row.population)} final codings of one coder on {dates.day(row.day)}"
    why = "Drawn by lot" if origin is Origin.RANDOM else f"Drawn by lot for the focus “{row.sample}”"
    return Audit(
        patient_id=final.patient_id, encounter_id=final.encounter_id, facility_id=row.facility_id, class_code=stay.class_code,
        service=stay.service, final_number=final.number, coder_id=row.coder_id, coder_name=row.coder_name, origin=origin,
        reason=f"{why}: {of}."[:400], draw_id=row.id, chosen_at=now, due_at=now + timedelta(days=plan.audit_days),
    )  # fmt: skip


def days(state: State, plan: Plan | None) -> int:
    """How long whoever's turn it is has."""
    if plan is None:
        return DAYS
    return {State.TOLD: plan.reply_days, State.RULING: plan.ruling_days, State.THIRD: plan.ruling_days}.get(
        state, plan.audit_days
    )


def item(audit: Audit, citation: str) -> NewItem:
    """The work of whoever's turn it is. Before the comparison it says nothing of the first coding, nor whose it is."""
    state = State(audit.state)
    owner = {State.JUDGING: audit.auditor_id, State.RULING: audit.auditor_id, State.TOLD: audit.coder_id}.get(state)
    return NewItem(
        queue=QUEUE_OF[state], subject=(SUBJECT, str(audit.id)), title=TITLES[state], reason=audit.reason, citation=citation,
        facility_id=audit.facility_id, patient_id=audit.patient_id, encounter_id=audit.encounter_id, owner_id=owner, due_at=audit.due_at,
    )  # fmt: skip


def recode(audit: Audit, citation: str) -> NewItem:
    return NewItem(
        queue=RECODE, subject=(SUBJECT, str(audit.id)), title="Code the stay again after its audit",
        reason="Errors of its final coding stand; nothing of it changes until you code it again.", citation=citation,
        facility_id=audit.facility_id, patient_id=audit.patient_id, encounter_id=audit.encounter_id, owner_id=audit.coder_id, due_at=audit.due_at,
    )  # fmt: skip


def second(draft: Draft, titles: Mapping[str, str]) -> dict[str, Any]:
    """The auditor's coding in the shape of a final one (``coding.content``)."""
    codes = [
        {
            "sequence": place, "role": one.role.value, "system": "icd-10-pcs" if one.is_procedure else "icd-10-cm", "code": one.code,
            "title": titles.get(one.code, ""), "poa": one.poa.value, "on": one.on.isoformat() if one.on else "",
            "operator": str(one.operator_id or ""),
        }
        for place, one in enumerate(draft.codes, 1)
    ]  # fmt: skip
    return {"codes": codes, "stay": {"disposition": draft.disposition}, "edits": [{"number": key.partition(":")[0], "codes": key.partition(":")[2].split("+"), "reason": why} for key, why in draft.answers.items()]}  # fmt: skip
