"""Any sequence of moves leaves one live copy of each entry, with the bytes it had; the chain and the index hold."""

from __future__ import annotations

from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.audit.verify import verify
from muniment.kernel.errors import Problem
from muniment.misfiling.models import MovedEntry
from muniment.record import blobs
from muniment.record.cross_check import faults
from muniment.record.models import Entry, Version
from support import charts
from support.misfiled import misfiled, move

numbers = count(1)
STEPS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.booleans(), st.booleans()), min_size=1, max_size=6)


def stays_of(house: Any) -> list[Any]:
    """A stay each of three patients."""
    made = []
    for _ in range(3):
        number = next(numbers)
        patient = charts.add_patient(
            house.hospital, number=f"M{number}", family=f"Moved{number}", birth=f"19{number % 90 + 10}-03-14"
        )
        made.append(charts.add_stay(patient, house.hospital, number=f"M{number}"))
    return made


@settings(max_examples=15)
@given(steps=STEPS)
def test_one_live_copy_whatever_is_moved_where(house: Any, steps: list[tuple[int, int, bool, bool]]) -> None:
    stays = stays_of(house)
    note = misfiled(stays[0])
    hung = misfiled(stays[0], relatesTo=[{"code": "appends", "target": {"reference": f"DocumentReference/{note}"}}])
    patients = [one.patient_id for one in stays]
    at = {note: 0, hung: 0}  # where each stands now, by the entry it began as
    current = {note: note, hung: hung}
    for start, end, alone, stale in steps:
        begun = hung if alone else note
        try:
            row = move(house, current[begun], stays[start], stays[end], number=2 if stale else 1)
        except Problem:
            assert stale or start == end or at[begun] != start  # nothing else is a reason to refuse
            continue
        for one in MovedEntry.objects.filter(move=row):
            first = next(name for name, now in current.items() if now == one.from_entry_id)
            at[first], current[first] = end, one.to_entry_id
    live = Entry.objects.filter(patient_id__in=patients, retracted=False)
    assert {(one.patient_id, one.entry_id) for one in live} == {(patients[at[name]], current[name]) for name in at}
    kept = Version.objects.filter(patient_id__in=patients).values_list("document_sha256", flat=True)
    assert {blobs.get(bytes(one)) for one in kept} == {charts.NOTE.encode()}
    assert (
        Version.objects.filter(patient_id__in=patients).count()
        == 2 + 2 * MovedEntry.objects.filter(move__from_patient_id__in=patients).count()
    )
    assert list(faults()) == []
    assert verify().sound
