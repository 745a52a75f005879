"""Merging and linking records move links to persons, never in a circle and never twice."""

from __future__ import annotations

from typing import Any

import pytest

from muniment.identity import actions
from muniment.identity.models import LinkEvent, Patient, PossibleMatch
from muniment.kernel.errors import Unfileable
from support.charts import add_patient
from support.house import system_actor


def merge(survivor: Any, retired: Any) -> Any:
    return actions.merge(actor=system_actor(), survivor_id=survivor.id, retired_id=retired.id, reason="ADT^A40")


def persons(*patients: Any) -> set[Any]:
    return set(Patient.objects.filter(id__in=[one.id for one in patients]).values_list("person_id", flat=True))


@pytest.fixture
def three(house: Any) -> list[Any]:
    return [
        add_patient(house.hospital, number=str(number), family=f"Rowe{number}", birth=f"194{number}-03-14")
        for number in range(3)
    ]


def test_the_same_merge_again_changes_nothing(three: list[Any]) -> None:
    one, other, _ = three
    merge(one, other)
    links = LinkEvent.objects.count()
    merge(one, other)
    assert LinkEvent.objects.count() == links
    assert persons(one, other) == {one.person_id}


@pytest.mark.parametrize("steps", [1, 2])
def test_records_are_never_merged_in_a_circle(three: list[Any], steps: int) -> None:
    for place in range(steps):
        merge(three[place + 1], three[place])
    before = {row.id: row.merged_into_id for row in Patient.objects.all()}
    with pytest.raises(Unfileable, match="the other way round"):
        merge(three[0], three[steps])
    assert {row.id: row.merged_into_id for row in Patient.objects.all()} == before


@pytest.mark.parametrize("merged_first", [False, True])
def test_a_question_answered_after_a_merge_moves_nothing_twice(house: Any, merged_first: bool) -> None:
    one, other = (add_patient(house.hospital, number=number) for number in ("1", "2"))
    match = PossibleMatch.objects.get()
    if merged_first:
        merge(one, other)
    actions.decide_same(actor=house.actor("identity-specialist"), match_id=match.id, reason="Same address and telephone")
    assert persons(one, other) == {one.person_id}
    moved = LinkEvent.objects.filter(patient_id=other.id).exclude(kind="registered")
    assert [link.kind for link in moved] == ["merged" if merged_first else "linked"]
    assert not LinkEvent.objects.filter(patient_id=one.id).exclude(kind="registered").exists()
    assert PossibleMatch.objects.get().state == "same person"
