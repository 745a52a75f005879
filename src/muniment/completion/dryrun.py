"""What adopting a version of a rule would open and close, found by judging real charts twice. Reads only (ADR 0022)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from uuid import UUID

from django.db.models import Q, QuerySet

from muniment.completion.charts import Chart, RulesByDay, load
from muniment.completion.findings import closings, deficiencies, delinquent_at
from muniment.completion.models import Deficiency
from muniment.completion.parameters import RuleSet, compile_rules
from muniment.completion.rules import Finding, State
from muniment.encounters.models import Encounter
from muniment.encounters.rules import Status
from muniment.kernel.errors import Unfileable
from muniment.rulebook.models import RuleVersion
from muniment.rulebook.queries import in_force
from muniment.rulebook.rules import Term

BATCH = 500  # charts in memory at a time
KEPT = 2_000  # charts with a difference that are remembered; all are counted
Stay = tuple[UUID, UUID]  # (patient, encounter)


class Effect(StrEnum):
    OPEN = "open"
    CLOSE = "close"
    CHANGE = "change"  # it stays open: due at another time, owed by somebody else, or other sections of it
    CLOCK = "clock"  # the incomplete chart becomes delinquent at another time


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is tried, on which charts: those of ``visits``, else all discharged from ``since`` on."""

    term: Term
    facilities: tuple[UUID, ...]
    since: datetime
    visits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that would be otherwise. ``finding`` is as it would be, where it closes as it is; None of a chart's clock."""

    effect: Effect
    stay: Encounter
    why: str
    cited: str
    due_at: datetime | None
    finding: Finding | None = None
    was_due_at: datetime | None = None
    was_responsible_id: UUID | None = None


@dataclass(slots=True)
class Tally:
    """How many charts were looked at, what was found in them, and in which (the first ``KEPT``)."""

    looked: int = 0
    counts: dict[Effect, int] = field(default_factory=lambda: dict.fromkeys(Effect, 0))
    charts: list[Stay] = field(default_factory=list)

    def add(self, looked: int, found: Sequence[Difference]) -> None:
        self.looked += looked
        for one in found:
            self.counts[one.effect] += 1
        stays = dict.fromkeys((one.stay.patient_id, one.stay.id) for one in found)
        self.charts += list(stays)[: KEPT - len(self.charts)]


def term_of(version: RuleVersion) -> Term:
    """A version as it would govern. Raises Unfileable where chart analysis could not read it."""
    return readable(Term(in_force(version), version.effective_to))


def readable(term: Term) -> Term:
    broken = compile_rules([term.rule]).broken
    if broken:
        raise Unfileable(
            f"{broken[0][1]} Adopted, it would open nothing.", remedy="Propose it again with the form of its kind."
        )
    return term


def stays(asked: Asked) -> QuerySet[Encounter]:
    """The finished stays that are looked at: none that left before the rule governs, unless named."""
    found = Encounter.objects.filter(status=Status.FINISHED, discharged_at__isnull=False, facility_id__in=asked.facilities)
    if asked.visits:
        return found.filter(visit_number__in=asked.visits)
    begin = datetime.combine(asked.term.effective_from - timedelta(days=1), time(), UTC)  # where it is that day already
    return found.filter(discharged_at__gte=max(asked.since, begin))


def look(asked: Asked) -> Iterator[tuple[int, list[Difference]]]:
    """Judge every chart twice, a batch at a time: how many it was, and what would be otherwise in them.

    Raises Refused where the version can't be adopted beside those in the book.
    """
    books = RulesByDay(), RulesByDay(asked.term)
    found = stays(asked).order_by("-discharged_at", "id").values_list("patient_id", "id").iterator(chunk_size=BATCH)
    while some := list(islice(found, BATCH)):
        yield len(some), differences(some, *books)


def differences(charts: Sequence[Stay], now: RulesByDay, then: RulesByDay) -> list[Difference]:
    """What would be otherwise in these charts, as they stand."""
    loaded = load(charts, now, then)
    decided = _decided(loaded)
    return [one for chart in loaded for one in _compare(chart, decided[chart.stay.id])]


def _decided(charts: Sequence[Chart]) -> Mapping[UUID, dict[str, Deficiency]]:
    """What people decided about deficiencies of these charts; analysis leaves that alone. By stay and key."""
    found: dict[UUID, dict[str, Deficiency]] = defaultdict(dict)
    patients, encounters = [one.stay.patient_id for one in charts], [one.stay.id for one in charts]
    rows = Deficiency.objects.filter(patient_id__in=patients, encounter_id__in=encounters)
    for row in rows.filter(Q(state=State.WAIVED) | Q(decided=True)):
        found[row.encounter_id][row.key] = row
    return found


def _compare(chart: Chart, decided: dict[str, Deficiency]) -> Iterator[Difference]:
    if chart.facts is None or chart.instead is None:
        return
    before = {one.key: one for one in _owed(chart, chart.rules, decided)}
    after = {one.key: one for one in _owed(chart, chart.instead, decided)}
    for key in sorted(after):
        if key not in before:
            yield _difference(Effect.OPEN, chart, after[key])
        elif _shown(before[key]) != _shown(after[key]):
            yield _difference(Effect.CHANGE, chart, after[key], before[key])
    gone = [key for key in sorted(before) if key not in after]
    for closing in closings(gone, chart.facts, chart.documents, chart.instead, list(after.values())):
        yield _difference(Effect.CLOSE, chart, before[closing.key], why=closing.why)
    if after:
        yield from _clock(chart)


def _owed(chart: Chart, rules: RuleSet, decided: dict[str, Deficiency]) -> Iterator[Finding]:
    for finding in deficiencies(chart.facts, chart.documents, rules) if chart.facts else ():
        row = decided.get(finding.key)
        if row is None:
            yield finding
        elif row.state != State.WAIVED:
            yield replace(finding, responsible_id=row.responsible_id)


def _shown(finding: Finding) -> tuple[object, ...]:
    return finding.due_at, finding.responsible_id, finding.sections, finding.document_code


def _difference(effect: Effect, chart: Chart, finding: Finding, before: Finding | None = None, *, why: str = "") -> Difference:
    return Difference(
        effect=effect, stay=chart.stay, finding=finding, why=why or finding.why, cited=finding.rule.cited, due_at=finding.due_at,
        was_due_at=before.due_at if before else None, was_responsible_id=before.responsible_id if before else None,
    )  # fmt: skip


def _clock(chart: Chart) -> Iterator[Difference]:
    if chart.facts is None or chart.instead is None:
        return
    was, late = delinquent_at(chart.facts, chart.rules), delinquent_at(chart.facts, chart.instead)
    if was != late:
        limit = chart.instead.clock or chart.rules.clock
        rule = limit[0] if limit else None
        yield Difference(
            effect=Effect.CLOCK, stay=chart.stay, why=rule.statement if rule else "", cited=rule.cited if rule else "",
            due_at=late, was_due_at=was,
        )  # fmt: skip


def tally(asked: Asked) -> tuple[Tally, list[Difference]]:
    """All of a small set at once."""
    made, found = Tally(), list[Difference]()
    for looked, some in look(asked):
        made.add(looked, some)
        found += some
    return made, found


def of_charts(asked: Asked, charts: Iterable[Stay]) -> list[Difference]:
    """The differences of charts that a dry run has named, as they are now."""
    return differences(list(charts), RulesByDay(), RulesByDay(asked.term))
