"""What is printed: the blank worksheet, a review's sheet, the month's report."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.accounts import queries as accounts
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.delinquency.web.scope import scope_of
from muniment.identity.web.presenters import whose
from muniment.kernel.errors import NotAllowedInState
from muniment.openreview import queries
from muniment.openreview.web import figures, paper
from muniment.openreview.web.views.figures import rules
from muniment.record import actions as record


def _pdf(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


@needs(Category.OPEN_REVIEW)
@require_GET
def blank(request: ActorRequest) -> HttpResponse:
    version = queries.book().worksheet(clock.today())
    if version is None:
        raise NotAllowedInState("No worksheet is in force.", remedy="Adopt “Worksheet of open-record review” in the rule book.")
    places = accounts.facilities(request.actor)
    return _pdf(paper.blank(version, places[0].name if len(places) == 1 else ""), "open-record-worksheet")


@needs(Category.OPEN_REVIEW)
@require_GET
def sheet(request: ActorRequest, review_id: UUID) -> HttpResponse:
    row = queries.review(request.actor, review_id)
    stay = queries.stay_of(row)
    named = whose(request.actor, {(row.patient_id, row.facility_id)})[row.patient_id, row.facility_id]
    record.note_view(
        actor=request.actor, patient_id=row.patient_id, subject=("encounter", str(row.encounter_id)), shown="open-record review, printed",
        facility_id=row.facility_id,
    )  # fmt: skip
    return _pdf(
        paper.sheet(row, stay, paper.stay_words(stay, f"{named.name}, born {named.born}", named.number)), "open-record-review"
    )


@needs(Category.OPEN_REVIEW)
@require_GET
def report(request: ActorRequest) -> HttpResponse:
    scope = scope_of(request)
    return _pdf(paper.report(figures.month_of(scope), rules()), f"open-record-report-{scope.at.month:%Y-%m}")
