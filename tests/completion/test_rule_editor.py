"""A rule of chart analysis as a form: what was read is written again, what is wrong is said at its field, nothing typed is lost."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.completion.document_types import DOCUMENT_TYPES
from muniment.completion.parameters import (
    COSIGNATURES,
    ChartClock,
    Clock,
    CosignatureRule,
    DocumentRule,
    Element,
    Named,
    SignatureRule,
    Update,
    kind_of,
)
from muniment.completion.web.ruleform import Filled
from muniment.config.furnish import shipped_rules
from muniment.encounters.rules import CLASSES
from muniment.rulebook.models import RuleVersion
from support.page_forms import sent
from support.stays import adopt_rules
from support.web import client_of

pytestmark = pytest.mark.rules("completion.")

SHIPPED = {rule["code"]: rule["parameters"] for rule in shipped_rules() if rule["code"].startswith("completion.")}
ADDRESS = "/completion/rules/{}/propose"
SUMMARY = "completion.discharge-summary"


@pytest.fixture
def administrator(house: Any) -> Any:
    adopt_rules(house)
    return client_of(house.users["administrator"])


def typed(administrator: Any, code: str = SUMMARY, **changed: Any) -> dict[str, Any]:
    """What a browser sends of the rule's page with these fields changed."""
    page = administrator.get(ADDRESS.format(code))
    assert page.status_code == 200
    found = {name: value for name, value in sent(page.content.decode()).items() if name != "csrfmiddlewaretoken"}
    return found | changed


def last(code: str = SUMMARY) -> RuleVersion:
    return RuleVersion.objects.filter(rule_id=code).order_by("-number").first()


@pytest.mark.parametrize("code", SHIPPED)
def test_proposing_a_shipped_rule_unchanged_says_the_same(administrator: Any, code: str) -> None:
    before = last(code)
    answer = administrator.post(ADDRESS.format(code), typed(administrator, code))
    assert answer.status_code == 302, answer.content.decode()
    after = last(code)
    assert (after.number, after.status) == (before.number + 1, "proposed")
    assert msgspec.convert(after.parameters, kind_of(code)) == msgspec.convert(SHIPPED[code], kind_of(code))
    assert (after.title, after.statement, after.citation) == (before.title, before.statement, before.citation)


WORDS = st.text("abc dé,&", min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)
CODES = st.lists(st.sampled_from([*list(DOCUMENT_TYPES)[:6], "99999-1", "L-77"]), unique=True, max_size=4).map(tuple)
SOME_CODES = CODES.filter(bool)
STATUSES = st.lists(st.sampled_from(["01", "20", "41", "xx"]), unique=True, max_size=3).map(tuple)
TEXTS = st.lists(WORDS, unique=True, max_size=3).map(tuple)
DAYS = st.integers(0, 400)
CLOCKS = st.builds(
    Clock, since=st.sampled_from(["admission", "discharge", "procedure", "order"]), hours=st.integers(0, 99), days=DAYS
)
STAYS = {
    "classes": st.lists(st.sampled_from([*CLASSES, "ZZ"]), unique=True, max_size=4).map(tuple), "services": TEXTS,
    "facility_kinds": st.lists(st.sampled_from(["hospital", "behavioural-health"]), unique=True).map(tuple),
    "min_days": st.none() | st.integers(0, 5), "max_days": st.none() | st.integers(5, 90), "dispositions": STATUSES,
    "except_dispositions": STATUSES, "procedures": st.sampled_from(["", "any", "none"]) | TEXTS.filter(bool), "with_documents": CODES,
    "with_orders": TEXTS, "due": CLOCKS,
}  # fmt: skip
ELEMENTS = st.builds(Element, name=WORDS, headings=TEXTS, except_dispositions=STATUSES)
UPDATES = st.builds(Update, codes=SOME_CODES, name=WORDS, due=CLOCKS, headings=TEXTS)
DOCUMENTS = st.builds(
    DocumentRule, **STAYS, document=st.builds(Named, codes=SOME_CODES, name=WORDS), signature=st.booleans(),
    responsible=st.sampled_from(["attending", "operator"]), accept_days_before=DAYS,
    elements=st.lists(ELEMENTS, max_size=3).map(tuple), update=st.none() | UPDATES,
)  # fmt: skip
RULES = st.one_of(
    DOCUMENTS, st.builds(SignatureRule, **STAYS, codes=SOME_CODES), st.builds(ChartClock, **STAYS),
    st.builds(CosignatureRule, **STAYS, codes=SOME_CODES, credentials=TEXTS.filter(bool)),
)  # fmt: skip
RELAXED = settings(max_examples=60)


def as_sent(filled: Filled) -> QueryDict:
    html = str(filled.form) + (str(filled.elements) if filled.elements is not None else "")
    data = QueryDict(mutable=True)
    for name, values in sent(html).items():
        data.setlist(name, values)
    return data


@RELAXED
@given(rule=RULES)
def test_reading_what_was_written_gives_the_rule(house: Any, rule: Any) -> None:
    filled = Filled.make(rule, as_sent(Filled.make(rule)))
    assert filled.is_valid, (filled.form.errors, filled.elements and filled.elements.errors)
    assert msgspec.convert(filled.parameters(), type(rule)) == rule


def test_a_changed_field_changes_that_and_nothing_else(administrator: Any) -> None:
    administrator.post(ADDRESS.format(SUMMARY), typed(administrator, due_days="14", classes=["IMP", "OBSENC"]))
    wanted = SHIPPED[SUMMARY] | {"due": {"days": 14, "from": "discharge"}, "classes": ["IMP", "OBSENC"]}
    assert msgspec.convert(last().parameters, DocumentRule) == msgspec.convert(wanted, DocumentRule)


WRONG = [
    ({"due_days": "a month"}, "Write a whole number, like 30."),
    ({"due_days": "-3"}, "be less than 0"),
    ({"min_days": "9", "max_days": "2"}, "must not be shorter than the shortest"),
    ({"procedures": "these", "procedure_codes": ""}, "Name the procedures"),
    ({"update_name": "Update of the summary"}, "Choose what counts as the update."),
    ({"elements-0-name": ""}, "Name the section."),
    ({"document_name": ""}, "This field is required."),
    ({"effective_from": "yesterday"}, "This is not a date."),
]


@pytest.mark.parametrize(("changed", "sentence"), WRONG)
@pytest.mark.parametrize("button", [{}, {"try": "1"}])
def test_what_is_wrong_is_said_and_what_was_typed_stands(
    administrator: Any, changed: dict[str, str], sentence: str, button: dict[str, str]
) -> None:
    marked = {"statement": "A summary, as typed here.", "elements-1-name": "Typed section"}
    given_ = typed(administrator, **(marked | changed | button))
    page = administrator.post(ADDRESS.format(SUMMARY), given_)
    assert page.status_code == 422
    html = page.content.decode()
    assert sentence in html.replace("&#x27;", "'")
    stands = sent(html)
    assert {name: value for name, value in stands.items() if name in given_ and name != "csrfmiddlewaretoken"} == {
        name: value if isinstance(value, list) else [value] for name, value in given_.items() if name != "try"
    }
    assert last().number == 1


def test_rows_for_sections_are_added_and_keep_what_was_typed(administrator: Any) -> None:
    page = administrator.post(
        ADDRESS.format(SUMMARY), typed(administrator, **{"more": "1", "elements-3-name": "Diet", "due_days": "x"})
    )
    stands = sent(page.content.decode())
    assert page.status_code == 200
    assert stands["elements-TOTAL_FORMS"] == ["9"]
    assert (stands["elements-3-name"], stands["due_days"]) == (["Diet"], ["x"])


def test_a_version_proposed_meanwhile_is_told_on_the_page(administrator: Any) -> None:
    mine = typed(administrator, due_days="10")
    administrator.post(ADDRESS.format(SUMMARY), typed(administrator, due_days="20"))
    page = administrator.post(ADDRESS.format(SUMMARY), mine)
    assert page.status_code == 409
    assert "Somebody else proposed version 2" in page.content.decode()
    assert sent(page.content.decode())["due_days"] == ["10"]


def test_a_new_rule_is_written_in_the_same_form(administrator: Any) -> None:
    new = sent(administrator.get("/completion/rules/propose").content.decode()) | {
        "code": "completion.diet-note", "title": "Diet note", "statement": "A stay has a diet note.", "citation": "House policy D-1",
        "source_kind": "house policy", "document_name": "Diet note", "document_code": "11506-3", "more_codes": "99999-1",
    }  # fmt: skip
    assert administrator.post("/completion/rules/propose", new).status_code == 302
    made = last("completion.diet-note").parameters
    assert made["document"] == {"codes": ["11506-3", "99999-1"], "name": "Diet note"}
    again = administrator.post("/completion/rules/propose", new)
    assert again.status_code == 422
    assert "The book has this rule already." in again.content.decode()
    outside = administrator.post("/completion/rules/propose", new | {"code": "coding.diet-note"})
    assert "write completion.diet-note" in outside.content.decode()


def test_the_book_leads_to_the_form_and_other_rules_to_json(administrator: Any, house: Any) -> None:
    assert ADDRESS.format(COSIGNATURES) in administrator.get(f"/rules/{COSIGNATURES}/").content.decode()
    refused = administrator.get(ADDRESS.format("coding.anything"))
    assert refused.status_code == 403
    adopt_rules(house, "coding.")
    code = RuleVersion.objects.filter(rule__code__startswith="coding.").first().rule_id
    assert f"/rules/{code}/propose" in administrator.get(f"/rules/{code}/").content.decode()


def test_sections_are_shown_one_by_one_in_the_book(administrator: Any) -> None:
    page = administrator.get(f"/rules/{SUMMARY}/").content.decode()
    assert "elements 3, except dispositions" in page
    assert "{" not in page.split("What the software reads")[1].split("</dl>")[0]
