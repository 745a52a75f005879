"""The only writer of coding audits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from muniment.accounts.models import Facility
from muniment.coding import queries as coding
from muniment.coding.assessment import grouping_of
from muniment.coding.drafting import Draft
from muniment.coding.models import FinalCoding
from muniment.coding.stay import StayFacts, claim_of, facts_of
from muniment.coding.titles import system_of, titles_of
from muniment.codingaudit import comparing, judging, making, permissions, queries
from muniment.codingaudit.judging import Said
from muniment.codingaudit.models import Audit, AuditDraw, AuditStep
from muniment.codingaudit.parameters import Plan, plan_of
from muniment.codingaudit.queues import QUEUE_OF, RECODE, SUBJECT
from muniment.codingaudit.rules import Origin, State, counted, turn
from muniment.core import clock, keys
from muniment.core.actions import action, leave, stands, unchanged
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.encounters.models import Encounter
from muniment.kernel import lots
from muniment.kernel.errors import NotAllowedInState, Refused
from muniment.kernel.ids import uuid7
from muniment.record import filing
from muniment.rulebook import queries as rulebook
from muniment.rulebook.rules import RuleInForce
from muniment.terminology.rules import System
from muniment.work import actions as work
from muniment.work.models import WorkItem
from muniment.work.rules import ACTIVE

KEY = "sampling"  # of the installation, outside the database
RANDOM = "random"


def look(*, actor: Actor) -> int:
    """Draw what the plan asks of this day at every facility, and end the recoding that was done. Returns how many stays were drawn."""
    drawn = 0
    for facility in Facility.objects.order_by("code"):
        day = queries.today_at(facility)
        governs = plan_of(rulebook.at(day))
        if governs and governs[1].is_on(day):
            drawn += _draw_all(actor, facility, day, *governs)
    settle_recoded(actor=actor)
    return drawn


def _draw_all(actor: Actor, facility: Facility, day: date, rule: RuleInForce, plan: Plan) -> int:
    drawn = 0
    samples = [RANDOM] if plan.random_per_coder else []
    for sample in [*samples, *(one.name for one in plan.focuses)]:
        for coder_id in queries.eligible(facility, plan.back_days):
            row = draw(actor=actor, facility=facility, coder_id=coder_id, sample=sample, day=day, rule=rule, plan=plan)
            drawn += len(row.drawn) if row else 0
    return drawn


@action("codingaudit.draw", Lifecycle.WORK)
def draw(
    *, actor: Actor, facility: Facility, coder_id: UUID, sample: str, day: date, rule: RuleInForce, plan: Plan
) -> AuditDraw | None:
    """One coder's sample of a day; None where it was drawn already, or where there is nothing to draw from."""
    if AuditDraw.objects.filter(facility=facility, coder_id=coder_id, sample=sample, day=day).exists():
        unchanged()
        return None
    rows = queries.eligible(facility, plan.back_days).get(coder_id, [])
    focus = next((one for one in plan.focuses if one.name == sample), None)
    found = {one.encounter_id: one for one in (queries.focused(rows, coder_id, focus) if focus else rows)}
    if not found:
        unchanged()
        return None
    seed = lots.seed(keys.named(KEY), "coding audit", facility.code, str(coder_id), sample, day.isoformat())
    wanted = focus.count if focus else plan.random_per_coder
    drawn = lots.in_order(seed, found)[:wanted]
    row = AuditDraw(
        facility=facility, coder_id=coder_id, coder_name=next(iter(found.values())).coder_name, sample=sample, day=day,
        population=sorted(found), seed=seed, drawn=drawn, wanted=wanted, rule_number=rule.number, citation=rule.cited[:400],
    )  # fmt: skip
    return _keep_draw(actor, row, [found[one] for one in drawn], plan)


def _keep_draw(actor: Actor, row: AuditDraw, finals: Sequence[FinalCoding], plan: Plan) -> AuditDraw:
    event = leave(
        subject=("coding-audit-draw", row.id), facility_id=row.facility_id,
        after={"sample": row.sample, "coder": str(row.coder_id), "day": row.day.isoformat(), "of": len(row.population), "drawn": [str(one) for one in row.drawn], "seed": row.seed.hex()},
    )  # fmt: skip
    row.made_at, row.event_id = event.at, event.id
    row.save(force_insert=True)
    origin = Origin.RANDOM if row.sample == RANDOM else Origin.FOCUSED
    audits = [making.drawn(one, row, place, origin, plan) for place, one in enumerate(finals, 1)]
    Audit.objects.bulk_create(audits)
    stands(row, *audits)
    work.create(actor=actor, items=[making.item(one, row.citation) for one in audits])
    return row


@action("codingaudit.set-codes", Lifecycle.AMEND)
def set_codes(*, actor: Actor, audit_id: UUID, revision: int, draft: Draft) -> Audit:
    """Keep the auditor's coding as it stands on the screen; the first who does is the auditor.

    Raises Problem for a code that can't be used on the day of discharge, as coding itself does.
    """
    audit = _locked(actor, audit_id, revision, State.CODING)
    stay = coding.stay_for_update(audit.patient_id, audit.encounter_id)
    before = audit.second.get("codes", [])
    known = {(System(one["system"]), one["code"]): one["title"] for one in before}
    titles = titles_of(draft, facts_of(stay).discharged, known=known)
    audit.second = making.second(draft, {one.code: titles[system_of(one), one.code] for one in draft.codes})
    audit.auditor_id, audit.auditor_name = actor.id, actor.name
    _change(actor, audit, {"codes": len(draft.codes)})
    return audit


@action("codingaudit.compare", Lifecycle.ATTEST)
def compare(*, actor: Actor, audit_id: UUID, revision: int) -> Audit:
    """Hold the second coding, which changes no more, against the first. From here on both are seen."""
    audit = _locked(actor, audit_id, revision, State.CODING)
    first, second = queries.first_draft(audit), queries.second_draft(audit)
    if second.principal is None:
        raise NotAllowedInState("Your coding has no principal diagnosis.", remedy="Add it, then compare.")
    facts = _facts(audit)
    audit.compared_at = clock.now()
    audit.first_drg, audit.second_drg = queries.audited(audit).drg, _drg(facts, second)
    audit.coded = comparing.size(first)
    found = comparing.compare(first, second, poa=facts.inpatient)
    _pass_on(actor, audit, found, State.CODING)
    return audit


def _facts(audit: Audit) -> StayFacts:
    stays = Encounter.objects.select_related("patient", "facility")
    return facts_of(stays.get(patient_id=audit.patient_id, id=audit.encounter_id))


def _drg(facts: StayFacts, draft: Draft) -> str:
    grouped, _ = grouping_of(facts, claim_of(facts, draft), drivers=False)
    return f"{grouped.final_drg:03d}" if grouped else ""


@action("codingaudit.respond", Lifecycle.ATTEST)
def respond(*, actor: Actor, audit_id: UUID, revision: int, said: Mapping[int, Said]) -> Audit:
    """Say of each finding that waits what becomes of it: the auditor judges, the coder answers, the auditor rules, a third decides.

    Nothing of the final coding changes. Raises Refused for a finding nothing was said of, and for a reason that is missing.
    """
    audit = _locked(actor, audit_id, revision)
    if audit.state == State.CODING:
        raise NotAllowedInState("The second coding is not compared yet.", remedy="Code the stay, then compare.")
    before = State(audit.state)
    number, errors = queries.errors_on(audit.facility)
    if before == State.JUDGING:
        audit.rule_number = number  # whose kinds of error it is judged by
    _pass_on(actor, audit, judging.judged(before, queries.findings_of(audit), said, errors), before)
    return audit


def _pass_on(actor: Actor, audit: Audit, findings: Sequence[Any], before: State) -> None:
    """Keep what was said, and give the audit to whose turn it is."""
    audit.findings, audit.state = queries.kept(findings), turn(findings)
    governs = plan_of(rulebook.at(queries.today_at(audit.facility)))
    audit.due_at = clock.now() + timedelta(days=making.days(State(audit.state), governs[1] if governs else None))
    if audit.state == State.CLOSED:
        _close(audit)
    said = {"findings": len(findings), "stand": sum(one.stands for one in findings), "standing_drg": audit.standing_drg}
    event = _change(actor, audit, said)
    step = AuditStep(
        id=uuid7(), patient_id=audit.patient_id, audit_id=audit.id, state=before, at=event.at, actor_id=actor.id,
        actor_name=actor.name, second=audit.second if before == State.CODING else {}, findings=audit.findings, event_id=event.id,
    )  # fmt: skip
    step.save(force_insert=True)
    stands(step)
    work.settle(actor=actor, queue=QUEUE_OF[before], subjects=[(SUBJECT, str(audit.id))], reason="Done")
    citation = governs[0].cited[:400] if governs else ""
    if audit.state != State.CLOSED:
        work.create(actor=actor, items=[making.item(audit, citation)])
    elif any(one.stands for one in findings):
        work.create(actor=actor, items=[making.recode(audit, citation)])


def _close(audit: Audit) -> None:
    findings = queries.findings_of(audit)
    audit.closed_at = clock.now()
    audit.correct, audit.missed = counted(audit.coded, findings)
    corrected = comparing.standing(queries.first_draft(audit), queries.second_draft(audit), findings)
    # where nothing stands the first coding's own DRG does: it was grouped on its day
    audit.standing_drg = _drg(_facts(audit), corrected) if any(one.stands for one in findings) else audit.first_drg


@action("codingaudit.settle-recoded", Lifecycle.WORK)
def settle_recoded(*, actor: Actor) -> int:
    """End the work of recoding where a later final coding is there. Returns how many."""
    items = WorkItem.objects.filter(queue_id=RECODE, state__in=ACTIVE).values_list("subject_id", flat=True)
    audits = Audit.objects.filter(id__in=list(items))
    done = [(SUBJECT, str(one.id)) for one in audits if _is_recoded(one)]
    if not done:
        unchanged()
        return 0
    work.settle(actor=actor, queue=RECODE, subjects=done, reason="Coded again")
    leave(subject=("queue", RECODE), after={"recoded": len(done)})
    return len(done)


def _is_recoded(audit: Audit) -> bool:
    final = coding.final(audit.patient_id, audit.encounter_id)
    return final is not None and final.number > audit.final_number


def _locked(actor: Actor, audit_id: UUID, revision: int, state: State | None = None) -> Audit:
    """The patient's lock first, then the row as it stands under it; it is the actor's turn, and theirs as they read it."""
    patient = Audit.objects.filter(id=audit_id).values_list("patient_id", flat=True).first()
    if patient is None:
        raise Refused("There is nothing here that you may see.")
    filing.lock(patient)
    found = Audit.objects.select_for_update(of=("self",)).select_related("facility").get(patient_id=patient, id=audit_id)
    permissions.check_act(actor, found)
    permissions.check_revision(found, revision)
    if state and found.state != state:
        raise NotAllowedInState("The second coding was compared already; it changes no more.", remedy="Reload the page.")
    return found


def _change(actor: Actor, audit: Audit, after: dict[str, Any]) -> Any:
    event = leave(
        subject=(SUBJECT, audit.id), patient_id=audit.patient_id, facility_id=audit.facility_id,
        after={"state": str(audit.state), "encounter": str(audit.encounter_id)} | after,
    )  # fmt: skip
    audit.revision += 1
    audit.save()
    stands(audit)
    return event
