"""One batch: how far it is read, what it was split into, and what became of its paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.accounts.queries import facility_names
from muniment.audit.queries import history_of
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Problem, Refused
from muniment.record import blobs
from muniment.scanning import actions, jobs, permissions, queries
from muniment.scanning.making import Destruction
from muniment.scanning.models import Batch
from muniment.scanning.rules import BatchState, missing_for_destruction
from muniment.scanning.web import presenters
from muniment.scanning.web.forms import DestroyForm, ReasonForm


@needs(Category.INTAKE)
@require_GET
def one(request: ActorRequest, batch_id: UUID) -> HttpResponse:
    return _page(request, queries.batch(request.actor, batch_id))


@needs(Category.INTAKE, Grade.WRITE)
@require_POST
def stop(request: ActorRequest, batch_id: UUID) -> HttpResponse:
    actions.stop(actor=request.actor, batch_id=batch_id)
    messages.success(request, "Reading stops after the pages it is at. What was read is kept.")
    return redirect("scanning-batch", batch_id=batch_id)


@needs(Category.INTAKE, Grade.WRITE)
@require_POST
def resume(request: ActorRequest, batch_id: UUID) -> HttpResponse:
    actions.resume(actor=request.actor, batch_id=batch_id)
    jobs.read_soon()
    messages.success(request, "Reading goes on where it was stopped.")
    return redirect("scanning-batch", batch_id=batch_id)


@needs(Category.INTAKE, Grade.WRITE)
@require_POST
def dismiss(request: ActorRequest, batch_id: UUID) -> HttpResponse:
    row, form = queries.batch(request.actor, batch_id), ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, row, dismissing=form, status=422)
    actions.dismiss(actor=request.actor, batch_id=batch_id, reason=form.cleaned_data["reason"])
    messages.success(request, "Settled. The file's bytes are kept.")
    return redirect("scanning-batch", batch_id=batch_id)


@needs(Category.INTAKE, Grade.WRITE)
@require_POST
def destroy(request: ActorRequest, batch_id: UUID) -> HttpResponse:
    """Two steps: what is said of the destruction, then its consequence in words."""
    row, today = queries.batch(request.actor, batch_id), clock.today()
    form = DestroyForm(request.POST, today=today)
    if not form.is_valid():
        return _page(request, row, destroying=form, status=422)
    if "confirmed" not in request.POST:
        return render(request, "scanning/destroy.html", {"batch": row, "form": form})
    try:
        actions.certify_destruction(actor=request.actor, batch_id=batch_id, said=Destruction(**form.cleaned_data), today=today)
    except Problem as told:
        return _page(request, row, destroying=form, told=told, status=409)
    messages.success(request, "Certified. The certificate is among the facts.")
    return redirect("scanning-batch", batch_id=batch_id)


@needs(Category.INTAKE)
@require_GET
def certificate(request: ActorRequest, batch_id: UUID) -> HttpResponse:
    row = queries.batch(request.actor, batch_id)
    permissions.check_read(request.actor, row)
    if row.certificate_sha256 is None:
        raise Refused("The paper of this batch is not certified as destroyed.")
    content = blobs.get(bytes(row.certificate_sha256))
    name = f'attachment; filename="certificate-{row.id}.pdf"'
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": name})


def _page(
    request: ActorRequest, row: Batch, *, dismissing: forms.Form | None = None, destroying: forms.Form | None = None, told: Problem | None = None, status: int = 200
) -> HttpResponse:  # fmt: skip
    today, may_work = clock.today(), permissions.can_work(request.actor, row)
    context: dict[str, Any] = {
        "batch": row, "row": presenters.batch_row(row), "facts": presenters.batch_facts(row, facility_names().get(row.facility_id, "")),
        "documents": [presenters.document_row(one) for one in row.documents.select_related("batch").order_by("first_page")],
        "events": presenters.events(history_of("scan-batch", str(row.id))), "may_work": may_work, "told": told, "status": status,
        "dismiss": dismissing or ReasonForm(), "reading": row.state == BatchState.READING, "stopped": row.state == BatchState.STOPPED,
    }  # fmt: skip
    if row.state == BatchState.READ:
        policy = queries.in_force(today).policy
        context |= {
            "destroy": destroying or DestroyForm(today=today, initial={"on": "today"}),
            "lacking": missing_for_destruction(policy, queries.standing(row), today), "asks_destruction": True,
        }  # fmt: skip
    return render(request, "scanning/batch.html", context, status=status)
