"""The backlog clock as figures and rows, each number with its definition or its list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from muniment.scanning.ageing import Flow, Line, Staffing, summed
from muniment.scanning.backlog import Clock
from muniment.scanning.queries import InForce
from muniment.ui import dates
from muniment.ui.shapes import Figure, Input, Tone, Why

NO_MEASURE = "no measure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A channel or type. ``ages`` are the three counts, each with the address of its list."""

    name: str
    ages: Sequence[tuple[int, str]]
    waiting: int
    arriving: str
    filing: str
    until: str
    hold: str
    clear: str
    late: bool


def why(governs: InForce, today: date) -> Why:
    """What the columns of both tables are."""
    return Why(
        rule="Documents that wait, by days since their batch was received; what came and what people filed a working day; working days until nothing"
        " waits while paper goes on coming (never, where as much comes as is filed); full-time people so that it does not grow, and so that all that waits"
        f" now is filed in {governs.policy.backlog_days} working days.",
        citation=governs.cited("backlog"), judged_on=today,
    )  # fmt: skip


def rows(lines: Sequence[Line], of: str, staffing: Staffing, days: int) -> list[Row]:
    """A row a line, and the sum where there are several."""
    return [_row(one, of, staffing, days) for one in (*lines, *([summed(lines)] if len(lines) > 1 else []))]


def _row(one: Line, of: str, staffing: Staffing, days: int) -> Row:
    narrower = {} if one.name == "All" and not one.code else {of: one.code or "none"}
    listed = reverse("scanning-documents")
    return Row(
        name=one.name, ages=[(count, f"{listed}?{urlencode({'show': 'waiting', 'age': place, **narrower})}") for place, count in enumerate(one.ages)],
        waiting=one.flow.waiting, arriving=f"{one.flow.arriving:.1f}", filing=f"{one.flow.filing:.1f}", until=_until(one.flow),
        hold=_people(staffing.to_hold(one.flow)), clear=_people(staffing.to_clear(one.flow, days)), late=bool(one.ages[2]),
    )  # fmt: skip


def _until(flow: Flow) -> str:
    if flow.until_done is None:
        return "never"
    return f"{flow.until_done:.1f}"


def _people(count: float | None) -> str:
    return NO_MEASURE if count is None else f"{count:.2f}"


def figures(found: Clock, governs: InForce, today: date) -> list[Figure]:
    """Late, staff to hold, staff to clear, batches not read: each with what it is made of."""
    every = summed(found.channels)
    return [_late(every, governs, today), *_staff(found, every.flow, governs, today), _unread(found, governs, today)]


def _late(every: Line, governs: InForce, today: date) -> Figure:
    days = governs.policy.backlog_days
    why = Why(
        rule=f"Documents that wait for indexing for more than {days} days since their batch was received. {governs.statement('backlog')}",
        citation=governs.cited("backlog"), judged_on=today, inputs=[Input("Waiting in all", f"{every.flow.waiting:,}")],
    )  # fmt: skip
    state, tone = ("backlogged", Tone.LATE) if every.ages[2] else ("within the limit", Tone.OK)
    return Figure(
        label=f"Waiting over {days} days",
        value=f"{every.ages[2]:,}",
        url=reverse("scanning-documents") + "?show=late",
        why=why,
        state=state,
        tone=tone,
    )


def _staff(found: Clock, flow: Flow, governs: InForce, today: date) -> list[Figure]:
    staffing, days = found.staffing, governs.policy.backlog_days
    inputs = [
        Input("Came", f"{flow.arrived:,} from {dates.day(found.since)} to yesterday, {flow.arriving:.1f} a working day"),
        Input("Filed by people", f"{staffing.filed:,}, {flow.filing:.1f} a working day"),
        Input("Person-days", f"{staffing.person_days:,}, {staffing.person_days / flow.days:.2f} people a working day"),
        Input("One person files", f"{staffing.a_day:.1f} a day" if staffing.a_day else NO_MEASURE),
    ]  # fmt: skip
    made = (
        "A person-day is a day on which somebody filed at least one document. Documents left out, and those filed by rule, are on neither side;"
        " holidays are not known."
    )
    hold = Why(rule=f"What comes a working day, divided by what one person files in a day. {made}", citation=governs.cited("backlog"), inputs=inputs, judged_on=today)  # fmt: skip
    clear = Why(
        rule=f"What comes a working day and a {_ordinal(days)} of what waits, divided by what one person files in a day: then all that waits now"
        f" is filed in {days} working days. {made}",
        citation=governs.cited("backlog"), inputs=[Input("Waiting", f"{flow.waiting:,}"), *inputs], judged_on=today,
    )  # fmt: skip
    listed = reverse("scanning-documents") + "?show="
    return [
        _figure("People to hold it", staffing.to_hold(flow), listed + "filed", hold),
        _figure(f"People to clear it in {days} days", staffing.to_clear(flow, days), listed + "waiting", clear),
    ]


def _ordinal(days: int) -> str:
    return {2: "half", 3: "third", 4: "quarter", 5: "fifth", 10: "tenth"}.get(days, f"1/{days} part")


def _figure(label: str, count: float | None, url: str, why: Why) -> Figure:
    return Figure(
        label=label, value=_people(count), unit="" if count is None else "full-time", url=url, why=why,
        state="nothing was filed in that time" if count is None else "", tone=Tone.DUE if count is None else Tone.PLAIN,
    )  # fmt: skip


def _unread(found: Clock, governs: InForce, today: date) -> Figure:
    why = Why(
        rule="Batches that are being read, were stopped or refused: their documents are not counted above, because nobody knows yet how many they are.",
        citation=governs.cited("backlog"), judged_on=today,
    )  # fmt: skip
    count = len(found.unread)
    return Figure(
        label="Batches not read",
        value=f"{count:,}",
        url="#unread",
        why=why,
        state="look at them" if count else "",
        tone=Tone.DUE if count else Tone.PLAIN,
    )
