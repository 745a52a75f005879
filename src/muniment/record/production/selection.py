"""Which entries, in which versions, a production holds; and what is left out, counted by why. Nothing is in or out unsaid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from muniment.accounts.models import Facility
from muniment.kernel.fhir.canonical import decode
from muniment.kernel.fhir.descriptions import describe
from muniment.kernel.fhir.summaries import ANOTHERS, MOVED
from muniment.kernel.moments import Moment
from muniment.record import chart_order
from muniment.record.models import Entry, Reconciliation, Version
from muniment.record.production.definition import Definition, Mark, Outside, Row
from muniment.record.production.order import Order, Uncovered
from muniment.record.rules import Acceptance, Category, VersionKind
from muniment.ui import dates

LAST = datetime.max.replace(tzinfo=UTC)
LABEL = "Entry of another patient"
NAMED = (Mark.LEGAL, Mark.DESIGNATED, Mark.WORKING)  # marks whose types may be named outside the house where they are left out
OTHERS = "Records of other organisations, or brought by the patient"
APART = ("types kept apart", "the definition keeps them apart")  # what is said of the others: not even why (42 CFR 2.13(c)(2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an entry said of itself in the version that is produced."""

    category: str
    code: str
    system: str
    label: str
    status: str
    value: str
    flag: str
    time: str
    at: datetime | None
    author: str


@dataclass(slots=True, kw_only=True)
class Item:
    """An entry of the production. ``versions`` (without content) are those recorded by then, first to last."""

    patient_id: UUID
    entry_id: UUID
    encounter_id: UUID | None
    facts: Facts
    versions: list[Version]
    type: str  # the row of the definition, "not covered" where there is none
    part2: bool
    standing: str = ""  # what was decided by then of an outside record
    anothers: bool = False  # it was in this chart in error and is another patient's: nothing it says is told

    @property
    def current(self) -> Version:
        return self.versions[-1]

    @property
    def is_retracted(self) -> bool:
        return self.current.kind == VersionKind.RETRACTION

    @property
    def is_document(self) -> bool:
        return self.facts.category == Category.DOCUMENT or self.current.document_sha256 is not None

    @property
    def section(self) -> int:
        return chart_order.section_of(self.facts.code, self.facts.label)

    @property
    def title(self) -> str:
        name = self.facts.label or self.facts.code or "Entry without a title"
        return f"{name} (from {self.current.origin})" if self.current.origin else name

    @property
    def order(self) -> tuple[object, ...]:
        """Documents by section, structured data by category after them; in each, in the order of time."""
        rank = list(Category).index(Category(self.facts.category))
        place = (0, self.section) if self.is_document else (1, rank)
        return (*place, self.facts.at or LAST, self.entry_id)


@dataclass(frozen=True, slots=True, order=True)
class Left:
    """Why an entry is not in the production, and of what type it is. ``nameable``: the type may be named outside the house."""

    why: str
    type: str
    nameable: bool = True


@dataclass(slots=True)
class Selection:
    items: list[Item] = field(default_factory=list)
    left: Counter[Left] = field(default_factory=Counter)
    uncovered: Counter[str] = field(default_factory=Counter)

    def find(self, entry_id: UUID) -> Item | None:
        """The item of an entry; None where the production does not hold it."""
        return next((item for item in self.items if item.entry_id == entry_id), None)

    @property
    def documents(self) -> list[Item]:
        return [item for item in self.items if item.is_document and not item.is_retracted]

    @property
    def structured(self) -> list[Item]:
        return [item for item in self.items if not item.is_document and not item.is_retracted]


def select(patients: Sequence[UUID], facility: Facility, order: Order, definition: Definition, *, at: datetime) -> Selection:
    """Every entry of these records at the facility, judged. ``at``: versions recorded later are not there. Four queries and the old versions."""
    found = Selection()
    judge = _Judge(order, definition, ZoneInfo(facility.zone))
    indexed = {row.entry_id: row for row in Entry.objects.filter(patient_id__in=patients).defer("keys")}
    decided = _decided(patients, at)
    for entry_id, versions in _versions(patients, at).items():
        stood_at = versions[-1].facility_id
        if stood_at == facility.id:
            judge.put(found, _item(indexed.get(entry_id), versions, decided))
        elif stood_at is None:
            found.left[Left("they belong to no facility", "entries of no facility")] += 1
    found.items.sort(key=lambda item: item.order)
    return found


def _versions(patients: Sequence[UUID], at: datetime) -> dict[UUID, list[Version]]:
    found: dict[UUID, list[Version]] = {}
    rows = Version.objects.filter(patient_id__in=patients, recorded_at__lte=at).defer("content")
    for row in rows.order_by("entry_id", "number"):
        found.setdefault(row.entry_id, []).append(row)
    return found


def _decided(patients: Sequence[UUID], at: datetime) -> dict[tuple[UUID, int], str]:
    """(entry, version) → what stood decided of it then."""
    rows = Reconciliation.objects.filter(patient_id__in=patients, decided_at__lte=at).order_by("decided_at", "id")
    return {(row.entry_id, row.number): row.decision for row in rows}


def _item(row: Entry | None, versions: list[Version], decided: Mapping[tuple[UUID, int], str]) -> Item:
    """Facts from the index where it stands at that version; from the version itself where a later one has come since."""
    current = versions[-1]
    facts = facts_of(row) if row and row.number == current.number else said_by(current)
    return Item(
        patient_id=current.patient_id, entry_id=current.entry_id, encounter_id=current.encounter_id, facts=facts, versions=versions,
        type="not covered", part2=False,
        standing=decided.get((current.entry_id, current.number), Acceptance.WAITING) if current.origin else "",
        anothers=bool(row and row.flag in (MOVED, ANOTHERS)),
    )  # fmt: skip


def facts_of(row: Entry) -> Facts:
    return Facts(
        category=row.category, code=row.code, system=row.code_system, label=row.label, status=row.status, value=row.value,
        flag=row.flag, time=row.occurred, at=row.occurred_at, author=row.author_name,
    )  # fmt: skip


def said_by(version: Version) -> Facts:
    """What a version's own content says."""
    said = describe(decode(version.content.encode()))
    return Facts(
        category=said.category, code=said.code, system=said.system, label=said.display, status=said.status, value=said.value,
        flag=said.flag, time=said.time, at=said.at, author=version.author_name,
    )  # fmt: skip


@dataclass(slots=True)
class _Judge:
    order: Order
    definition: Definition
    zone: ZoneInfo

    def put(self, found: Selection, item: Item) -> None:
        facts = item.facts
        row = self.definition.judge(code=facts.code, label=facts.label, category=facts.category)
        left = self._beyond(item, row) or self._outside(item) or self._against(found, item, row)
        if left:
            found.left[left] += 1
            return
        item.type, item.part2 = (row.name, row.has(Mark.PART2)) if row else ("not covered", False)
        if item.anothers:
            item.facts = replace(facts, code="", label=LABEL, value="", time="", at=None, author="")
            item.type = LABEL
        found.items.append(item)

    def _beyond(self, item: Item, row: Row | None) -> Left | None:
        """Outside the stays or days that were asked for."""
        name = type_name(item, row)
        if self.order.stays and item.encounter_id not in self.order.stays:
            return Left("they belong to no stay or another one", name, _nameable(row))
        if not (self.order.first or self.order.last):
            return None
        if item.facts.at is None:
            return Left("they have no date, and days were asked for", name, _nameable(row))
        day = _day(item.facts, self.zone)
        first, last = self.order.first, self.order.last
        if (first and day < first) or (last and day > last):
            return Left("they lie outside the days asked for", name, _nameable(row))
        return None

    def _outside(self, item: Item) -> Left | None:
        """What the definition says against somebody else's record. Of a retracted one its history says enough."""
        if not item.standing or item.is_retracted:
            return None
        if item.standing == Acceptance.NOT_PATIENT:
            return Left("they were found to be another patient’s", OTHERS)
        if self.definition.outside is Outside.NONE:
            return Left("the definition leaves others’ records out", OTHERS)
        if self.definition.outside is Outside.ACCEPTED and item.standing != Acceptance.ACCEPTED:
            return Left("nobody has accepted them into the record", OTHERS)
        return None

    def _against(self, found: Selection, item: Item, row: Row | None) -> Left | None:
        """What the definition says against it."""
        name = type_name(item, row)
        if row is None:
            found.uncovered[name] += 1
            covered = self.order.uncovered is Uncovered.INCLUDE
            return None if covered else Left("the definition does not cover their type", name)
        if row.is_apart or not row.has(self.order.which):
            return Left("the definition leaves their type out", name, _nameable(row))
        if row.has(Mark.PART2) and not self.order.part2:
            return Left("they are Part 2 records, which were not asked for", name, _nameable(row))
        return None


def type_name(item: Item, row: Row | None) -> str:
    """The row's name; where none covers it, what the entry calls itself."""
    if row:
        return row.name
    if not item.is_document:
        return f"{item.facts.category} {item.facts.code}".strip()
    return f"{item.title} ({item.facts.code})" if item.facts.code else item.title


def _nameable(row: Row | None) -> bool:
    return row is None or row.marks <= set(NAMED)


def _day(facts: Facts, zone: ZoneInfo) -> date:
    moment = Moment.from_fhir(facts.time) if facts.time else None
    if moment and not moment.has_time:
        return moment.date
    assert facts.at is not None
    return facts.at.astimezone(zone).date()


def uncovered_words(found: Iterable[tuple[str, int]]) -> str:
    listed = [f"{name} ({count})" for name, count in sorted(found)]
    shown = "; ".join(listed[:8])
    return f"{shown}; and {len(listed) - 8} more types" if len(listed) > 8 else shown


def when(facts: Facts, zone: ZoneInfo) -> str:
    """The time an entry states, no more exact than it is."""
    if not facts.time:
        return ""
    try:
        moment = Moment.from_fhir(facts.time, zone)
    except ValueError:
        return facts.time
    return dates.partial(moment.value, moment.precision, zone)


def left_words(found: Counter[Left]) -> list[tuple[str, str, int]]:
    """(type, why, how many) as it may be said outside the house: types kept apart are counted together and not named."""
    told: Counter[tuple[str, str]] = Counter()
    for left, count in found.items():
        told[(left.type, left.why) if left.nameable else APART] += count
    return [(name, why, count) for (name, why), count in sorted(told.items())]


__all__ = ["Facts", "Item", "Left", "Selection", "facts_of", "left_words", "said_by", "select", "uncovered_words", "when"]
