"""What the board shows, put together from queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from muniment.accounts.models import Facility
from muniment.core.actor import Actor
from muniment.delinquency import queries as delinquency
from muniment.operations import backlog, completeness, queries
from muniment.operations.completeness import BANDS, Ages
from muniment.operations.web.figures import DELINQUENT, DISCHARGES, figure, late_tone, link, shown
from muniment.operations.web.rows import DepthRow, OwingRow, depth_rows, owing_rows
from muniment.ui import charts, dates
from muniment.ui.charts import Chart, Series
from muniment.ui.shapes import Figure
from muniment.work import queries as work
from muniment.work.queries import Depth


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    figures: Sequence[Figure]
    ageing: Chart
    flow: Chart
    backlogs: Chart
    depths: Sequence[DepthRow]
    owing: Sequence[OwingRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose board, of which facilities, as of when, over which days."""

    actor: Actor  # with the chosen facilities only
    places: Sequence[Facility]
    now: datetime
    days: list[date]
    chosen: bool

    @property
    def zone(self) -> ZoneInfo:
        """The chosen facility's clock; the reader's own for all of theirs."""
        return ZoneInfo(self.places[0].zone if self.chosen else timezone.get_current_timezone_name())

    @property
    def facility(self) -> str:
        """The one facility that was chosen, for the addresses of lists; empty for all of the reader's."""
        return str(self.places[0].id) if self.chosen else ""

    @property
    def counted(self) -> str:
        where = ", ".join(one.name for one in self.places) or "no facility"
        return f"{dates.moment(self.now, timezone.get_current_timezone())}, {where}"

    @property
    def labels(self) -> list[str]:
        return [f"{one.day} {one:%b}" for one in self.days]


def board_of(actor: Actor, places: Sequence[Facility], now: datetime, days: list[date], *, chosen: bool = False) -> Board:
    """The board of these facilities, which are the actor's."""
    here = replace(actor, facilities=frozenset(one.id for one in places))
    scope = Scope(actor=here, places=places, now=now, days=days, chosen=chosen)
    depths = work.depths(here)
    discharges = queries.discharges_by_day(here.facilities, days, scope.zone)
    return Board(
        figures=shown([*_deficits(scope), _uncoded(scope), _late(depths, scope), _week(discharges, scope)]),
        ageing=_ageing(scope), flow=_flow(discharges, scope), backlogs=_backlogs(scope), depths=depth_rows(depths, now, scope.facility),
        owing=owing_rows(completeness.by_clinician(here, now), scope.facility),
    )  # fmt: skip


def _deficits(scope: Scope) -> list[Figure | None]:
    found, delinquent = completeness.ages(scope.actor, scope.now), delinquency.delinquent_charts(scope.actor)
    state, tone = late_tone(found.late)
    clock, clock_tone = late_tone(delinquent)
    return [
        figure(
            "Open deficiencies", found.open, link("completion-deficiencies", facility=scope.facility), "Documents and signatures that discharged charts lack.",
            counted=scope.counted, state=f"{found.late:,} overdue" if found.late else state, tone=tone,
        ),
        figure(
            "Delinquent charts", delinquent, link("delinquency-charts", facility=scope.facility), DELINQUENT,
            counted=scope.counted, state=clock, tone=clock_tone,
        ),
    ]  # fmt: skip


def _uncoded(scope: Scope) -> Figure | None:
    found = backlog.uncoded(scope.actor.facilities, scope.now)
    state, tone = late_tone(found.over_7)
    return figure(
        "Discharged, not coded", found.total, link("coding-uncoded", facility=scope.facility),
        "Discharged stays that wait for their final codes, those being coded again included.",
        counted=scope.counted, state=f"{found.over_7:,} over 7 days" if found.over_7 else state, tone=tone,
    )  # fmt: skip


def _late(depths: Sequence[Depth], scope: Scope) -> Figure | None:
    if not depths:  # a reader who works no queue
        return None
    late = sum(one.late for one in depths)
    state, tone = late_tone(late)
    return figure(
        "Late items", late, link("work-every", due="late", facility=scope.facility), "Work items of all queues whose due date has passed.",
        counted=scope.counted, state=state, tone=tone,
    )  # fmt: skip


def _week(discharges: Sequence[int], scope: Scope) -> Figure | None:
    weeks = [sum(discharges[start : start + 7]) for start in range(len(discharges) % 7, len(discharges), 7)]
    return figure(
        "Discharges in 7 days", weeks[-1] if weeks else 0, link("operations-discharges", facility=scope.facility), DISCHARGES,
        counted=scope.counted, spark=weeks,
    )  # fmt: skip


def _ageing(scope: Scope) -> Chart:
    found: list[tuple[str, Ages]] = completeness.by_document(scope.actor, scope.now)
    bands = [Series(name, [ages.bands[place] for _, ages in found]) for place, name in enumerate(BANDS)]
    note = "Open deficiencies by document and by how long their due date has passed; the eight documents most often missing."
    return charts.stacked("Deficiencies by age", [name for name, _ in found], bands, note=note)


def _flow(discharges: Sequence[int], scope: Scope) -> Chart:
    note = "Stays that ended on each day, by the facility’s clock."
    return charts.line("Discharges by day, last 60 days", scope.labels, [Series("Discharges", discharges)], note=note)


def _backlogs(scope: Scope) -> Chart:
    facilities = scope.actor.facilities
    lines = [
        Series("Not coded", backlog.backlog_by_day(facilities, scope.days, scope.zone)),
        Series("Incomplete", completeness.incomplete_by_day(facilities, scope.days, scope.zone), "info"),
    ]
    note = (
        "At the end of each day: discharged stays without final codes, and discharged charts not complete yet, from discharge to "
        "when each last became complete. One that was found lacking later counts from its discharge; what was delinquent then is under Delinquency."
    )
    return charts.line("Backlogs, last 60 days", scope.labels, lines, note=note)
