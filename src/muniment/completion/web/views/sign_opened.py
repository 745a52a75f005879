"""Sign together what was opened one by one: the list, one password, a signature each."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.completion import actions, queries
from muniment.completion.opened import Opened, opened
from muniment.completion.web import presenters, reauthentication
from muniment.completion.web.forms import SignOpenedForm
from muniment.core.request import ActorRequest, note_listed
from muniment.ui.words import sentence_case


@needs(Category.COMPLETION, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def sign_opened(request: ActorRequest) -> HttpResponse:
    found = opened(request.actor, [one.deficiency for one in queries.inbox(request.actor)])
    form = reauthentication.form_for(request, SignOpenedForm, offered=[one for one in found if one.at])
    if request.method == "POST" and reauthentication.confirmed(request, form):
        return _sign(request, form.chosen)
    return _page(request, form, found)


def _sign(request: ActorRequest, chosen: list[tuple[UUID, int]]) -> HttpResponse:
    told = actions.sign_opened(actor=request.actor, chosen=chosen)
    if told.signed:
        count = len(told.signed)
        messages.success(request, f"Signed {count} document{'' if count == 1 else 's'}, each by itself.")
    for row, why in told.left_out:
        which = f"“{sentence_case(row.document_name)}” of {row.patient.display_name}" if row else "One that you ticked"
        messages.error(request, f"{which} was left out: {why}")
    return redirect("completion-inbox")


def _page(request: ActorRequest, form: SignOpenedForm, found: list[Opened]) -> HttpResponse:
    note_listed(request, "to sign together", (one.deficiency.patient_id for one in found))
    lines = presenters.lines(request.actor, [one.deficiency for one in found])
    rows = [presenters.to_sign(line, one) for line, one in zip(lines, found, strict=True)]
    ticked = form.ticked
    return render(request, "completion/sign_opened.html", {
        "form": form, "ready": [row for row in rows if row.opened], "unopened": [row for row in rows if not row.opened],
        "ticked": ticked, "actor_name": request.actor.name,
    }, status=422 if form.is_bound else 200)  # fmt: skip
