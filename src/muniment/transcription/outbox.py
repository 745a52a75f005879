"""Which stays' documents are to be read anew, noted in the transaction that makes it necessary."""

from __future__ import annotations

from muniment.encounters.outbox import Outbox
from muniment.record.happenings import Filed, Signed


def _nudge() -> None:
    from muniment.transcription.jobs import follow_soon  # the job calls the actions, which take from here

    follow_soon()


STAYS = Outbox("transcription_pending", rules="transcription.", nudge=_nudge)


def filed(happening: Filed) -> None:
    if happening.documents and happening.encounters:
        STAYS.note(happening.patient_id, sorted(happening.encounters))


def signed(happening: Signed) -> None:
    if happening.encounter_id:
        STAYS.note(happening.patient_id, [happening.encounter_id])
