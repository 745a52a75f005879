"""Who looked at what while scans are worked: an event of the document and of the patient shown beside it, once in a while."""

from __future__ import annotations

from muniment.core.request import ActorRequest, note_listed
from muniment.core.throttle import Throttle
from muniment.record import actions as record
from muniment.scanning import actions
from muniment.scanning.models import Document
from muniment.scanning.web.desk import Whose

_looks = Throttle(seconds=15 * 60)  # the pictures of a document are one look


def note_pages(request: ActorRequest, row: Document, shown: str, *, always: bool = False) -> None:
    """Its pages were shown. A picture that is asked for without its screen leaves the event too."""
    if _looks.first((request.actor.id, request.actor.role, row.id)) or always:
        actions.note_view(actor=request.actor, row=row, shown=shown)


def note_whose(request: ActorRequest, row: Document, shown: Whose) -> None:
    """Somebody was found by what was typed: one with their stays, or several by name."""
    if shown.patient is None:
        note_listed(request, "patients to index a scan to", [one.id for one, _ in shown.found])
    elif _looks.first((request.actor.id, request.actor.role, shown.patient.id)):
        record.note_view(
            actor=request.actor, patient_id=shown.patient.id, subject=("patient", str(shown.patient.id)),
            shown="banner and stays, to index a scan", facility_id=row.facility_id,
        )  # fmt: skip
