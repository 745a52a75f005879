"""What the packages' data files give, held against the official lists."""

import re
import tracemalloc
import zipfile
from datetime import date
from itertools import islice

import pytest

from muniment.kernel.codes import ICD10CM, ICD10PCS
from muniment.terminology import packaged, sources
from muniment.terminology.actions import embedded
from muniment.terminology.rules import PUBLICATIONS, System
from support.corpora import corpus

APRIL = date(2026, 4, 1)


@pytest.fixture(scope="module")
def tabular() -> dict[str, sources.ConceptRow]:
    return {row.code: row for row in sources.icd10cm_rows()}


def in_force(kind: str, on: date) -> set[str]:
    return {
        code for code, (since, until, _) in sources.validity(kind).items() if since <= on and (until is None or until >= on)
    }


def test_the_billable_codes_are_the_medicare_code_editors(tabular) -> None:
    assert {code for code, row in tabular.items() if row.billable} == in_force("dx", APRIL)


@pytest.mark.corpora
def test_the_tabular_list_has_every_code_of_the_official_list(tabular) -> None:
    official = set(corpus("codesets/fy2026_apr/code-list-April-2026.txt").read_text().split())
    assert {code for code in official if "-" not in code} - set(tabular) == set()


@pytest.mark.corpora
def test_expanded_titles_are_the_official_ones(tabular) -> None:
    with zipfile.ZipFile(corpus("codesets/fy2026/cms_2026_dx.zip")) as archive:
        official = dict(line.split(maxsplit=1) for line in archive.read("icd10cm_codes_2026.txt").decode().splitlines())
    spaces = re.compile(r"\s+")
    differing = [
        code for code, title in official.items() if code in tabular and spaces.sub(" ", title.strip()) != tabular[code].display
    ]
    assert len(differing) < 0.005 * len(official), differing[:20]


def test_notes_dates_and_attributes_are_read(tabular) -> None:
    assert tabular["E1122"].notes["use_additional"] == ["code to identify stage of chronic kidney disease (N18.1-N18.6)"]
    assert tabular["E1122"].ancestors == ("4", "E08-E13", "E11", "E112")
    assert tabular["S72"].seventh["A"] == "initial encounter for closed fracture"
    assert (tabular["S72002A"].billable, tabular["S72002"].billable) == (True, False)
    assert tabular["W19XXXA"].attributes == {"mce": ["ecodepdx"]}
    assert tabular["E1122"].valid_from == date(2015, 10, 1)
    assert tabular["E1122"].valid_to is None


def test_every_code_is_shaped_like_one() -> None:
    for kind, shape in (("dx", ICD10CM), ("sg", ICD10PCS)):
        assert all(shape(entry.code) for entry in packaged.master_codes(kind))


def test_procedures_have_titles_and_dates() -> None:
    found = {row.code: row for row in sources.icd10pcs_rows()}
    assert found["0DTJ4ZZ"].display == "Resection of Appendix, Percutaneous Endoscopic Approach"
    assert len(set(found) & in_force("sg", APRIL)) / len(in_force("sg", APRIL)) > 0.99


def test_the_drg_table_has_weights_only_for_its_own_year() -> None:
    this_year = {row.code: row for row in sources.msdrg_rows(431, weights=True)}
    assert this_year["291"].display == "Heart Failure and Shock with MCC"
    assert {"weight", "gmlos", "amlos"} <= set(this_year["291"].attributes)
    assert this_year["999"].attributes.get("weight") in (None, "0.0000")
    assert not any(row.attributes for row in sources.msdrg_rows(440, weights=False))


def test_small_sets_are_complete() -> None:
    assert [row.code for row in sources.poa_rows()] == ["Y", "N", "U", "W", "1"]
    current = {code for code, _, until in packaged.discharge_statuses() if until is None}
    assert {row.code for row in sources.discharge_status_rows()} == current


def test_the_embedded_releases_name_their_sources() -> None:
    releases = embedded()
    assert {release.system for release in releases} == set(System) - {System.ELIXHAUSER} - set(PUBLICATIONS)
    assert all(release.source and len(release.source) <= 240 for release in releases)


def test_rows_stream() -> None:
    """A chapter at a time: the list of 98,000 rows is never in memory at once."""
    sources.validity("dx")
    tracemalloc.start()
    assert sum(1 for _ in islice(sources.icd10pcs_rows(), 5_000)) == 5_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60_000_000
