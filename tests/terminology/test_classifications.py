"""The classifications that come with the packages, and AHRQ's own files, as releases."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from muniment.kernel.errors import Unreadable
from muniment.terminology import ahrq, ahrq_files, composing, official
from muniment.terminology.actions import install_release
from muniment.terminology.categories import classified
from muniment.terminology.classifications import NO_TITLE, embedded_classifications
from muniment.terminology.models import Classified
from muniment.terminology.rules import System
from muniment.terminology.sources import ReleaseSource
from support.ahrq import CCSR, CCSR_HEAD, elixhauser_workbook
from support.house import system_actor


def _named(system: System, version: str = "") -> ReleaseSource:
    return next(one for one in embedded_classifications() if one.system is system and one.version.endswith(version))


def test_each_category_a_diagnosis_falls_into_has_its_name() -> None:
    for source in embedded_classifications():
        assert source.classified is not None
        named = {row.code: row.display for row in source.rows()}
        reached = {category for row in source.classified() for category in row.categories}
        reached |= {edit["becomes"] for row in source.classified() for edit in row.facts.get("edits", ())} - {""}  # type: ignore[attr-defined]
        assert reached and reached <= named.keys(), source.title
        assert all(named.values())


def test_what_a_category_supersedes_is_a_category() -> None:
    for year in ("2025", "2026", "2027"):
        rows = {row.code: row.attributes.get("supersedes", []) for row in _named(System.CMS_HCC, year).rows()}
        assert len(rows) == 115
        assert {lower for below in rows.values() for lower in below} <= rows.keys()  # type: ignore[attr-defined]
        assert "HCC226" in rows["HCC221"]  # type: ignore[operator]


@pytest.mark.django_db
def test_the_payment_year_is_the_one_after_the_day() -> None:
    for source in embedded_classifications():
        if source.system is System.CMS_HCC:
            install_release(actor=system_actor(), source=source)
    said = classified(["I5023"], date(2026, 5, 6))[System.CMS_HCC]
    assert (said.governing.release.version, said.governing.stands_in) == ("V28-2027", False)
    assert said.placed["I5023"].categories == ("HCC224",)
    assert said.categories["HCC224"].title == "Acute on Chronic Heart Failure"
    assert classified(["I5023"], date(2027, 2, 1))[System.CMS_HCC].governing.stands_in


@pytest.mark.django_db
def test_without_a_classification_there_is_no_word_of_it() -> None:
    assert classified(["I5023"], date(2026, 5, 6)) == {}


@pytest.fixture
def ccsr(tmp_path: Path) -> list[ReleaseSource]:
    (tmp_path / "DXCCSR_v2026-1.csv").write_text(CCSR, encoding="utf-8")
    (tmp_path / "CMR-Reference-File-v2026-1.xlsx").write_bytes(elixhauser_workbook())
    (tmp_path / "other.xlsx").write_bytes(elixhauser_workbook().replace(b"workbook", b"wordbook"))
    found, left = official.find([tmp_path])
    assert [(one.name, one.kind.value) for one in found] == [
        ("CMR-Reference-File-v2026-1.xlsx", "Elixhauser comorbidities"),
        ("DXCCSR_v2026-1.csv", "CCSR for diagnoses"),
    ]
    assert [one.reason for one in left] == ["a document for people, which is not read"]
    made, none = composing.compose(found)
    assert none == []
    return made


@pytest.mark.django_db
def test_ahrqs_files_are_installed_by_their_content(ccsr: list[ReleaseSource]) -> None:
    install_release(actor=system_actor(), source=_named(System.CCSR))
    assert classified(["I5023"], date(2026, 5, 6))[System.CCSR].categories["CIR019"].title == NO_TITLE
    for source in ccsr:
        install_release(actor=system_actor(), source=source)
    said = classified(["I5023", "E1122", "Z3800", "I69351"], date(2026, 5, 6))
    groups, measures = said[System.CCSR], said[System.ELIXHAUSER]
    assert groups.governing.sentence == "CCSR for diagnoses, version 2026.1"
    assert groups.categories["CIR019"].title == "Heart failure"
    assert groups.placed["E1122"].categories == ("END005", "END003")
    assert groups.placed["E1122"].facts == {"default": "END003"}
    assert groups.categories["XXX000"].title == "Invalid PDX"
    assert measures.placed["I69351"].categories == ("CBVD", "PARALYSIS")
    assert measures.placed["I69351"].facts == {"sequela": True}
    assert measures.categories["DIAB_CX"].supersedes == ("DIAB_UNCX",)
    assert (measures.categories["HF"].on_admission, measures.categories["HF"].title) == (True, "Heart failure")
    before = Classified.objects.count()
    for source in ccsr:
        install_release(actor=system_actor(), source=source)
    assert Classified.objects.count() == before


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("renamed.csv", CCSR, "It does not say which version it is."),
        ("DXCCSR_v2026-1.csv", CCSR_HEAD + "'not a code',x\n", "Line 2 does not begin with a diagnosis code."),
        ("DXCCSR_v2026-1.csv", CCSR.encode("utf-8") + b"\xff", "It is not a text in UTF-8."),
    ],
)
def test_a_ccsr_file_that_cannot_be_read_says_where(name: str, content: str | bytes, sentence: str) -> None:
    written = content.encode() if isinstance(content, str) else content
    with pytest.raises(Unreadable) as refused:
        source = ahrq.ccsr_release(name, written)
        assert source.classified is not None
        list(source.rows())
    assert refused.value.what == sentence
    assert refused.value.where == name


def test_a_workbook_cut_short_is_no_reference_file() -> None:
    whole = elixhauser_workbook()
    assert ahrq_files.is_elixhauser(whole)
    assert not ahrq_files.is_elixhauser(whole[: len(whole) // 2] + b"xl/workbook.xml")
    assert not ahrq_files.is_elixhauser(b"")
