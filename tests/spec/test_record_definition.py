"""What belongs to the record: which row of the shipped definition covers a type, and which definitions are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.config.furnish import shipped_rules
from muniment.demo.kinds import KINDS
from muniment.kernel.errors import Unfileable
from muniment.record.production.definition import APART, RULE, SECTIONS, SETS, Mark, Row, read, written
from muniment.record.rules import Category

SHIPPED = read(next(one for one in shipped_rules() if one["code"] == RULE)["parameters"])
# (code, title, category) → row and the sets it belongs to
TYPES = {
    ("18842-5", "Discharge summary", "document"): ("Discharge summaries", "legal designated"),
    ("local-7", "Discharge summary, short", "document"): ("Discharge summaries", "legal designated"),
    ("51852-2", "Letter", "document"): ("Correspondence and administration", "designated"),
    ("peer-review", "Progress note read by the committee", "document"): ("Peer review", "peer_review"),
    ("psychotherapy-note", "Consultation", "document"): ("Psychotherapy notes", "psychotherapy"),
    ("incident-report", "Fall", "document"): ("Incident reports", "incident"),
    ("working-paper", "Draft", "document"): ("Working papers", "working"),
    ("part-2-record", "Counselling", "document"): ("Substance use disorder treatment records", "legal designated part2"),
    ("2951-2", "Sodium", "result"): ("Results", "legal designated"),
    ("", "Claim", "other"): ("Claims and other data", "designated"),
    ("34108-1", "Clinic note", "document"): ("Clinic notes", "legal designated"),
    ("8653-8", "Discharge instructions", "document"): ("Discharge instructions", "legal designated"),
    ("x-1", "Horoscope", "document"): (None, ""),
    ("", "Dr Stone", "practitioner"): (None, ""),
}


@pytest.mark.parametrize("said", KINDS.values(), ids=lambda said: said[1])
def test_the_definition_shipped_covers_whatever_the_demo_hospital_writes(said):
    """A production of one of its charts asks about nothing."""
    row = SHIPPED.judge(code=said[0], label=said[1], category=Category.DOCUMENT)
    assert row is not None and row.has(Mark.LEGAL) and row.has(Mark.DESIGNATED)


@pytest.mark.parametrize("said", TYPES, ids=lambda said: said[1])
def test_which_row_covers_a_type(said):
    code, label, category = said
    name, marks = TYPES[said]
    row = SHIPPED.judge(code=code, label=label, category=category)
    assert (row and row.name) == name
    assert (row.marks if row else set()) == {Mark(one) for one in marks.split()}


BAD = {
    "no rows": ({"rows": []}, "has no rows"),
    "rows are no list": ({"rows": "all"}, "has no rows"),
    "a row without a name": ({"rows": [{"section": "Orders"}]}, "no name"),
    "recognised by nothing": ({"rows": [{"name": "A"}]}, "by one of them"),
    "recognised by two": ({"rows": [{"name": "A", "section": "Orders", "category": "order"}]}, "by one of them"),
    "no such section": ({"rows": [{"name": "A", "section": "Poems"}]}, "no section “Poems”"),
    "no such category": ({"rows": [{"name": "A", "category": "poem"}]}, "no category “poem”"),
    "codes are no list": ({"rows": [{"name": "A", "codes": "1-2"}]}, "a list of texts"),
    "apart and in a set": ({"rows": [{"name": "A", "codes": ["1"], "incident": True, "legal": True}]}, "kept apart"),
    "two claim a code": ({"rows": [{"name": "A", "codes": ["1"]}, {"name": "B", "codes": ["1"]}]}, "Two rows claim the same"),
    "two claim a section": (
        {"rows": [{"name": "A", "section": "Orders"}, {"name": "B", "section": "Orders"}]},
        "Two rows claim",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_which_definitions_are_refused(case):
    said, why = BAD[case]
    with pytest.raises(Unfileable, match=why):
        read(said)


MARKS = st.one_of(st.frozensets(st.sampled_from([*SETS, Mark.PART2])), st.frozensets(st.sampled_from(APART), min_size=1))
NAMES = st.text("abc DEF", min_size=1).map(str.strip).filter(bool)


@given(st.lists(st.tuples(NAMES, MARKS), min_size=1, max_size=8))
def test_what_is_written_is_read_as_it_was(said):
    signs = [
        {"section": SECTIONS[0]},
        {"category": Category.RESULT.value},
        *({"codes": frozenset({f"c-{place}", f"d-{place}"})} for place in range(8)),
    ]
    rows = tuple(Row(name=name, marks=marks, **sign) for (name, marks), sign in zip(said, signs, strict=False))
    assert read(written(rows)).rows == rows
