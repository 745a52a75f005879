"""Specification: what a coder types, and the code that must be among the first five of the whole embedded release."""

import time
from datetime import date

import pytest

from muniment.terminology.actions import install_embedded
from muniment.terminology.queries import search
from muniment.terminology.rules import System, ask, words
from support.house import system_actor
from support.search_table import DIAGNOSES, PROCEDURES

ON = date(2026, 5, 1)


@pytest.fixture(scope="module")
def embedded(own_database: str) -> None:
    install_embedded(actor=system_actor())


@pytest.mark.parametrize(("text", "code"), DIAGNOSES, ids=[text for text, _ in DIAGNOSES])
def test_diagnosis(embedded: None, text: str, code: str) -> None:
    assert code in [hit.code for hit in search(System.ICD10CM, text, ON)[:5]]


@pytest.mark.parametrize(("text", "code"), PROCEDURES, ids=[text for text, _ in PROCEDURES])
def test_procedure(embedded: None, text: str, code: str) -> None:
    assert code in [hit.code for hit in search(System.ICD10PCS, text, ON)[:5]]


def test_every_beginning_of_a_typed_word_already_finds(embedded: None) -> None:
    for typed in ("pneu", "pneum", "pneumon", "pneumonia", "pneumonia kleb", "pneumonia klebsi"):
        assert any("neumon" in hit.display for hit in search(System.ICD10CM, typed, ON)[:5]), typed


def test_word_order_does_not_matter(embedded: None) -> None:
    one = [hit.code for hit in search(System.ICD10CM, "failure kidney acute", ON)[:5]]
    assert one == [hit.code for hit in search(System.ICD10CM, "acute kidney failure", ON)[:5]]


def test_only_billable_on_request(embedded: None) -> None:
    assert not all(hit.billable for hit in search(System.ICD10CM, "E11", ON))
    assert all(hit.billable for hit in search(System.ICD10CM, "E11", ON, billable_only=True))


def test_a_keystroke_is_answered_in_good_time(embedded: None) -> None:
    """Generous against a busy machine; the figure itself is measured in bench/."""
    took = []
    for text, _ in DIAGNOSES:
        begun = time.perf_counter()
        search(System.ICD10CM, text, ON)
        took.append(time.perf_counter() - begun)
    assert sorted(took)[len(took) // 2] < 0.1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Crohn’s disease", ["crohn", "disease"]),
        ("hyponatraemia", ["hyponatremia"]),
        ("Ménière", ["meniere"]),
        ("E. coli", ["e", "coli"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [("e1122", "E1122"), ("E11.2", "E112"), ("i10", "I10"), ("chf", ""), ("e", ""), ("heart", ""), ("k5", "K5")],
)
def test_code_beginnings(text: str, code: str) -> None:
    assert ask(text, System.ICD10CM).code == code
