"""The worker's part: reading a stay's documents when somebody begins to code it, and learning from final codings by night or when asked."""

from __future__ import annotations

import time
from uuid import UUID

from procrastinate.contrib.django import app

from muniment.accounts.queries import organisation_code
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.encounters.models import Encounter
from muniment.kernel.errors import Problem
from muniment.suggestions import actions, charts, codings, queries
from muniment.suggestions.learning.training import Settings, train
from muniment.terminology.queries import release_on
from muniment.terminology.rules import System

NAME, TRAIN = "suggestions.read", "suggestions.train"
SECONDS = 5.0  # between two words of progress within one stage


@app.task(name=NAME, lock=NAME)
def read_stay(patient_id: str, encounter_id: str) -> None:
    """One at a time: it takes a processor. What was read in the meantime is not read again."""
    stay = Encounter.objects.select_related("facility").filter(patient_id=UUID(patient_id), id=UUID(encounter_id)).first()
    if stay and stay.discharged_at and charts.read(_worker(), stay) is None:
        charts.read_now(_worker(), stay)


@app.periodic(cron="30 1 * * *", periodic_id="suggestions.look")
@app.task(name="suggestions.look", queueing_lock="suggestions.look", lock="suggestions.look", pass_context=False)
def look(timestamp: int) -> None:
    """By night: learn anew where there is enough more to learn from. What is learned speaks only once somebody chooses it."""
    if actions.worth_training(clock.today()):
        actions.start_training(actor=_worker(), today=clock.today())


@app.task(name=TRAIN, lock=TRAIN)
def train_model(training_id: str) -> None:
    """One at a time: it takes a processor for minutes. Begun anew where its worker was stopped."""
    run = queries.training(UUID(training_id))
    try:
        release = release_on(System.ICD10CM, run.until).release
        beside = queries.speaks()
        result = train(
            lambda: codings.examples(_worker(), run.since, run.until), charts.vocabulary_of(release), Settings(), names=codings.names(),
            beside=charts.model_of(beside) if beside else None, heard=_Progress(run.id),
        )  # fmt: skip
    except Problem as problem:
        actions.end_without(actor=_worker(), training_id=run.id, told=str(problem)[:300])
        return
    if result.stays and result.unseen:
        actions.keep_model(actor=_worker(), training_id=run.id, result=result, beside=beside, release=release.version)
    else:
        actions.end_without(
            actor=_worker(), training_id=run.id, told="No finally coded stay of the window has a document with text."
        )


class _Progress:
    """Tells how far a training is, at each stage and every five seconds."""

    def __init__(self, training_id: UUID) -> None:
        self._id, self._stage, self._told = training_id, "", 0.0

    def __call__(self, stage: str, done: int) -> None:
        if stage != self._stage or time.monotonic() - self._told > SECONDS:
            actions.note_progress(actor=_worker(), training_id=self._id, stage=stage, done=done)
            self._stage, self._told = stage, time.monotonic()


def _worker() -> Actor:
    return Actor.system("worker", organisation=organisation_code())
