"""What a draw, a person and a finished review make: rows and the work about them, not yet saved. Called only by ``actions``."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from muniment.accounts.models import Practitioner
from muniment.completion.queries import practitioner_of as practitioner_of
from muniment.core import clock
from muniment.encounters.models import Encounter
from muniment.openreview import queries
from muniment.openreview.models import Draw, GivenAnswer, OpenFinding, Review
from muniment.openreview.parameters import Plan, Question
from muniment.openreview.queues import FINDING, FINDINGS, RECHECK, REVIEW, REVIEWS
from muniment.openreview.rules import Origin, State, overrules
from muniment.record.models import Entry
from muniment.ui import dates
from muniment.work.actions import NewItem

TO_MEND = timedelta(days=1)  # how soon a finding is due: the patient may go home tomorrow
DAYS = 3  # to review what somebody added where no plan is in force


def drawn(stay: Encounter, row: Draw, number: int, plan: Plan) -> Review:
    free = len(row.population) - len(row.chosen)
    reason = f"Drawn by lot: {number} of {len(row.drawn)}, out of {free} open stays of “{row.stratum}” on {dates.day(row.day)}."
    made = _review(stay, Origin.DRAWN, reason, plan.due_days)
    made.draw_id, made.stratum, made.period = row.id, row.stratum, row.period
    return made


def focused(stay: Encounter, reason: str, plan: Plan | None) -> Review:
    return _review(stay, Origin.FOCUSED, reason, plan.due_days if plan else DAYS)


def _review(stay: Encounter, origin: Origin, reason: str, days: int) -> Review:
    now = clock.now()
    return Review(
        patient_id=stay.patient_id, encounter_id=stay.id, facility_id=stay.facility_id, class_code=stay.class_code, service=stay.service,
        unit=stay.unit, origin=origin, reason=reason[:400], chosen_at=now, due_at=now + timedelta(days=days),
    )  # fmt: skip


def item(row: Review, citation: str) -> NewItem:
    title = "Review the open record" + (f", {row.unit}" if row.unit else "")
    return NewItem(
        queue=REVIEWS, subject=(REVIEW, str(row.id)), title=title, reason=row.reason, citation=citation, facility_id=row.facility_id,
        patient_id=row.patient_id, encounter_id=row.encounter_id, due_at=row.due_at,
    )  # fmt: skip


def given(row: Review, question: Question, event_id: UUID) -> GivenAnswer:
    kept = row.answers[question.code]
    machine = kept.get("machine") or {}
    assert row.finished_at is not None
    return GivenAnswer(
        patient_id=row.patient_id, review_id=row.id, encounter_id=row.encounter_id, facility_id=row.facility_id, origin=row.origin,
        class_code=row.class_code, service=row.service, unit=row.unit, question=question.code, section=question.section, text=question.text,
        answer=kept["answer"], by_check=kept["by"] == "check", overruled=overrules(kept["answer"], machine), words=machine.get("words", ""),
        comment=kept.get("comment", ""), finished_at=row.finished_at, event_id=event_id,
    )  # fmt: skip


def finding(row: Review, stay: Encounter, question: Question) -> OpenFinding:
    kept = row.answers[question.code]
    machine = kept.get("machine") or {}
    places = machine.get("places", []) if machine.get("answer") == kept["answer"] else []
    words = " ".join(
        part
        for part in (machine.get("words", "") if places or not kept.get("comment") else "", kept.get("comment", ""))
        if part
    )
    assert row.rule_number is not None
    return OpenFinding(
        patient_id=row.patient_id, review_id=row.id, encounter_id=row.encounter_id, facility_id=row.facility_id, question=question.code,
        text=question.text, words=words or "Answered “no”.", places=places, rule_number=row.rule_number, owner_id=_owner(stay, question, places),
        unit=stay.unit, found_at=row.finished_at or clock.now(), event_id=row.event_id,
    )  # fmt: skip


def _owner(stay: Encounter, question: Question, places: list[dict[str, str]]) -> UUID | None:
    """Who can mend it: the author of the first entry it rests on, else the attending; nobody where it is the department's own."""
    if question.mend == "records":
        return None
    entries = [UUID(one["entry"]) for one in places if one["entry"]] if question.mend == "author" else []
    found = (
        Entry.objects.filter(patient_id=stay.patient_id, entry_id__in=entries[:1]).values_list("author_id", flat=True).first()
    )
    return found or stay.attending_id


def finding_item(row: OpenFinding) -> NewItem:
    """Of whoever owes it, while it is theirs and they can sign in; else of the department."""
    person = Practitioner.objects.select_related("user").filter(id=row.owner_id).first() if row.owner_id else None
    user = person.user if person and person.user and person.user.is_active else None
    own = row.state == State.OPEN and user is not None
    where = f" ({row.unit})" if row.unit else ""
    title = "Mend in the open chart" if own else "Look whether it is mended" if row.state == State.SAID else "Have it mended"
    nobody = "" if own or row.state == State.SAID or row.owner_id is None else f"{person} has no sign-in here. "
    said = f"{row.said_by}: {row.said} " if row.state == State.SAID else ""
    return NewItem(
        queue=FINDINGS if own else RECHECK, subject=(FINDING, str(row.id)), title=f"{title}{where}", reason=f"{said}{nobody}{row.text} {row.words}",
        facility_id=row.facility_id, patient_id=row.patient_id, encounter_id=row.encounter_id, owner_id=user.id if own and user else None,
        due_at=clock.now() + TO_MEND,
    )  # fmt: skip


def question_of(row: OpenFinding) -> Question | None:
    version = queries.book().numbered(row.rule_number)
    return version.worksheet.question(row.question) if version and version.worksheet else None
