"""Which stays are to be looked at, noted in the transaction that makes it necessary."""

from __future__ import annotations

from muniment.encounters.happenings import StaysChanged
from muniment.encounters.outbox import Outbox
from muniment.qualitative.parameters import AREA
from muniment.record.happenings import Filed, Signed


def _nudge() -> None:
    from muniment.qualitative.jobs import look_soon  # the job calls the actions, which take from here

    look_soon()


STAYS = Outbox("qualitative_pending", rules=AREA, nudge=_nudge)


def stays_changed(happening: StaysChanged) -> None:
    if happening.finished:
        STAYS.note(happening.patient_id, sorted(happening.finished))


def filed(happening: Filed) -> None:
    """Only the stays it was filed to: one that is filed late to an earlier stay is seen as a source at the next look."""
    STAYS.note_finished(happening.patient_id, list(happening.encounters), every=False)


def signed(happening: Signed) -> None:
    if happening.encounter_id:
        STAYS.note_finished(happening.patient_id, [happening.encounter_id], every=False)
