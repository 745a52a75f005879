"""Which charts are to be analysed, noted in the transaction that makes it necessary."""

from __future__ import annotations

from muniment.encounters.happenings import StaysChanged
from muniment.encounters.outbox import Outbox
from muniment.record.happenings import Closed, Filed, Signed


def _nudge() -> None:
    from muniment.completion.jobs import analyse_soon  # the job calls the actions, which take from here

    analyse_soon()


CHARTS = Outbox("completion_pending", rules="completion.", nudge=_nudge)


def stays_changed(happening: StaysChanged) -> None:
    if happening.finished:
        CHARTS.note(happening.patient_id, sorted(happening.finished))


def filed(happening: Filed) -> None:
    """A document may also serve a stay it was not filed to (a history written before admission)."""
    CHARTS.note_finished(happening.patient_id, list(happening.encounters), every=happening.documents)


def signed(happening: Signed | Closed) -> None:
    CHARTS.note_finished(happening.patient_id, [], every=True)
