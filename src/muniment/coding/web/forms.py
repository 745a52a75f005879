"""The draft as the workspace posts it: one value of each name a line."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import QueryDict

from muniment.coding.drafting import Draft, DraftCode, Role
from muniment.coding.rules import POA
from muniment.kernel.errors import Problem
from muniment.kernel.typed import typed_date

LINE = ("role", "code", "poa", "on", "operator")


def read_draft(said: QueryDict, answers: dict[str, str]) -> Draft:
    """What stands on the screen. ``answers`` are the reasons saved before; those on the screen replace theirs. Raises Problem."""
    columns = [said.getlist(name) for name in LINE]
    if len({len(column) for column in columns}) != 1:
        raise Problem("The lines of the abstract did not arrive whole.", remedy="Reload the page; what was saved is kept.")
    given = dict(zip(said.getlist("edit"), said.getlist("answer"), strict=False))
    kept = {key: reason.strip()[:400] for key, reason in (answers | given).items() if reason.strip()}
    return Draft(tuple(_line(*cells) for cells in zip(*columns, strict=True)), said.get("disposition", "")[:20], kept)


def read_revision(said: QueryDict) -> int:
    text = said.get("revision", "")
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise Problem("The page does not say which state of the abstract it shows.", remedy="Reload it.")
    return int(text)


def _line(role: str, code: str, poa: str, on: str, operator: str) -> DraftCode:
    try:
        return DraftCode(
            role=Role(role), code=code, poa=POA(poa), on=_date(on), operator_id=UUID(operator) if operator else None
        )
    except ValueError as error:
        raise Problem("A line of the abstract has a value that does not exist.", remedy="Reload the page.") from error


def _date(text: str) -> date | None:
    if not text.strip():
        return None
    found = typed_date(text)
    if found is None:
        raise Problem(
            f"“{text.strip()[:30]}” is not a date.", where="procedure date", remedy="Write it like 14 Mar 2026 or 3/14/2026."
        )
    return found
