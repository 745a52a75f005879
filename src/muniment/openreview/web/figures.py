"""The figures of open-record review in words: each number with its list and its definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from muniment.delinquency.statistics import When
from muniment.delinquency.web.scope import Scope, month_words
from muniment.openreview import queries, statistics
from muniment.openreview.corrections import queries as corrective
from muniment.openreview.parameters import Book, Plan
from muniment.openreview.rules import percent
from muniment.openreview.statistics import Counted, Kept, Share
from muniment.openreview.web.presenters import address, count, per_cent
from muniment.ui import charts, dates
from muniment.ui.charts import Chart, Series
from muniment.ui.shapes import Figure, Input, Tone, Why

SHARE = "Stays that the draws of the month saw open, and those of them of which a review was finished by the moment. A stay counts once."
COMPLIANCE = "“Yes” of all answers “yes” or “no”, of drawn reviews finished in the month. “Not applicable” is left out, and so are focused reviews, which were picked."
DISCHARGES = (
    "Stays of the plan’s classes that ended in the month by the facility’s clock, and those of them whose record was reviewed."
)
PLAN = "Reviews finished of those the plan asks for in the periods that began in the month. What was not drawn, was left out or is not finished is lacking. Of a period that still runs, what its last draw asked for by its day."
MONTH = "A month counts what was finished in it, as recorded by its end: a month that is over does not change. Stays are taken by the dates on record now."
DEFINITIONS = [
    ("Reviewed", SHARE),
    ("Compliance", COMPLIANCE),
    ("Plan", PLAN),
    ("Discharges", DISCHARGES),
    ("As it was then", MONTH),
]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table of compliance: what, and its numbers with their lists."""

    code: str
    name: str
    section: str
    percent: str
    below: bool
    threshold: str
    yes: int
    yes_url: str
    no: int
    no_url: str
    na: int
    na_url: str
    asked: int
    asked_url: str
    actions: int = 0  # corrective ones that are not concluded


@dataclass(frozen=True, slots=True)
class PlanRow:
    facility: str
    stratum: str
    period: str
    required: int
    drawn: int
    drawn_url: str
    finished: int
    finished_url: str
    left_out: int
    left_out_url: str
    lacking: int
    seen: int
    draws_url: str
    why: Why


@dataclass(frozen=True, slots=True)
class Month:
    """Everything the screen, the table and the report say of one month."""

    scope: Scope
    whole: Counted
    questions: Sequence[Counted]
    by: Mapping[str, Sequence[Counted]]
    kept: Sequence[Kept]
    open_stays: Share
    discharges: Share
    focused: Counted
    trend: Mapping[date, Counted]
    wording: Mapping[str, tuple[str, str]]
    book: Book
    plan: Plan | None
    actions: Mapping[str, int]  # question → corrective actions that are not concluded
    thresholds: Mapping[str, float]  # of the worksheet of the month


BY = ("section", "service", "unit", "facility")


def month_of(scope: Scope) -> Month:
    """A dozen queries, whatever was reviewed."""
    book, zone, at = queries.book(), scope.zone, scope.at
    day = at.moment.astimezone(zone).date()
    governs = book.plan(day)
    plan = governs.plan if governs else None
    found = statistics.answers(scope.facilities, at, zone)
    return Month(
        scope=scope, whole=statistics.whole(found), questions=statistics.counted(found, "question"),
        by={name: statistics.counted(found, name) for name in BY}, kept=statistics.kept(scope.facilities, at, zone),
        open_stays=statistics.share(statistics.open_stays(scope.facilities, at)),
        discharges=statistics.share(statistics.discharges(scope.facilities, at, zone, plan)),
        focused=statistics.whole(statistics.answers(scope.facilities, at, zone, focused=True)),
        trend=statistics.trend(scope.facilities, scope.times, zone), wording=statistics.words_of(found), book=book, plan=plan, thresholds=_thresholds(book, day), actions=corrective.running(scope.facilities),
    )  # fmt: skip


def _thresholds(book: Book, day: date) -> dict[str, float]:
    version = book.worksheet(day)
    return {one.code: one.threshold for one in version.worksheet.questions} if version and version.worksheet else {}


def threshold_of(month: Month, code: str) -> float | None:
    return month.thresholds.get(code)


def below(month: Month, one: Counted) -> bool:
    limit = threshold_of(month, one.name)
    return limit is not None and one.percent is not None and one.percent < limit


def in_order(month: Month) -> list[Counted]:
    """The questions in the order of the worksheet; those that it no longer has come last."""
    known = list(month.book.questions())
    return sorted(month.questions, key=lambda one: (known.index(one.name) if one.name in known else len(known), one.name))


def question_rows(month: Month) -> list[Row]:
    return [_row(month, one, "question", *reversed(month.wording.get(one.name, ("", one.name)))) for one in in_order(month)]


def group_rows(month: Month, by: str) -> list[Row]:
    return [_row(month, one, by, one.name or "not recorded", "") for one in month.by[by]]


def _row(month: Month, one: Counted, by: str, name: str, section: str) -> Row:
    def url(answer: str) -> str:
        key = {by: one.name or "none"} if by != "facility" else {"facility": _facility(month, one.name)}
        return address("openreview-answers", **(month.scope.kept | key | {"answer": answer}))

    limit = threshold_of(month, one.name) if by == "question" else None
    return Row(
        code=one.name, actions=month.actions.get(one.name, 0) if by == "question" else 0, name=name, section=section, percent=per_cent(one.percent), below=by == "question" and below(month, one), threshold=f"{limit:g} %" if limit is not None else "",
        yes=one.yes, yes_url=url("yes"), no=one.no, no_url=url("no"), na=one.na, na_url=url("na"), asked=one.asked, asked_url=url("asked"),
    )  # fmt: skip


def _facility(month: Month, name: str) -> str:
    return next((str(one.id) for one in month.scope.places if one.name == name), "")


def plan_rows(month: Month) -> list[PlanRow]:
    return [_plan_row(one) for one in month.kept]


def _plan_row(one: Kept) -> PlanRow:
    draw = one.draw
    kept = {"facility": draw.facility_id, "period": draw.period, "stratum": draw.stratum, "origin": "drawn"}
    why = Why(
        rule=PLAN, citation=draw.citation.removesuffix(" (unverified)"), verified=not draw.citation.endswith("(unverified)"), judged_on=draw.day,
        inputs=[Input("Stays seen", f"{draw.seen:,}"), Input("Asked for by the plan", f"{draw.required:,}"), Input("Drawn", f"{draw.have:,}"), Input("Short at the last draw", f"{draw.short:,}")],
    )  # fmt: skip
    return PlanRow(
        facility=draw.facility.name, stratum=draw.stratum, period=f"{draw.period}, from {dates.day(draw.begin)}", required=one.asked, drawn=draw.have,
        drawn_url=address("openreview-reviews", **kept), finished=one.finished, finished_url=address("openreview-reviews", **kept, state="finished"),
        left_out=one.left_out, left_out_url=address("openreview-reviews", **kept, state="left out"), lacking=one.lacking, seen=draw.seen,
        draws_url=address("openreview-draws", facility=draw.facility_id, period=draw.period), why=why,
    )  # fmt: skip


def figures(month: Month) -> list[Figure]:
    scope = month.scope
    counted = Input("Counted", scope.counted)
    required, finished = sum(one.asked for one in month.kept), sum(min(one.finished, one.asked) for one in month.kept)
    short = [one for one in in_order(month) if below(month, one)]
    plan = Why(rule=PLAN, inputs=[counted, Input("Asked for", f"{required:,}"), Input("Finished of them", f"{finished:,}")])
    return [
        _share("Open stays reviewed", month.open_stays, SHARE, counted, address("openreview-stays", **scope.kept)),
        Figure(
            label="Of the plan", value=per_cent(percent(finished, required - finished)), url=address("openreview-reviews", facility=scope.kept["facility"], origin="drawn"),
            why=plan, state=f"{required - finished} lacking" if required > finished else "kept" if required else "", tone=Tone.DUE if required > finished else Tone.OK,
        ),
        Figure(
            label="Compliance", value=per_cent(month.whole.percent), url=address("openreview-answers", **scope.kept, answer="asked"),
            why=Why(rule=COMPLIANCE, inputs=[counted, Input("Yes", f"{month.whole.yes:,}"), Input("No", f"{month.whole.no:,}"), Input("Not applicable", f"{month.whole.na:,}")]),
            state=f"{count(len(short), 'question')} below" if short else "", tone=Tone.LATE if short else Tone.OK,
        ),
        _share("Discharges reviewed", month.discharges, DISCHARGES, counted, address("openreview-stays", **scope.kept, of="discharges")),
    ]  # fmt: skip


def _share(label: str, found: Share, rule: str, counted: Input, url: str) -> Figure:
    why = Why(rule=rule, inputs=[counted, Input("Stays", f"{found.of:,}"), Input("Reviewed", f"{found.reviewed:,}")])
    return Figure(
        label=label, value=per_cent(found.percent), url=url, why=why, state=f"{found.reviewed} of {found.of}", tone=Tone.PLAIN
    )


def trend_chart(month: Month) -> Chart:
    times = month.scope.times
    values = [_percent(month, one) for one in times]
    target = min(month.thresholds.values(), default=None)
    note = "In per cent, of drawn reviews finished in each month; the line is the lowest threshold of the worksheet."
    return charts.line(
        "Compliance by month",
        [_label(one) for one in times],
        [Series("Compliance", values)],
        target=target,
        unit="%",
        note=note,
    )


def _percent(month: Month, when: When) -> float | None:
    found = month.trend.get(when.month)
    return round(found.percent, 1) if found and found.percent is not None else None


def _label(when: When) -> str:
    return "now" if when.is_now else month_words(when)
