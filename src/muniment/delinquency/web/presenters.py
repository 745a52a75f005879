"""Ages, charts, letters and suspensions as templates place them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from muniment.accounts.models import Practitioner
from muniment.audit.models import LifecycleEvent
from muniment.core.actor import Actor
from muniment.delinquency.closures import WEEKDAYS, Closed
from muniment.delinquency.models import LetterLine, Suspension
from muniment.delinquency.parameters import Book
from muniment.delinquency.queries import Part
from muniment.delinquency.rules import Age, Debt, State
from muniment.identity.web.presenters import whose
from muniment.ui import dates
from muniment.ui.shapes import Event, Fact, Input, Tab, Tone, Why
from muniment.ui.words import inside
from muniment.work.names import Whose

NOBODY = "nobody"
TONES = {
    State.PROPOSED: Tone.DUE, State.IN_FORCE: Tone.LATE, State.REFUSED: Tone.PLAIN, State.WITHDRAWN: Tone.PLAIN, State.LIFTED: Tone.OK,
}  # fmt: skip
TABS = (
    ("Figures", "delinquency-figures"), ("Charts", "delinquency-charts"), ("Letters", "delinquency-letters"),
    ("Suspensions", "delinquency-suspensions"), ("Absences", "delinquency-absences"), ("Calendar", "delinquency-calendars"),
)  # fmt: skip
DONE = {
    "delinquency.pause": ("Entered", Tone.INFO), "delinquency.withdraw-pause": ("Withdrawn", Tone.PLAIN),
    "delinquency.propose-suspension": ("Proposed", Tone.DUE), "delinquency.decide-suspension": ("Decided", Tone.INFO),
    "delinquency.lift-suspension": ("Lifted by hand", Tone.OK), "delinquency.settle-suspension": ("Ended by itself", Tone.OK),
}  # fmt: skip


def tabs(current: str) -> list[Tab]:
    return [Tab(label, reverse(name), label == current) for label, name in TABS]


def address(name: str, **said: object) -> str:
    kept = {key: str(value) for key, value in said.items() if value not in ("", None)}
    return reverse(name) + (f"?{urlencode(kept)}" if kept else "")


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def people(found: Iterable[Debt]) -> dict[str, str]:
    """Who owes any of it: id → name, with "nobody" for what nobody is named for. One query."""
    rows = Practitioner.objects.in_bulk({one.practitioner_id for one in found if one.practitioner_id})
    return {NOBODY: "Nobody is named"} | {str(one): str(row) for one, row in rows.items()}


def who(debt: Debt) -> str:
    return str(debt.practitioner_id or NOBODY)


def why(debt: Debt) -> Why:
    """The arithmetic of its age, by the rule of the day of discharge."""
    rule, owed = debt.rule, debt.owed
    assert rule is not None
    inputs = [*_arithmetic(debt.age), Input("Found missing", dates.moment(owed.stretches[0].begin, owed.zone))]
    return Why(
        rule=rule.statement,
        citation=rule.citation,
        verified=rule.verified,
        judged_on=owed.day(owed.discharged_at),
        inputs=inputs,
    )


def _arithmetic(age: Age) -> list[Input]:
    began = f"{dates.day(age.starts)}, {'when the document was filed' if age.filed else 'the discharge'}"
    said = [Input("The clock starts", began), Input("Calendar days since", f"{age.elapsed:,}")]
    said += [Input("Not counted", words) for words in _closed(age.closed)]
    for one in age.away:
        said.append(
            Input("Not counted", f"{count(one.days, 'day')} of {one.kind}, {dates.day(one.first)} to {dates.day(one.last)}")
        )
    less = [*([str(len(age.closed))] if age.closed else []), *(str(one.days) for one in age.away)]
    said.append(
        Input("Days that count", f"{' − '.join([f'{age.elapsed:,}', *less])} = {age.days:,}" if less else f"{age.days:,}")
    )
    return [*said, Input("Delinquent after", count(age.limit, "day"))]


def _closed(days: Sequence[Closed]) -> list[str]:
    """The days the calendar closes, in words: weekdays by their number, every holiday by its name."""
    counted = Counter(one.name for one in days if one.name in WEEKDAYS)
    told = [count(many, name) for name, many in sorted(counted.items(), key=lambda pair: WEEKDAYS.index(pair[0]))]
    return told + [f"{one.name}, {dates.day(one.day)}" for one in days if one.name not in WEEKDAYS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that is owed of a chart."""

    url: str
    what: str
    who: str
    days: int
    away: int
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartRow:
    """A chart with what is owed of it, the oldest first."""

    patient_id: UUID
    url: str
    whose: Whose
    days: int
    service: str
    discharged: str
    lines: Sequence[Line]


def chart_rows(actor: Actor, found: Sequence[Sequence[Debt]], names: dict[str, str]) -> list[ChartRow]:
    """One row for each group: the debts of one chart, the oldest first. A fixed number of queries."""
    named = whose(actor, {(rows[0].owed.patient_id, rows[0].owed.facility_id) for rows in found})
    return [_chart(rows, named[rows[0].owed.patient_id, rows[0].owed.facility_id], names) for rows in found]


def _chart(rows: Sequence[Debt], of: Whose, names: dict[str, str]) -> ChartRow:
    owed = rows[0].owed
    return ChartRow(
        patient_id=owed.patient_id, url=reverse("record-chart", args=[owed.encounter_id]), whose=of, days=rows[0].age.days,
        service=owed.service or "not recorded", discharged=dates.day(owed.day(owed.discharged_at)),
        lines=[_line(one, names) for one in rows],
    )  # fmt: skip


def _line(debt: Debt, names: dict[str, str]) -> Line:
    owed = debt.owed
    return Line(
        url=reverse("completion-deficiency", args=[owed.deficiency_id]), what=f"{owed.kind.capitalize()}: {inside(owed.document_name)}",
        who=names[who(debt)], days=debt.age.days, away=sum(one.days for one in debt.age.away), why=why(debt),
    )  # fmt: skip


def parts_rows(actor: Actor, parts: Sequence[Part], names: dict[str, str]) -> list[ChartRow]:
    return chart_rows(actor, [one.debts for one in parts], names)


def events(rows: Sequence[LifecycleEvent]) -> list[Event]:
    return [_event(one) for one in rows]


def _event(row: LifecycleEvent) -> Event:
    what, tone = DONE.get(row.name, (row.name, Tone.PLAIN))
    state = row.after.get("state", "") if row.name == "delinquency.decide-suspension" else ""
    return Event(
        what=f"{what}: {state}" if state else what, who=row.actor_name, when=dates.moment(row.at, timezone.get_current_timezone()),
        why=row.reason, tone=tone,
    )  # fmt: skip


def _warned(row: Suspension, sent: Sequence[LetterLine]) -> str:
    """Of how many of its charts the practitioner had been sent a letter before: whoever decides asks for it."""
    charts = len({one.encounter_id for one in sent})
    if not charts:
        return f"None: no letter about {'this chart' if len(row.charts) == 1 else 'any of these charts'} had been sent"
    last = sent[-1].letter
    return f"About {charts} of {count(len(row.charts), 'chart')}; the last “{last.title}”, {dates.day(timezone.localdate(last.batch.made_at))}"


def suspension_facts(row: Suspension, days: dict[UUID, int], sent: Sequence[LetterLine]) -> list[Fact]:
    zone = timezone.get_current_timezone()
    still = sum(stay in days for stay in row.charts)
    told = [
        Fact(label="Practitioner", value=str(row.practitioner)), Fact(label="Facility", value=row.facility.name),
        Fact(label="Proposed", value=f"{dates.moment(row.proposed_at, zone)}, {row.proposed_by}: {row.proposed_why}"),
        Fact(label="Charts it was proposed for", value=f"{count(len(row.charts), 'chart')}, {still} of them still delinquent"),
        Fact(label="Letters before it", value=_warned(row, sent)),
        Fact(label="Rule", value=row.citation),
    ]  # fmt: skip
    if row.decided_at:
        told.append(Fact(label="Decided", value=f"{dates.moment(row.decided_at, zone)}, {row.decided_by}: {row.decided_why}"))
    if row.ended_at:
        told.append(Fact(label="Ended", value=f"{dates.moment(row.ended_at, zone)}, {row.ended_by}: {row.ended_why}"))
    return told


def rule_why(rules: Book, code: str, day: date, said: str = "") -> Why | None:
    """What a rule says today; None where none is in force."""
    rule = rules.rule(code, day)
    if rule is None:
        return None
    return Why(rule=f"{rule.statement} {said}".strip(), citation=rule.citation, verified=rule.verified, judged_on=day)
