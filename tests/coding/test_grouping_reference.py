"""Our grouping and editing against CMS's reference grouper and editor 43.1."""

import json
from collections import Counter

import pytest

from muniment.coding.grouping import shared_grouper
from muniment.coding.mce import UNUSABLE, shared_editor
from support.claims import reference_claim
from support.corpora import corpus

pytestmark = pytest.mark.corpora


def _lines(name: str) -> list[dict]:
    return [json.loads(line) for line in corpus(f"drg/{name}").read_text().splitlines()]


def _told_apart(value: object) -> object:
    """msdrg gives 51 of these claims the other of two reasons why a hospital-acquired condition leaves no DRG (999)."""
    return "undecided HAC" if str(value).startswith("HAC_STATUS_INVALID") else value


def test_every_reference_claim_has_the_reference_drg() -> None:
    lines = _lines("msdrg_v431_reference_10000.jsonl")
    grouper = shared_grouper()
    differing = Counter()
    for line in lines:
        answer, expected = grouper.group(reference_claim(line["claim"]), line["claim"]["version"]), line["cms_java_v43_1"]
        for field in ("initial_drg", "final_drg", "return_code"):
            differing[field] += _told_apart(getattr(answer, field)) != _told_apart(expected[field])
        differing["mdc"] += answer.mdc != expected["final_mdc"]
    assert len(lines) == 10_000
    assert not +differing


def test_every_reference_claim_has_the_reference_edits() -> None:
    """The length-of-stay edit excepted: msdrg computes it from the age, and we do it ourselves."""
    lines = _lines("mce_v431_reference_3000.jsonl")
    editor = shared_editor()
    for line in lines:
        counts = editor.counts(reference_claim(line["claim"], los=line["los"]))
        expected = {name: count for name, count in line["mce"]["edits"].items() if name not in UNUSABLE}
        assert counts == expected, line["claim"]
    assert len(lines) == 3_000


def test_every_edit_of_a_sample_names_the_codes_that_trip_it() -> None:
    editor = shared_editor()
    unnamed = Counter()
    for line in _lines("mce_v431_reference_3000.jsonl")[::10]:
        for tripped in editor.edit(reference_claim(line["claim"])):
            unnamed[tripped.name] += not tripped.codes and not tripped.name.startswith("INVALID_")
    assert not +unnamed
