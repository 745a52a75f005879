"""The guided path reaches every code in force of the embedded releases and offers none that is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from muniment.kernel.errors import Problem
from muniment.terminology import guided, pcs_names
from muniment.terminology.actions import install_embedded
from muniment.terminology.models import Concept
from muniment.terminology.queries import release_on
from muniment.terminology.rules import System
from support.house import system_actor

ON = date(2026, 5, 1)


@pytest.fixture(scope="module")
def embedded(own_database: str) -> None:
    install_embedded(actor=system_actor())


def in_force(system: System, beginning: str = "") -> set[str]:
    """What the release itself says may be used on the day."""
    rows = Concept.objects.filter(release=release_on(system, ON).release, billable=True, code__startswith=beginning)
    rows = rows.exclude(valid_from__gt=ON).exclude(valid_to__lt=ON)
    return set(rows.values_list("code", flat=True))


def walk(system: System, at: str = "") -> Iterator[str]:
    """Every code to which choosing leads, each time it does."""
    for option in guided.step(system, at, ON).options:
        if option.final:
            yield option.code
        else:
            yield from walk(system, option.code)


@pytest.mark.parametrize("at", ["4", "9", "15", "S72", "T36", "M84"])
def test_every_diagnosis_in_force_below_a_heading_is_reached_once_and_nothing_else(embedded: None, at: str) -> None:
    """A walk of all chapters takes minutes: injuries alone have half of the codes, whose paths are alike."""
    reached = list(walk(System.ICD10CM, at))
    below = Concept.objects.filter(release=release_on(System.ICD10CM, ON).release, ancestors__contains=[at])
    assert len(reached) == len(set(reached))
    assert set(reached) == in_force(System.ICD10CM) & set(below.values_list("code", flat=True))


def test_every_section_body_system_and_operation_is_offered(embedded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The labels are another matter and read thousands of titles at each step: here only the choices count."""
    monkeypatch.setattr(guided, "_pcs_labels", lambda *_: {})
    assert offered(2) == {code[:3] for code in in_force(System.ICD10PCS)}


@pytest.mark.timeout(600)
def test_every_procedure_of_each_fortieth_table_is_built_once_and_nothing_else(
    embedded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A walk of all tables takes minutes; the same question is asked at each step of each of them."""
    monkeypatch.setattr(guided, "_pcs_labels", lambda *_: {})
    for table in sorted({code[:3] for code in in_force(System.ICD10PCS)})[::40]:
        reached = list(walk(System.ICD10PCS, table))
        assert len(reached) == len(set(reached))
        assert set(reached) == in_force(System.ICD10PCS, table)


def offered(length: int) -> set[str]:
    """What is offered after so many characters."""
    found = {""}
    for _ in range(length + 1):
        found = {option.code for at in found for option in guided.step(System.ICD10PCS, at, ON).options}
    return found


@pytest.mark.parametrize(
    ("at", "asks"),
    [
        ("", "Which chapter?"),
        ("I80.1", "Which side?"),
        ("O24.01", "Which trimester?"),
        ("N18", "Which stage?"),
        ("H40.111", "Which seventh character?"),
        ("S72.001", "Which episode of care?"),
        ("T36.0X1", "Which episode of care?"),
        ("T36.0X", "Which intent?"),
        ("K35", "Which one?"),
    ],
)
def test_questions(embedded: None, at: str, asks: str) -> None:
    assert guided.step(System.ICD10CM, at, ON).asks == asks


def test_the_way_back_leads_up_to_the_top(embedded: None) -> None:
    step = guided.step(System.ICD10CM, "I50.2", ON)
    assert [code for code, _ in step.path] == ["", "9", "I30-I5A", "I50"]
    assert step.above == "I50"
    assert [option.written for option in step.options] == ["I50.20", "I50.21", "I50.22", "I50.23"]
    assert [option.key for option in step.options] == ["1", "2", "3", "4"]


def test_an_appendectomy_is_built_with_words_at_each_character(embedded: None) -> None:
    chosen = []
    for value, beginning in zip("0DTJ4ZZ", ("", "0", "0D", "0DT", "0DTJ", "0DTJ4", "0DTJ4Z"), strict=True):
        step = guided.step(System.ICD10PCS, beginning, ON)
        option = next(one for one in step.options if one.code == beginning + value)
        chosen.append((step.asks, option.label))
    assert chosen == [
        ("Character 1 of 7: which section?", "Medical and Surgical"),
        ("Character 2 of 7: which body system?", "Gastrointestinal System"),
        ("Character 3 of 7: which root operation?", "Resection"),
        ("Character 4 of 7: which body part?", "Appendix"),
        ("Character 5 of 7: which approach?", "Percutaneous Endoscopic Approach"),
        (
            "Character 6 of 7: which device?",
            "for example: Resection of Appendix, Percutaneous Endoscopic Approach, Hand-Assisted",
        ),
        ("Character 7 of 7: which qualifier?", "Resection of Appendix, Percutaneous Endoscopic Approach"),
    ]


def test_every_first_and_second_character_has_its_name(embedded: None) -> None:
    first = {option.code: option.label for option in guided.step(System.ICD10PCS, "", ON).options}
    assert first == pcs_names.SECTIONS
    second = {option.code[1]: option.label for option in guided.step(System.ICD10PCS, "0", ON).options}
    assert second == pcs_names.BODY_SYSTEMS


@pytest.mark.parametrize(
    ("system", "at", "sentence"),
    [
        (System.ICD10CM, "Q99999", "is not in ICD-10-CM"),
        (System.ICD10CM, "I10", "Nothing below I10"),
        (System.ICD10PCS, "0DTJ9", "No code in force begins with 0DTJ9"),
        (System.ICD10PCS, "0DTJ4ZZ", "No code in force begins with 0DTJ4ZZ"),
        (System.ICD10PCS, "'; --", "No code in force begins with"),
    ],
)
def test_where_no_path_leads_on(embedded: None, system: System, at: str, sentence: str) -> None:
    with pytest.raises(Problem, match=sentence):
        guided.step(system, at, ON)
