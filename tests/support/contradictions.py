"""Charts for the checks of qualitative analysis, as values; no database is asked."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from muniment.qualitative.checks import look
from muniment.qualitative.parameters import RuleSet, compile_rules
from muniment.qualitative.rules import Chart, Code, Document, Finding, Kind, Result
from muniment.rulebook.rules import RuleInForce

HP, ED, PN, DS, OP, CONSENT, CONSULT = "34117-2", "34111-5", "11506-3", "18842-5", "11504-8", "61358-8", "11488-4"
NAMES = {
    HP: "History and physical", ED: "Emergency department note", PN: "Progress note", DS: "Discharge summary", OP: "Operative report",
    CONSENT: "Informed consent", CONSULT: "Consultation note",
}  # fmt: skip
PACK = Path(__file__).parents[2] / "src" / "muniment" / "rulebook" / "pack" / "qualitative.toml"
STAY = {"admitted": date(2026, 3, 2), "discharged": date(2026, 3, 6), "sex": "female", "born": date(1961, 3, 14)}


def shipped() -> RuleSet:
    rules = tomllib.loads(PACK.read_text())["rule"]
    return compile_rules(
        RuleInForce(one["code"], 1, one["title"], one["statement"], one["citation"], one["source_kind"], False, date(2024, 1, 1), one["parameters"])
        for one in rules
    )  # fmt: skip


def document(number: int, code: str, text: str, *, day: int = 3, hour: int = 9, **more) -> Document:
    at = more.pop("at", datetime(2026, 3, day, hour, number))
    return Document(UUID(int=number), 1, code, NAMES[code], text, at, author=more.pop("author", "Stone, Ada"), **more)


def notes(*said: tuple[str, str]) -> tuple[Document, ...]:
    """(code, text) in the order of time, an hour between them."""
    return tuple(document(number, code, text, hour=8 + number) for number, (code, text) in enumerate(said))


def code(number: int, value: str, title: str, **more) -> Code:
    return Code(UUID(int=1000 + number), 1, value, title, **more)


def result(number: int, loinc: str, name: str, value: str = "", **more) -> Result:
    return Result(UUID(int=2000 + number), 1, loinc, name, value, **more)


def found(kind: Kind | None = None, **chart) -> list[Finding]:
    """What the shipped rules find in a chart of a woman of 64, from 2 to 6 March 2026."""
    return [one.finding for one in look(Chart(**STAY | chart), shipped()) if kind in (None, one.finding.kind)]
