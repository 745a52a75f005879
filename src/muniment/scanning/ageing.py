"""How old what waits is, and how many people it takes to index it in time. Pure.

A document is backlogged when it has waited for more days than the rule says (VHA: five). A person-day is a day on which somebody filed at
least one document: the only measure of staff that scanning itself has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FRESH = 1  # days: what came since yesterday


def bounds(backlog_days: int) -> tuple[int, int]:
    """The days at which a document passes from one of the three ages to the next."""
    return min(FRESH, backlog_days), backlog_days


def words(backlog_days: int) -> tuple[str, str, str]:
    fresh, late = bounds(backlog_days)
    return f"up to {fresh} {'day' if fresh == 1 else 'days'}", f"{fresh} to {late} days", f"over {late} days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What waits, what came and what people filed in the last ``days`` working days, and the person-days in which they did."""

    waiting: int
    arrived: int
    filed: int
    days: int

    @property
    def arriving(self) -> float:
        """Documents a working day."""
        return self.arrived / self.days

    @property
    def filing(self) -> float:
        """Documents a working day."""
        return self.filed / self.days

    @property
    def until_done(self) -> float | None:
        """Working days until nothing waits, while paper goes on coming; None where it never comes to that."""
        if not self.waiting:
            return 0.0
        gain = self.filing - self.arriving
        return self.waiting / gain if gain > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """``filed`` documents by people in ``person_days``: what one person files in a day."""

    filed: int
    person_days: int

    @property
    def a_day(self) -> float | None:
        return self.filed / self.person_days if self.filed and self.person_days else None

    def to_hold(self, flow: Flow) -> float | None:
        """Full-time people for what comes, so that the backlog does not grow; None without a measure."""
        return flow.arriving / self.a_day if self.a_day else None

    def to_clear(self, flow: Flow, backlog_days: int) -> float | None:
        """Full-time people for what comes and for all that waits now within ``backlog_days`` working days; None without a measure."""
        return (flow.arriving + flow.waiting / max(backlog_days, 1)) / self.a_day if self.a_day else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One channel or type: how many wait at each of the three ages (fresh, older, late), and its flow."""

    code: str
    name: str
    ages: tuple[int, int, int]
    flow: Flow


def summed(lines: Sequence[Line]) -> Line:
    """All lines together."""
    first, second, third = (sum(one.ages[place] for one in lines) for place in range(3))
    flow = Flow(
        waiting=sum(one.flow.waiting for one in lines), arrived=sum(one.flow.arrived for one in lines), filed=sum(one.flow.filed for one in lines),
        days=lines[0].flow.days if lines else 1,
    )  # fmt: skip
    return Line(code="", name="All", ages=(first, second, third), flow=flow)
