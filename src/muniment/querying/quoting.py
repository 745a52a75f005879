"""Clinical indicators as the record has them: a quotation is looked up where it is said to stand, word for word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from muniment.core.actor import Actor
from muniment.encounters.models import Encounter
from muniment.encounters.web.presenters import zone_of
from muniment.kernel.errors import Refused
from muniment.querying.rules import Indicator
from muniment.record import queries as record
from muniment.record.models import Entry
from muniment.record.permissions import check_read
from muniment.record.web.presenters import title_of, when
from muniment.record.web.reading import body
from muniment.ui.words import with_units


def text_of(entry: Entry, number: int) -> str:
    """What may be quoted of a version: a document's text, or what and how much an observation says."""
    if entry.document_sha256 is None and (entry.value or entry.number != number):
        return result_words(entry) if entry.number == number else ""
    return body(entry, record.version(entry.patient_id, entry.entry_id, number)).text or result_words(entry)


def result_words(entry: Entry) -> str:
    return f"{title_of(entry)}: {with_units(entry.value)}" if entry.value else title_of(entry)


def quoted(actor: Actor, stay: Encounter, picked: Sequence[Indicator]) -> tuple[Indicator, ...]:
    """The indicators as they stand in the record. What is not in this patient's record comes back as not ``here``.

    Raises Refused where the words do not stand in the version that is named. A query or three for each.
    """
    return tuple(_quoted(actor, stay, place, one) for place, one in enumerate(picked, 1))


def _quoted(actor: Actor, stay: Encounter, place: int, one: Indicator) -> Indicator:
    entry = Entry.objects.filter(patient_id=stay.patient_id, entry_id=UUID(one.entry_id)).first()
    if entry is None:
        return Indicator(entry_id=one.entry_id, version=one.version, quote=one.quote, here=False)
    check_read(actor, entry)
    begin, end, words = _span(text_of(entry, one.version), one.quote, place)
    return Indicator(
        entry_id=one.entry_id, version=one.version, quote=words, source=title_of(entry), on=when(entry, zone_of(stay)), start=begin, end=end,
        encounter_id=str(entry.encounter_id or ""), prior=entry.encounter_id != stay.id,
    )  # fmt: skip


def _span(text: str, quote: str, place: int) -> tuple[int, int, str]:
    """Where the words stand; how the lines break does not matter."""
    words = quote.split()
    found = re.search(r"\s+".join(re.escape(word) for word in words), text) if words else None
    if found is None:
        raise Refused(
            f"The words of indicator {place} do not stand there in the chart.", remedy="Pick them from the chart again.", where="indicators"
        )  # fmt: skip
    return found.start(), found.end(), " ".join(words)


def lines_of(text: str) -> list[str]:
    """A document's text in lines and sentences that can be picked one by one."""
    return [part.strip() for line in text.splitlines() for part in re.split(r"(?<=[.!?])\s+(?=[A-Z(])", line) if part.strip()]
