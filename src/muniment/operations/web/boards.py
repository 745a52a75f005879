"""What the board shows, put together from queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone

from muniment.accounts.models import Facility
from muniment.core.actor import Actor
from muniment.operations import queries
from muniment.operations.web.figures import figure, late_tone, link, shown
from muniment.operations.web.rows import DepthRow, depth_rows
from muniment.ui import charts, dates
from muniment.ui.charts import Chart, Series
from muniment.ui.shapes import Figure
from muniment.work import queries as work
from muniment.work.queries import Depth


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    figures: Sequence[Figure]
    charts: Sequence[Chart]
    depths: Sequence[DepthRow]


def board_of(actor: Actor, places: Sequence[Facility], now: datetime, days: list[date]) -> Board:
    """The board of these facilities, which are the actor's."""
    here = replace(actor, facilities=frozenset(one.id for one in places))
    depths = work.depths(here)
    discharges = queries.discharges_by_day(here.facilities, days, timezone.get_current_timezone())
    counted = f"{dates.moment(now, timezone.get_current_timezone())}, {', '.join(one.name for one in places) or 'no facility'}"
    return Board(
        figures=shown(_figures(depths, discharges, counted)), charts=[_flow(days, discharges)], depths=depth_rows(depths, now)
    )


def _figures(depths: Sequence[Depth], discharges: Sequence[int], counted: str) -> list[Figure | None]:
    late, active = sum(one.late for one in depths), sum(one.active for one in depths)
    state, tone = late_tone(late)
    queues = link("work-queues")
    week = [sum(discharges[start : start + 7]) for start in range(len(discharges) % 7, len(discharges), 7)]
    return [
        figure("Late items", late, queues, "Work items whose due date has passed.", counted=counted, state=state, tone=tone),
        figure("Open items", active, queues, "Work items that are not finished, deferred ones included.", counted=counted),
        figure(
            "Discharges in 7 days", week[-1] if week else 0, "#flow", "Stays that ended on the last seven days, today included.",
            counted=counted, spark=week,
        ),
    ]  # fmt: skip


def _flow(days: Sequence[date], discharges: Sequence[int]) -> Chart:
    labels = [f"{one.day} {one:%b}" for one in days]
    return charts.line(
        "Discharges by day, last 60 days",
        labels,
        [Series("Discharges", discharges)],
        note="Stays that ended on each day, by the facility’s clock.",
    )
