"""Reading what chart analysis looks at, for hundreds of stays in a handful of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from muniment.accounts.models import Practitioner
from muniment.completion.parameters import RuleSet, compile_rules
from muniment.completion.rules import LOINC, Document, Facts, Procedure, SpokenOrder, Verified
from muniment.completion.sections import sections
from muniment.encounters.models import Encounter
from muniment.encounters.rules import Status, days
from muniment.kernel.fhir.order_provenance import MODE_SYSTEM, ORDER_TYPES
from muniment.kernel.fhir.search_keys import ANY_SYSTEM, key
from muniment.rulebook.queries import edition, terms
from muniment.rulebook.rules import Term, with_adopted

AREA = "completion."  # begins the codes of the rules of chart analysis
APPENDS = key("relation", ANY_SYSTEM, "appends")  # how the index knows an addendum


@dataclass(slots=True)
class Chart:
    """A stay as analysis sees it. ``facts`` is None while it is not discharged.

    ``instead`` are other rules that it is judged by as well, in a dry run.
    """

    stay: Encounter
    facts: Facts | None
    rules: RuleSet
    instead: RuleSet | None = None
    documents: list[Document] = field(default_factory=list)

    @property
    def judged_by(self) -> list[RuleSet]:
        return [self.rules, self.instead] if self.instead else [self.rules]


class RulesByDay:
    """The completion rules of any day, from one query: a case is judged by the rules of the day of its discharge."""

    def __init__(self, proposed: Term | None = None) -> None:
        """The rules adopted; with ``proposed``, as its adoption would leave them (Refused where it can't be adopted)."""
        adopted = terms(AREA)
        self._terms = with_adopted(adopted, proposed) if proposed else adopted
        self._sets: dict[int, RuleSet] = {}

    @cached_property
    def _turns(self) -> list[date]:
        return sorted({day for one in self._terms for day in (one.effective_from, one.effective_to) if day})

    def on(self, day: date) -> RuleSet:
        """The rules in force on ``day``, read once for each stretch of time in which nothing changes."""
        stretch = sum(turn <= day for turn in self._turns)
        if stretch not in self._sets:
            self._sets[stretch] = compile_rules({one.rule.code: one.rule for one in self._terms if one.governs(day)}.values())
        return self._sets[stretch]


@lru_cache(maxsize=1)
def _of_edition(edition: str) -> RulesByDay:
    return RulesByDay()


def adopted() -> RulesByDay:
    """The rules adopted, read and compiled once for each edition of the book."""
    return _of_edition(edition(AREA))


def load(
    charts: Sequence[tuple[UUID, UUID]], rules: RulesByDay | None = None, instead: RulesByDay | None = None
) -> list[Chart]:
    """The charts of these (patient, encounter) pairs, to be judged by ``rules`` (those adopted, where none are given).

    What they are judged by ``instead`` in a dry run is read with them.

    Three queries, whatever their number, one more where a rule asks for sections of the text, and one where orders were given by
    word of mouth.
    """
    rules = rules or adopted()
    stays = (
        Encounter.objects.select_related("facility")
        .filter(patient_id__in=[patient for patient, _ in charts], id__in=[encounter for _, encounter in charts])
        .order_by("id")
    )
    loaded = [Chart(stay, None, _rules_of(stay, rules), _rules_of(stay, instead) if instead else None) for stay in stays]
    entries = _entries(loaded)
    for chart in loaded:
        if chart.stay.discharged_at and chart.stay.status == Status.FINISHED:
            _fill(chart, chart.stay.discharged_at, entries[chart.stay.patient_id])
    _read_sections(loaded)
    return loaded


def load_open(stay: Encounter, at: datetime) -> Chart:
    """A stay that goes on, as if it had ended at ``at`` and by the rules of that day: for who looks at records while care goes on.

    One that had ended by then is taken as it ended. What happened later than ``at`` is left out. Two to four queries.
    """
    ended = stay.discharged_at if stay.discharged_at and stay.discharged_at <= at else at
    chart = Chart(stay, None, adopted().on(ended.astimezone(ZoneInfo(stay.facility.zone)).date()))
    entries = _entries([chart])[stay.patient_id]
    _fill(chart, ended, [row for row in entries if row["occurred_at"] is None or row["occurred_at"] <= at])
    _read_sections([chart])
    return chart


def _rules_of(stay: Encounter, rules: RulesByDay) -> RuleSet:
    """The rules of the day of discharge, as the facility's clock has it."""
    if stay.status != Status.FINISHED or stay.discharged_at is None:
        return RuleSet()
    return rules.on(stay.discharged_at.astimezone(ZoneInfo(stay.facility.zone)).date())


def _fill(chart: Chart, discharged_at: datetime, entries: list[dict[str, Any]]) -> None:
    stay = chart.stay
    mine = [row for row in entries if row["encounter_id"] == stay.id]
    zone = ZoneInfo(stay.facility.zone)
    chart.facts = Facts(
        class_code=stay.class_code, service=stay.service, facility_kind=stay.facility.kind, admitted_at=stay.admitted_at,
        discharged_at=discharged_at, days=days(stay.admitted_at, discharged_at, zone), disposition=stay.disposition,
        attending_id=stay.attending_id,
        procedures=tuple(_procedure(row, zone) for row in mine if row["category"] == "procedure"),
        signs=tuple(_procedure(row, zone, LOINC) for row in mine if row["category"] == "document"),
        orders=tuple(_procedure(row, zone) for row in mine if row["category"] == "order" and not row["about"]),
        spoken=tuple(_spoken(row, mine, zone) for row in mine if _given_by_mouth(row)),
    )  # fmt: skip
    chart.documents = [_document(row, stay.id, zone) for row in entries if row["category"] == "document"]


def _procedure(row: dict[str, Any], zone: ZoneInfo, system: str = "") -> Procedure:
    return Procedure(
        system=system or row["code_system"],
        code=row["code"],
        name=row["label"],
        at=when(row["occurred_at"], row["occurred"], zone),
        day=_day(row, zone),
        day_only=_day_only(row["occurred"]),
        operator_id=row["author_id"],
    )


def _given_by_mouth(row: dict[str, Any]) -> bool:
    return bool(row["about"]) and row["code_system"] == MODE_SYSTEM and not row["withdrawn"]


def _spoken(row: dict[str, Any], mine: Iterable[dict[str, Any]], zone: ZoneInfo) -> SpokenOrder:
    """An order with who verified it since, by the entry of the order that both are about."""
    verified = [
        Verified(one["entry_id"], one["author_id"], one["credential"] or "")
        for one in mine
        if one["about"] == row["about"] and one["code_system"] != MODE_SYSTEM and _since(one, row, zone)
    ]
    return SpokenOrder(
        entry_id=row["entry_id"], mode=row["code"], name=row["label"], signed=row["signed"],
        at=when(row["occurred_at"], row["occurred"], zone), day_only=_day_only(row["occurred"]), ordered_by=row["author_id"], verified=tuple(sorted(verified, key=lambda one: str(one.entry_id))),
    )  # fmt: skip


def _since(verified: dict[str, Any], given: dict[str, Any], zone: ZoneInfo) -> bool:
    """What was verified before the order was given anew says nothing about the new words; on a day without a time it may be after."""
    at, begin = (when(one["occurred_at"], one["occurred"], zone) for one in (verified, given))
    if begin is None or at is None:
        return True
    return (at.date() >= begin.astimezone(zone).date()) if _day_only(verified["occurred"]) else at >= begin


def when(at: datetime | None, said: str, zone: ZoneInfo) -> datetime | None:
    """The time of an entry as analysis takes it. A day without a time (``said`` as exact as the source) begins at the facility's midnight:
    kept as midnight UTC, it would be the evening before wherever clocks are behind."""
    if at is None or not _day_only(said):
        return at
    kept = at.astimezone(UTC)
    return datetime(kept.year, kept.month, kept.day, tzinfo=zone)


def _day_only(said: str) -> bool:
    return bool(said) and "T" not in said


def _day(row: dict[str, Any], zone: ZoneInfo) -> date | None:
    """The day by the facility's clock; None where only the month or the year is known."""
    at, said = when(row["occurred_at"], row["occurred"], zone), row["occurred"]
    return None if at is None or 0 < len(said) < len("2026-03-14") else at.astimezone(zone).date()


def _document(row: dict[str, Any], encounter_id: UUID, zone: ZoneInfo) -> Document:
    return Document(
        entry_id=row["entry_id"], code=row["code"], name=row["label"], signed=row["signed"], closed=row["closed"],
        at=when(row["occurred_at"], row["occurred"], zone), day=_day(row, zone),
        author_id=row["author_id"], of_stay=row["encounter_id"] == encounter_id, author_credential=row["credential"] or "",
        cosigned=bool(row["cosigned"]), addendum=row["addendum"],
    )  # fmt: skip


_ENTRIES = """
SELECT patient_id, encounter_id, entry_id, CASE category WHEN 'coding' THEN 'procedure' ELSE category END AS category,
  code_system, code, label, occurred_at, occurred, author_id,
  signed_at IS NOT NULL AS signed, closed_at IS NOT NULL AS closed, keys @> %(appends)s::bigint[] AS addendum,
  CASE WHEN category = 'order' AND resource_type = 'Provenance' THEN keys END AS about,
  CASE WHEN code = ANY(%(cosigned)s) OR resource_type = 'Provenance' THEN (SELECT credential FROM accounts_practitioner WHERE id = author_id) END AS credential,
  CASE WHEN code = ANY(%(cosigned)s) THEN EXISTS (
    SELECT FROM record_signature AS seal
    WHERE seal.patient_id = entry.patient_id AND seal.entry_id = entry.entry_id AND seal.number = entry.number
      AND seal.meaning IN ('co-sign', 'attest') AND seal.practitioner_id IS DISTINCT FROM entry.author_id
  ) END AS cosigned
FROM record_entry AS entry
WHERE patient_id = ANY(%(patients)s) AND category IN ('document', 'procedure', 'order', 'coding') AND NOT retracted
  AND standing IN ('', 'accepted')
  AND (category <> 'coding' OR resource_type = 'Procedure')
  AND (encounter_id = ANY(%(stays)s) OR (category = 'document' AND code = ANY(%(before)s)))
"""


def _entries(charts: Sequence[Chart]) -> dict[UUID, list[dict[str, Any]]]:
    """Documents, procedures and orders of the stays, and the patients' documents that count from before a stay."""
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    patients = list({chart.stay.patient_id for chart in charts})
    if not patients:
        return found
    sets = list({id(rules): rules for chart in charts for rules in chart.judged_by}.values())
    asked: dict[str, Any] = {
        "patients": patients,
        "appends": [APPENDS],
        "stays": [chart.stay.id for chart in charts],
        "before": sorted({code for rules in sets for code in rules.codes_before}),
        "cosigned": sorted({code for rules in sets for code in rules.codes_cosigned}),
    }
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, asked)
        names = [column.name for column in cursor.description or ()]
        for row in cursor.fetchall():
            entry = dict(zip(names, row, strict=True))
            found[entry["patient_id"]].append(entry)
    _name_orders(found, asked)
    return found


_ORDERS = """
SELECT entry_id, resource_type, retracted OR status = 'entered-in-error' FROM record_entry
WHERE patient_id = ANY(%(patients)s) AND encounter_id = ANY(%(stays)s) AND resource_type = ANY(%(types)s)
"""


def _name_orders(found: dict[UUID, list[dict[str, Any]]], asked: dict[str, Any]) -> None:
    """Say of each Provenance which order it is ``about`` (its entry), where it names one of the stay that stands. One query, or none."""
    about = [row for rows in found.values() for row in rows if row["about"]]
    if not about:
        return
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, asked | {"types": list(ORDER_TYPES)})
        orders = {key("target", "", f"{kind}/{entry}"): (entry, gone) for entry, kind, gone in cursor.fetchall()}
    for row in about:
        named = [orders[one] for one in row["about"] if one in orders]
        row["about"] = named[0][0] if named else row["entry_id"]
        row["withdrawn"] = bool(named and named[0][1])


_TEXTS = """
SELECT text.entry_id, text.text, CASE WHEN entry.keys @> %(appends)s::bigint[] THEN entry.keys END
FROM record_entry AS entry JOIN record_text AS text USING (patient_id, entry_id)
WHERE entry.patient_id = ANY(%(patients)s) AND entry.category = 'document' AND NOT entry.retracted AND entry.standing IN ('', 'accepted') AND text.text <> ''
  AND (entry.entry_id = ANY(%(entries)s) OR entry.keys @> %(appends)s::bigint[])
"""


def _read_sections(charts: Sequence[Chart]) -> None:
    """The sections of the documents that a rule asks about, with those of their addenda. One query, or none."""
    asked = {
        key("relatesto", "", f"DocumentReference/{document.entry_id}"): document.entry_id
        for chart in charts
        for document in chart.documents
        if any(document.code in rules.codes_read for rules in chart.judged_by)
    }
    if not asked:
        return
    patients = list({chart.stay.patient_id for chart in charts})
    parts = {entry: {entry} for entry in asked.values()}
    found: dict[UUID, frozenset[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TEXTS, {"patients": patients, "entries": list(parts), "appends": [APPENDS]})
        for entry, text, keys in cursor.fetchall():
            appended = {asked[named] for named in asked.keys() & set(keys or ())}
            if appended or entry in parts:
                found[entry] = sections(text)
            for one in appended:
                parts[one].add(entry)
    for chart in charts:
        chart.documents = [_with_sections(one, parts, found) for one in chart.documents]


def _with_sections(document: Document, parts: dict[UUID, set[UUID]], found: dict[UUID, frozenset[str]]) -> Document:
    if document.entry_id not in found or document.entry_id not in parts:
        return document
    said = [found[part] for part in parts[document.entry_id] if part in found]
    return replace(document, sections=frozenset[str]().union(*said))


def users_of(practitioners: Iterable[UUID | None]) -> dict[UUID, Practitioner]:
    """The practitioners by id, with the sign-in of those who have one. One query."""
    wanted = {one for one in practitioners if one}
    return Practitioner.objects.select_related("user").in_bulk(wanted) if wanted else {}
