"""A version of a form before it is written: what was said of it held against the rules, and its blank set."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from muniment.forms import typeset
from muniment.forms.models import Form, FormVersion
from muniment.forms.permissions import check_said
from muniment.forms.rules import Medium, layout
from muniment.kernel.errors import Refused, Unreadable
from muniment.record import blobs
from muniment.scanning import clues
from muniment.scanning.formcodes import FormCode

MOST_BYTES = 10 * 2**20
MOST_UNITS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is proposed. ``layout`` is typed (see ``rules.layout``), ``upload`` a PDF; without both a paper form keeps the file of
    the version before. ``used_in`` names units; none means everywhere. ``changes``: what is new, and why.
    """

    title: str
    type_code: str
    medium: Medium
    owner: str
    changes: str
    effective_from: date
    used_in: tuple[str, ...] = ()
    downtime: bool = False
    layout: str = ""
    upload: bytes = field(default=b"", repr=False)


def check(said: Said) -> None:
    """Raises Refused with the field in ``where``."""
    check_said(said.title, "Give the form a title.", "title")
    check_said(said.owner, "Name the person or department that answers for it.", "owner")
    check_said(said.changes, "Say what is new in it, and why.", "changes")
    if said.type_code not in clues.vocabulary():
        raise Refused("Choose the type of document it makes from the list.", where="type_code")
    if said.downtime and said.medium != Medium.PAPER:
        raise Refused("Only paper can stand in when systems are down.", where="downtime", remedy="Make it a paper form.")
    if said.layout.strip() and said.upload:
        raise Refused("Bring a PDF or type the form here: one of them.", where="layout")
    if len(said.used_in) > MOST_UNITS:
        raise Refused(f"At most {MOST_UNITS} units are listed; leave it empty for all.", where="used_in")


@dataclass(frozen=True, slots=True)
class Made:
    """The blank as it is printed, its pages, and the file it was made of ("" and 0 where there is none)."""

    printed: bytes = b""
    pages: int = 0
    original: bytes = b""


def blank_of(form: Form, number: int, said: Said, before: FormVersion | None) -> Made:
    """Set the blank. Raises Refused or Unreadable with what is wrong and what to do."""
    original = said.upload or _kept(said, before)
    if said.medium != Medium.PAPER and not original and not said.layout.strip():
        return Made()
    file, file_pages = _file(original)
    blank = typeset.Blank(
        code=FormCode(number=form.number, version=number, type_code=said.type_code), title=said.title, type_name=clues.vocabulary()[said.type_code],
        place=form.facility.name if form.facility else "All facilities", owner=said.owner, effective_from=said.effective_from,
        pieces=() if original else layout(said.layout), file=file, file_pages=file_pages,
    )  # fmt: skip
    printed, pages = typeset.blank(blank)
    if pages > typeset.MOST_PAGES:
        raise Unreadable(
            f"The form would have {pages} pages; at most {typeset.MOST_PAGES} are kept in one form.", where="layout"
        )
    return Made(printed, pages, original)


def _kept(said: Said, before: FormVersion | None) -> bytes:
    """The file of the version before, where nothing new was brought or typed."""
    if said.layout.strip() or said.medium != Medium.PAPER or before is None or before.original_sha256 is None:
        return b""
    return blobs.get(bytes(before.original_sha256))


def _file(content: bytes) -> tuple[bytes, int]:
    """The PDF to be framed, without what acts by itself in it. It is looked at in a process of its own."""
    from muniment.scanning import reader
    from muniment.scanning.checking import PDF

    if not content:
        return b"", 0
    if len(content) > MOST_BYTES:
        raise Unreadable(
            "The file is over 10 MB.", where="upload", remedy="Bring the form as it is set, not as pictures of it."
        )
    try:
        checked = reader.check(content, "")
    except Unreadable as told:
        raise Unreadable(told.what, where="upload", remedy="Bring the blank form as a PDF without a password.") from told
    if checked.media_type != PDF or checked.pages > typeset.MOST_PAGES:
        raise Unreadable(f"A form is a PDF of at most {typeset.MOST_PAGES} pages.", where="upload")
    return checked.working or content, checked.pages
