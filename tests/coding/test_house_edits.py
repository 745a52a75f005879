"""The house's own edits on a stay and in the rule book: applied, answered, tried before they govern, refused when they can't be read."""

from __future__ import annotations

from datetime import date
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from muniment.coding import actions, house_edits
from muniment.coding.assessment import assess
from muniment.coding.stay import facts_of
from muniment.encounters.models import Encounter
from muniment.kernel.errors import NotAllowedInState, Problem
from muniment.rulebook import actions as rulebook
from muniment.rulebook.models import RuleVersion
from muniment.rulebook.rules import RuleInForce, SourceKind
from support.charts import client_of
from support.coding import CodedStay, adopt_coding_rules, draft_of, install_codes
from support.page_forms import sent
from support.stays import adopt_rule

pytestmark = pytest.mark.django_db
EDIT = {"number": "9", "severity": "warning", "sentence": "Heart failure by a coder. Have it looked at.", "citation": ""}
ADDRESS = f"/rules/{house_edits.RULE}/propose"
SINCE = date(2024, 1, 1)


def _condition(field, comparison, *values, edit="9", alternative="A"):
    return {"edit": edit, "alternative": alternative, "field": field, "comparison": comparison, "values": list(values)}


@pytest.fixture
def stay(house):
    install_codes()
    return CodedStay(house).discharged()


def _said(stay, *codes, role="coder"):
    encounter = Encounter.objects.select_related("patient", "facility").get(id=stay.encounter_id)
    found = assess(facts_of(encounter), draft_of(*codes), role=role)
    return [edit for edit in found.edits if edit.number.startswith("House")]


def test_without_the_rule_nothing_is_said(house, stay):
    assert _said(stay, "I50.23") == []


def test_an_edit_speaks_by_who_codes_and_asks_for_a_reason(house, stay):
    conditions = [
        _condition("principal diagnosis", "begins with one of", "I50"),
        _condition("role of the coder", "is one of", "coder"),
    ]
    adopt_rule(house, house_edits.RULE, edits=[EDIT], conditions=conditions)
    (edit,) = _said(stay, "I50.23")
    assert (edit.number, edit.codes, edit.citation) == ("House 9", ("I5023",), "House policy X (unverified)")
    assert _said(stay, "I50.23", role="auditor") == []
    abstract = stay.coded(house, "I50.23")
    again = {"actor": house.actor("coder"), "patient_id": stay.patient.id, "abstract_id": abstract.id}
    with pytest.raises(NotAllowedInState, match="Heart failure by a coder"):
        actions.finalise(**again, revision=abstract.revision)
    answered = draft_of("I50.23", answers={"House 9:I5023": "looked at with the lead"}, disposition=abstract.disposition)
    abstract = actions.set_codes(**again, revision=abstract.revision, draft=answered)
    actions.finalise(**again, revision=abstract.revision)
    (kept,) = [one for one in stay.content()["edits"] if one["number"] == "House 9"]
    assert kept["reason"] == "looked at with the lead"


def test_a_document_is_looked_for_in_the_chart_and_costs_one_query(house, stay):
    conditions = [_condition("document in the chart", "is none of", "Operative report"), _condition("sex", "is one of", "F")]
    adopt_rule(house, house_edits.RULE, edits=[EDIT], conditions=conditions)
    with CaptureQueriesContext(connection) as seen:
        assert len(_said(stay, "I50.23")) == 1
    assert sum("record_entry" in one["sql"] for one in seen) == 1
    stay.note("Appendix out.", title="Operative report")
    assert _said(stay, "I50.23") == []


def test_the_shipped_edits_can_be_read_and_speak(house, stay):
    adopt_coding_rules(house)
    found = CodedStay(house, "2").discharged(days=1)
    assert [one.number for one in _said(found, "I50.23", "J96.01")] == ["House 1"]
    assert _said(stay, "I50.23", "J96.01") == []


def test_a_version_that_can_not_be_read_is_a_warning_and_never_silence():
    rule = RuleInForce(
        code=house_edits.RULE, number=1, title="Edits", statement="", citation="House policy X", source_kind="house policy", verified=True,
        effective_from=SINCE, parameters={"edits": [EDIT], "conditions": []},
    )  # fmt: skip
    (edit,) = house_edits.judge(rule, None)
    assert "can’t be read (edit 9 has no condition" in edit.sentence
    assert edit.severity == "warning"


def test_what_can_not_be_read_is_not_proposed(house):
    with pytest.raises(Problem, match="has no condition"):
        rulebook.propose(
            actor=house.actor("privacy-officer"), code=house_edits.RULE, title="x", statement="x", citation="x",
            source_kind=SourceKind.HOUSE, parameters={"edits": [EDIT], "conditions": []}, effective_from=SINCE,
        )  # fmt: skip
    assert not RuleVersion.objects.filter(rule_id=house_edits.RULE).exists()


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(house):
    adopt_coding_rules(house)
    client = client_of(house, "privacy-officer")
    page = client.get(ADDRESS).content.decode()
    typed = sent(page)
    changed = next(name for name, value in typed.items() if value == ["severity of the MS-DRG"])
    answer = client.post(ADDRESS, typed | {changed: ["age in years"], "effective_from": ["1 Jun 2026"]})
    assert answer.status_code == 422
    body = unescape(answer.content.decode())
    assert "“age in years” of edit 1 takes “at least” or “at most”." in body
    assert "A stay of one day with an MCC." in body
    assert RuleVersion.objects.filter(rule_id=house_edits.RULE).count() == 1


def test_a_proposed_version_is_tried_on_the_last_final_codings(house, stay):
    stay.finalised(house, "I50.23")
    other = CodedStay(house, "2").discharged()
    other.finalised(house, "K35.80")
    version = rulebook.propose(
        actor=house.actor("privacy-officer"), code=house_edits.RULE, title="Edits", statement="As it says.", citation="House policy",
        source_kind=SourceKind.HOUSE, effective_from=SINCE,
        parameters={
            "edits": [EDIT, EDIT | {"number": "10"}],
            "conditions": [_condition("any diagnosis", "begins with one of", "I50"), _condition("role of the coder", "is one of", "coder", edit="10")],
        },
    )  # fmt: skip
    with CaptureQueriesContext(connection) as seen:
        body = unescape(
            client_of(house, "administrator")
            .get(reverse("rulebook-adopt", args=[version.rule_id, version.number]))
            .content.decode()
        )
    assert "What these edits would have said of the last 2 final codings" in body
    assert ">V1</a>" in body
    assert ">V2</a>" not in body
    assert "not tried: it depends on who codes" in body
    assert sum("coding_final" in one["sql"] for one in seen) == 1
