"""The letters of a batch as one PDF/A, a letter a page, by typst in a child process. Everything said is data, never markup."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from muniment.accounts.models import Facility, Practitioner
from muniment.core import clock
from muniment.delinquency.models import LetterLine
from muniment.delinquency.parameters import Book
from muniment.delinquency.queries import Due
from muniment.record.production.setter import set_pages
from muniment.ui import dates

TEMPLATE = "letters.typ"
DATA = Path(__file__).parent / "data"
WORDINGS = {
    "reminder": "The charts below still lack something from you. Please complete them at your next opportunity; they are in your inbox.",
    "warning": "The charts below still lack something from you, and will soon be delinquent if they are not already. Please complete them now.",
    "final": "The charts below still lack something from you. Charts that are delinquent can lead to the suspension of your privileges under the "
    "house's rules. Please complete them today, or tell the records department what prevents it.",
}  # fmt: skip


def letters(facility: Facility, day: date, due: Sequence[Due], lines: Sequence[LetterLine], rules: Book) -> bytes:
    """The PDF. Raises Problem when it can't be set."""
    people = Practitioner.objects.in_bulk({one.practitioner_id for one in due})
    rest = iter(lines)
    said = [_letter(one, str(people[one.practitioner_id]), [next(rest) for _ in one.parts]) for one in due]
    data = {"facility": facility.name, "day": dates.day(day), "rules": _cited(rules, day), "letters": said}
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(DATA / TEMPLATE, Path(folder) / TEMPLATE)
        made, _ = set_pages(Path(folder), "letters", TEMPLATE, data, seconds=int(clock.now().timestamp()))
        return made.read_bytes()


def _letter(one: Due, name: str, lines: Sequence[LetterLine]) -> dict[str, Any]:
    return {
        "to": name, "title": one.level.title, "level": one.number, "text": WORDINGS[one.level.wording],
        "charts": [_chart(line, _away(one, line.encounter_id)) for line in lines],
    }  # fmt: skip


def _chart(line: LetterLine, away: int) -> dict[str, Any]:
    return {
        "patient": line.patient, "number": line.number, "discharged": dates.day(line.discharged), "days": str(line.days),
        "owed": line.owed, "away": f"{away} days of absence not counted" if away else "",
    }  # fmt: skip


def _away(one: Due, encounter_id: UUID) -> int:
    part = next(part for part in one.parts if part.owed.encounter_id == encounter_id)
    return sum(span.days for span in part.debts[0].age.away)


def _cited(rules: Book, day: date) -> list[dict[str, str]]:
    found = [rule for code in ("clock", "letters", "pauses", "suspension") if (rule := rules.rule(code, day))]
    return [{"statement": rule.statement, "citation": rule.cited} for rule in found]
