"""Rows of scanning before they are written, and what is said of them: made here, written by the actions alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from muniment.accounts.models import Facility
from muniment.core import keys
from muniment.kernel.ids import uuid7
from muniment.scanning import formcodes, queries
from muniment.scanning.models import Batch, Document, Page
from muniment.scanning.proposals import propose
from muniment.scanning.rules import BatchState
from muniment.scanning.separators import Sheet
from muniment.scanning.splitting import Run

if TYPE_CHECKING:  # what it stands on (PDFium, Tesseract) is loaded by the process that needs it
    from muniment.scanning.reader import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A scanned file as it arrived. ``paper`` says where its paper lies; ``came`` how it came, where it was not scanned here."""

    content: bytes = field(repr=False)
    name: str
    source: str
    facility: Facility
    operator_id: UUID | None = None
    operator_name: str
    received_at: datetime
    scanned_on: date
    paper: str = ""
    came: str = ""

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.content).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The three questions of the quality check, and why one is answered with no."""

    right_patient: bool
    complete: bool
    legible: bool
    reason: str = ""

    @property
    def passed(self) -> bool:
        return self.right_patient and self.complete and self.legible


@dataclass(frozen=True, slots=True, kw_only=True)
class Destruction:
    """Of a batch's paper: the day, the method, and who witnessed it."""

    on: date
    how: str
    witness: str


def batch_of(arrival: Arrival, state: BatchState) -> Batch:
    return Batch(
        id=uuid7(), sha256=arrival.sha256, name=arrival.name[:300], source=arrival.source, paper=arrival.paper[:120], came=arrival.came[:300],
        facility_id=arrival.facility.id, operator_id=arrival.operator_id, operator_name=arrival.operator_name[:200],
        received_at=arrival.received_at, scanned_on=arrival.scanned_on, size=len(arrival.content), state=state,
        changed_at=arrival.received_at,
    )  # fmt: skip


def page_of(row: Batch, one: Reading) -> Page:
    return Page(
        id=uuid7(), batch_id=row.id, number=one.number, position=one.number, codes=list(one.codes), blank=one.blank, dropped=one.blank, turn=one.turn,
        skew=one.skew, confidence=max(0, min(100, one.confidence)), text=one.text, trouble=one.trouble,
    )  # fmt: skip


def document_of(row: Batch, run: Run, facility: Facility, found: dict[int, Page]) -> Document:
    first = run.separator if run.separator is not None else run.pages[0].number
    made = Document(
        id=uuid7(), batch_id=row.id, facility_id=row.facility_id, first_page=first, exception=run.exception,
        sheet=asdict(run.sheet) if run.sheet else {}, expected_pages=run.sheet.pages if run.sheet else 0, waiting_since=row.received_at,
    )  # fmt: skip
    for leaf in run.pages:
        found[leaf.number].document = made
    if run.separator is not None:
        found[run.separator].dropped = True
    put_proposals(made, facility, [found[leaf.number] for leaf in run.pages])
    return made


def put_proposals(row: Document, facility: Facility, pages: Sequence[Page]) -> None:
    sheet = Sheet(**row.sheet) if row.sheet else None
    proposed = propose(facility, queries.texts(pages), sheet, formcodes.among(queries.codes(pages), keys.named("separators")))
    row.exception = row.exception or proposed.contradiction
    row.proposals = {name: value for name, value in asdict(proposed).items() if value and name != "contradiction"}
