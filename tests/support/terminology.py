"""A few dozen codes for tests that need a terminology but not a whole one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from muniment.core.actor import Actor
from muniment.terminology.actions import install_release
from muniment.terminology.composing import compose
from muniment.terminology.models import CodeSystemRelease
from muniment.terminology.official import Recognised
from muniment.terminology.rules import System
from muniment.terminology.sources import ConceptRow, ReleaseSource, icd10cm_rows, icd10pcs_rows, msdrg_rows


def source(
    rows: Iterable[ConceptRow],
    *,
    system: System = System.ICD10CM,
    version: str = "test",
    since: date = date(2025, 10, 1),
    until: date | None = date(2026, 9, 30),
    origin: str = "a test",
) -> ReleaseSource:
    kept = tuple(rows)
    return ReleaseSource(system, version, f"{system.label} {version}", since, until, origin, lambda: iter(kept))


def some_of(rows: Iterator[ConceptRow], *beginnings: str) -> Iterator[ConceptRow]:
    """The rows whose codes begin so, with the headings above them."""
    kept = list(rows)
    wanted = [row for row in kept if row.code.startswith(beginnings)]
    codes = {row.code for row in wanted}.union(*(row.ancestors for row in wanted))
    return (row for row in kept if row.code in codes)


def install_publications(actor: Actor, *files: Recognised) -> list[CodeSystemRelease]:
    """The releases these files of an index or table make."""
    made, left = compose(files)
    assert not left, left
    return [install_release(actor=actor, source=one) for one in made]


def install_some(
    actor: Actor, *beginnings: str, procedures: tuple[str, ...] = ("0DTJ", "0SRB", "5A19")
) -> list[CodeSystemRelease]:
    """The codes of the embedded releases that begin so, and all MS-DRGs of version 43.1."""
    sources = (
        source(some_of(icd10cm_rows(), *beginnings)),
        source(some_of(icd10pcs_rows(), *procedures), system=System.ICD10PCS),
        source(msdrg_rows(431, weights=True), system=System.MS_DRG, version="43.1", since=date(2026, 4, 1)),
    )
    return [install_release(actor=actor, source=one) for one in sources]
