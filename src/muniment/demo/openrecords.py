"""The demo hospital's review of open records: drawn and reviewed since two months ago at the first facility, some waiting now."""

from __future__ import annotations

from datetime import datetime, timedelta

from muniment.accounts import queries
from muniment.accounts.models import Facility, User
from muniment.accounts.rules import Role
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.demo.draw import Draw
from muniment.demo.organisation import FACILITIES, ORGANISATION_CODE, ZONE
from muniment.demo.staff import staff
from muniment.openreview import actions
from muniment.openreview.corrections import actions as corrections
from muniment.openreview.models import CorrectiveAction, OpenFinding, Review
from muniment.openreview.models import Draw as Drawn
from muniment.openreview.queries import book, questions_of, stay_of, today_at
from muniment.openreview.rules import Answer, ReviewState, Step

WEEKS = 8
MOST = 2  # reviews of a sitting; what is left is left out for want of time
LACKS = {
    "plan-followed": "The note of the second day repeats the plan of admission; the response to treatment is not told.",
    "legible": "A scanned form bears no time.",
    "abbreviations": "“QD” stands in the medication list.",
}
NO_TIME = "The patient left before the record could be looked at."
DECIDED = 4  # weeks ago
TO_DO = "Consents are scanned on the ward before the patient leaves for the operating room."
WAS_DONE = "Both surgical wards have a scanner, and the checklist of the operating room asks for the scan."
MENDED = "The time was added on the ward, and the form scanned anew."


def run(as_of: datetime) -> None:
    """Two draws a week and their reviews the day after; this week's wait, one of them begun."""
    if Drawn.objects.exists():
        return
    name = next(one.username for one in staff() if one.role == Role.TECHNICIAN)
    technician = queries.actor_for(User.objects.get(username=name))
    worker = Actor.system("worker", organisation=ORGANISATION_CODE)
    monday = (
        (as_of - timedelta(days=as_of.astimezone(ZONE).weekday()))
        .astimezone(ZONE)
        .replace(hour=6, minute=40, second=0, microsecond=0)
    )
    for week in range(WEEKS, 0, -1):
        _week(week, monday - timedelta(days=7 * week), technician, worker)
        with clock.at(monday - timedelta(days=7 * (week - 1), hours=-4)):
            _correct(week)
    with clock.at(as_of):
        actions.look(actor=worker)
        actions.look_again(actor=worker)
        for row in Review.objects.filter(state=ReviewState.WAITING, facility_id__in=technician.facilities).order_by(
            "chosen_at", "id"
        )[:1]:
            actions.begin(actor=technician, patient_id=row.patient_id, review_id=row.id)


def _correct(week: int) -> None:
    """Four weeks ago an administrator decided what is done about consents; a week later it was."""
    if week not in (DECIDED, DECIDED - 1):
        return
    user = User.objects.get(username=next(one.username for one in staff() if one.role == Role.ADMINISTRATOR))
    administrator, facility = queries.actor_for(user), Facility.objects.get(code=FACILITIES[0].code)
    if week == DECIDED:
        due_on = today_at(facility) + timedelta(days=14)
        corrections.decide(actor=administrator, facility=facility, question="consent", what=TO_DO, owner=user, due_on=due_on)
        return
    for row in CorrectiveAction.objects.filter(facility=facility, state="open"):
        corrections.carry_out(actor=administrator, action_id=row.id, words=WAS_DONE)


def _week(week: int, monday: datetime, technician: Actor, worker: Actor) -> None:
    facility = Facility.objects.get(code=FACILITIES[0].code)
    for day in (2, 6):
        at = monday + timedelta(days=day)
        with clock.at(at):
            governs = book().plan(today_at(facility))
            if governs is None or governs.plan is None:
                return
            for stratum in governs.plan.strata:
                actions.draw(actor=worker, facility=facility, governs=governs, stratum=stratum)
        if week > 1 or day < 6:  # those of the last draw still wait
            with clock.at(at + timedelta(hours=5)):
                _review(technician)
    with clock.at(monday + timedelta(days=7, hours=9)):
        _look_again(technician)


def _review(technician: Actor) -> None:
    waiting = Review.objects.filter(state=ReviewState.WAITING, facility_id__in=technician.facilities).order_by(
        "chosen_at", "id"
    )
    for place, row in enumerate(waiting):
        about = {"actor": technician, "patient_id": row.patient_id, "review_id": row.id}
        if place >= MOST:
            actions.leave_out(**about, reason=NO_TIME)  # type: ignore[arg-type]
            continue
        begun = actions.begin(**about)  # type: ignore[arg-type]
        for one in questions_of(begun, stay_of(begun)):
            if not begun.answers.get(one.code, {}).get("answer"):
                lacks = one.code in LACKS and Draw("open records", str(row.encounter_id), one.code).chance(0.15)
                given, said = (Answer.NO, LACKS[one.code]) if lacks else (Answer.YES, "")
                actions.answer(**about, code=one.code, given=given, comment=said)  # type: ignore[arg-type]
        actions.finish(**about)  # type: ignore[arg-type]


def _look_again(technician: Actor) -> None:
    """What the department could mend itself is mended within the week."""
    for row in OpenFinding.objects.filter(question="legible", state="open", facility_id__in=technician.facilities):
        actions.recheck(actor=technician, patient_id=row.patient_id, finding_id=row.id, way=Step.MEND, reason=MENDED)
