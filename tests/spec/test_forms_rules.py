"""Forms: what leads where, when a version is in force, when it is reviewed, how one is laid out; which abbreviations a text uses."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import muniment
from muniment.forms.abbreviations import approved, never, uses
from muniment.forms.rules import Part, Policy, State, Step, after, ended_by, in_force, layout, months_after, standing
from muniment.kernel.errors import Refused, Unfileable, Unreadable

PACK = Path(muniment.__file__).parent / "rulebook" / "pack" / "forms.toml"
RULES = {one["code"]: one["parameters"] for one in tomllib.loads(PACK.read_text())["rule"]}
NEVER = never(RULES["forms.do-not-use"])


@dataclass
class Version:
    number: int
    state: State
    effective_from: date
    effective_to: date | None = None


MARCH, MAY = date(2026, 3, 1), date(2026, 5, 1)


@pytest.mark.parametrize(
    ("state", "begin", "end", "day", "expected", "said"),
    [
        (State.DRAFT, MARCH, None, MAY, False, "draft"),
        (State.APPROVED, MARCH, None, MARCH, True, "in force"),
        (State.APPROVED, MAY, None, MARCH, False, "from a later day"),
        (State.SUPERSEDED, MARCH, MAY, date(2026, 4, 30), True, "in force"),
        (State.SUPERSEDED, MARCH, MAY, MAY, False, "superseded"),
        (State.RETIRED, MARCH, MAY, date(2026, 4, 30), True, "in force"),
        (State.RETIRED, MARCH, MAY, MAY, False, "retired"),
        (State.RETIRED, MARCH, MARCH, MARCH, False, "retired"),
        (State.WITHDRAWN, MARCH, None, MAY, False, "withdrawn"),
    ],
)  # fmt: skip
def test_when_a_version_is_in_force(state, begin, end, day, expected, said):
    one = Version(1, state, begin, end)
    assert (in_force(one, day), standing(one, day)) == (expected, said)


def test_nothing_leads_back_from_what_ended():
    ended = (State.SUPERSEDED, State.RETIRED, State.WITHDRAWN)
    assert [after(state, step) for state in ended for step in Step] == [None] * (len(ended) * len(Step))


def test_a_successor_ends_the_one_before_and_never_overtakes_a_later_one():
    first = Version(1, State.APPROVED, MARCH)
    assert ended_by(Version(2, State.DRAFT, MAY), [first]) == [first]
    for begin in (MARCH, date(2026, 1, 1)):
        with pytest.raises(Refused, match="Version 1 is in force from 01 Mar 2026"):
            ended_by(Version(2, State.DRAFT, begin), [first])


@given(
    st.lists(st.dates(date(2020, 1, 1), date(2030, 1, 1)), min_size=1, max_size=8), st.dates(date(2019, 1, 1), date(2031, 1, 1))
)
def test_however_versions_follow_at_most_one_is_in_force_on_a_day(begins, day):
    kept: list[Version] = []
    for number, begin in enumerate(begins, 1):
        new = Version(number, State.DRAFT, begin)
        try:
            ended = ended_by(new, [one for one in kept if one.state == State.APPROVED])
        except Refused:
            continue
        for one in ended:
            one.state, one.effective_to = State.SUPERSEDED, begin
        new.state = State.APPROVED
        kept.append(new)
    assert sum(in_force(one, day) for one in kept) == (1 if kept and day >= kept[0].effective_from else 0)


@pytest.mark.parametrize(
    ("since", "months", "expected"),
    [
        (date(2026, 3, 14), 12, date(2027, 3, 14)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
    ],
)
def test_reviews_are_counted_in_calendar_months(since, months, expected):
    assert months_after(since, months) == expected


def test_without_a_rule_the_strictest_applies():
    assert Policy.read({}) == Policy(review_months=12, notice_days=0)
    assert Policy.read(RULES["forms.review"]) == Policy(review_months=24, notice_days=30)


def test_a_layout_is_read_line_by_line():
    pieces = layout("# Pain\nWhere:\nHistory: 5\nAsleep? yes | no | not seen\n\nTurn over.")
    assert [(one.part, one.words, one.lines, one.choices) for one in pieces] == [
        (Part.HEADING, "Pain", 0, ()), (Part.LINE, "Where", 1, ()), (Part.BOX, "History", 5, ()),
        (Part.TICKS, "Asleep?", 0, ("yes", "no", "not seen")), (Part.TEXT, "Turn over.", 0, ()),
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), [("", "nothing on it"), ("History: 400", "don't fit"), ("x\n" * 130, "at most 120")])
def test_what_can_not_be_laid_out_is_said(text, told):
    with pytest.raises(Unreadable, match=told):
        layout(text)


@given(st.text(max_size=400))
def test_any_text_is_laid_out_or_refused_in_words(text):
    def read():
        try:
            return layout(text)
        except Unreadable as told:
            return told.where

    assert read()


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("Give 10 U insulin now.", ["U"]),
        ("Heparin 5,000u sc.", ["u"]),
        ("Vitamin D 400 IU once.", ["IU"]),
        ("Aspirin 81 mg q.d. with food.", ["q.d."]),
        ("Furosemide 40 mg QD, digoxin QOD.", ["QD", "QOD"]),
        ("MS 4 mg IV given.", ["MS"]),
        ("MgSO4 2 g IV over an hour.", ["MgSO4"]),
        ("Warfarin 1.0 mg tonight.", ["1.0"]),
        ("Digoxin .125 mg daily.", [".125"]),
        ("Creatinine 1.0 mg/dL.", []),
        ("Digoxin 0.125 mg daily.", []),
        ("MS since 2004, walks with a stick.", []),
        ("Her IUD is in place. U of M clinic.", []),
        ("Version 2.0 of the plan.", []),
        ("Warfarin 10 mg, not 1.05 mg.", []),
    ],
)
def test_what_is_not_to_be_used_is_found_and_nothing_else(text, used):
    assert [one.words for one in uses(text, NEVER)] == used


def test_the_sentence_is_told_with_its_words():
    (one,) = uses("PLAN:\nRest today. Give insulin 10 U before meals. Walk.", NEVER)
    assert (one.before, one.words, one.behind) == ("Give insulin 10 ", "U", " before meals.")


@given(st.text(max_size=300))
def test_no_text_breaks_the_search_and_every_use_stands_where_it_says(text):
    for one in uses(text, NEVER):
        assert one.before + one.words + one.behind == one.sentence
        assert one.sentence in text


def test_a_list_that_can_not_be_read_says_which_entry():
    with pytest.raises(Unfileable, match="one of them") as told:
        never({"never": [{"short": "QD", "means": "daily"}]})
    assert told.value.where == "never, entry 1, QD"
    assert [one.short for one in approved(RULES["forms.approved-abbreviations"])][:2] == ["AFib", "BP"]
