"""Yours beside theirs: what the screen of two coders' drafts places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from muniment.coding.drafting import Draft, DraftCode, Role
from muniment.coding.reconcile import ORDER, STATUS, THEIRS, YOURS, Pair, differ_in_order, pairs
from muniment.terminology.own_tables import discharge_status
from muniment.ui import dates

ROLES = {
    Role.PRINCIPAL: "Principal",
    Role.SECONDARY: "Secondary",
    Role.PROCEDURE: "Procedure",
    Role.ADMITTING: "Admitting",
}
ABSENT = "not there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line to choose; ``chosen`` is empty where both are the same. ``code`` is empty for what is no code."""

    key: str
    code: str
    title: str
    yours: str
    theirs: str
    chosen: str


def rows(
    yours: Draft, theirs: Draft, titles: Mapping[str, str], operators: Sequence[tuple[UUID, str]], chosen: Mapping[str, str]
) -> list[Row]:
    """Every line of either draft, then the order of the lines and the discharge status where they differ."""
    names = dict(operators)
    found = [_row(one, titles, names, chosen) for one in pairs(yours, theirs)]
    if differ_in_order(yours, theirs):
        found.append(_other(ORDER, "Order of the lines", _order(yours), _order(theirs), chosen))
    if yours.disposition != theirs.disposition:
        words = [discharge_status(one.disposition) or "not chosen" for one in (yours, theirs)]
        found.append(_other(STATUS, "Discharge status", words[0], words[1], chosen))
    return found


def _row(pair: Pair, titles: Mapping[str, str], names: Mapping[UUID, str], chosen: Mapping[str, str]) -> Row:
    line = pair.yours or pair.theirs
    assert line is not None
    return Row(
        key=pair.key, code=line.written if pair.key != "admitting" else "", title=titles.get(line.code, "") if pair.key != "admitting" else "Admitting diagnosis",
        yours=_words(pair.yours, names, pair.key), theirs=_words(pair.theirs, names, pair.key),
        chosen="" if pair.same else _known(chosen.get(pair.key, ""), pair.usual),
    )  # fmt: skip


def _words(line: DraftCode | None, names: Mapping[UUID, str], key: str) -> str:
    if line is None:
        return ABSENT
    said = [
        line.written if key == "admitting" else ROLES[line.role],
        f"POA {line.poa}" if line.poa else "",
        dates.day(line.on) if line.on else "",
        names.get(line.operator_id, "another operator") if line.operator_id else "",
    ]
    return ", ".join(one for one in said if one)


def _order(draft: Draft) -> str:
    return ", ".join(one.written for one in draft.codes)


def _other(key: str, title: str, yours: str, theirs: str, chosen: Mapping[str, str]) -> Row:
    return Row(key=key, code="", title=title, yours=yours, theirs=theirs, chosen=_known(chosen.get(key, ""), YOURS))


def _known(word: str, usual: str) -> str:
    return word if word in (YOURS, THEIRS) else usual


def hidden(draft: Draft) -> list[dict[str, Any]]:
    """A draft's lines as a form carries them from screen to screen (forms.read_draft)."""
    return [
        {
            "role": str(one.role), "code": one.code, "poa": one.poa.value, "on": dates.day(one.on) if one.on else "",
            "operator": str(one.operator_id or ""),
        }
        for one in draft.codes
    ]  # fmt: skip
