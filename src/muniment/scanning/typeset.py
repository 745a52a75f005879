"""Paper that scanning prints: separator sheets and the certificate of destruction, set by Typst with its own fonts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from muniment.accounts.models import Facility
from muniment.core.typeset import qr_code, set_pdf
from muniment.scanning.models import Batch, Document
from muniment.scanning.rules import State
from muniment.scanning.separators import TITLE, Sheet, encode
from muniment.ui import dates

SETTINGS = Path(__file__).parent / "data"
LETTER, A4 = "us-letter", "a4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """One sheet and the words printed beside its code."""

    sheet: Sheet
    facility: str
    patient: str = ""
    born: str = ""
    stay: str = ""
    type_name: str = ""
    paper: str = LETTER


def sheets(wanted: Sequence[Printed], key: bytes) -> bytes:
    """A PDF with a page a sheet. Each gets a serial of its own where it has none."""
    numbered = [
        one if one.sheet.serial else replace(one, sheet=replace(one.sheet, serial=str(place)))
        for place, one in enumerate(wanted, 1)
    ]
    codes = {f"code-{place}.svg": qr_code(encode(one.sheet, key)) for place, one in enumerate(numbered)}
    said = [_words(one) for one in numbered]
    return set_pdf(SETTINGS / "separators.typ", {"title": TITLE, "paper": wanted[0].paper, "sheets": said}, codes)


def _words(one: Printed) -> dict[str, Any]:
    return {
        "facility": one.facility, "patient": one.patient, "born": one.born, "number": one.sheet.number, "stay": one.stay or one.sheet.visit,
        "type": one.type_name, "pages": one.sheet.pages or None,
    }  # fmt: skip


def certificate(row: Batch, facility: Facility, documents: Sequence[Document], paper: str = LETTER) -> bytes:
    """The certificate of destruction of a batch's paper. The same batch gives the same bytes."""
    said = row.destruction
    kept = [one for one in documents if one.state in (State.FILED, State.PASSED)]
    return set_pdf(
        SETTINGS / "certificate.typ",
        {
            "paper": paper, "facility": facility.name, "batch": str(row.id), "name": row.name, "place": row.paper or "not recorded",
            "scanned": dates.day(row.scanned_on), "operator": row.operator_name, "pages": row.pages, "sha256": bytes(row.sha256).hex(),
            "on": dates.day(date.fromisoformat(said["on"])), "how": said["how"], "witness": said["witness"], "by": said["by"],
            "documents": [{"first": one.first_page, "type": one.type_name, "entry": str(one.entry_id), "check": _checked(one)} for one in kept],
            "left_out": [{"first": one.first_page, "reason": one.left_out} for one in documents if one.state == State.LEFT_OUT],
        },
    )  # fmt: skip


def _checked(one: Document) -> str:
    return "passed" if one.state == State.PASSED else "not drawn"
