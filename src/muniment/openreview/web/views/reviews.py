"""Reviews of open records, newest first, and adding a stay that the plan did not draw."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.accounts import queries as accounts
from muniment.core import keyset
from muniment.core.request import ActorRequest, note_listed
from muniment.encounters import queries as encounters
from muniment.kernel.errors import NotAllowedInState
from muniment.openreview import actions, permissions, queries
from muniment.openreview.rules import ReviewState
from muniment.openreview.web import choices, presenters
from muniment.openreview.web.choices import Choice
from muniment.openreview.web.forms import ReasonForm
from muniment.record.web import desk as charts
from muniment.ui.paging import page_of
from muniment.ui.shapes import Why

PAGE = 50
STATES = {"": "In any state", "waiting": "Waiting", "begun": "Being reviewed", "finished": "Finished", "left out": "Left out"}
ORIGINS = {"": "drawn or focused", "drawn": "drawn by the plan", "focused": "focused, added by a person"}
DEFINITION = Why(
    rule="Each open record that the plan drew or a person added, by when it was chosen. A record is open from as many hours after admission as the plan "
    "says until the stay has been over for as many days as it says.",
    citation="House policy of open-record review, in the rule book",
)


@needs(Category.OPEN_REVIEW)
@require_GET
def reviews(request: ActorRequest) -> HttpResponse:
    actor, places = request.actor, accounts.facilities(request.actor)
    period, stratum = request.GET.get("period", "")[:10], request.GET.get("stratum", "")[:80]
    words = {
        "state": STATES, "origin": ORIGINS, "facility": choices.places(places), "period": {"": "of any period", period: f"of {period}"},
        "stratum": {"": "of any stratum", stratum: f"of “{stratum}”"},
    }  # fmt: skip
    choice = Choice.read(request.GET, words)
    found = queries.seen_by(actor).filter(
        **{name: choice[name] for name in ("state", "origin", "period", "stratum") if choice[name]}
    )
    if choice["facility"]:
        found = found.filter(facility_id=choice["facility"])
    some = keyset.page(found, keyset.Cursor.read(request.GET.get("at", "")), size=PAGE, field="chosen_at")
    note_listed(
        request, "open-record reviews", (one.patient_id for one in some.rows), state=choice["state"], narrowed=choice.is_narrow
    )
    return render(request, "openreview/reviews.html", {
        "tabs": presenters.tabs("Reviews"), "choice": choice, "definition": DEFINITION, "broken": queries.book().broken,
        "filters": choice.sentence({"state": "State", "origin": "How it came in", "facility": "Facility", "period": "Period", "stratum": "Stratum"}),
        "page": page_of(some, choice.address, total=found.count()), "may": permissions.can_review(actor),
        "lines": presenters.lines(actor, some.rows, reviews=permissions.can_review(actor)), "waiting": choice["state"] == ReviewState.WAITING,
    })  # fmt: skip


@needs(Category.OPEN_REVIEW, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def add(request: ActorRequest, encounter_id: UUID) -> HttpResponse:
    """A focused review: of a stay that somebody has a reason to look at."""
    stay = encounters.encounter(request.actor, encounter_id)
    form = ReasonForm(request.POST or None)
    form.fields["reason"].help_text = "It is shown apart from those drawn, and is in no percentage."
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.add(actor=request.actor, stay=stay, reason=form.cleaned_data["reason"])
        except NotAllowedInState as told:
            form.add_error(None, str(told))
        else:
            messages.success(request, "Added. It waits in “Open-record review”; here it is.")
            return redirect("openreview-review", review_id=row.id)
    banner = charts.banner(charts.open_chart(request, encounter_id), request.actor)
    status = 422 if form.is_bound else 200
    return render(request, "openreview/add.html", {"stay": stay, "banner": banner, "form": form}, status=status)
