"""Merging and linking records move links to persons, never in a circle and never twice."""

from __future__ import annotations

from typing import Any

import pytest

from muniment.audit.verify import verify
from muniment.identity import actions
from muniment.identity.models import LinkEvent, Patient, PossibleMatch
from muniment.kernel.errors import NotAllowedInState, Unfileable
from muniment.work.models import WorkItem
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


def test_a_question_is_answered_once(house: Any) -> None:
    one, other = (add_patient(house.hospital, number=number) for number in ("1", "2"))
    match = PossibleMatch.objects.get()
    actions.decide_same(actor=house.actor("identity-specialist"), match_id=match.id, reason="Same address and telephone")
    assert persons(one, other) == {one.person_id}
    assert [link.kind for link in LinkEvent.objects.filter(patient_id=other.id).exclude(kind="registered")] == ["linked"]
    assert not LinkEvent.objects.filter(patient_id=one.id).exclude(kind="registered").exists()
    assert PossibleMatch.objects.get().state == "same person"


@pytest.mark.parametrize("survivor", [0, 1])
def test_a_merge_answers_the_question_about_its_two_records_with_its_reason(house: Any, survivor: int) -> None:
    pair = [add_patient(house.hospital, number=number) for number in ("1", "2")]
    match = PossibleMatch.objects.get()
    merge(pair[survivor], pair[1 - survivor])
    match.refresh_from_db()
    assert (match.state, match.reason, match.decided_at is None) == ("same person", "Merged: ADT^A40", False)
    item = WorkItem.objects.get(subject_id=str(match.id))
    assert (item.state, item.steps.order_by("-id").first().reason) == ("done", "Merged: ADT^A40")
    with pytest.raises(NotAllowedInState, match="already decided"):
        actions.decide_same(actor=house.actor("identity-specialist"), match_id=match.id, reason="Same address")
    assert verify().sound


def test_a_merge_leaves_other_questions_open_until_their_records_are_one_persons(house: Any) -> None:
    """Of three alike, two are merged: the pair is answered, the third is still asked about; then it too is merged."""
    one, two, three = (add_patient(house.hospital, number=number) for number in ("1", "2", "3"))
    assert PossibleMatch.objects.count() == 3
    merge(one, two)
    assert PossibleMatch.objects.filter(state="open").count() == 2
    merge(one, three)
    assert not PossibleMatch.objects.filter(state="open").exists()
    assert set(WorkItem.objects.values_list("state", flat=True)) == {"done"}
    assert verify().sound
