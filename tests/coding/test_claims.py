"""Claims as JSON lines: what is read, what is answered, and the sentence for each thing that is wrong."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.cli import edit, group
from muniment.cli.lines import LONGEST
from muniment.coding.claims import grouped_answer, read_claim, version_asked
from muniment.coding.grouping import explain, shared_grouper
from muniment.coding.packaged_weights import weighting
from muniment.coding.rules import POA, POAReporting, Sex
from muniment.kernel.errors import Problem, Unreadable
from support.claims import reference_claim
from support.coding import install_codes
from support.corpora import corpus

PLAIN: dict[str, Any] = {
    "id": "1", "discharge_date": "2026-05-01", "age": 70, "sex": "F", "discharge_status": "01", "pdx": {"code": "I50.23", "poa": "Y"},
    "sdx": [{"code": "n179", "poa": "n"}], "procedures": [{"code": "5a1955z", "date": "2026-04-25"}],
}  # fmt: skip


def test_a_claim_is_read_as_people_and_as_systems_write_it() -> None:
    claim = read_claim(PLAIN)
    assert (claim.discharged, claim.age, claim.sex, claim.discharge_status) == (date(2026, 5, 1), 70, Sex.FEMALE, "01")
    assert (claim.principal.code.value, claim.secondary[0].code.value, claim.secondary[0].poa) == ("I5023", "N179", POA.NO)
    assert (claim.procedures[0].code.value, claim.procedures[0].on) == ("5A1955Z", date(2026, 4, 25))
    bare = {
        "discharge_date": 20260501,
        "age": "70",
        "sex": 1,
        "discharge_status": 1,
        "pdx": "I5023",
        "sdx": ["N17.9"],
        "los": 7,
    }
    same = read_claim(bare)
    assert (same.discharged, same.sex, same.discharge_status) == (claim.discharged, claim.sex, claim.discharge_status)
    assert (same.los, same.poa_reporting, same.secondary[0].poa) == (7, POAReporting.REQUIRED, POA.NONE)


@pytest.mark.parametrize(
    ("changed", "where", "told"),
    [
        ({"discharge_date": "2026-02-30"}, "discharge_date", "not a date"), ({"discharge_date": None}, "discharge_date", "not a date"),
        ({"admission_date": "yesterday"}, "admission_date", "not a date"), ({"age": "seventy"}, "age", "whole number"),
        ({"age": True}, "age", "whole number"), ({"age": None}, "age", "whole number"), ({"sex": "X"}, "sex", "sex"),
        ({"discharge_status": "home"}, "discharge_status", "whole number"), ({"pdx": {"code": "hello"}}, "pdx", "not shaped like"),
        ({"pdx": {"code": 5}}, "pdx", "not a code"), ({"pdx": {"code": "I50.23", "poa": "Q"}}, "pdx", "present-on-admission"),
        ({"sdx": ["N17.9", "N179."]}, "sdx 2", "not shaped like"), ({"sdx": "N17.9"}, "sdx", "not a list"),
        ({"sdx": ["N17.9"] * 201}, "sdx", "not a list"), ({"procedures": [{"code": "0SRB0J"}]}, "procedures 1", "not shaped like"),
        ({"procedures": [{"code": "0SRB0JZ", "date": "x"}]}, "date", "not a date"),
        ({"hospital_status": "MAYBE"}, "hospital_status", "way of reporting"), ({"los": "long"}, "los", "whole number"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_field(changed: dict[str, Any], where: str, told: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_claim(PLAIN | changed)
    assert caught.value.where == where
    assert told in caught.value.what


@pytest.mark.parametrize(
    ("said", "version"),
    [(None, None), ("", None), (431, 431), ("431", 431), ("43.1", 431), ("V43.1", 431), ("43", 430), (44, 440)],
)
def test_a_version_is_asked_for_as_it_is_written_anywhere(said: object, version: int | None) -> None:
    assert version_asked({"version": said}) == version


@pytest.mark.parametrize("said", ["36", "43.7", "latest", "４３"])
def test_a_version_that_is_not_installed_is_told_with_those_that_are(said: str) -> None:
    with pytest.raises(Unreadable, match="is not installed") as caught:
        version_asked({"version": said})
    assert "43.1" in caught.value.remedy


def test_the_answer_names_what_decides_and_where_its_weight_comes_from() -> None:
    answer = grouped_answer(explain(read_claim(PLAIN | {"procedures": []}), shared_grouper(), weighting))
    assert (answer["version"], answer["final_drg"], answer["mdc"], answer["return_code"]) == (431, 292, 5, "OK")
    assert {"code": "N179", "role": "CC", "drg_without": 293} in answer["drivers"]
    assert answer["weight"] == 0.849  # of DRG 292 in the fiscal year 2026
    assert "Table 5" in answer["weight_source"]


def test_a_weight_that_no_release_has_is_null() -> None:
    answer = grouped_answer(explain(read_claim(PLAIN | {"discharge_date": "2026-11-01"}), shared_grouper(), weighting))
    assert (answer["version"], answer["weight"]) == (440, None)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"age": 130}, "An age of 130 is impossible"), ({"age": -1}, "The age is unknown"), ({"pdx": None}, "no principal diagnosis"),
        ({"admission_date": "2026-05-02"}, "discharge is before the admission"), ({"discharge_date": "2031-01-01"}, "No MS-DRG grouper"),
    ],
)  # fmt: skip
def test_what_no_grouper_may_guess_from_is_a_sentence(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(Problem, match=told):
        explain(read_claim(PLAIN | changed), shared_grouper())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["code", "poa", "date"]), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from([*PLAIN, "los", "version", "admission_date", "admitting_dx", "hospital_status"]), JSON))
def test_whatever_a_line_holds_it_is_read_or_told(changed: dict[str, Any]) -> None:
    told = None
    try:
        read_claim(PLAIN | changed)
        version_asked(changed)
    except Unreadable as problem:
        told = problem
    assert told is None or (told.what.endswith(".") and told.where)


def _lines(*said: object) -> bytes:
    return b"".join((one if isinstance(one, bytes) else json.dumps(one).encode()) + b"\n" for one in said)


def test_a_bad_line_is_answered_in_its_place_and_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group, "database_there", lambda: False)
    said = _lines(
        PLAIN, b"{", b"", [1], {"id": 7} | {"discharge_date": 1}, PLAIN | {"id": "last"}, b" " * 3 + b"\xff", b"[" * 5000
    )
    done = CliRunner().invoke(group.command, ["--jsonl"], input=said)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert [one["id"] for one in answers] == ["1", None, None, 7, "last", None, None]
    assert ["error" in one for one in answers] == [False, True, True, True, False, True, True]
    assert answers[1]["line"] == 2
    assert "5 of 7 lines" in done.stderr


def test_a_line_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group, "database_there", lambda: False)
    done = CliRunner().invoke(group.command, ["--jsonl"], input=b" " * LONGEST + _lines(PLAIN))
    assert "longer than" in json.loads(done.stdout)["error"]


def test_naming_drivers_can_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group, "database_there", lambda: False)
    done = CliRunner().invoke(group.command, ["--jsonl", "--no-drivers"], input=_lines(PLAIN))
    assert json.loads(done.stdout)["drivers"] == []


def test_no_edit_is_pretended_where_there_are_no_code_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edit, "database_there", lambda: False)
    done = CliRunner().invoke(edit.command, ["--jsonl"], input=_lines(PLAIN))
    assert isinstance(done.exception, Problem)
    assert done.stdout == ""


@pytest.mark.usefixtures("db")
def test_edits_come_with_number_severity_codes_and_citation(monkeypatch: pytest.MonkeyPatch) -> None:
    install_codes()
    monkeypatch.setattr(edit, "database_there", lambda: True)
    said = _lines(PLAIN | {"los": 2}, PLAIN | {"id": "old", "age": 130}, PLAIN | {"id": "far", "discharge_date": "2031-01-01"})
    short, old, far = (
        json.loads(line) for line in CliRunner().invoke(edit.command, ["--jsonl"], input=said).stdout.splitlines()
    )
    assert {"number", "severity", "sentence", "codes", "citation"} == set(short["edits"][0])
    assert "MCE 19" in {one["number"] for one in short["edits"]}
    assert old["edits"][0]["number"] == "H09"
    assert far["not_checked"] == ["Medicare Code Editor: none is installed for a discharge on 01 January 2031."]


@pytest.mark.corpora
def test_the_command_answers_as_cms_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group, "database_there", lambda: False)
    lines = [json.loads(line) for line in corpus("drg/msdrg_v431_reference_10000.jsonl").read_text().splitlines()[::50]]
    said = _lines(*(line["claim"] | {"id": place} for place, line in enumerate(lines)))
    done = CliRunner().invoke(group.command, ["--jsonl", "--no-drivers"], input=said)
    for line, answer in zip(lines, map(json.loads, done.stdout.splitlines()), strict=True):
        expected = line["cms_java_v43_1"]
        assert (answer["initial_drg"], answer["final_drg"], answer["mdc"]) == (
            expected["initial_drg"], expected["final_drg"], expected["final_mdc"],
        )  # fmt: skip
        assert read_claim(line["claim"]) == reference_claim(line["claim"])
