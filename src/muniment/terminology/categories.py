"""What diagnoses fall into: the classifications in force on a date, read for the codes of one stay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from muniment.kernel.errors import Problem
from muniment.terminology.models import Classified, Concept
from muniment.terminology.queries import Governing, release_on
from muniment.terminology.rules import System

CLASSIFICATIONS = (System.CMS_HCC, System.CCSR, System.ELIXHAUSER)


@dataclass(frozen=True, slots=True)
class Category:
    """One category of a classification, with what does not count beside it and whether it asks for presence on admission."""

    code: str
    title: str
    supersedes: tuple[str, ...] = ()
    on_admission: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """Where one diagnosis falls; ``facts`` as in ``classifications``."""

    categories: tuple[str, ...]
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Classification:
    """A release with what it says of the codes that were asked about, and every category they may come to."""

    governing: Governing
    placed: dict[str, Placed]
    categories: dict[str, Category]


def classified(codes: Iterable[str], on: date) -> dict[System, Classification]:
    """Each installed classification's word on these diagnoses (no dots). Three queries, served by the primary keys."""
    governing = {system: found for system in CLASSIFICATIONS if (found := _governing(system, on))}
    releases = {found.release.pk: system for system, found in governing.items()}
    placed: dict[System, dict[str, Placed]] = {system: {} for system in governing}
    for row in Classified.objects.filter(release__in=list(releases), code__in=set(codes)):
        placed[releases[row.release_id]][row.code] = Placed(tuple(row.categories), row.facts)
    named = _categories(releases, placed)
    return {system: Classification(found, placed[system], named[system]) for system, found in governing.items()}


def _governing(system: System, on: date) -> Governing | None:
    try:
        return release_on(system, on)
    except Problem:
        return None


def _categories(releases: dict[int, System], placed: dict[System, dict[str, Placed]]) -> dict[System, dict[str, Category]]:
    wanted = {category for found in placed.values() for one in found.values() for category in _reached(one)}
    named: dict[System, dict[str, Category]] = {system: {} for system in releases.values()}
    rows = Concept.objects.filter(release__in=list(releases), code__in=wanted) if wanted else ()
    for row in rows:
        above, asks = row.attributes.get("supersedes", ()), bool(row.attributes.get("poa"))
        named[releases[row.release_id]][row.code] = Category(row.code, row.display, tuple(above), asks)
    return named


def _reached(one: Placed) -> set[str]:
    """Every category a code may come to, by its facts too."""
    becoming = {edit["becomes"] for edit in one.facts.get("edits", ())}
    return {*one.categories, *becoming, one.facts.get("default", "")} - {""}
