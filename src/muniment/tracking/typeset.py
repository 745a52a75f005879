"""Paper that tracking prints: labels of volumes, and the out-guides that stand where they stood."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from muniment.core.typeset import qr_code, set_pdf
from muniment.identity.models import Patient
from muniment.identity.web import presenters as people
from muniment.tracking.models import Volume
from muniment.ui import dates

TEMPLATE = Path(__file__).parent / "data" / "guide.typ"


def sheets(rows: Sequence[tuple[Volume, Patient]], *, guide: bool) -> bytes:
    """A PDF: an out-guide a page, or labels one under the other."""
    codes = {f"code-{place}.svg": qr_code(row.number) for place, (row, _) in enumerate(rows)}
    return set_pdf(TEMPLATE, {"guide": guide, "sheets": [_words(row, patient) for row, patient in rows]}, codes)


def _words(row: Volume, patient: Patient) -> dict[str, Any]:
    return {
        "number": row.number, "patient": patient.display_name, "born": people.partial(patient.birth), "label": row.label, "home": row.home,
        "holder": row.holder, "place": row.place, "since": dates.moment(row.since, ZoneInfo(row.facility.zone)),
        "due": dates.day(row.due_on) if row.due_on else "", "facility": row.facility.name,
    }  # fmt: skip
