"""Paper that scanning prints: separator sheets and the certificate of destruction, set by Typst with its own fonts."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from muniment.accounts.models import Facility
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
    codes = {f"code-{place}.svg": code_of(encode(one.sheet, key)) for place, one in enumerate(numbered)}
    said = [_words(one) for one in numbered]
    return _set("separators.typ", {"title": TITLE, "paper": wanted[0].paper, "sheets": said}, codes)


def _words(one: Printed) -> dict[str, Any]:
    return {
        "facility": one.facility, "patient": one.patient, "born": one.born, "number": one.sheet.number, "stay": one.stay or one.sheet.visit,
        "type": one.type_name, "pages": one.sheet.pages or None,
    }  # fmt: skip


def code_of(text: str) -> bytes:
    """A QR code with a quarter of its area to spare (level Q), as SVG."""
    import zxingcpp

    return zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="Q").to_svg().encode()


def certificate(row: Batch, facility: Facility, documents: Sequence[Document], paper: str = LETTER) -> bytes:
    """The certificate of destruction of a batch's paper. The same batch gives the same bytes."""
    said = row.destruction
    kept = [one for one in documents if one.state in (State.FILED, State.PASSED)]
    return _set(
        "certificate.typ",
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


def _set(template: str, data: dict[str, Any], files: dict[str, bytes] | None = None) -> bytes:
    """What is said goes in as data, never as markup: nobody's name can be a command."""
    import typst

    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "main.typ").write_bytes((SETTINGS / template).read_bytes())
        (here / "data.json").write_bytes(msgspec.json.encode(data))
        for name, content in (files or {}).items():
            (here / name).write_bytes(content)
        made = typst.compile(here / "main.typ", root=here, ignore_system_fonts=True, timestamp=0, format="pdf")
    assert isinstance(made, bytes)
    return made
