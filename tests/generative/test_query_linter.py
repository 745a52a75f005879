"""Whatever stands around it, a word the rule names is found; and what is quoted from the record is never taken for the asker's."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

import muniment
from muniment.querying.linting import Check, lint, occurrences
from muniment.querying.parameters import Policy
from muniment.querying.rules import Form, Indicator, Written, percentile

PACK = tomllib.loads((Path(muniment.__file__).parent / "rulebook/pack/querying.toml").read_text())
POLICY = msgspec.convert(next(one["parameters"] for one in PACK["rule"] if one["code"] == "querying.linter"), Policy)
MONEY = st.sampled_from(POLICY.money)
AROUND = st.text(st.sampled_from("abc .,;:()\n?!"), max_size=30)


@given(AROUND, MONEY, AROUND)
def test_a_word_of_payment_is_found_wherever_it_stands(before, word, after):
    asked = Written(title="t", question=f"{before} {word} {after}", form=Form.OPEN)
    assert Check.MONEY in {one.check for one in lint(asked, POLICY)}


@given(AROUND, MONEY)
def test_in_a_quotation_it_is_the_record_s(before, word):
    quoted = Indicator(entry_id="1", version=1, quote=f"{before} {word}")
    asked = Written(title="Findings", question="What was treated?", form=Form.OPEN, indicators=(quoted,))
    assert lint(asked, POLICY) == []


@given(st.text(max_size=60), st.lists(st.text(max_size=12), max_size=5))
def test_no_rule_makes_the_search_fail(text, words):
    assert all(found.casefold() in text.casefold() for found in occurrences(text, words))


@given(st.lists(st.floats(0, 400), min_size=1, max_size=30), st.floats(0, 1))
def test_a_percentile_lies_among_its_values(values, part):
    found = percentile(sorted(values), part)
    assert found is not None
    assert min(values) - 1e-9 <= found <= max(values) + 1e-9
