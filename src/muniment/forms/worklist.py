"""Work that forms give out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from muniment.forms.models import FormVersion
from muniment.forms.queues import APPROVALS, FLAGGED, REVIEWS
from muniment.scanning.formcodes import FormCode
from muniment.scanning.models import Document
from muniment.ui import dates
from muniment.work.actions import NewItem

SUBJECT = "form-version"
SCAN = "scan-of-form"


def to_approve(row: FormVersion) -> NewItem:
    return NewItem(
        queue=APPROVALS, subject=(SUBJECT, str(row.id)), title=f"{row.form.number} version {row.number}, {row.title}", reason=row.changes,
        facility_id=row.form.facility_id, due_at=_morning(row, row.effective_from),
    )  # fmt: skip


def to_review(row: FormVersion, citation: str) -> NewItem:
    assert row.review_due is not None
    return NewItem(
        queue=REVIEWS, subject=(SUBJECT, str(row.id)), title=f"{row.form.number} version {row.number}, {row.title}", citation=citation,
        reason=f"Owner: {row.owner}. Review due on {dates.day(row.review_due)}", facility_id=row.form.facility_id, due_at=_morning(row, row.review_due),
    )  # fmt: skip


def _morning(row: FormVersion, day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(row.form.facility.zone) if row.form.facility else UTC)


def to_trace(document: Document, form: FormCode, why: str) -> NewItem:
    """``document`` is a filed scan whose pages carry the code of ``form``."""
    return NewItem(
        queue=FLAGGED, subject=(SCAN, f"{document.id}:{form.number}:{form.version}"), title=f"{form.number} version {form.version} in a scan",
        reason=f"{document.type_name}: {why}", facility_id=document.facility_id, patient_id=document.patient_id, encounter_id=document.encounter_id,
    )  # fmt: skip
