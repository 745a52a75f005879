"""The titles of a draft's codes on the discharge date; what has none can't be put into it."""

from __future__ import annotations

from datetime import date

from muniment.coding.drafting import Draft
from muniment.kernel.errors import Problem
from muniment.terminology.queries import lookup_many, release_on
from muniment.terminology.rules import System


def titles_of(draft: Draft, on: date, *, known: dict[str, str]) -> dict[str, str]:
    """Code → title. Reads only the codes that are not ``known``. Raises Problem for an unknown code and for a heading."""
    titles = dict(known)
    for system, procedure in ((System.ICD10CM, False), (System.ICD10PCS, True)):
        new = {one.code: one.written for one in draft.codes if one.is_procedure is procedure and one.code not in known}
        found = lookup_many(system, new, on) if new else {}
        for code, written in new.items():
            if code not in found:
                release = release_on(system, on).sentence
                raise Problem(f"{written} is not in {release}.", remedy="Search for the code that is meant.")
            if not found[code].billable:
                raise Problem(f"{written} is a heading, not a code.", remedy="Choose a more specific code below it.")
            titles[code] = found[code].display
    return titles
