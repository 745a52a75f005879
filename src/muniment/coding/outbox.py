"""Which stays may have to enter or leave the coding queue, noted in the transaction that makes it so."""

from __future__ import annotations

from muniment.encounters.happenings import StaysChanged
from muniment.encounters.outbox import Outbox


def _nudge() -> None:
    from muniment.coding.jobs import enqueue_soon  # the job calls the actions, which take from here

    enqueue_soon()


STAYS = Outbox("coding_pending", rules="coding.", nudge=_nudge)


def stays_changed(happening: StaysChanged) -> None:
    if happening.finished:
        STAYS.note(happening.patient_id, sorted(happening.finished))
