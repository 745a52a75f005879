"""The pages of a document: their pictures, and turning, leaving out, splitting and merging."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Refused
from muniment.record import blobs
from muniment.scanning import actions, permissions, queries, renderer
from muniment.scanning.models import Document
from muniment.scanning.renderer import Shot
from muniment.scanning.web import looks


@needs(Category.INTAKE)
@require_GET
def picture(request: ActorRequest, document_id: UUID, number: int) -> HttpResponse:
    """A page as it was scanned, upright."""
    row, page = queries.page(request.actor, document_id, number)
    looks.note_pages(request, row, "pages")
    batch = row.batch
    shot = Shot(queries.working(batch), batch.media_type, number, page.turn, page.skew)
    return _picture(shot)


@needs(Category.INTAKE)
@require_GET
def filed(request: ActorRequest, document_id: UUID, number: int) -> HttpResponse:
    """A page of the PDF that was filed: what a check looks at."""
    row = queries.document(request.actor, document_id)
    permissions.check_read(request.actor, row)
    if row.pdf_sha256 is None:
        raise Refused("This document is not filed.")
    looks.note_pages(request, row, "filed pages")
    return _picture(Shot(bytes(row.pdf_sha256), "application/pdf", number))


def _picture(shot: Shot) -> HttpResponse:
    made = renderer.picture(shot, lambda: blobs.get(shot.sha256))
    return HttpResponse(made, content_type="image/png", headers={"X-Content-Type-Options": "nosniff"})


@needs(Category.INTAKE, Grade.WRITE)
@require_POST
def turn(request: ActorRequest, document_id: UUID, number: int) -> HttpResponse:
    return _back(actions.turn_page(actor=request.actor, document_id=document_id, number=number), number)


@needs(Category.INTAKE, Grade.WRITE)
@require_POST
def drop(request: ActorRequest, document_id: UUID, number: int) -> HttpResponse:
    return _back(actions.drop_page(actor=request.actor, document_id=document_id, number=number), number)


@needs(Category.INTAKE, Grade.WRITE)
@require_POST
def earlier(request: ActorRequest, document_id: UUID, number: int) -> HttpResponse:
    return _back(actions.move_page(actor=request.actor, document_id=document_id, number=number, earlier=True), number)


@needs(Category.INTAKE, Grade.WRITE)
@require_POST
def later(request: ActorRequest, document_id: UUID, number: int) -> HttpResponse:
    return _back(actions.move_page(actor=request.actor, document_id=document_id, number=number, earlier=False), number)


@needs(Category.INTAKE, Grade.WRITE)
@require_POST
def split(request: ActorRequest, document_id: UUID, number: int) -> HttpResponse:
    made = actions.split_document(actor=request.actor, document_id=document_id, number=number)
    messages.success(
        request, f"Split: page {made.first_page} and what follows is a document of its own and waits in the queue."
    )
    return redirect("scanning-index", document_id=document_id)


@needs(Category.INTAKE, Grade.WRITE)
@require_POST
def merge(request: ActorRequest, document_id: UUID) -> HttpResponse:
    joined = actions.merge_with_previous(actor=request.actor, document_id=document_id)
    messages.success(request, "Its pages stand behind those of the document before it.")
    return redirect("scanning-index", document_id=joined.id)


def _back(row: Document, number: int) -> HttpResponse:
    return redirect(reverse("scanning-index", args=[row.id]) + f"?page={number}")
