"""The index made anew from the versions is the index as filing made it, whatever was done to it in between."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.intake.desk import Desk
from muniment.record import actions
from muniment.record.models import Entry
from muniment.record.rules import Meaning, VersionKind
from support.charts import BEGUN, add_patient, add_stay, condition, document, file, new_version, observation
from support.house import system_actor
from support.messages import build

SPOILT = {
    "facility_id": uuid4(), "author_name": "?", "source_key": "?", "media_type": "?",
    "number": 99, "encounter_id": None, "resource_type": "Basic", "category": "other", "code_system": "", "code": "?", "label": "?",
    "status": "?", "value": "?", "flag": "?", "occurred_at": None, "occurred": "", "author_id": uuid4(), "sha256": b"?",
    "document_sha256": b"?", "retracted": True, "signed_at": BEGUN, "closed_at": BEGUN, "keys": [1],
}  # fmt: skip
STEPS = st.lists(
    st.tuples(
        st.integers(0, 3),  # of four entries
        st.sampled_from(["note", "signed note", "result", "diagnosis", "retraction", "signature", "closure"]),
        st.integers(-400, 400),
    ),
    min_size=1,
    max_size=8,
)


def rows(patient_id: Any) -> list[dict[str, Any]]:
    found = Entry.objects.filter(patient_id=patient_id).order_by("entry_id")
    return [{name: _plain(value) for name, value in row.items()} for row in found.values()]


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def happen(house: Any, stay: Any, entry_id: Any, what: str, number: int) -> None:
    at = BEGUN + timedelta(days=number)
    if what == "signature":
        sign(house, stay, entry_id)
    elif what == "closure":
        close(house, stay, entry_id)
    elif what == "result":
        file(stay, new_version(observation(value=number, at=at), stay, entry_id=entry_id))
    elif what == "diagnosis":
        file(stay, new_version(condition(f"Diagnosis {number}"), stay, entry_id=entry_id))
    else:
        more: dict[str, Any] = {"signed_by_source": "Ines Moreau, MD"} if what == "signed note" else {}
        more |= {"kind": VersionKind.RETRACTION} if what == "retraction" else {}
        file(
            stay,
            new_version(document(at=at, title=what), stay, entry_id=entry_id, text=f"Note {number}", author_id=uuid4(), **more),
        )


def sign(house: Any, stay: Any, entry_id: Any) -> None:
    entry = Entry.objects.filter(patient_id=stay.patient_id, entry_id=entry_id, category="document", retracted=False).first()
    if entry:
        actions.sign(
            actor=house.actor("clinician"), patient_id=stay.patient_id, entry_id=entry_id, number=entry.number,
            meaning=Meaning.ATTEST, printed_name="Ada Stone", credential="MD", zone="UTC",
        )  # fmt: skip


def close(house: Any, stay: Any, entry_id: Any) -> None:
    found = Entry.objects.filter(patient_id=stay.patient_id, entry_id=entry_id, category="document", retracted=False)
    entry = found.filter(signed_at=None, closed_at=None).first()
    if entry:
        actions.close(
            actor=house.actor("administrator"),
            patient_id=stay.patient_id,
            entry_id=entry_id,
            number=entry.number,
            reason="Left.",
        )


@pytest.mark.forges
def test_made_anew_it_is_the_same(house: Any) -> None:
    patients = iter(range(10_000))

    @settings(max_examples=20)
    @given(steps=STEPS)
    def holds(steps: list[tuple[int, str, int]]) -> None:
        number = next(patients)
        patient = add_patient(house.hospital, number=str(number), birth=f"19{number % 80 + 10}-01-01", family=f"Rowe{number}")
        stay = add_stay(patient, house.hospital, number=f"V{number}")
        entries = [uuid4() for _ in range(4)]
        for place, what, days in steps:
            happen(house, stay, entries[place], what, days)
        before = rows(patient.id)
        Entry.objects.filter(patient_id=patient.id).update(**SPOILT)
        assert actions.rebuild(actor=system_actor(), patient_id=patient.id) == len(before)
        assert rows(patient.id) == before

    holds()


@pytest.mark.forges
def test_every_row_of_a_small_house_that_is_lost_comes_back_whole(house: Any) -> None:
    """HL7 v2 through intake with stays, results and directory entries, and a later version without bytes of its own."""
    desk = Desk(actor=system_actor(), source="test")
    assert {desk.take(message.content)[0].status for message in build(40)} == {"filed"}
    stay = add_stay(add_patient(house.hospital), house.hospital)
    note = file(stay, new_version(document(), stay, text="A note", source_key="note-1"), new_version(condition(), stay))[0]
    file(stay, new_version(document(description="final now"), stay, entry_id=note))
    patients = set(Entry.objects.values_list("patient_id", flat=True))
    before = {patient: rows(patient) for patient in patients}
    Entry.objects.update(patient_id=uuid4())  # our login may not delete them
    for patient, listed in before.items():
        assert actions.rebuild(actor=system_actor(), patient_id=patient) == len(listed)
        assert rows(patient) == listed
    assert sum(map(len, before.values())) > 40


def test_a_later_version_without_bytes_keeps_those_of_the_one_before_and_their_type(house: Any) -> None:
    stay = add_stay(add_patient(house.hospital), house.hospital)
    note = file(stay, new_version(document(), stay, text="A note", media_type="text/rtf"))[0]
    first = Entry.objects.get(entry_id=note)
    file(stay, new_version(document(docStatus="final"), stay, entry_id=note))
    second = Entry.objects.get(entry_id=note)
    assert second.number == 2
    assert (second.document_sha256, second.media_type) == (first.document_sha256, "text/rtf")
