"""Which days codes change on, what changes, and what of ours it touches. Reads only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from muniment.kernel.errors import Refused
from muniment.rulebook.models import RuleVersion
from muniment.rulebook.rules import Status
from muniment.terminology.changes import UNUSABLE, Change, between
from muniment.terminology.models import CodeSystemRelease
from muniment.terminology.queries import releases
from muniment.terminology.rules import System

SYSTEMS = (System.ICD10CM, System.ICD10PCS, System.MS_DRG)
_CODE = re.compile(r"[A-Z][0-9][0-9A-Z](?:\.?[0-9A-Z]{1,4})?|[0-9A-HJ-NP-Z]{7}")


@dataclass(frozen=True, slots=True)
class Pair:
    """The release that governs from the update on, and the one of the day before; None where there was none.

    ``until`` is the last day it governs: its own end, or the eve of the next release; None where neither is known.
    """

    system: System
    before: CodeSystemRelease | None
    after: CodeSystemRelease
    until: date | None


@dataclass(frozen=True, slots=True)
class Update:
    """The releases that begin to govern on a day."""

    day: date
    pairs: tuple[Pair, ...]

    def of(self, system: System) -> Pair | None:
        return next((one for one in self.pairs if one.system is system), None)

    @property
    def until(self) -> date | None:
        """The last day on which one of its releases governs; None where an end is open."""
        ends = [one.until for one in self.pairs]
        return max((one for one in ends if one), default=None) if all(ends) else None


def updates() -> list[Update]:
    """The newest first. One query."""
    days = {one.effective_from for system in SYSTEMS for one in releases(system)}
    return [_update(day) for day in sorted(days, reverse=True)]


def update(day: date) -> Update:
    """Raises Refused for a day on which no release begins."""
    found = _update(day)
    if not found.pairs:
        raise Refused("No installed release begins on this day.", remedy="The list of updates names the days.")
    return found


def _update(day: date) -> Update:
    return Update(day, tuple(pair for system in SYSTEMS if (pair := _pair(system, day))))


def _pair(system: System, day: date) -> Pair | None:
    """Of releases that begin on one day the last revision governs, which ``releases`` names first."""
    installed = releases(system)
    after = next((one for one in installed if one.effective_from == day), None)
    if after is None:
        return None
    eve = day - timedelta(days=1)
    begun = next((one for one in installed if one.effective_from <= eve), None)
    following = min((one.effective_from - timedelta(days=1) for one in installed if one.effective_from > day), default=None)
    ends = [one for one in (following, after.effective_to) if one]
    return Pair(
        system,
        begun if begun and (begun.effective_to is None or begun.effective_to >= eve) else None,
        after,
        min(ends, default=None),
    )


def changes_of(found: Update) -> list[Change]:
    """Diagnoses before procedures, each in the order of codes. A query a system, and none where they were compared before."""
    asked = [pair for pair in found.pairs if pair.before and pair.system is not System.MS_DRG]
    return [change for pair in asked if pair.before for change in between(pair.before, pair.after)]


def unusable(changes: Iterable[Change]) -> dict[str, Change]:
    """Key (``Change.key``) → the change after which the code can't be assigned."""
    return {one.key: one for one in changes if one.kind in UNUSABLE}


@dataclass(frozen=True, slots=True)
class Naming:
    """A version of a rule that names codes which can't be assigned any more."""

    version: RuleVersion
    codes: tuple[str, ...]  # as people write them


def rules_naming(ended: Iterable[Change], day: date) -> list[Naming]:
    """Rules that govern on the day or after it, or are proposed. One query."""
    codes = {one.code: one for one in ended}
    if not codes:
        return []
    alive = Q(effective_to__isnull=True) | Q(effective_to__gt=day)
    wanted = RuleVersion.objects.filter(alive, status__in=[Status.PROPOSED, Status.ADOPTED]).order_by("rule_id", "number")
    found = ((one, _named(one.parameters, codes)) for one in wanted)
    return [Naming(one, named) for one, named in found if named]


def _named(parameters: Any, codes: dict[str, Change]) -> tuple[str, ...]:
    named = {code for text in _texts(parameters) for one in _CODE.findall(text) if (code := one.replace(".", "")) in codes}
    return tuple(codes[one].written for one in sorted(named))


def _texts(value: Any) -> Iterator[str]:
    """Every text within the parameters of a rule."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
