"""Table 5's figures where there is no database: from the tables that come with the packages, for the fiscal year they are of."""

from __future__ import annotations

from datetime import date
from functools import cache

from muniment.coding.grouping import Weighting
from muniment.terminology.rules import System
from muniment.terminology.sources import ConceptRow, ReleaseSource, embedded_releases


def weighting(drg: int, discharged: date) -> Weighting:
    """As ``terms.weighting``; all None where no packaged release in force on the date has them."""
    for release in _releases():
        if release.effective_from <= discharged and (release.effective_to is None or discharged <= release.effective_to):
            row = _rows(release.version).get(f"{drg:03d}")
            return Weighting.of(row.attributes, release.source) if row else Weighting()
    return Weighting()


@cache
def _releases() -> list[ReleaseSource]:
    return [one for one in embedded_releases() if one.system is System.MS_DRG]


@cache
def _rows(version: str) -> dict[str, ConceptRow]:
    source = next(one for one in _releases() if one.version == version)
    return {row.code: row for row in source.rows()}
