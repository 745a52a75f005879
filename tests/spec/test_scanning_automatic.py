"""When a scanned document may be filed without a person: each threshold from both sides, and every doubt in words."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from muniment.kernel.ids import derived_id
from muniment.scanning.automatic import Known, Thresholds, doubts, why_checked

ASKED = Thresholds(
    agreeing=2, patient=95, encounter=97, type=95, date=90, reading=80, counted=True, checked_percent=25, signed="no"
)
SURE = Known(
    agreed=("record number", "name"), confidence={"patient": 95, "encounter": 97, "type": 95, "date": 90}, reading=80, pages=2, expected=2
)  # fmt: skip


def sure_but(**confidence: int | None) -> dict[str, dict[str, int]]:
    return {"confidence": {name: value for name, value in {**SURE.confidence, **confidence}.items() if value is not None}}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, []),  # exactly at every threshold
        ({"agreed": ("record number", "name", "birth date")}, []),
        ({"agreed": ("record number",)}, ["1 of the patient's identifiers agree with the text; the rule asks for 2."]),
        ({"agreed": ()}, ["0 of the patient's identifiers agree with the text; the rule asks for 2."]),
        ({"reading": 79}, ["The page they stand on was read with 79 %; the rule asks for 80 %."]),
        (sure_but(patient=94), ["The patient is proposed with 94 %; the rule asks for 95 %."]),
        (sure_but(patient=None), ["No patient is proposed."]),
        (sure_but(encounter=96), ["The stay is proposed with 96 %; the rule asks for 97 %."]),
        (sure_but(encounter=None), ["No stay is proposed."]),
        (sure_but(type=94), ["The kind of document is proposed with 94 %; the rule asks for 95 %."]),
        (sure_but(date=89), ["The date is proposed with 89 %; the rule asks for 90 %."]),
        (sure_but(date=None), ["No date is proposed."]),
        ({"against": ("another birth date stands in the text",)}, ["Another birth date stands in the text."]),
        ({"exception": "A separator sheet carries two different codes."}, ["A separator sheet carries two different codes."]),
        ({"failed_before": True}, ["It failed a check before."]),
        ({"expected": 0}, ["No separator sheet counts its pages."]),
        ({"expected": 3}, ["Its sheet expects 3 pages; 2 came."]),
        ({"unreadable": 1}, ["1 page could not be read."]),
        ({"pages": 0, "expected": 0}, ["No page is left of it.", "No separator sheet counts its pages."]),
        ({"copies": 1}, ["The patient has a document of nearly the same text."]),
    ],
)  # fmt: skip
def test_one_doubt_is_enough_to_ask_a_person(changed, why):
    assert doubts(replace(SURE, **changed), ASKED) == why


@pytest.mark.parametrize(
    ("signed", "why"),
    [
        ("yes", []), ("no", []), ("ask", ["Whether it is signed is for a person to see: the rule does not say."]),
        ("maybe", ["Whether it is signed is for a person to see: the rule does not say."]),
    ],
)  # fmt: skip
def test_whether_paper_comes_signed_is_said_by_the_rule_or_seen_by_a_person(signed, why):
    assert doubts(SURE, replace(ASKED, signed=signed)) == why
    assert Thresholds.read({}).signed == "ask"


def test_a_house_may_do_without_counting_but_a_count_that_is_given_must_come_out():
    uncounted = replace(ASKED, counted=False)
    assert doubts(replace(SURE, expected=0), uncounted) == []
    assert doubts(replace(SURE, expected=3), uncounted) == ["Its sheet expects 3 pages; 2 came."]


def test_a_rule_without_parameters_checks_everything():
    assert Thresholds.read({}).checked_percent == 100
    assert Thresholds.read({"patient": 99, "unheard": 1}) == Thresholds(patient=99)
    assert why_checked(UUID(int=1), Thresholds()) == "every document filed by rule is checked"


def test_what_is_filed_by_rule_is_drawn_by_its_own_rate():
    ids = [derived_id("document", str(number)) for number in range(2000)]
    drawn = [one for one in ids if why_checked(one, ASKED)]
    assert 430 < len(drawn) < 570
    assert {why_checked(one, ASKED) for one in drawn} == {"drawn: 25 % of what is filed by rule is checked"}
    assert not [one for one in ids if why_checked(one, replace(ASKED, checked_percent=0))]
