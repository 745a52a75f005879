"""Alphabetic indexes and tables: read from CDC's layouts, installed as releases, found, opened as a book, followed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.audit.models import LifecycleEvent
from muniment.kernel.errors import Unreadable
from muniment.terminology import indexes
from muniment.terminology.composing import compose
from muniment.terminology.models import Concept, IndexTerm
from muniment.terminology.official import Kind, Recognised, find
from muniment.terminology.publications import IndexRow, PlacedRow, _place, placed
from muniment.terminology.rules import System
from support import official
from support.corpora import corpus
from support.house import system_actor
from support.terminology import install_publications

ON = date(2026, 5, 6)
CSV = official.recognised("ICD10CM_2026_Index.csv", official.INDEX_CSV)
XML = official.recognised("index-2026.xml", official.INDEX.format(year=2026))
CAUSES = official.recognised("eindex-April-1-2026.xml", official.CAUSES.format(year=2026))
NEOPLASMS = official.recognised("neoplasm.xml", official.NEOPLASMS)
DRUGS = official.recognised("drug.xml", official.DRUGS)


@pytest.mark.parametrize(
    ("file", "kind", "begins"),
    [
        (CSV, Kind.CM_INDEX_CSV, date(2025, 10, 1)),
        (XML, Kind.CM_INDEX, date(2025, 10, 1)),
        (CAUSES, Kind.CM_CAUSES, date(2026, 4, 1)),
        (NEOPLASMS, Kind.CM_NEOPLASMS, date(2025, 10, 1)),
        (DRUGS, Kind.CM_DRUGS, date(2025, 10, 1)),
    ],
)
def test_each_is_told_by_its_content_and_is_a_release_of_its_own(file: Recognised, kind: Kind, begins: date) -> None:
    assert (file.kind, file.begins) == (kind, begins)
    [made], left = compose([file])
    assert (made.effective_from, made.effective_to, made.source) == (begins, date(2026, 9, 30), file.mark)
    assert made.system.is_publication
    assert not left


def rows(file: Recognised) -> dict[str, PlacedRow]:
    return {one.path: one for one in placed(file)}


def test_a_table_of_rows_is_read_with_its_levels() -> None:
    found = rows(CSV)
    heart = found["Failure, heart"]
    assert (heart.position, heart.parent, heart.last, heart.row.code, heart.row.modifiers) == (
        2,
        1,
        6,
        "I50.9",
        "(acute) (sudden)",
    )
    assert found["Failure, heart, systolic"].row.code == "I50.2-"
    assert found["Failure, heart, with decompensation"].row.see == "category I50", "the code is not the term's own"
    assert found["Failure, heart, with decompensation"].row.code == ""
    assert found["Weakness, (nameless)"].row.code == "I10"


def test_xml_is_read_with_manifestations_categories_and_cells() -> None:
    pair = rows(XML)["Diabetes, diabetic, with, heart failure"]
    assert (pair.row.code, pair.row.manifestation, pair.modifiers) == ("E11.9", "I50.9", "(mellitus)")
    assert [one.row.see for one in placed(CAUSES)] == ["", "category W18", "subcategory T75.0"]
    assert rows(NEOPLASMS)["Neoplasm, neoplastic, heart"].row.cells == (("Malignant Primary", "I50.2-"), ("Benign", "I10"))
    assert rows(DRUGS)["Aspirin"].row.cells == (("Adverse effect", "W19"), ("Underdosing", "")), "two dashes are no code"


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (
            Recognised("i.csv", Kind.CM_INDEX_CSV, official.INDEX_CSV.replace("9,W,0", "9,W,x").encode(), None),
            "Line 10 is not a term",
        ),
        (
            Recognised("i.csv", Kind.CM_INDEX_CSV, official.INDEX_CSV.replace("Heart", "").encode(), None),
            "Line 8 is not a term",
        ),
        (Recognised("i.xml", Kind.CM_CAUSES, official.CAUSES[:-60].encode(), None), "breaks off"),
        (Recognised("i.xml", Kind.CM_CAUSES, b"<?xml version='1.0'?><ICD10CM.index/>", None), "no main term"),
    ],
)
def test_a_damaged_file_is_a_sentence(file: Recognised, sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence):
        list(placed(file))


def test_an_entity_is_not_resolved() -> None:
    text = official.CAUSES.format(year=2026).replace("<ICD10CM.index>", "<!DOCTYPE x [<!ENTITY e 'secret'>]><ICD10CM.index>", 1)
    file = Recognised("i.xml", Kind.CM_CAUSES, text.replace("same level", "same &e; level").encode(), None)
    assert not any("secret" in one.path for one in placed(file))


@given(st.lists(st.integers(0, 4), max_size=40))
def test_what_stands_below_a_term_is_what_follows_it_up_to_its_last(levels: list[int]) -> None:
    kept = [0]
    for level in levels:
        kept.append(min(level, kept[-1] + 1) or 1)
    terms = list(_place([IndexRow(level, f"t{place}") for place, level in enumerate(kept)], 10))
    for one in terms:
        below = {other.position for other in terms if _above(other, terms, one.position)}
        assert below == set(range(one.position + 1, one.last + 1))
        assert one.path.count(", ") == one.row.level


def _above(one: PlacedRow, terms: list[PlacedRow], position: int) -> bool:
    while one.parent:
        one = terms[one.parent - 11]
        if one.position == position:
            return True
    return False


@pytest.fixture
def books(db: None) -> None:
    install_publications(system_actor(), CSV, CAUSES, NEOPLASMS, DRUGS)


def test_installing_leaves_one_event_each_and_no_concept(books: None) -> None:
    install_publications(system_actor(), CSV, CAUSES)
    assert LifecycleEvent.objects.filter(name="terminology.install").count() == 4
    assert (IndexTerm.objects.count(), Concept.objects.count()) == (11 + 3 + 2 + 1, 0)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("fail", "Failure"),
        ("heart failure", "Failure, heart"),
        ("systolic failure", "Failure, heart, systolic"),
        ("sudden systolic", "Failure, heart, systolic"),  # a modifier of the term above holds
        ("hypertentoin", "Hypertension"),
        ("aspirin", "Aspirin"),
        ("neoplasm heart", "Neoplasm, neoplastic, heart"),
    ],
)
def test_a_term_is_found_as_one_types(books: None, typed: str, first: str) -> None:
    assert indexes.find(typed, ON)[0].path == first


def test_nothing_is_found_without_a_book_or_a_word(db: None, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):  # the releases
        assert indexes.find("heart", ON) == []
    assert indexes.find(" ", ON) == []
    assert indexes.installed(ON) == {}


def test_typing_takes_two_queries_and_two_more_for_what_is_misspelt(books: None, django_assert_num_queries) -> None:
    with django_assert_num_queries(2):  # the releases; the terms
        assert indexes.find("heart", ON)
    with django_assert_num_queries(4):  # the nearest spellings; the terms of those
        assert indexes.find("hypertentoin", ON)


def test_a_page_has_the_term_with_its_neighbours_or_what_is_directly_below(
    books: None, monkeypatch, django_assert_num_queries
) -> None:
    with django_assert_num_queries(4):  # the releases; the way up; the terms on it; the terms below
        page = indexes.page(System.CM_INDEX, 4, ON)
    assert page
    assert (page.head.title, page.whole, page.at, len(page.lines)) == ("Failure", True, 4, 5)
    monkeypatch.setattr(indexes, "PAGE", 3)
    small = indexes.page(System.CM_INDEX, 4, ON)
    assert small
    assert ([one.title for one in small.above], small.head.title) == (["Failure", "heart"], "systolic")
    wide = indexes.page(System.CM_INDEX, 2, ON)
    assert wide
    assert (wide.whole, [one.title for one in wide.lines]) == (False, ["systolic", "with decompensation", "of a new kind"])
    assert indexes.page(System.CM_INDEX, 99, ON) is None


@pytest.mark.parametrize(
    ("see", "system", "path", "exact"),
    [
        ("Failure, heart", System.CM_INDEX, "Failure, heart", True),
        ("Failure, heart NEC", System.CM_INDEX, "Failure, heart", True),
        ("Failures, by type", System.CM_INDEX, "Failure", True),
        ("Failure, heart, of the moon", System.CM_INDEX, "Failure, heart", False),
        ("Neoplasm, heart, benign", System.CM_NEOPLASMS, "Neoplasm, neoplastic, heart", True),
        ("Table of Drugs and Chemicals, aspirin", System.CM_DRUGS, "Aspirin", True),
        ("Index to External Causes, fall", System.CM_CAUSES, "Fall, falling", True),
    ],
)
def test_see_leads_to_its_term(books: None, see: str, system: System, path: str, exact: bool) -> None:
    target = indexes.follow(System.CM_INDEX, see, ON)
    assert target
    assert (target.system, target.exact) == (system, exact)
    assert IndexTerm.objects.get(release__system=system, position=target.position).path == path


def test_see_category_leads_to_the_tabular_list_and_condition_nowhere(books: None) -> None:
    target = indexes.follow(System.CM_INDEX, "subcategory T75.0-", ON)
    assert target
    assert (target.system, target.code) == (System.ICD10CM, "T750")
    assert indexes.follow(System.CM_INDEX, "condition", ON) is None
    assert indexes.follow(System.CM_INDEX, "Table of Drugs and Chemicals, by drug", ON) is None


@pytest.mark.parametrize(("code", "named"), [("I50.23", 4), ("I5021", 3), ("I10", 8), ("Z99.9", None)])
def test_a_code_leads_to_the_term_that_names_it(books: None, code: str, named: int | None) -> None:
    assert indexes.naming(code, ON) == ((System.CM_INDEX, named) if named else None)


def test_the_official_files_are_read_whole() -> None:
    used, _ = find([corpus("codesets") / "fy2025", corpus("codesets") / "fy2026_apr"])
    counted = {(one.kind, one.begins): sum(1 for _ in placed(one)) for one in used if one.kind.name in BOOKS}
    assert counted[Kind.CM_INDEX_CSV, date(2024, 10, 1)] == 81_024
    assert counted[Kind.CM_CAUSES, date(2026, 4, 1)] == 8_090
    assert counted[Kind.CM_NEOPLASMS, date(2026, 4, 1)] == 1_940
    assert counted[Kind.CM_DRUGS, date(2026, 4, 1)] == 7_430


BOOKS = ("CM_INDEX_CSV", "CM_CAUSES", "CM_NEOPLASMS", "CM_DRUGS")
