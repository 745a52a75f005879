"""Blank forms as they are printed: framed with number, version, patient box, code and page of pages."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from muniment.core import keys
from muniment.core.typeset import qr_code, set_pdf
from muniment.forms.rules import Piece
from muniment.kernel.errors import Unreadable
from muniment.scanning.formcodes import FormCode, encode
from muniment.ui import dates

TEMPLATE = Path(__file__).parent / "data" / "form.typ"
MOST_PAGES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """What is printed of a version: ``pieces`` of one that is set here, else ``file``, a PDF, and its number of pages."""

    code: FormCode
    title: str
    type_name: str
    place: str
    owner: str
    effective_from: date
    pieces: Sequence[Piece] = ()
    file: bytes = field(default=b"", repr=False)
    file_pages: int = 0


def blank(form: Blank) -> tuple[bytes, int]:
    """The PDF and its pages. The same version gives the same bytes. Raises Unreadable for a file that can't be printed."""
    files = {"code.svg": qr_code(encode(form.code, keys.named("separators")))}
    if form.file_pages:
        files["form.pdf"] = form.file
    try:
        made = set_pdf(TEMPLATE, _words(form), files)
    except RuntimeError as told:  # the setter says what of the file it can't take
        raise Unreadable(
            "The PDF can't be set into the frame.", where="upload", remedy="Print it to PDF anew and bring that."
        ) from told
    return made, pages_of(made)


def _words(form: Blank) -> dict[str, Any]:
    return {
        "number": form.code.number, "version": str(form.code.version), "title": form.title, "type": f"{form.type_name} ({form.code.type_code})",
        "place": form.place, "owner": form.owner, "from": dates.day(form.effective_from), "file_pages": form.file_pages,
        "pieces": [{"part": str(one.part), "words": one.words, "lines": one.lines, "choices": list(one.choices)} for one in form.pieces],
    }  # fmt: skip


def pages_of(content: bytes) -> int:
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as opened:
        return len(opened.pages)
