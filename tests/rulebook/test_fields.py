"""Parameters filled in instead of written as JSON: each shipped rule comes back as it was, what is wrong is told at its field."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from muniment.rulebook.models import RuleVersion
from muniment.rulebook.panels import EDITORS
from muniment.rulebook.shapes import Table, Unshaped, shape
from muniment.rulebook.shipped import WORDS, shipped_rules
from muniment.rulebook.web.parameters import Filled, with_more
from muniment.rulebook.web.presenters import editor
from support.page_forms import sent
from support.stays import adopt_rules
from support.web import client_of

SHIPPED = {rule["code"]: rule.get("parameters", {}) for rule in shipped_rules()}
OWN = [code for code in SHIPPED if not code.startswith(tuple(EDITORS))]
NEVER = "forms.do-not-use"


def as_sent(filled: Filled, **changed: Any) -> QueryDict:
    """What a browser sends of the fields as they stand, with these changed."""
    html = str(filled.values) + "".join(str(one.formset) for one in filled.tables)
    data = QueryDict(mutable=True)
    for name, values in sent(html).items():
        data.setlist(name, values)
    for name, value in changed.items():
        data.pop(name, None) if value is None else data.__setitem__(name, value)
    return data


def again(code: str, parameters: dict[str, Any], **changed: Any) -> Filled:
    first = Filled.make(code, parameters)
    assert first is not None
    found = Filled.make(code, parameters, as_sent(first, **changed))
    assert found is not None
    assert found.is_valid in (True, False)
    return found


@pytest.mark.parametrize("code", OWN)
def test_a_shipped_rule_comes_back_from_its_fields_as_it_was(code: str) -> None:
    found = again(code, SHIPPED[code])
    assert found.is_valid, (found.values.errors, [one.formset.errors for one in found.tables])
    assert found.parameters() == SHIPPED[code]


@pytest.mark.parametrize("code", SHIPPED)
def test_no_shipped_rule_has_to_be_written_as_json(code: str) -> None:
    own = editor(code) != f"/rules/{code}/propose"
    assert own or Filled.make(code, SHIPPED[code]) is not None


def test_every_word_is_of_a_parameter_or_says_what_holds_otherwise() -> None:
    for code, words in tomllib.loads(WORDS.read_text()).items():
        parts = {part.name: part for part in shape(SHIPPED[code])}
        inside = {
            f"{name}.{one.name}"
            for name, part in parts.items()
            for one in (part.columns if isinstance(part, Table) else getattr(part, "values", ()))
        }
        extra = {name for name, said in words.items() if isinstance(said, dict) and "otherwise" in said}
        assert set(words) - extra <= set(parts) | inside, code
        assert {*parts, *inside} <= set(words), code  # each is called something that people read


WORD = st.text("abc é,&'\"", min_size=1, max_size=10).map(lambda text: " ".join(text.split())).filter(bool)
NUMBER = st.integers(0, 10**6)
TEXTS = st.lists(WORD, max_size=3)
ROW = st.fixed_dictionaries({"short": WORD, "count": NUMBER}, optional={"more": TEXTS.filter(bool), "ticked": st.just(True), "share": st.floats(0.01, 99)})  # fmt: skip
ANY = st.fixed_dictionaries(
    {"days": NUMBER, "on": st.booleans(), "owner": WORD, "likeness": st.floats(0, 1), "codes": TEXTS},
    optional={
        "weekdays": st.lists(NUMBER, min_size=1, max_size=3),
        "rows": st.lists(ROW, min_size=1, max_size=3),
        "both": st.fixed_dictionaries({"first": NUMBER, "then": WORD}),
    },
)  # fmt: skip


@given(ANY)
def test_reading_what_was_written_gives_the_parameters(parameters: dict[str, Any]) -> None:
    found = again("house.own", parameters)
    assert found.is_valid, (found.values.errors, [one.formset.errors for one in found.tables])
    assert found.parameters() == parameters


def test_what_has_no_shape_is_not_guessed_at() -> None:
    for wrong in ({"rows": [{"cells": [{"a": 1}]}]}, {"days": None}, {"mixed": [1, "a"]}, {"rows": [{"a": 1}, {"a": "b"}]}):
        with pytest.raises(Unshaped):
            Filled.make("house.own", wrong)
    assert Filled.make("house.own", {}) is None


WRONG = {
    "no number": ("pending.documents", {"parameter-longest_extension": "many"}, "whole number"),
    "less than nothing": ("pending.documents", {"parameter-longest_extension": "-1"}, "greater than or equal to 0"),
    "half of a group": ("pending.documents", {"parameter-preliminary.notify_days": ""}, "Fill this in"),
    "half of a row": (NEVER, {"parameter-never-0-means": ""}, "Fill this in"),
    "not a choice": ("delinquency.letters", {"parameter-levels-0-wording": "angry"}, "not one of the available choices"),
    "nothing where something is needed": ("forms.review", {"parameter-review_months": ""}, "required"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_at_its_field(case: str) -> None:
    code, changed, said = WRONG[case]
    found = again(code, SHIPPED[code], **changed)
    assert not found.is_valid
    assert said in str(found.values.errors) + "".join(str(one.formset.errors) for one in found.tables)


def test_a_group_that_is_emptied_and_a_row_that_is_emptied_are_gone() -> None:
    code = "pending.documents"
    names = [f"parameter-types-0-{name}" for name in ("name", "codes", "notify_days", "close_days")]
    names += [f"parameter-preliminary.{name}" for name in ("notify_days", "close_days")]
    found = again(code, SHIPPED[code], **dict.fromkeys(names, ""))
    assert found.is_valid
    without = {name: value for name, value in SHIPPED[code].items() if name != "preliminary"}
    assert found.parameters() == without | {"types": SHIPPED[code]["types"][1:]}
    assert again(code, without).parameters() == without  # left out on purpose, it stays so


def test_what_a_rule_need_not_say_is_asked_and_kept_only_where_it_was_said() -> None:
    clock = SHIPPED["delinquency.clock"]
    assert again("delinquency.clock", clock, **{"parameter-counts": "working"}).parameters() == clock | {"counts": "working"}
    said = clock | {"counts": "calendar"}
    assert again("delinquency.clock", said).parameters() == said


def test_more_rows_keep_what_was_typed() -> None:
    first = Filled.make(NEVER, SHIPPED[NEVER])
    data = as_sent(first, more="never", **{"parameter-never-8-short": "cc"})
    more = Filled.make(NEVER, SHIPPED[NEVER], with_more(data))
    (table,) = more.tables
    assert (len(table.formset.forms), table.formset.forms[8]["short"].value()) == (14, "cc")


@pytest.fixture
def administrator(house: Any) -> Any:
    adopt_rules(house, "forms.")
    return client_of(house.users["administrator"])


def page(administrator: Any, code: str = NEVER, **asked: str) -> str:
    return administrator.get(f"/rules/{code}/propose", asked).content.decode()


def filled_in(shown: str) -> dict[str, Any]:
    return {name: value for name, value in sent(shown).items() if name != "csrfmiddlewaretoken"} | {
        "effective_from": "1 Jan 2027"
    }


def test_an_abbreviation_is_added_without_a_line_of_json(house: Any, administrator: Any) -> None:
    shown = page(administrator)
    assert 'name="parameters"' not in shown
    assert "Not to be used" in shown
    typed = filled_in(shown) | {
        "parameter-never-8-short": "cc", "parameter-never-8-means": "cubic centimetre", "parameter-never-8-why": "read as U",
        "parameter-never-8-instead": "mL", "parameter-never-8-written": "cc\nCC", "parameter-never-8-after": "number",
    }  # fmt: skip
    answer = administrator.post(f"/rules/{NEVER}/propose", typed)
    assert answer.status_code == 302, answer.content.decode()
    version = RuleVersion.objects.get(rule_id=NEVER, number=2)
    assert version.parameters["never"][:-1] == SHIPPED[NEVER]["never"]
    assert version.parameters["never"][-1] == {
        "short": "cc", "means": "cubic centimetre", "why": "read as U", "instead": "mL", "written": ["cc", "CC"], "after": "number",
    }  # fmt: skip
    from muniment.forms.abbreviations import never

    assert never(version.parameters)


def test_errors_and_more_rows_lose_nothing_and_write_nothing(administrator: Any) -> None:
    typed = filled_in(page(administrator))
    wrong = administrator.post(f"/rules/{NEVER}/propose", typed | {"parameter-never-8-short": "cc"})
    assert wrong.status_code == 422
    assert "Means, row 9: Fill this in." in wrong.content.decode()
    more = administrator.post(f"/rules/{NEVER}/propose", typed | {"parameter-never-8-short": "cc", "more": "never"})
    assert more.status_code == 200
    assert 'value="cc"' in more.content.decode()
    assert "parameter-never-13-short" in more.content.decode()
    assert RuleVersion.objects.filter(rule_id=NEVER).count() == 1


def test_json_is_still_there_for_who_wants_it(administrator: Any) -> None:
    assert 'name="parameters"' in page(administrator, json="1")
