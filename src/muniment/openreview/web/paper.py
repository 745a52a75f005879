"""Paper of open-record review: the tracer sheet, blank or filled in, and the month's report; PDF/A by typst in a child process."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db.models import Count

from muniment.core import clock
from muniment.delinquency.web.scope import moment_words, month_words
from muniment.encounters.models import Encounter
from muniment.encounters.web import presenters as encounters
from muniment.encounters.web.presenters import zone_of
from muniment.openreview import queries, statistics
from muniment.openreview.models import CorrectiveAction, OpenFinding, Review
from muniment.openreview.parameters import Question, Version
from muniment.openreview.web import corrections, figures, presenters
from muniment.openreview.web.figures import Month, Row
from muniment.openreview.web.presenters import Asked, per_cent
from muniment.record.production.setter import set_pages
from muniment.ui import dates
from muniment.ui.shapes import Why

DATA = Path(__file__).parent.parent / "data"
LETTER = "us-letter"
MOST_ACTIONS = 100
TITLE = "Open-record review"


def _set(template: str, data: Any) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(DATA / template, Path(folder) / template)
        made, _ = set_pages(Path(folder), "page", template, data, seconds=int(clock.now().timestamp()))
        return made.read_bytes()


def blank(version: Version, place: str) -> bytes:
    """The worksheet to be filled in by hand, every question of it."""
    assert version.worksheet is not None
    asked = [
        Asked(
            number=number,
            code=one.code,
            text=one.text,
            citation=one.citation,
            mend="",
            answer="",
            words="",
            tone=presenters.Tone.PLAIN,
            by="",
            comment="",
        )
        for number, one in enumerate(version.worksheet.questions, 1)
    ]
    said = {"blank": True, "facts": [], "who": "", "place": place}
    return _set("sheet.typ", said | _sheet(version, asked, version.worksheet.questions))


def sheet(row: Review, stay: Encounter, who: Sequence[tuple[str, str]]) -> bytes:
    """One review as it stands: ``who`` names the patient and the stay. What was not answered is not marked."""
    questions, version = queries.questions_of(row, stay), queries.worksheet_of(row)
    state = presenters.STATES[presenters.ReviewState(row.state)][0]
    facts = [
        *who,
        ("State", state),
        *((one.label, one.value) for one in presenters.review_facts(row, stay, version) if one.value),
    ]
    said = {"blank": False, "facts": [list(one) for one in facts], "who": who[0][1], "place": row.facility.name}
    return _set("sheet.typ", said | _sheet(version, presenters.asked(row, questions, zone_of(row)), questions))


def _sheet(version: Version | None, asked: Sequence[Asked], questions: Sequence[Question]) -> dict[str, Any]:
    found = presenters.sections(asked, questions)
    rule = f"{version.rule.title}, version {version.rule.number} · {version.rule.cited}" if version else ""
    return {
        "title": f"{TITLE}: worksheet", "paper": LETTER, "rule": rule,
        "sections": [{"name": name, "questions": [_question(one) for one in some]} for name, some in found],
    }  # fmt: skip


def _question(one: Asked) -> dict[str, str]:
    return {
        "number": str(one.number), "text": one.text, "standard": one.citation, "says": one.machine_words, "comment": one.comment, "answer": one.answer,
    }  # fmt: skip


def stay_words(stay: Encounter, name: str, number: str) -> list[tuple[str, str]]:
    return [
        ("Patient", name),
        ("Record no.", number),
        ("Visit no.", stay.visit_number),
        ("Place", encounters.place(stay)),
        ("Stay", encounters.interval(stay)),
    ]


def report(month: Month, rules: Sequence[tuple[str, Why]]) -> bytes:
    """The month for a surveyor, as it was known at the moment the figures are of. Names no patient."""
    scope, rows = month.scope, figures.question_rows(month)
    words = f"{month_words(scope.at)}{' so far' if scope.at.is_now else ''}"
    data = {
        "title": f"{TITLE}: {words}", "paper": LETTER, "month": words, "place": scope.chosen.name if scope.chosen else "All facilities of the reader",
        "counted": f"Counted: {scope.counted}", "printed": dates.moment(clock.now(), scope.zone), "moment": moment_words(scope.at, scope.zone),
        "figures": [{"label": one.label, "value": one.value, "state": one.state} for one in figures.figures(month)],
        "questions": [[one.name, one.section, one.percent, one.threshold, str(one.yes), str(one.no), str(one.na)] for one in rows],
        "below": [[one.name, one.percent, one.threshold, str(one.no)] for one in rows if one.below],
        "findings": [[words, str(count)] for words, count in _findings(month)], "plan": _plan(month), "actions": _actions(month),
        "services": _grouped(figures.group_rows(month, "service")), "facilities": _grouped(figures.group_rows(month, "facility")), "trend": _trend(month),
        "definitions": [list(one) for one in figures.DEFINITIONS],
        "rules": [[one.rule, one.citation if one.verified else f"{one.citation} (unverified)"] for _, one in rules],
    }  # fmt: skip
    return _set("report.typ", data)


def _findings(month: Month) -> list[tuple[str, int]]:
    """Those of the month by how they stand now. One query."""
    scope = month.scope
    begin = statistics.begin_of(scope.at.month, scope.zone)
    found = OpenFinding.objects.filter(facility_id__in=scope.facilities, found_at__gte=begin, found_at__lte=scope.at.moment)
    rows = found.order_by().values_list("state").annotate(count=Count("id")).order_by("state")
    return [(presenters.FINDING_STATES[presenters.State(state)][0], count) for state, count in rows]


def _actions(month: Month) -> list[list[str]]:
    """Corrective actions decided by the moment and not concluded before the month began."""
    scope = month.scope
    begin = statistics.begin_of(scope.at.month, scope.zone)
    found = CorrectiveAction.objects.filter(facility_id__in=scope.facilities, opened_at__lte=scope.at.moment).exclude(
        closed_at__lt=begin
    )
    rows = [
        corrections.line(one) for one in found.select_related("facility", "owner").order_by("opened_at", "id")[:MOST_ACTIONS]
    ]
    return [[one.text, one.what, one.owner, one.state, one.before, one.since or "–"] for one in rows]


def _plan(month: Month) -> list[list[str]]:
    return [
        [one.draw.period, one.draw.facility.name, one.draw.stratum, str(one.draw.seen), str(one.asked), str(one.draw.have), str(one.finished), str(one.lacking)]
        for one in month.kept
    ]  # fmt: skip


def _grouped(rows: Sequence[Row]) -> list[list[str]]:
    return [[one.name, one.percent, str(one.yes), str(one.asked)] for one in rows]


def _trend(month: Month) -> list[list[str]]:
    found = [(one, month.trend.get(one.month)) for one in month.scope.times]
    return [[month_words(one), per_cent(row.percent), str(row.yes), str(row.asked)] for one, row in found if row]
