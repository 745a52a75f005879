"""What a clinician reads before signing: the document, the stay's other documents, and how the signature will read."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse

from muniment.accounts.models import Practitioner
from muniment.completion.actions import meaning_of
from muniment.completion.models import Deficiency
from muniment.completion.rules import Kind
from muniment.core.actor import Actor
from muniment.kernel.errors import NotAllowedInState
from muniment.record import actions as record_actions
from muniment.record import queries as record
from muniment.record import verify
from muniment.record.models import Entry
from muniment.record.rules import Category, Meaning
from muniment.record.web import presenters
from muniment.record.web.reading import Body, body
from muniment.ui.shapes import Document, Tone
from muniment.ui.words import sentence_case


@dataclass(frozen=True, slots=True)
class Shown:
    """The document on the left. ``own`` is whether it is the one to be signed."""

    entry: Entry
    document: Document
    body: Body
    own: bool
    original_url: str


def unsigned(actor: Actor, row: Deficiency) -> Entry:
    """The document a missing signature is about, in its current version."""
    if row.entry_id is None:
        raise NotAllowedInState("This document is not written yet.", remedy="Write it, then sign it.")
    return record.entry(actor, row.patient_id, row.entry_id)


def shown(actor: Actor, row: Deficiency, asked: str) -> Shown | None:
    """The document asked for, of the same patient; else the one to be signed. Reading it leaves its event."""
    wanted = _uuid(asked) or row.entry_id
    if wanted is None:
        return None
    entry = record.entry(actor, row.patient_id, wanted)
    record_actions.note_view(
        actor=actor, patient_id=row.patient_id, subject=("entry", str(entry.entry_id)), shown=f"version {entry.number}",
        facility_id=entry.facility_id,
    )  # fmt: skip
    read = body(entry, record.version(row.patient_id, entry.entry_id, entry.number))
    state, tone = _state(entry)
    document = Document(
        title=sentence_case(entry.label) or "Document", author=entry.author_name or "Author not recorded",
        when=_when(entry, ZoneInfo(row.facility.zone)), html=read.html, state=state, tone=tone,
    )  # fmt: skip
    original = reverse("record-original", args=[row.encounter_id, entry.entry_id])
    return Shown(entry, document, read, entry.entry_id == row.entry_id, original)


def _state(entry: Entry) -> tuple[str, Tone]:
    if not entry.signed_at:
        return ("Closed, never authenticated", Tone.LATE) if entry.closed_at else ("Not signed", Tone.DUE)
    holds = verify.signed_by(record.signatures(entry.patient_id, entry.entry_id), entry.number)
    return ("Signed", Tone.OK) if holds else ("Signature does not verify", Tone.LATE)


def others(actor: Actor, row: Deficiency) -> list[tuple[Entry, str]]:
    """The stay's documents, newest first, with their time in words."""
    zone = ZoneInfo(row.facility.zone)
    found = record.entries(actor, [row.patient_id], encounter_id=row.encounter_id, categories=[Category.DOCUMENT])
    return [(entry, _when(entry, zone)) for entry in found[:200]]


def _when(entry: Entry, zone: ZoneInfo) -> str:
    """As exact as its source knew it: a day without a time has none here either."""
    return presenters.when(entry, zone) or "time not recorded"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _of_an_order(meaning: Meaning, entry: Entry) -> str:
    if meaning is Meaning.AUTHOR:
        return "You gave this order by word of mouth. Your signature authenticates it."
    given = entry.author_name or "somebody the record does not name"
    return f"It was given by {given}. You authenticate it as responsible for the patient’s care; both names are shown with it."


@dataclass(frozen=True, slots=True)
class Signing:
    """How the signature will read."""

    meaning: Meaning
    sentence: str


def signing(row: Deficiency, entry: Entry, practitioner: Practitioner) -> Signing:
    meaning = meaning_of(row, entry, practitioner)
    if row.kind == Kind.UNAUTHENTICATED_ORDER:
        return Signing(meaning, _of_an_order(meaning, entry))
    if meaning is Meaning.AUTHOR:
        return Signing(meaning, "You sign as its author.")
    author = entry.author_name or "an author the record does not name"
    if meaning is Meaning.COSIGN:
        return Signing(meaning, f"It was written by {author}. You co-sign it; both names are shown with the document.")
    return Signing(meaning, f"It was written by {author}. You attest it; both names are shown with the document.")
