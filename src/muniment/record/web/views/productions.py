"""The productions of the actor's facilities; one of them, while it is made and afterwards; its files."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.core import clock, keyset
from muniment.core.actor import Actor
from muniment.core.request import ActorRequest, note_listed
from muniment.encounters.models import Encounter
from muniment.identity.models import Patient
from muniment.identity.web import presenters as people
from muniment.kernel.errors import Refused
from muniment.record import actions, blob_files
from muniment.record.models import Production
from muniment.record.production import asking, scratch
from muniment.record.production.definition import LABELS, Mark
from muniment.record.production.order import OPEN, Order, Standing, Uncovered
from muniment.ui import dates
from muniment.ui.paging import page_of, plainly
from muniment.ui.shapes import Fact, Tone

PAGE = 50
SILENT = timedelta(minutes=10)  # without a word of progress: its worker was killed
TONES = {
    Standing.WAITING: Tone.DUE, Standing.RUNNING: Tone.INFO, Standing.READY: Tone.OK, Standing.FAILED: Tone.LATE, Standing.STOPPED: Tone.PLAIN,
}  # fmt: skip
UNCOVERED = {Uncovered.REFUSE: "none were there", Uncovered.INCLUDE: "included", Uncovered.LEAVE_OUT: "left out"}
COUNTED = {
    "documents": "Documents", "data": "Entries of data", "earlier versions": "Earlier versions", "retracted": "Retracted entries",
    "pages as pictures": "Pages of others shown as pictures", "not set": "Documents that could not be set", "attached": "Files attached",
    "faults": "Versions that do not match their digest", "left out": "Entries left out",
}  # fmt: skip
FILES = {"pdf": ("PDF", "application/pdf", ".pdf"), "manifest": ("manifest", "application/json", ".manifest.json")}


@needs(Category.RELEASE)
@require_GET
def productions(request: ActorRequest) -> HttpResponse:
    cursor = keyset.Cursor.read(request.GET.get("at", ""))
    some = keyset.page(asking.productions(request.actor), cursor, size=PAGE, field="asked_at")
    found = some.rows
    names = {one.id: one.display_name for one in Patient.objects.filter(id__in={row.patient_id for row in found})}
    rows = [
        {
            "row": row, "patient": names.get(row.patient_id, ""), "set": LABELS[Mark(row.asked_for["set"])], "tone": TONES[Standing(row.standing)],
            "when": dates.moment(row.asked_at, ZoneInfo(row.facility.zone)),
        }
        for row in found
    ]  # fmt: skip
    note_listed(request, "productions", [row.patient_id for row in found])
    return render(request, "record/productions.html", {"rows": rows, "page": page_of(some, plainly())})


@needs(Category.RELEASE)
@require_GET
def production(request: ActorRequest, production_id: UUID) -> HttpResponse:
    """The page; while it is made, htmx asks for the part that changes."""
    row = asking.production_for(request.actor, production_id)
    context = _standing(request.actor, row)
    if getattr(request, "htmx", False):
        return render(request, "record/_production.html", context)
    patient = Patient.objects.get(id=row.patient_id)
    actions.note_view(
        actor=request.actor, patient_id=patient.id, subject=("production", str(row.id)), shown=f"production {row.number}",
        facility_id=row.facility_id,
    )  # fmt: skip
    numbers = people.numbers_for(request.actor, [patient.id]).get(patient.id, [])
    return render(
        request, "record/production.html", context | {"banner": people.banner(patient, numbers), "facts": _facts(row)}
    )


def _standing(actor: Actor, row: Production) -> dict[str, Any]:
    going = row.standing in OPEN
    return {
        "row": row, "tone": TONES[Standing(row.standing)], "going": going, "silent": going and clock.now() - row.changed_at > SILENT,
        "may_stop": going and can(actor, Category.RELEASE, Grade.WRITE), "may_ask": can(actor, Category.RELEASE, Grade.WRITE),
        "counts": [(words, row.counts[name]) for name, words in COUNTED.items() if name in row.counts],
        "pdf_sha256": bytes(row.pdf_sha256).hex() if row.pdf_sha256 else "",
        "manifest_sha256": bytes(row.manifest_sha256).hex() if row.manifest_sha256 else "",
    }  # fmt: skip


def _facts(row: Production) -> list[Fact]:
    order, zone = Order.read(row.asked_for), ZoneInfo(row.facility.zone)
    stays = Encounter.objects.filter(id__in=order.stays).values_list("visit_number", flat=True)
    days = (
        " to ".join(dates.day(one) if one else "open" for one in (order.first, order.last))
        if order.first or order.last
        else "all"
    )
    return [
        Fact(label="Set", value=LABELS[order.which]),
        Fact(label="Definition", value=f"version {row.rule_number}"),
        Fact(label="Facility", value=row.facility.name),
        Fact(label="Stays", value=", ".join(sorted(stays)) or "all"),
        Fact(label="Days", value=days),
        Fact(label="As of", value=dates.moment(order.as_of or row.asked_at, zone)),
        Fact(label="Types not covered", value=UNCOVERED[order.uncovered]),
        Fact(label="Part 2 records", value="included" if order.part2 else "left out"),
        Fact(label="Trail", value="included" if order.trail else "not included"),
        Fact(label="Reason", value=order.reason),
        Fact(label="Asked by", value=f"{row.asked_by}, {row.asked_role}"),
        Fact(label="Asked", value=dates.moment(row.asked_at, zone)),
        Fact(label="Finished", value=dates.moment(row.finished_at, zone) if row.finished_at else "not yet"),
    ]


@needs(Category.RELEASE, Grade.WRITE)
@require_POST
def stop(request: ActorRequest, production_id: UUID) -> HttpResponse:
    asking.production_for(request.actor, production_id)
    row = actions.stop_production(actor=request.actor, production_id=production_id)
    messages.success(request, f"Stopped production {row.number}. Nothing of it was kept.")
    return redirect("record-production", production_id=production_id)


@needs(Category.RELEASE)  # type: ignore[arg-type]  # a file is streamed: Django types that apart
@require_GET
def fetch(request: ActorRequest, production_id: UUID, kind: str) -> HttpResponseBase:
    """The PDF or its manifest, proved before the first byte leaves, sent from a file that has no name any more."""
    row = asking.production_for(request.actor, production_id)
    if kind not in FILES:
        raise Refused("A production has a PDF and a manifest, and no other file.")
    name, media_type, ending = FILES[kind]
    actions.fetch_production(actor=request.actor, production_id=production_id, what=name)
    digest = row.pdf_sha256 if kind == "pdf" else row.manifest_sha256
    assert digest is not None
    with tempfile.TemporaryDirectory(dir=scratch.place(), prefix="fetch-") as folder:
        path = Path(folder) / "file"
        blob_files.copy_out(bytes(digest), path)
        opened = path.open("rb")
    return FileResponse(opened, as_attachment=True, filename=f"{row.number}{ending}", content_type=media_type)
