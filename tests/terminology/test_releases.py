"""Releases side by side: what is installed, which one answers for a date, and what a code inherits."""

from datetime import date

import pytest

from muniment.audit.models import LifecycleEvent
from muniment.coding.terms import ClaimTerms, weighting
from muniment.kernel.errors import Conflict, Problem
from muniment.terminology import queries
from muniment.terminology.actions import install_release
from muniment.terminology.models import CodeSystemRelease, Concept, Word
from muniment.terminology.rules import System
from muniment.terminology.sources import ConceptRow
from support.house import system_actor
from support.terminology import install_some, source

pytestmark = pytest.mark.django_db
ON = date(2026, 5, 1)


def rows(*, added: tuple[ConceptRow, ...] = ()) -> list[ConceptRow]:
    return [
        ConceptRow("9", "Circulatory", "chapter", billable=False),
        ConceptRow(
            "I50", "Heart failure", billable=False, ancestors=("9",), notes={"code_first": ["heart failure due to x (I11.0)"]}
        ),
        ConceptRow("I509", "Heart failure, unspecified", ancestors=("9", "I50"), valid_from=date(2015, 10, 1)),
        ConceptRow("I50X", "Gone since", ancestors=("9", "I50"), valid_from=date(2015, 10, 1), valid_to=date(2026, 3, 31)),
        *added,
    ]


def test_the_same_release_twice_changes_nothing_and_leaves_one_event() -> None:
    first = install_release(actor=system_actor(), source=source(rows()))
    again = install_release(actor=system_actor(), source=source(rows(added=(ConceptRow("I51", "New"),))))
    assert first == again
    assert (first.concepts, Concept.objects.count()) == (4, 4)
    assert Word.objects.filter(word="failure").exists()
    assert LifecycleEvent.objects.filter(name="terminology.install").count() == 1


def test_a_release_is_not_replaced_from_another_source() -> None:
    install_release(actor=system_actor(), source=source(rows()))
    with pytest.raises(Conflict, match="is already installed, from a test"):
        install_release(actor=system_actor(), source=source(rows(), origin="elsewhere"))


def test_a_failing_source_leaves_nothing() -> None:
    twice = source([*rows(), ConceptRow("I509", "Again")])
    with pytest.raises(Exception, match="may exist only once"):
        install_release(actor=system_actor(), source=twice)
    assert not CodeSystemRelease.objects.exists()


def test_the_release_of_the_date_answers() -> None:
    for version, since, until in (("old", date(2024, 10, 1), date(2025, 9, 30)), ("new", date(2025, 10, 1), date(2026, 9, 30))):
        install_release(actor=system_actor(), source=source(rows(), version=version, since=since, until=until))
    answers = [
        (on, governing.release.version, governing.stands_in)
        for on in (date(2020, 1, 1), date(2025, 9, 30), date(2025, 10, 1), date(2026, 9, 30), date(2026, 10, 1))
        if (governing := queries.release_on(System.ICD10CM, on))
    ]
    assert answers == [
        (date(2020, 1, 1), "old", True),
        (date(2025, 9, 30), "old", False),
        (date(2025, 10, 1), "new", False),
        (date(2026, 9, 30), "new", False),
        (date(2026, 10, 1), "new", True),
    ]
    assert "standing in" in queries.release_on(System.ICD10CM, date(2026, 10, 1)).sentence


def test_no_release_is_a_sentence() -> None:
    with pytest.raises(Problem, match="No release of ICD-10-CM is installed"):
        queries.lookup(System.ICD10CM, "I50.9", ON)


def test_a_code_comes_with_what_it_inherits(django_assert_num_queries) -> None:
    install_release(actor=system_actor(), source=source(rows()))
    # 1 the releases · 2 the code · 3 its headings
    with django_assert_num_queries(3):
        found = queries.lookup(System.ICD10CM, "i50.9", ON)
    assert found is not None
    assert (found.written, found.valid, found.ancestors) == ("I50.9", True, (("9", "Circulatory"), ("I50", "Heart failure")))
    assert found.notes == (("I50", "code_first", ("heart failure due to x (I11.0)",)),)


def test_headings_and_ended_codes_are_not_valid() -> None:
    install_release(actor=system_actor(), source=source(rows()))
    assert not queries.lookup(System.ICD10CM, "I50", ON).valid
    assert not queries.lookup(System.ICD10CM, "I50X", ON).valid
    assert queries.lookup(System.ICD10CM, "I50X", date(2026, 3, 31)).valid
    assert [hit.code for hit in queries.search(System.ICD10CM, "gone since", ON)] == []
    assert [hit.code for hit in queries.search(System.ICD10CM, "gone since", date(2026, 3, 1))] == ["I50X"]
    assert queries.lookup(System.ICD10CM, "Q99.9", ON) is None


def test_the_tabular_list_is_read_downwards() -> None:
    install_release(actor=system_actor(), source=source(rows()))
    assert [concept.code for concept in queries.children(System.ICD10CM, "", ON)] == ["9"]
    assert [concept.code for concept in queries.children(System.ICD10CM, "I50", ON)] == ["I509", "I50X"]


@pytest.mark.parametrize(
    "text", ["", "   ", "%", "'; DROP TABLE terminology_concept; --", "\\", "!!&|:*", "é", "x" * 5000, "\x00", "I50.9'"]
)
def test_any_text_may_be_typed(text: str) -> None:
    install_release(actor=system_actor(), source=source(rows()))
    assert isinstance(queries.search(System.ICD10CM, text, ON), list)


def test_real_codes_give_the_edits_their_facts_and_the_drg_its_weight() -> None:
    from support.claims import claim

    install_some(system_actor(), "I50", "K52", "A05", "S7200")
    terms = ClaimTerms(claim("I50.23", "K52.9", "S72.002A", procedures=[("0DTJ4ZZ", None)]))
    assert terms.diagnosis("I5023").valid
    assert terms.diagnosis("S72002A").display.endswith("left femur, initial encounter for closed fracture")
    assert terms.procedure("0DTJ4ZZ").valid
    assert terms.diagnosis("E119") is None
    assert ("K529", "functional diarrhea (K59.1)") in terms.diagnosis("K529").excludes1
    assert weighting(291, ON).weight is not None
    assert weighting(291, date(2026, 10, 5)).weight is None, "another year's weight would be a guess"
