"""What a move is going to do, before anybody confirms it. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID
from zoneinfo import ZoneInfo

from muniment.coding.models import FinalCoding
from muniment.completion import analysis
from muniment.completion.charts import Chart, load, when
from muniment.completion.rules import Document
from muniment.encounters.models import Encounter
from muniment.misfiling import queries
from muniment.misfiling.queries import Seen
from muniment.record import queries as record
from muniment.record.models import Entry, Signature
from muniment.ui.words import inside


@dataclass(slots=True)
class Preview:
    """Deficiencies are those of the two stays alone, in words."""

    entries: list[Entry]
    seen: list[Seen]
    signatures: list[Signature]
    opens: list[str] = field(default_factory=list)
    closes: list[str] = field(default_factory=list)
    coded: list[str] = field(default_factory=list)  # visit numbers of finally coded stays


def preview(entry: Entry, patient_id: UUID, stay: Encounter | None) -> Preview:
    """Raises NotAllowedInState for what can't go alone."""
    entries = queries.going_along(entry)
    made = Preview(
        entries, queries.who_saw(entry.patient_id, [one.entry_id for one in entries]), record.signatures(entry.patient_id, entry.entry_id)
    )  # fmt: skip
    pairs = [(entry.patient_id, entry.encounter_id)] if entry.encounter_id else []
    pairs += [(patient_id, stay.id)] if stay else []
    charts = {chart.stay.id: chart for chart in load(pairs)} if pairs else {}
    _exchange(entries, charts.get(entry.encounter_id or UUID(int=0)), charts.get(stay.id) if stay else None)
    planned = analysis.plan(list(charts.values()))
    made.opens = [f"{row.kind}: {inside(row.document_name)}" for row in (*planned.opened, *planned.reopened)]
    made.closes = [f"{row.kind}: {inside(row.document_name)}" for row, _ in planned.closed]
    coded = FinalCoding.objects.filter(encounter_id__in=list(charts)).values_list("encounter_id", flat=True)
    made.coded = sorted(charts[one].stay.visit_number for one in set(coded))
    return made


def _exchange(entries: Sequence[Entry], wrong: Chart | None, right: Chart | None) -> None:
    """Let the documents stand in the right chart instead of the wrong one, unsigned."""
    moved = {one.entry_id for one in entries}
    going = [one for one in wrong.documents if one.entry_id in moved] if wrong else []
    if right:
        going = going or [_document(one, ZoneInfo(right.stay.facility.zone)) for one in entries if one.category == "document"]
    if wrong:
        wrong.documents = [one for one in wrong.documents if one.entry_id not in moved]
    if right:
        right.documents += [replace(one, signed=False, cosigned=False, of_stay=True) for one in going]
    if wrong and wrong.facts:
        gone = [(one.code, one.at, one.author_id) for one in going]
        kept = tuple(one for one in wrong.facts.signs if (one.code, one.at, one.operator_id) not in gone)
        if right and right.facts:
            signs = tuple(one for one in wrong.facts.signs if one not in kept)
            right.facts = replace(right.facts, signs=right.facts.signs + signs)
        wrong.facts = replace(wrong.facts, signs=kept)


def _document(entry: Entry, zone: ZoneInfo) -> Document:
    """As analysis reads it, where the chart it leaves is of no finished stay."""
    return Document(
        entry_id=entry.entry_id, code=entry.code, name=entry.label, at=when(entry.occurred_at, entry.occurred, zone), signed=False, author_id=entry.author_id
    )  # fmt: skip
