"""One review: the chart beside the worksheet, by keyboard. Every answer is kept as it is given."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.core.request import ActorRequest
from muniment.encounters.models import Encounter
from muniment.encounters.web.presenters import zone_of
from muniment.kernel.errors import NotAllowedInState, Refused
from muniment.openreview import actions, permissions, queries
from muniment.openreview.models import Review
from muniment.openreview.queues import REVIEWS
from muniment.openreview.rules import ReviewState, unanswered
from muniment.openreview.web import presenters
from muniment.openreview.web.forms import ReasonForm
from muniment.record import actions as record
from muniment.record import queries as entries
from muniment.record.web import desk as charts
from muniment.record.web import lists, reading
from muniment.ui import dates
from muniment.work import actions as work
from muniment.work import places


@needs(Category.OPEN_REVIEW)
@require_GET
def review(request: ActorRequest, review_id: UUID) -> HttpResponse:
    """Whoever may review begins it by opening it; whoever may only read sees it as it stands."""
    row = queries.review(request.actor, review_id)
    if row.state == ReviewState.WAITING and permissions.allows(permissions.check_review, request.actor, row):
        row = actions.begin(actor=request.actor, patient_id=row.patient_id, review_id=row.id)
    record.note_view(
        actor=request.actor, patient_id=row.patient_id, subject=("encounter", str(row.encounter_id)), shown="open-record review",
        facility_id=row.facility_id,
    )  # fmt: skip
    return _page(request, row)


def _page(request: ActorRequest, row: Review, *, leaving: ReasonForm | None = None, status: int = 200) -> HttpResponse:
    stay, actor = queries.stay_of(row), request.actor
    chart = charts.open_chart(request, row.encounter_id)
    may = row.state == ReviewState.BEGUN and permissions.can_review(actor)
    groups = lists.listed(actor, chart, request.GET)["groups"]
    questions = queries.questions_of(row, stay)
    found = presenters.asked(row, questions, zone_of(row))
    return render(request, "openreview/review.html", _standing(row, stay) | {
        "chart": chart, "banner": charts.banner(chart, actor), "documents": [line for group in groups for line in group.lines],
        "sections": presenters.sections(found, questions), "facts": presenters.review_facts(row, stay, queries.worksheet_of(row)),
        "may": may, "ended": dates.moment(stay.discharged_at, zone_of(stay)) if stay.discharged_at else "", "other": row.reviewer_name if may and row.reviewer_id != actor.id else "", "broken": queries.book().broken,
        "findings": [presenters.finding_link(one) for one in queries.findings_of(row)],
        "leaving": leaving or ReasonForm(initial={"revision": row.revision}, auto_id="leave-%s"), "leaving_open": leaving is not None,
        "events": presenters.events(presenters.history(row.id), zone_of(row)),
    }, status=status)  # fmt: skip


def _standing(row: Review, stay: Encounter) -> dict[str, Any]:
    """How far it is: what the bar under the worksheet shows, and changes with every answer."""
    codes = [one.code for one in queries.questions_of(row, stay)]
    left = unanswered(codes, row.answers)
    state, tone = presenters.STATES[ReviewState(row.state)]
    return {"review": row, "stay": stay, "left": len(left), "total": len(codes), "state": state, "tone": tone}


@needs(Category.OPEN_REVIEW, Grade.WRITE)
@require_POST
def answer(request: ActorRequest, review_id: UUID) -> HttpResponse:
    """One answer: the question anew, and how far the review is. Without a script the page is loaded again.

    Somebody else's answer in between is told (409), and nothing is written; what was typed stays on the screen.
    """
    row, said = queries.review(request.actor, review_id), request.POST
    code, comment = said.get("code", ""), said.get("comment", "")
    given = said.get("answer", row.answers.get(code, {}).get("answer", ""))
    wrong = ""
    try:
        row = actions.answer(
            actor=request.actor, patient_id=row.patient_id, review_id=row.id, code=code, given=given, comment=comment,
            revision=_number(said.get("revision", "")),
        )  # fmt: skip
    except Refused as told:
        if told.where != code:
            raise
        wrong = told.what
    if not getattr(request, "htmx", False):
        if wrong:
            messages.error(request, wrong)
        return redirect("openreview-review", review_id=row.id)
    stay = queries.stay_of(row)
    if not wrong and "answer" not in said:  # a comment alone: what was typed stays where it is, and the cursor with it
        kept = render(request, "openreview/_kept.html", _standing(row, stay) | {"may": True})
        kept["HX-Reswap"] = "none"
        return kept
    shown = presenters.one_asked(row, queries.questions_of(row, stay), code, zone_of(row))
    return render(request, "openreview/_answered.html", _standing(row, stay) | {
        "one": shown, "may": True, "wrong": wrong, "tried": given if wrong else "", "typed": comment if wrong else shown.comment,
    })  # fmt: skip


@needs(Category.OPEN_REVIEW, Grade.WRITE)
@require_POST
def finish(request: ActorRequest, review_id: UUID) -> HttpResponse:
    row = queries.review(request.actor, review_id)
    try:
        row = actions.finish(
            actor=request.actor, patient_id=row.patient_id, review_id=row.id, revision=_number(request.POST.get("revision", ""))
        )
    except NotAllowedInState as told:
        messages.error(request, f"{told.what} {told.remedy}")
        return redirect("openreview-review", review_id=row.id)
    found = len(queries.findings_of(row))
    words = (
        f"{presenters.count(found, 'finding')} told to who can mend it." if found else "Nothing was found that can be mended."
    )
    messages.success(request, f"Finished. {words}")
    return onward(request, row)


def onward(request: ActorRequest, row: Review) -> HttpResponse:
    """The next review of the queue; the one just finished where nothing waits."""
    try:
        item = work.pull_next(actor=request.actor, queue=REVIEWS)
    except Refused:
        item = None
    if item:
        return redirect(places.url_of(item))
    messages.info(request, "Nothing more waits in “Open-record review” that is not somebody’s.")
    return redirect("openreview-review", review_id=row.id)


@needs(Category.OPEN_REVIEW, Grade.WRITE)
@require_POST
def leave_out(request: ActorRequest, review_id: UUID) -> HttpResponse:
    row = queries.review(request.actor, review_id)
    form = ReasonForm(request.POST, auto_id="leave-%s")
    if not form.is_valid():
        return _page(request, row, leaving=form, status=422)
    actions.leave_out(
        actor=request.actor, patient_id=row.patient_id, review_id=row.id, reason=form.cleaned_data["reason"], revision=form.cleaned_data["revision"]
    )  # fmt: skip
    messages.success(request, "Left out. The next draw makes up for it.")
    return onward(request, row)


@needs(Category.OPEN_REVIEW)
@require_GET
def document(request: ActorRequest, review_id: UUID, entry_id: UUID) -> HttpResponse:
    """The left half: one entry of the patient's chart, read beside the worksheet. Without a script, in the chart itself."""
    row = queries.review(request.actor, review_id)
    if not getattr(request, "htmx", False):
        return redirect("record-document", encounter_id=row.encounter_id, entry_id=entry_id)
    chart = charts.open_chart(request, row.encounter_id)
    entry = entries.entry_among(request.actor, [row.patient_id], entry_id)  # also what was written before the stay
    record.note_view(
        actor=request.actor, patient_id=entry.patient_id, subject=("entry", str(entry_id)), shown=f"version {entry.number}",
        facility_id=entry.facility_id,
    )  # fmt: skip
    shown = reading.reader(request.actor, chart, entry, entry.number, "")
    return render(request, "openreview/_document.html", shown | {"chart": chart})


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
