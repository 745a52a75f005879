"""The titles of a draft's codes on the discharge date; what can't be used on it can't be put into the draft."""

from __future__ import annotations

from datetime import date

from muniment.coding.drafting import Draft, DraftCode
from muniment.terminology.queries import Found, lookup_many
from muniment.terminology.refusals import judged
from muniment.terminology.rules import System

Titles = dict[tuple[System, str], str]


def system_of(line: DraftCode) -> System:
    return System.ICD10PCS if line.is_procedure else System.ICD10CM


def titles_of(draft: Draft, on: date, *, known: Titles) -> Titles:
    """(System, code) → title. Reads only the codes that are not ``known``, which the draft holds already.

    Raises Problem for a code that is unknown, a heading, ended or not begun on the date. A known code of one system is
    not known in the other, though some are shaped alike.
    """
    titles = dict(known)
    for system in (System.ICD10CM, System.ICD10PCS):
        for code, found in _looked_up(draft, system, on, known).items():
            if problem := judged(system, code, found, on):
                raise problem
            titles[system, code] = found.display if found else ""
    return titles


def titles_shown(draft: Draft, on: date) -> dict[str, str]:
    """Code → title for showing a draft that may not be savable; a code without a title is left out."""
    found = {**_looked_up(draft, System.ICD10PCS, on, {}), **_looked_up(draft, System.ICD10CM, on, {})}
    return {code: one.display for code, one in found.items() if one}


def _looked_up(draft: Draft, system: System, on: date, known: Titles) -> dict[str, Found | None]:
    new = [one.code for one in draft.codes if system_of(one) is system and (system, one.code) not in known]
    found = lookup_many(system, new, on) if new else {}
    return {code: found.get(code) for code in new}
