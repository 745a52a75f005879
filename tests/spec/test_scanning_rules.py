"""The sampling plan, the forecast, when paper may go, where documents begin, and what the text of a page says: as tables."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from muniment.kernel.ids import derived_id
from muniment.kernel.likeness import likeness, shingles
from muniment.scanning import clues
from muniment.scanning.rules import Forecast, Policy, Standing, missing_for_destruction, sampled, working_days_before
from muniment.scanning.separators import TITLE, Sheet, encode
from muniment.scanning.splitting import LOOKS_BLANK, Leaf, split

KEY, OTHER = b"k" * 32, b"o" * 32
DOCUMENT = UUID("018f0000-0000-8000-8000-000000000001")
PLAN = Policy(percent=10, first_documents=20, always_types=("59284-0",), always_operators=("new",))


@pytest.mark.parametrize(
    ("policy", "operator", "type_code", "filed_before", "why"),
    [
        (Policy(), "tnowell", "18842-5", 900, "every document is checked"),
        (PLAN, "tnowell", "59284-0", 900, "every document of this type is checked"),
        (PLAN, "new", "18842-5", 900, "every document of this operator is checked"),
        (PLAN, "tnowell", "18842-5", 19, "one of the operator's first 20 documents"),
        (Policy(percent=0), "tnowell", "18842-5", 0, ""),
    ],
)
def test_why_a_document_is_checked(policy, operator, type_code, filed_before, why):
    assert sampled(policy, DOCUMENT, operator=operator, type_code=type_code, filed_before=filed_before) == why


def test_the_plan_draws_about_its_share_and_always_the_same_ones():
    ids = [derived_id("document", str(number)) for number in range(2000)]
    drawn = [one for one in ids if sampled(PLAN, one, operator="a", type_code="", filed_before=99)]
    assert 150 < len(drawn) < 250
    assert drawn == [one for one in ids if sampled(PLAN, one, operator="b", type_code="", filed_before=50)]


def test_what_the_rule_book_does_not_say_is_the_strictest():
    assert Policy.read({}) == Policy(percent=100, identifiers=2, wait_days=30, another_person=True)
    assert Policy.read({"percent": 10, "always_types": ["59284-0"], "unheard": 1}) == Policy(
        percent=10, always_types=("59284-0",)
    )


@pytest.mark.parametrize(
    ("waiting", "done", "days"), [(0, 0, 0.0), (0, 50, 0.0), (50, 100, 5.0), (7, 10, 7.0), (5, 0, None)]
)  # fmt: skip
def test_the_forecast(waiting, done, days):
    assert Forecast(waiting, done, 10).days == days


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 11, 24), date(2026, 11, 10)),
        (date(2026, 11, 21), date(2026, 11, 9)),
        (date(2026, 11, 23), date(2026, 11, 9)),
    ],
)
def test_ten_working_days_before(today, first):
    assert working_days_before(today, 10) == first


LAST = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("standing", "today", "lacking"),
    [
        (Standing(False, 0, 0, 0, None), LAST, ["The batch is not read to its end."]),
        (Standing(True, 1, 0, 0, LAST), LAST, ["1 document is not indexed yet."]),
        (Standing(True, 2, 3, 0, LAST), LAST, ["2 documents are not indexed yet.", "3 documents have not passed the quality check."]),
        (Standing(True, 0, 0, 0, LAST), date(2026, 3, 30), ["The paper is kept for 30 days after the last check: until 31 Mar 2026."]),
        (Standing(True, 0, 0, 1, LAST), date(2026, 3, 31), []),
        (Standing(True, 0, 0, 2, None), LAST, []),
    ],
)  # fmt: skip
def test_what_is_missing_before_paper_is_destroyed(standing, today, lacking):
    assert missing_for_destruction(Policy(), standing, today) == lacking


def code(key=KEY, **more):
    return encode(Sheet(**({"facility": "HOSP"} | more)), key)


@pytest.mark.parametrize(
    ("leaves", "runs"),
    [
        ([], []),
        ([Leaf(1, "a"), Leaf(2, "b")], [([1, 2], "")]),
        ([Leaf(1, codes=(code(),)), Leaf(2, "b"), Leaf(3, codes=(code(),)), Leaf(4, "c")], [([2], ""), ([4], "")]),
        ([Leaf(1, "a"), Leaf(2, codes=(code(),)), Leaf(3, "b")], [([1], ""), ([3], "")]),
        ([Leaf(1, blank=True), Leaf(2, blank=True)], [([1, 2], LOOKS_BLANK)]),
        ([Leaf(1, blank=True), Leaf(2, codes=(code(),)), Leaf(3, "b")], [([1], LOOKS_BLANK), ([3], "")]),
        ([Leaf(1, codes=(code(pages=2),)), Leaf(2, "b"), Leaf(3, blank=True), Leaf(4, "d")], [([2, 3, 4], "")]),
        ([Leaf(1, codes=(code(pages=3),)), Leaf(2, "b")], [([2], "The separator sheet expects 3 pages; 1 came, blank ones not counted.")]),
        ([Leaf(1, codes=(code(),))], [([], "No page follows this separator sheet.")]),
        ([Leaf(1, codes=(code(OTHER),)), Leaf(2, "b")], [([2], "The separator sheet's code was misread, altered, or printed by another house.")]),
        ([Leaf(1, codes=(code()[:-20],)), Leaf(2, "b")], [([2], "The separator sheet's code is of another version or cut short.")]),
        ([Leaf(1, codes=(code(facility="CLIN"),)), Leaf(2, "b")], [([2], "The separator sheet was printed for another facility.")]),
        ([Leaf(1, codes=(code(), code(visit="V2"))), Leaf(2, "b")], [([2], "A separator sheet carries two different codes.")]),
        ([Leaf(1, TITLE + "\nFacility"), Leaf(2, "b")], [([2], "A separator sheet's code could not be read.")]),
        ([Leaf(1, "a", codes=("https://example.org/x",)), Leaf(2, "b")], [([1, 2], "")]),
    ],
)  # fmt: skip
def test_where_documents_begin(leaves, runs):
    assert [([one.number for one in run.pages], run.exception) for run in split(leaves, KEY, "HOSP")] == runs


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("DISCHARGE SUMMARY", ("18842-5", 95)), ("Discharge summary of Ada Okonjo", ("18842-5", 85)),
        ("Harbor Hospital - Operative Report", ("11504-8", 60)), ("History & Physical", ("34117-2", 95)), ("Consent for surgery", ("61358-8", 95)),
        ("Dear colleague", None), ("", None),
    ],
)  # fmt: skip
def test_the_kind_of_a_document_by_its_heading(text, found):
    typed = clues.type_of([(1, text)])
    assert (typed and (typed.heading.code, typed.confidence)) == found


@pytest.mark.parametrize(
    ("line", "about"),
    [
        ("Date of birth: 03/14/1943", [(date(1943, 3, 14), "birth")]), ("DOB 3/14/1943  Date of service 2026-03-05", [(date(1943, 3, 14), "birth"), (date(2026, 3, 5), "service")]),
        ("Seen 5 Mar 2026", [(date(2026, 3, 5), "")]), ("Date: March 5, 2026", [(date(2026, 3, 5), "service")]), ("13/45/2026", []), ("BP 120/80", []),
    ],
)  # fmt: skip
def test_dates_and_what_they_are_about(line, about):
    assert [(one.day, one.about) for one in clues.dates([(1, line)])] == about


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("Patient: Ada Okonjo", True), ("OKONJO, ADA M", True), ("Okonjo\nAda", False), ("Adaobi Okonjo", False), ("O'konjo Ada", True), ("", False),
    ],
)  # fmt: skip
def test_a_name_stands_on_one_line_as_whole_words(text, there):
    assert (clues.name_in(clues.words([(1, text)]), "Okonjo", "Ada M") is not None) is there


def test_numbers_are_taken_exactly_as_they_stand():
    found = clues.numbers([(1, "MRN: 0042213, visit V-100 and HV12-9"), (2, "MRN 0042213, MRN77001")])
    assert {value: place.page for value, place in found.items()} == {
        "0042213": 1,
        "V-100": 1,
        "HV12-9": 1,
        "MRN77001": 2,
        "77001": 2,
    }


WORDS = " ".join(f"word{number}" for number in range(40))


@pytest.mark.parametrize(
    ("one", "other", "share"), [(WORDS, WORDS, 1.0), (WORDS, "nothing alike here", 0.0), (WORDS, WORDS.replace("word5 ", "x "), 0.75), ("a b", "a b", 0.0)]
)  # fmt: skip
def test_how_alike_two_texts_are(one, other, share):
    assert likeness(shingles(one), shingles(other)) == pytest.approx(share, abs=0.05)


def test_no_two_kinds_of_document_have_one_name():
    names = list(clues.vocabulary().values())
    assert len(names) == len(set(names))
