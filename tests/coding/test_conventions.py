"""The tabular list's conventions judged by the installed release."""

import pytest

from muniment.coding.edits import find_edits
from muniment.coding.terms import ClaimTerms
from support.claims import claim
from support.coding import install_codes

pytestmark = pytest.mark.django_db


def edits(*codes):
    one = claim(*codes)
    return {edit.number: edit for edit in find_edits(one, ClaimTerms(one), None)}


def test_seventh_characters_come_from_the_release() -> None:
    install_codes()
    assert "Choose one of A, B, C" in edits("I50.23", "S72.001")["H13"].sentence
    assert "“Z” as seventh character" in edits("I50.23", "S72.001Z")["H13"].sentence
    assert "Write W19.XXXA" in edits("I50.23", "W19.A")["H13"].sentence
    assert "H03" not in edits("I50.23", "S72.001")


def test_notes_and_headings_come_from_the_release() -> None:
    install_codes()
    found = edits("I50.23", "I50.9", "E11.621")
    assert found["H18"].codes == ("I509", "I5023")
    assert found["H19"].codes == ("E11621",)
    assert "H19" not in edits("E11.9", "Z79.4")


def test_a_plain_code_costs_no_more_queries(django_assert_max_num_queries) -> None:
    install_codes()
    edits("I50.23", "I10", "N17.9")
    with django_assert_max_num_queries(2):
        edits("I50.23", "I10", "N17.9")
