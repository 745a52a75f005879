"""The only writer of draws, reviews and what they find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from muniment.accounts.models import Facility
from muniment.core import clock, keys
from muniment.core.actions import action, leave, stands, unchanged
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.encounters.models import Encounter
from muniment.kernel.errors import NotAllowedInState, Refused
from muniment.openreview import making, permissions, queries, sampling, seeing
from muniment.openreview.models import Draw, GivenAnswer, OpenFinding, Review
from muniment.openreview.parameters import Plan, Stratum, Version
from muniment.openreview.queues import FINDING, FINDINGS, RECHECK, REVIEW, REVIEWS
from muniment.openreview.rules import UNSETTLED, Answer, ReviewState, State, Step, mendable, overrules, unanswered
from muniment.work import actions as work
from muniment.work.models import WorkItem
from muniment.work.rules import ACTIVE

KEY = "sampling"  # of the installation, outside the database


def look(*, actor: Actor) -> int:
    """Draw what the plan asks of this day, at every facility and in every stratum. Returns how many stays were drawn."""
    drawn = 0
    for facility in Facility.objects.order_by("code"):
        governs = queries.book().plan(queries.today_at(facility))
        if governs is None or governs.plan is None:
            continue
        for stratum in governs.plan.strata:
            if stratum.speaks_of(facility.code):
                row = draw(actor=actor, facility=facility, governs=governs, stratum=stratum)
                drawn += len(row.drawn) if row else 0
    return drawn


@action("openreview.draw", Lifecycle.WORK)
def draw(*, actor: Actor, facility: Facility, governs: Version, stratum: Stratum) -> Draw | None:
    """One stratum's draw of this day at a facility; None where it was drawn already."""
    plan, day = governs.plan, queries.today_at(facility)
    assert plan is not None
    if Draw.objects.filter(facility=facility, stratum=stratum.name, day=day).exists():
        unchanged()
        return None
    period = sampling.period_of(day, plan.period)
    stays = {one.id: one for one in queries.open_stays(facility, plan, stratum)}
    seen = queries.seen_in(facility, stratum.name, period, stays)
    if not seen:  # a facility that has none such: nothing is asked of it
        unchanged()
        return None
    before = list(queries.drawn_in(facility, period))
    counted = sum(one.stratum == stratum.name and one.state != ReviewState.LEFT_OUT for one in before)
    chosen = sorted({one.encounter_id for one in before} & stays.keys())
    seed = sampling.seed(keys.named(KEY), facility.code, stratum.name, day)
    lot = sampling.draw(
        stratum.quota, period, day, seed, population=list(stays), seen=seen,
        chosen=chosen, counted=counted,
    )  # fmt: skip
    row = Draw(
        facility=facility, stratum=stratum.name, day=day, period=period.key, begin=period.begin, last=period.last, population=sorted(stays), chosen=chosen,
        seed=seed, drawn=list(lot.drawn), seen=lot.seen, required=lot.required, target=lot.target, have=lot.have, short=lot.short,
        rule_number=governs.rule.number, citation=governs.rule.cited[:400],
    )  # fmt: skip
    return _keep_draw(actor, row, [stays[one] for one in lot.drawn], plan)


def _keep_draw(actor: Actor, row: Draw, stays: list[Encounter], plan: Plan) -> Draw:
    event = leave(
        subject=("open-record-draw", row.id), facility_id=row.facility_id,
        after={"stratum": row.stratum, "day": row.day.isoformat(), "of": len(row.population), "drawn": [str(one) for one in row.drawn], "seed": row.seed.hex(), "short": row.short},
    )  # fmt: skip
    row.made_at, row.event_id = event.at, event.id
    row.save(force_insert=True)
    reviews = [making.drawn(one, row, number, plan) for number, one in enumerate(stays, 1)]
    for one in reviews:
        one.event_id = event.id
    Review.objects.bulk_create(reviews)
    stands(row, *reviews)
    if reviews:
        work.create(actor=actor, items=[making.item(one, row.citation) for one in reviews])
    return row


@action("openreview.add", Lifecycle.WORK)
def add(*, actor: Actor, stay: Encounter, reason: str) -> Review:
    """Have a stay reviewed that the plan did not draw, saying why: a focused review, which counts towards no quota and no percentage."""
    governs = queries.book().plan(queries.today_at(stay.facility))
    plan = governs.plan if governs else None
    row = making.focused(stay, permissions.check_said(reason, "Say why this stay is reviewed."), plan)
    permissions.check_review(actor, row)
    if not queries.is_open(stay, plan, clock.now()):
        raise NotAllowedInState("This stay is over: its chart is looked at by chart analysis.", remedy="Open its chart.")
    waiting = Review.objects.filter(
        patient_id=stay.patient_id, encounter_id=stay.id, state__in=[ReviewState.WAITING, ReviewState.BEGUN]
    )
    if waiting.exists():
        raise NotAllowedInState("A review of this stay is waiting already.", remedy="Open it from the chart.")
    event = leave(subject=(REVIEW, row.id), patient_id=stay.patient_id, facility_id=stay.facility_id, reason=row.reason)
    row.event_id = event.id
    row.save(force_insert=True)
    stands(row)
    work.create(actor=actor, items=[making.item(row, governs.rule.cited if governs else "")])
    return row


@action("openreview.begin", Lifecycle.WORK)
def begin(*, actor: Actor, patient_id: UUID, review_id: UUID) -> Review:
    """Take a review, and let the record answer what it can. One that is begun already stays whose it is."""
    row = _locked(actor, patient_id, review_id)
    if row.state != ReviewState.WAITING:
        unchanged()
        return row
    version, stay = queries.worksheet_of(row), queries.stay_of(row)
    if version is None:
        raise NotAllowedInState("No worksheet is in force.", remedy="Adopt “Worksheet of open-record review” in the rule book.")
    row.state = permissions.reached(row, "begin")
    row.begun_at, row.rule_number, row.reviewer_id, row.reviewer_name = clock.now(), version.rule.number, actor.id, actor.name
    questions = queries.questions_of(row, stay)
    row.answers = {code: _by_check(found) for code, found in seeing.told(stay, questions).items()}
    _save(row, {"state": ReviewState.WAITING}, {"worksheet": version.rule.number, "questions": len(questions)})
    _take(actor, row)
    return row


def _by_check(found: Mapping[str, Any]) -> dict[str, Any]:
    """What a check could not tell stays unanswered."""
    return {"answer": found["answer"], "comment": "", "by": "check" if found["answer"] else "", "machine": dict(found)}


def _take(actor: Actor, row: Review) -> None:
    item = WorkItem.objects.filter(
        queue_id=REVIEWS, subject_type=REVIEW, subject_id=str(row.id), state__in=ACTIVE, owner__isnull=True
    ).first()
    if item and actor.id:
        work.assign(actor=actor, item_id=item.id, owner_id=actor.id)


@action("openreview.answer", Lifecycle.WORK)
def answer(
    *, actor: Actor, patient_id: UUID, review_id: UUID, code: str, given: str, comment: str, revision: int | None = None
) -> Review:
    """Answer one question, or take its answer back (``given`` ""). Another answer than the record's needs a comment, and so does a *no* that somebody is told.

    ``revision`` is that of the review as it was shown: when somebody answered since, Conflict is raised and nothing is written.
    """
    row = _locked(actor, patient_id, review_id)
    permissions.check_revision(row, revision, row.reviewer_name)
    permissions.check_begun(row)
    question = next((one for one in queries.questions_of(row, queries.stay_of(row)) if one.code == code), None)
    if question is None:
        raise Refused("This worksheet has no such question.", remedy="Open the review again.")
    if given and given not in list(Answer):
        raise Refused("Answer yes, no or not applicable.", where=code)
    kept = dict(row.answers.get(code, {}))
    machine, said = kept.get("machine"), comment.strip()[:2000]
    if overrules(given, machine) and not said:
        raise Refused("Say why you overrule what the record says.", where=code)
    untouched = bool(machine and machine.get("answer") == given)
    if given == Answer.NO and question.mend and not untouched and not said:
        raise Refused("Say what is wrong, so that whoever can mend it knows.", where=code)
    now = {"answer": given, "comment": said, "by": "check" if untouched else actor.name if given else ""}
    row.answers = row.answers | {code: kept | now}
    row.reviewer_id, row.reviewer_name = actor.id, actor.name
    _save(row, {"answer": kept.get("answer", "")}, {"question": code, "answer": given})
    return row


@action("openreview.finish", Lifecycle.ATTEST)
def finish(*, actor: Actor, patient_id: UUID, review_id: UUID, revision: int | None = None) -> Review:
    """Finish a review that is answered whole: its answers stand from now on, and what can be mended is told to who can."""
    row, stay = _locked(actor, patient_id, review_id), None
    permissions.check_revision(row, revision, row.reviewer_name)
    state, stay = permissions.reached(row, "finish"), queries.stay_of(row)
    questions = queries.questions_of(row, stay)
    left = unanswered([one.code for one in questions], row.answers)
    if left:
        many = f"{len(left)} questions are" if len(left) > 1 else "One question is"
        raise NotAllowedInState(f"{many} not answered.", where=left[0], remedy="Answer them, or say that they do not apply.")
    row.state, row.finished_at, row.reviewer_id, row.reviewer_name = state, clock.now(), actor.id, actor.name
    found = [making.finding(row, stay, one) for one in questions if one.mend and mendable(row.answers[one.code])]
    said = {one.code: row.answers[one.code]["answer"] for one in questions}
    event_id = _save(row, {"state": ReviewState.BEGUN}, {"answers": said, "findings": [str(one.id) for one in found]}, found)
    answers = [making.given(row, one, event_id) for one in questions]
    GivenAnswer.objects.bulk_create(answers)
    stands(*answers)
    work.settle(actor=actor, queue=REVIEWS, subjects=[(REVIEW, str(row.id))], reason="Review finished")
    if found:
        work.create(actor=actor, items=[making.finding_item(one) for one in found])
    return row


@action("openreview.leave-out", Lifecycle.WORK)
def leave_out(*, actor: Actor, patient_id: UUID, review_id: UUID, reason: str, revision: int | None = None) -> Review:
    """Leave a review undone, saying why: the period lacks one more then, and the next draw makes up for it."""
    row = _locked(actor, patient_id, review_id)
    permissions.check_revision(row, revision, row.reviewer_name)
    before = row.state
    row.state, row.closed_why = permissions.reached(row, "leave out"), permissions.check_said(reason, "Say why it is left out.")
    row.left_out_at = clock.now()
    row.reviewer_id, row.reviewer_name = actor.id, actor.name
    _save(row, {"state": before}, {"state": row.state}, reason=row.closed_why)
    work.settle(actor=actor, queue=REVIEWS, subjects=[(REVIEW, str(row.id))], reason=f"Left out: {row.closed_why}", done=False)
    return row


@action("openreview.say-mended", Lifecycle.WORK)
def say_mended(*, actor: Actor, patient_id: UUID, finding_id: UUID, words: str, revision: int | None = None) -> OpenFinding:
    """Whoever owes it says what was done. Where the record can tell, it is asked at once; else somebody looks again."""
    row = _locked_finding(actor, patient_id, finding_id, revision)
    permissions.check_owner(actor, row, making.practitioner_of(actor))
    said = permissions.check_said(words, "Say what was done.", "words")
    row.state, row.said, row.said_by = permissions.step(row, Step.SAY), said, actor.name
    _save_finding(row, State.OPEN, reason=said)
    work.settle(actor=actor, queue=(FINDINGS, RECHECK), subjects=[(FINDING, str(row.id))], reason="Said to be mended")
    work.create(actor=actor, items=[making.finding_item(row)])
    return row


@action("openreview.recheck", Lifecycle.WORK)
def recheck(
    *, actor: Actor, patient_id: UUID, finding_id: UUID, way: Step, reason: str, revision: int | None = None
) -> OpenFinding:
    """Say what a second look found: mended, not mended (back to who owes it), or past mending. ``way`` is MEND, RETURN or GIVE_UP."""
    row = _locked_finding(actor, patient_id, finding_id, revision)
    permissions.check_review(actor, row)
    if way not in (Step.MEND, Step.RETURN, Step.GIVE_UP):
        raise Refused("Say whether it is mended.", where="way")
    before, said = State(row.state), permissions.check_said(reason, "Say what you saw.")
    row.state, row.settled_why = permissions.step(row, way), said
    if row.state not in UNSETTLED:
        row.settled_at, row.settled_by = clock.now(), actor.name
    _save_finding(row, before, reason=said)
    work.settle(
        actor=actor, queue=(FINDINGS, RECHECK), subjects=[(FINDING, str(row.id))], reason=f"{row.state.capitalize()}: {said}"
    )
    if row.state in UNSETTLED:
        work.create(actor=actor, items=[making.finding_item(row)])
    return row


def look_again(*, actor: Actor) -> int:
    """Ask the checks about what is not settled: what the record shows mended by now ends by itself. Returns how many did."""
    mended = 0
    for row in OpenFinding.objects.filter(state__in=UNSETTLED).order_by("found_at", "id"):
        question = making.question_of(row)
        if question is None or question.check is None:
            continue
        told = seeing.mended(queries.stay_of(row), question.check)
        if told.answer is Answer.YES:
            recheck(
                actor=actor,
                patient_id=row.patient_id,
                finding_id=row.id,
                way=Step.MEND,
                reason=f"The record shows it: {told.words}",
            )
            mended += 1
    return mended


def _locked(actor: Actor, patient_id: UUID, review_id: UUID) -> Review:
    row = (
        Review.objects.select_for_update(of=("self",))
        .select_related("facility")
        .filter(patient_id=patient_id, id=review_id)
        .first()
    )
    if row is None:
        raise Refused(queries.NOTHING, remedy=queries.ELSEWHERE)
    permissions.check_review(actor, row)
    return row


def _locked_finding(actor: Actor, patient_id: UUID, finding_id: UUID, revision: int | None) -> OpenFinding:
    row = OpenFinding.objects.select_for_update(of=("self",)).filter(patient_id=patient_id, id=finding_id).first()
    if row is None:
        raise Refused(queries.NOTHING, remedy=queries.ELSEWHERE)
    permissions.check_see(actor, row)
    permissions.check_revision(row, revision, row.settled_by or row.said_by)
    return row


def _save(
    row: Review, before: dict[str, Any], after: dict[str, Any], found: Iterable[OpenFinding] = (), *, reason: str = ""
) -> UUID:
    """Save a review with its event, and the findings it made. Returns the event's id."""
    event = leave(
        subject=(REVIEW, row.id),
        patient_id=row.patient_id,
        facility_id=row.facility_id,
        reason=reason,
        before=before,
        after=after,
    )
    row.event_id, row.revision = event.id, row.revision + 1
    row.save()
    findings = list(found)
    for one in findings:
        one.event_id = event.id
    OpenFinding.objects.bulk_create(findings)
    stands(row, *findings)
    return event.id


def _save_finding(row: OpenFinding, before: State, *, reason: str) -> None:
    event = leave(
        subject=(FINDING, row.id), patient_id=row.patient_id, facility_id=row.facility_id, reason=reason, before={"state": before}, after={"state": row.state}
    )  # fmt: skip
    row.event_id, row.revision = event.id, row.revision + 1
    row.save()
    stands(row)
