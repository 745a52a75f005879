"""Why a code can't be used on a date, in one sentence, with what can be used instead where that is known."""

from __future__ import annotations

from datetime import date

from muniment.kernel.codes import dotted
from muniment.kernel.errors import Problem
from muniment.terminology.models import Concept
from muniment.terminology.queries import Found, children, lookup, release_on, releases
from muniment.terminology.rules import System

NAMED = 4


def refusal(system: System, code: str, on: date) -> Problem | None:
    """What is wrong with a code on a date: unknown, a heading, not begun, ended. None for a code in force.

    ``code`` has no dot. One query for a code in force; two or three more for another.
    """
    return judged(system, code, lookup(system, code, on), on)


def judged(system: System, code: str, found: Found | None, on: date) -> Problem | None:
    """The same of a code that was looked up already."""
    written = dotted(code) if system is System.ICD10CM else code
    if found is None:
        return _unknown(system, code, written, on)
    if not found.billable:
        return _heading(system, code, written, on)
    if found.valid:
        return None
    if found.valid_from and found.valid_from > on:
        return Problem(
            f"{written} begins on {_day(found.valid_from)}, after the discharge on {_day(on)}.",
            remedy="Choose the code that was in force then.",
        )
    ended = _day(found.valid_to) if found.valid_to else "an earlier day"
    return Problem(f"{written} ended on {ended}; the discharge is on {_day(on)}.", remedy=_beside(system, found, on))


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _heading(system: System, code: str, written: str, on: date) -> Problem:
    below = [dotted(row.code) for row in children(system, code, on)]
    named = ", ".join(below[:NAMED]) + (" …" if len(below) > NAMED else "")
    return Problem(f"{written} is a heading, not a code.", remedy=f"Choose a more specific code below it: {named}.")


def _beside(system: System, found: Found, on: date) -> str:
    """An ended code is mostly followed by more specific ones beside it, under the same heading."""
    if not found.ancestors or system is not System.ICD10CM:
        return "Search for the code that is in force."
    return f"Look under {dotted(found.ancestors[-1][0])} for the code that is in force."


def _unknown(system: System, code: str, written: str, on: date) -> Problem:
    """In no release of the date; another installed release may have it."""
    here = release_on(system, on)
    others = {one.pk: one for one in releases(system) if one.pk != here.release.pk}
    having = Concept.objects.filter(release__in=list(others), code=code).values_list("release_id", flat=True)
    known = sorted((others[release] for release in having), key=lambda one: one.effective_from)
    if not known:
        return Problem(f"{written} is not in {here.sentence}.", remedy="Search for the code that is meant.")
    later = [one for one in known if one.effective_from > here.release.effective_from]
    told = f"It begins with {later[0].title}." if later else f"{known[-1].title} was the last release to have it."
    return Problem(
        f"{written} is not in {here.sentence}. {told}", remedy="Search for the code that was in force on the day of discharge."
    )
