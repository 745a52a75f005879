"""A coder's own codes: favourites, and what they coded last. Each is judged by the day of the stay before it is offered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from muniment.coding.models import Abstract, AbstractCode, Favourite, FinalCoding, State
from muniment.coding.queries import content_of
from muniment.kernel.codes import dotted
from muniment.kernel.errors import Problem
from muniment.terminology.queries import Found, lookup_many
from muniment.terminology.refusals import judged
from muniment.terminology.rules import System

MOST_KEPT = 60  # favourites of one person
MOST_RECENT = 20
LAST_STAYS = 15  # of the drafts and of the final codings each
Key = tuple[System, str]


@dataclass(frozen=True, slots=True)
class OwnCode:
    """One code as of a date. ``problem``: why it can't be used on it, and what to do; None for one in force."""

    system: System
    code: str
    display: str
    kept: bool
    problem: Problem | None

    @property
    def written(self) -> str:
        return dotted(self.code) if self.system is System.ICD10CM else self.code

    @property
    def kind(self) -> str:
        return "diagnosis" if self.system is System.ICD10CM else "procedure"


@dataclass(frozen=True, slots=True)
class OwnCodes:
    favourites: tuple[OwnCode, ...]
    recents: tuple[OwnCode, ...]


def own_codes(user_id: UUID, on: date) -> OwnCodes:
    """Favourites by code, and the codes of the stays this person saved last, the latest first, without those that are favourites.

    Four queries and six of the terminology, and a few more for each code that can't be used on the date.
    """
    kept = {(System(one.system), one.code): one.display for one in Favourite.objects.filter(user_id=user_id).order_by("code")}
    used = {key: title for key, title in _used(user_id).items() if key not in kept}
    recent = dict(list(used.items())[:MOST_RECENT])
    found = _looked_up([*kept, *recent], on)
    return OwnCodes(
        tuple(_own(key, title, found, on, kept=True) for key, title in kept.items()),
        tuple(_own(key, title, found, on, kept=False) for key, title in recent.items()),
    )


def _used(user_id: UUID) -> dict[Key, str]:
    """Codes with their titles: of the open drafts this person changed last, then of their last final codings."""
    drafts = Abstract.objects.filter(changed_by_id=user_id, state=State.DRAFT).order_by("-changed_at")[:LAST_STAYS]
    keys = list(drafts.values_list("patient_id", "id"))
    lines = AbstractCode.objects.filter(patient_id__in=[one for one, _ in keys], abstract_id__in=[one for _, one in keys])
    by_draft = {abstract: place for place, (_, abstract) in enumerate(keys)}
    used = {
        (System(line.system), line.code): line.display
        for line in sorted(lines, key=lambda one: (by_draft[one.abstract_id], one.sequence))
    }
    for coding in FinalCoding.objects.filter(coder_id=user_id).order_by("-finalised_at")[:LAST_STAYS]:
        for one in content_of(coding)["codes"]:
            system = System.ICD10PCS if one["role"] == "procedure" else System.ICD10CM
            used.setdefault((system, one["code"]), one.get("display", ""))
    return used


def _looked_up(keys: Iterable[Key], on: date) -> dict[Key, Found]:
    found: dict[Key, Found] = {}
    for system in (System.ICD10CM, System.ICD10PCS):
        codes = [code for one, code in keys if one is system]
        found |= {(system, code): one for code, one in lookup_many(system, codes, on).items()} if codes else {}
    return found


def _own(key: Key, title: str, found: dict[Key, Found], on: date, *, kept: bool) -> OwnCode:
    known = found.get(key)
    return OwnCode(*key, known.display if known else title, kept, judged(*key, known, on))
