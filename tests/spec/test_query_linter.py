"""What stops a clinician query, by which words, and what does not. One row a case: what is written, which checks find what."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

import muniment
from muniment.querying.linting import Check, lint
from muniment.querying.parameters import Policy
from muniment.querying.rules import Form, Indicator, Option, Use, Written

PACK = tomllib.loads((Path(muniment.__file__).parent / "rulebook/pack/querying.toml").read_text())
POLICY = msgspec.convert(next(one["parameters"] for one in PACK["rule"] if one["code"] == "querying.linter"), Policy)
SATURATION = Indicator(
    entry_id="1", version=1, quote="Oxygen saturation 84 % on room air", source="Progress note", on="4 May 2026"
)
OXYGEN = Indicator(
    entry_id="2", version=1, quote="High-flow oxygen, 250 cc of saline; CC: short of breath", source="Nursing note"
)
EARLIER = msgspec.structs.replace(SATURATION, entry_id="3", prior=True)
THEIRS = msgspec.structs.replace(SATURATION, entry_id="4", here=False)
GOOD = Written(
    title="Clarification of respiratory findings", question="In your clinical judgment, which condition do the findings represent?",
    form=Form.CHOICE, indicators=(SATURATION, OXYGEN),
    options=(Option("Acute respiratory failure with hypoxia", (1, 2)), Option("Hypoxemia only", (1,))),
)  # fmt: skip

TABLE: list[tuple[str, dict[str, Any], list[tuple[Check, str]]]] = [
    ("a compliant multiple choice", {}, []),
    ("the record's own words are no words of the asker", {"indicators": (OXYGEN, SATURATION)}, []),
    ("an open question needs no option", {"form": Form.OPEN, "options": ()}, []),
    ("reimbursement in the question", {"question": "Which diagnosis improves reimbursement?"}, [(Check.MONEY, "reimbursement")]),
    ("a DRG in the title, in capitals only or not", {"title": "Question on DRG 189"}, [(Check.MONEY, "DRG")]),
    ("the same in small letters", {"question": "Which diagnosis fits drg 189?"}, [(Check.MONEY, "drg")]),
    ("CC and MCC", {"question": "Is there a CC or MCC?"}, [(Check.MONEY, "CC"), (Check.MONEY, "MCC")]),
    ("cubic centimetres are no CC", {"question": "What was treated with 250 cc of saline?"}, []),
    ("money in an option", {"options": (Option("Sepsis (MCC)", (1,)), Option("Hypoxemia only", (1,)))}, [(Check.MONEY, "MCC")]),
    ("a severity score", {"question": "Which condition raises the severity score?"}, [(Check.QUALITY, "severity score")]),
    ("a quality measure", {"question": "Which condition counts in the quality  measure?"}, [(Check.QUALITY, "quality  measure")]),
    ("a word within another is another", {"question": "Was the patient billious?"}, []),
    ("the title leads", {"title": "Please document respiratory failure"}, [(Check.LEADING_TITLE, "Please document")]),
    ("the title is an answer", {"title": "Hypoxemia only?"}, [(Check.LEADING_TITLE, "Hypoxemia only")]),
    ("the question leads", {"question": "Would you agree that it was treated?"}, [(Check.LEADING_QUESTION, "Would you agree")]),
    ("the question is an answer", {"question": "Was it acute respiratory failure with hypoxia?"},
     [(Check.LEADING_QUESTION, "acute respiratory failure with hypoxia")]),
    ("an answer that is documented may be named", {"question": "Which hypoxemia only?", "options": (Option("Hypoxemia", (1,)), Option("Failure", (1,))),
     "indicators": (msgspec.structs.replace(SATURATION, quote="Hypoxemia noted"),)}, []),
    ("no indicator", {"indicators": (), "options": (), "form": Form.OPEN}, [(Check.NO_INDICATOR, "")]),
    ("an option without support", {"options": (Option("Sepsis"), Option("Hypoxemia only", (1,)))}, [(Check.UNSUPPORTED, "Sepsis")]),
    ("support by what is not there", {"options": (Option("Sepsis", (3,)), Option("Hypoxemia only", (1,)))}, [(Check.UNSUPPORTED, "Sepsis")]),
    ("one option only", {"options": (Option("Hypoxemia only", (1,)),)}, [(Check.FEW_OPTIONS, "")]),
    ("“other” is always there", {"options": (Option("Unable to determine", (1,)), Option("Hypoxemia only", (1,)))},
     [(Check.INCOMPLETE, "Unable to determine")]),
    ("yes or no about nothing allowed", {"form": Form.YES_NO, "options": ()}, [(Check.YES_NO, "")]),
    ("yes or no about presence on admission", {"form": Form.YES_NO, "options": (), "use": Use.POA}, []),
    ("yes or no about cause and effect", {"form": Form.YES_NO, "options": (), "use": Use.CAUSE}, []),
    ("yes or no about what is documented elsewhere", {"form": Form.YES_NO, "options": (), "use": Use.CONFLICT}, []),
    ("another stay without a cause", {"indicators": (EARLIER, OXYGEN)}, [(Check.PRIOR, EARLIER.quote)]),
    ("another stay with its cause", {"indicators": (EARLIER, OXYGEN), "prior_cause": "Baseline saturation of the same illness."}, []),
    ("another patient", {"indicators": (THEIRS, OXYGEN)}, [(Check.OTHER_PATIENT, THEIRS.quote)]),
    ("asked by word of mouth, by nobody", {"verbal_at": "4 May 2026, 10:00"}, [(Check.INCOMPLETE, "4 May 2026, 10:00")]),
    ("asked by word of mouth", {"verbal_at": "4 May 2026, 10:00", "verbal_by": "Test Coder"}, []),
    ("without a title and a question", {"title": " ", "question": ""}, [(Check.INCOMPLETE, ""), (Check.INCOMPLETE, "")]),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "wanted"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_table(changed, wanted):
    found = lint(msgspec.structs.replace(GOOD, **changed), POLICY)
    assert [(one.check, one.words) for one in found] == wanted
    assert all(one.sentence.endswith((".", "?")) and one.place for one in found)


def test_every_check_is_in_the_table():
    assert {check for _, _, wanted in TABLE for check, _ in wanted} == set(Check)


def test_a_house_may_ask_with_one_option():
    loose = msgspec.structs.replace(POLICY, least_options=1)
    assert lint(msgspec.structs.replace(GOOD, options=GOOD.options[:1]), loose) == []


def test_a_house_may_allow_fewer_uses_of_yes_or_no():
    strict = msgspec.structs.replace(POLICY, yes_no=(Use.POA,))
    asked = msgspec.structs.replace(GOOD, form=Form.YES_NO, options=(), use=Use.CAUSE)
    assert [one.check for one in lint(asked, strict)] == [Check.YES_NO]
