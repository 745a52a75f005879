"""No sequence of encoder steps saves a code that can't be used, and none loses an edit; and the sentences of what is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muniment.coding import actions, owncodes, queries
from muniment.coding.drafting import Draft, carry_out, put_command
from muniment.coding.models import Abstract
from muniment.coding.titles import system_of
from muniment.coding.web.book import Way, laid_out
from muniment.kernel.errors import Problem
from muniment.terminology import guided, indexes
from muniment.terminology.actions import install_release
from muniment.terminology.queries import lookup
from muniment.terminology.refusals import refusal
from muniment.terminology.rules import System
from muniment.terminology.sources import ConceptRow
from support import official
from support.coding import DISCHARGED, CodedStay, adopt_coding_rules, install_codes
from support.house import system_actor
from support.terminology import install_publications, source

pytestmark = pytest.mark.django_db
ON = DISCHARGED.date()
# In force, headings, unknown, only of an older release, badly shaped.
TYPED = ("I10", "I50.23", "N17.9", "E11.9", "J96.01", "I50", "I50.2", "E99.99", "Z98.7", "nonsense", "0DTJ4ZZ")


@pytest.fixture
def stay(house: Any) -> CodedStay:
    install_codes()
    gone = ConceptRow("Z987", "Something that the older release had")
    install_release(
        actor=system_actor(), source=source([gone], version="older", since=date(2024, 10, 1), until=date(2025, 9, 30))
    )
    install_publications(
        system_actor(),
        official.recognised("ICD10CM_2026_Index.csv", official.INDEX_CSV),
        official.recognised("n.xml", official.NEOPLASMS),
    )
    adopt_coding_rules(house)
    for code, on in (("I10", ON), ("Z987", date(2025, 1, 1))):  # the second only of the older release
        actions.keep_favourite(actor=house.actor("coder"), system=System.ICD10CM, code=code, on=on)
    return CodedStay(house).discharged()


def typed() -> st.SearchStrategy[str]:
    kinds = st.sampled_from(("diagnosis", "diagnosis", "procedure", "admitting"))
    return st.builds(lambda kind, code: f"add:{kind}:{code}", kinds, st.sampled_from(TYPED))


def moved() -> st.SearchStrategy[str]:
    return st.builds(
        lambda name, place: f"{name}:{place}", st.sampled_from(("remove", "up", "down", "principal")), st.integers(0, 4)
    )


STEPS = st.one_of(
    typed(),
    moved(),
    st.just("undo"),
    st.tuples(st.just("favourite"), st.integers(0, 1)),
    st.builds(
        lambda kind, keys: (kind, keys),
        st.sampled_from(("guided", "built")),
        st.lists(st.integers(0, 9), min_size=7, max_size=7),
    ),
    st.tuples(st.just("index"), st.sampled_from((System.CM_INDEX, System.CM_NEOPLASMS)), st.integers(1, 11), st.integers(0, 9)),
)


@dataclass
class Coder:
    """What the coder sees: the draft as last saved, and how to take back the last removal."""

    actor: Any
    abstract: Abstract
    shown: Draft
    undo: str = ""

    def take(self, command: str) -> None:
        """One change, as the workspace sends it. A refused one leaves everything as it was."""
        try:
            wanted = carry_out(self.shown, command)
            saved = actions.set_codes(
                actor=self.actor, patient_id=self.abstract.patient_id, abstract_id=self.abstract.id, revision=self.abstract.revision,
                draft=wanted,
            )  # fmt: skip
        except Problem:
            return
        if command.startswith("remove:"):
            place = int(command.partition(":")[2])
            self.undo = put_command(place, self.shown.codes[place])
        self.abstract, self.shown = saved, wanted


def command_of(coder: Coder, step: Any) -> str:
    """The change a step of the encoder leads to; empty where it leads to none."""
    if step == "undo":
        return coder.undo
    if isinstance(step, str):
        return step
    if step[0] == "favourite":
        return favourite(coder, step[1])
    return from_index(*step[1:]) if step[0] == "index" else walked(*step)


def favourite(coder: Coder, place: int) -> str:
    """A favourite, also one that the screen doesn't offer for the day."""
    chosen = owncodes.own_codes(coder.actor.id, ON).favourites[place]
    assert (chosen.problem is None) is (chosen.code == "I10")
    return f"add:{chosen.kind}:{chosen.code}"


def walked(name: str, keys: list[int]) -> str:
    """Down the guided path by these keys, from heart failure or the table of resections, to a code."""
    system, at = (System.ICD10CM, "I50") if name == "guided" else (System.ICD10PCS, "0DTJ")
    for key in keys:
        options = guided.step(system, at, ON).options
        chosen = options[key % len(options)]
        if chosen.final:
            return f"add:{'diagnosis' if system is System.ICD10CM else 'procedure'}:{chosen.code}"
        at = chosen.code
    return ""


def from_index(system: System, position: int, choice: int) -> str:
    """A way on the page of the book: into the draft, or to a heading and down from it."""
    page = indexes.page(system, position, ON)
    if page is None:
        return ""
    book = laid_out(page, ON)
    cells = (way for row in book.rows for way in row.cells)
    ways: list[Way] = [way for way in (*(line.way for line in book.lines), *cells) if way and (way.do or way.heading)]
    if not ways:
        return ""
    chosen = ways[choice % len(ways)]
    return chosen.do or f"add:diagnosis:{guided.step(System.ICD10CM, chosen.heading, ON).options[0].code}"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=10))
def test_no_sequence_of_steps_saves_an_invalid_code_or_loses_an_edit(stay: CodedStay, house: Any, steps: list[Any]) -> None:
    with transaction.atomic():
        abstract = stay.opened(house)
        coder = Coder(house.actor("coder"), abstract, queries.draft_of(abstract, queries.lines_of(abstract)))
        for step in steps:
            if command := command_of(coder, step):
                coder.take(command)
            kept = Abstract.objects.get(patient_id=abstract.patient_id, id=abstract.id)
            draft = queries.draft_of(kept, queries.lines_of(kept))
            assert draft == coder.shown, "what was saved is what the coder sees, refused steps included"
            for line in draft.codes:
                found = lookup(system_of(line), line.code, ON)
                assert found
                assert found.valid, line.code
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("code", "sentence", "remedy"),
    [
        ("I5091", "I50.91 begins on 1 Jul 2026, after the discharge on 6 May 2026.", "Choose the code that was in force then."),
        (
            "I5092",
            "I50.92 ended on 31 Mar 2026; the discharge is on 6 May 2026.",
            "Look under I50 for the code that is in force.",
        ),
        (
            "Z987",
            "Z98.7 is not in ICD-10-CM made. ICD-10-CM older was the last release to have it.",
            "Search for the code that was",
        ),
        ("Z989", "Z98.9 is not in ICD-10-CM made. It begins with ICD-10-CM newer.", "Search for the code that was in force"),
        ("Z000", "Z00.0 is not in ICD-10-CM made.", "Search for the code that is meant."),
        ("I50", "I50 is a heading, not a code.", "Choose a more specific code below it: I50.91, I50.92, I50.93."),
    ],
)
def test_what_cant_be_used_says_why_and_what_to_do(code: str, sentence: str, remedy: str) -> None:
    made = [
        ConceptRow("I50", "Heart failure", billable=False),
        ConceptRow("I5091", "Begins in summer", ancestors=("I50",), valid_from=date(2026, 7, 1)),
        ConceptRow("I5092", "Ended in spring", ancestors=("I50",), valid_from=date(2020, 10, 1), valid_to=date(2026, 3, 31)),
        ConceptRow("I5093", "In force", ancestors=("I50",)),
    ]
    for rows, version, since in (
        (made, "made", date(2025, 10, 1)),
        ([ConceptRow("Z987", "Gone")], "older", date(2024, 10, 1)),
        ([ConceptRow("Z989", "To come")], "newer", date(2026, 10, 1)),
    ):
        until = date(since.year + 1, 9, 30)
        install_release(actor=system_actor(), source=source(rows, version=version, since=since, until=until))
    told = refusal(System.ICD10CM, code, ON)
    assert told
    assert told.what == sentence
    assert str(told.remedy).startswith(remedy)
    assert refusal(System.ICD10CM, "I5093", ON) is None
