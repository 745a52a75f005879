"""Sections of a text: a heading with something under it."""

from __future__ import annotations

import pytest

from muniment.completion.parameters import Element
from muniment.completion.sections import missing, sections

TABLE = {
    "a heading in capitals with a paragraph": ("HOSPITAL COURSE:\nHe improved.", {"hospital course"}),
    "text on the heading's own line": ("Condition at discharge: stable", {"condition at discharge"}),
    "a template nobody filled in": ("HOSPITAL COURSE:\n\nPROCEDURES:\n", set()),
    "the last heading is empty": ("HOSPITAL COURSE:\nHe improved.\n\nPROCEDURES:\n", {"hospital course"}),
    "smaller headings are text of the larger": (
        "PHYSICAL EXAMINATION:\nHeart: regular\nLungs: clear",
        {"physical examination", "heart", "lungs"},
    ),
    "empty smaller headings are none": ("PHYSICAL EXAMINATION:\nHeart:\nLungs:\n\nPLAN:\nHome.", {"plan"}),
    "a heading without a colon": ("Hospital Course\nHe improved.\nProcedures\nNone.", {"hospital course", "procedures"}),
    "an answer of two words under a heading is text": ("DISPOSITION:\nHome today\n", {"disposition", "home today"}),
    "a sentence is no heading": ("He was admitted with pneumonia and treated for three days with antibiotics by mouth.", set()),
    "a sentence that ends with a full stop": ("Stable.", set()),
    "and written as a sign": ("ASSESSMENT & PLAN:\nRest.", {"assessment and plan"}),
    "a time is no heading": ("09:30 seen on the ward", set()),
    "Windows line ends": ("PLAN:\r\nHome.\r\n", {"plan"}),
    "nothing": ("", set()),
}


@pytest.mark.parametrize("case", TABLE)
def test_which_sections_stand_in_a_text(case):
    text, expected = TABLE[case]
    assert sections(text) == expected


COURSE = Element("Hospital course", ("course in hospital",))
FINDINGS = Element("Findings")


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("COURSE IN HOSPITAL:\nUneventful.\nFINDINGS:\nAppendicitis.", []),
        ("HOSPITAL COURSE BY PROBLEM:\nUneventful.", ["Findings"]),
        ("HOSPITAL COURSES:\nUneventful.", ["Hospital course", "Findings"]),
        ("INTRAOPERATIVE FINDINGS:\nAppendicitis.", ["Hospital course", "Findings"]),
    ],
)
def test_what_is_missing_of_the_elements(text, lacking):
    assert missing([COURSE, FINDINGS], sections(text)) == lacking
