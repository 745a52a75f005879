"""The coding workspace: the chart on the left, the codes on the right. Every change is saved as it is made."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.coding import actions, panels, queries
from muniment.coding.drafting import Draft, carry_out, put_command
from muniment.coding.web import presenters
from muniment.coding.web.desk import draft_pane, open_desk
from muniment.coding.web.forms import read_draft, read_revision
from muniment.coding.web.views.conflict import told
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Conflict, NotAllowedInState
from muniment.record import actions as record
from muniment.record.web import desk as charts
from muniment.record.web import lists
from muniment.terminology import indexes
from muniment.terminology.rules import System


@needs(Category.CODING, Grade.WRITE)
@require_GET
def workspace(request: ActorRequest, encounter_id: UUID) -> HttpResponse:
    """Opens the stay's draft; a final-coded stay leads to its final coding."""
    desk = open_desk(request.actor, encounter_id)
    abstract = queries.draft_abstract(desk.stay)
    if abstract is None and queries.final(desk.stay.patient_id, encounter_id):
        return redirect("coding-abstract", encounter_id=encounter_id)
    abstract = abstract or actions.open_draft(actor=request.actor, patient_id=desk.stay.patient_id, encounter_id=encounter_id)
    chart, releases = charts.open_chart(request, encounter_id), queries.releases(desk.facts.discharged)
    record.note_view(
        actor=request.actor, patient_id=desk.stay.patient_id, subject=("encounter", str(encounter_id)), shown="coding workspace",
        facility_id=desk.stay.facility_id,
    )  # fmt: skip
    return render(request, "coding/workspace.html", draft_pane(desk, abstract) | {
        "chart": chart, "banner": charts.banner(chart, request.actor), "groups": lists.listed(request.actor, chart, request.GET)["groups"],
        "words": presenters.stay_words(desk.facts), "owner": queries.owner_of(desk.stay, request.actor), "panels": panels.WORKSPACE.panels(request.actor, desk.stay),
        "release_cm": releases[System.ICD10CM], "release_pcs": releases[System.ICD10PCS], "books": indexes.installed(desk.facts.discharged).values(), "stands_in": queries.stands_in(desk.facts.discharged),
    })  # fmt: skip


@needs(Category.CODING, Grade.WRITE)
@require_POST
def save(request: ActorRequest, encounter_id: UUID) -> HttpResponse:
    """Save what stands on the screen after the change the screen asks for (``do``); answers the right half anew.

    A second person's change in between is told (409) and nothing is written; what was entered stays on the screen, and is compared from there.
    """
    desk = open_desk(request.actor, encounter_id)
    abstract = queries.draft_abstract(desk.stay)
    if abstract is None:
        raise NotAllowedInState("This stay has no draft any more.", remedy="Reload the page to see its final coding.")
    before = read_draft(request.POST, abstract.answers)
    command = request.POST.get("do", "")
    draft = carry_out(before, command) if command else before
    try:
        saved = actions.set_codes(
            actor=request.actor, patient_id=abstract.patient_id, abstract_id=abstract.id, revision=read_revision(request.POST), draft=draft
        )  # fmt: skip
    except Conflict as conflict:
        shown = read_draft(request.POST, {})
        return told(request, desk, carry_out(shown, command) if command else shown, conflict)
    return render(request, "coding/_pane.html", draft_pane(desk, saved) | _undo(before, command) | {"swapped": True})


def _undo(before: Draft, command: str) -> dict[str, str]:
    name, _, rest = command.partition(":")
    if name != "remove":
        return {}
    gone = before.codes[int(rest)]
    return {"removed": gone.written, "undo": put_command(int(rest), gone)}


@needs(Category.CODING, Grade.WRITE)
@require_POST
def finalise(request: ActorRequest, encounter_id: UUID) -> HttpResponse:
    desk = open_desk(request.actor, encounter_id)
    abstract = queries.draft_abstract(desk.stay)
    if abstract is None:
        raise NotAllowedInState("This stay has no draft any more.", remedy="Reload the page to see its final coding.")
    actions.finalise(
        actor=request.actor, patient_id=abstract.patient_id, abstract_id=abstract.id, revision=read_revision(request.POST)
    )
    return HttpResponseClientRedirect(reverse("coding-abstract", args=[encounter_id]))
