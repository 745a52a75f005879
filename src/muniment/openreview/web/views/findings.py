"""What reviews found in open charts and can be mended, newest first."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.accounts import queries as accounts
from muniment.completion.queries import practitioner_of
from muniment.core import keyset
from muniment.core.request import ActorRequest, note_listed
from muniment.openreview import permissions, queries
from muniment.openreview.rules import UNSETTLED
from muniment.openreview.web import choices, presenters
from muniment.openreview.web.choices import Choice
from muniment.ui.paging import page_of
from muniment.ui.shapes import Why

PAGE = 50
STATES = {
    "": "Not settled", "all": "Of any state", "open": "To be mended", "said to be mended": "Said to be mended", "mended": "Mended",
    "not mended": "Not mended",
}  # fmt: skip
DEFINITION = Why(
    rule="Each “no” to a question that the worksheet calls mendable, of a finished review. It is told to the attending or the author of the entry, else to the "
    "records department. It is settled when the record shows that it is mended, or somebody of the department looked again.",
    citation="House policy of open-record review, in the rule book",
)


@needs(Category.OPEN_REVIEW)
@require_GET
def findings(request: ActorRequest) -> HttpResponse:
    actor, places, questions = request.actor, accounts.facilities(request.actor), queries.book().questions()
    words = {
        "state": STATES, "question": {"": "to any question"} | {code: f"to “{one.text}”" for code, one in questions.items()},
        "whose": {"": "of anyone", "mine": "mine"} if practitioner_of(actor) else {"": "of anyone"}, "facility": choices.places(places),
    }  # fmt: skip
    choice = Choice.read(request.GET, words)
    found = queries.findings(actor)
    if choice["state"] != "all":
        found = found.filter(state__in=[choice["state"]] if choice["state"] else list(UNSETTLED))
    if choice["question"]:
        found = found.filter(question=choice["question"])
    if choice["facility"]:
        found = found.filter(facility_id=choice["facility"])
    if choice["whose"]:
        found = found.filter(owner=practitioner_of(actor))
    some = keyset.page(found, keyset.Cursor.read(request.GET.get("at", "")), size=PAGE, field="found_at")
    note_listed(
        request,
        "findings in open charts",
        (one.patient_id for one in some.rows),
        state=choice["state"],
        narrowed=choice.is_narrow,
    )
    return render(request, "openreview/findings.html", {
        "tabs": presenters.tabs("Findings"), "choice": choice, "definition": DEFINITION,
        "filters": choice.sentence({"state": "State", "question": "Question", "whose": "Whose", "facility": "Facility"}),
        "page": page_of(some, choice.address, total=found.count()),
        "lines": presenters.finding_lines(actor, some.rows, reviews=permissions.can_review(actor)),
    })  # fmt: skip
