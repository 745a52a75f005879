"""What a coder makes of a suggestion, and the life of a trained model: trained, kept, chosen, chosen back."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec

from muniment.access.permissions import check_category
from muniment.access.rules import Category, Grade
from muniment.coding import permissions as coding
from muniment.core import clock
from muniment.core.actions import action, leave, stands, unchanged
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.encounters.models import Encounter
from muniment.kernel.errors import Refused
from muniment.kernel.ids import uuid7
from muniment.suggestions import permissions, queries
from muniment.suggestions.learning.model import dumps
from muniment.suggestions.learning.training import Result
from muniment.suggestions.models import Choice, Mute, State, TrainedModel, Training, Verdict, Why
from muniment.suggestions.scoring import Found
from muniment.suggestions.wording import key

LEAST_STAYS = 100  # with a final coding: fewer teach nothing that could be measured
MORE = 1.1  # a training by night waits until there are so many times the stays of the last one
WINDOW = timedelta(days=730)  # codes and habits of longer ago are others


@action("suggestions.decide", Lifecycle.AMEND)
def decide(*, actor: Actor, stay: Encounter, found: Found, percent: int, model: int, taken: bool, reason: str = "") -> Verdict:
    """Note that a suggestion was taken, or refused for one of the reasons of ``Why``. The draft is changed by its own action.

    ``percent`` is the probability that was shown, ``model`` the number of the model that spoke, 0 for the terminology alone.
    """
    coding.check_code(actor, stay.facility_id)
    if not taken and reason not in list(Why):
        raise Refused("Choose why it is refused.", where="reason")
    assert actor.id is not None
    event = leave(
        subject=("suggestion", found.code), patient_id=stay.patient_id, facility_id=stay.facility_id, reason="" if taken else reason,
        after={"encounter": str(stay.id), "taken": taken},
    )  # fmt: skip
    row = Verdict(
        patient_id=stay.patient_id, id=uuid7(), encounter_id=stay.id, facility_id=stay.facility_id, code=found.code, words=found.words[:200],
        taken=taken, reason="" if taken else reason, section=found.section[:60], percent=percent, model_number=model, at=clock.now(),
        actor_id=actor.id, actor_name=actor.name, event_id=event.id,
    )  # fmt: skip
    row.save(force_insert=True)
    stands(row)
    return row


@action("suggestions.mute", Lifecycle.AMEND)
def mute(*, actor: Actor, code: str, words: str, muted: bool) -> None:
    """These words suggest this code to this coder no longer, or again. Nobody else's suggestions change."""
    check_category(actor, Category.CODING, Grade.WRITE)
    said = " ".join(sorted(key(words)))[:200]
    if not said:
        raise Refused("Say which words.", where="words")
    if muted == any((one.code, one.words) == (code, said) for one in queries.muted(actor)):
        unchanged()
        return
    assert actor.id is not None
    leave(subject=("suggestion", code), after={"muted": muted})
    row = Mute(id=uuid7(), actor_id=actor.id, code=code[:12], words=said, muted=muted, at=clock.now())
    row.save(force_insert=True)
    stands(row)


@action("suggestions.train", Lifecycle.WORK)
def start_training(*, actor: Actor, today: date) -> Training:
    """Have the worker learn from the final codings of the two years before ``today``. One that runs is not begun twice.

    Raises Refused where fewer than a hundred stays have a final coding.
    """
    from muniment.suggestions.jobs import train_model  # the job carries out what is begun here

    permissions.check_choose(actor)
    last = queries.last_training()
    if last and last.state == State.RUNNING and not queries.is_silent(last):
        unchanged()
        return last
    since = today - WINDOW
    stays = queries.how_many(since, today)
    if stays < LEAST_STAYS:
        raise Refused(
            f"Only {stays} stays have a final coding.", remedy=f"A model is trained from {LEAST_STAYS} stays on; until then the terminology speaks."
        )  # fmt: skip
    run = Training(
        id=uuid7(), since=since, until=today, stage="waiting for the worker", started_at=clock.now(), started_by=actor.name, heard_at=clock.now()
    )  # fmt: skip
    run.save(force_insert=True)
    stands(run)
    leave(
        subject=("suggestion-training", str(run.id)),
        after={"since": since.isoformat(), "until": today.isoformat(), "stays": stays},
    )
    train_model.defer(training_id=str(run.id))
    return run


def worth_training(today: date) -> bool:
    """Whether a tenth more stays have a final coding than the last model was made of."""
    last, stays = queries.trained().first(), queries.how_many(today - WINDOW, today)
    return stays >= LEAST_STAYS and (last is None or stays >= MORE * (last.stays + last.unseen))


@action("suggestions.train-step", Lifecycle.WORK)
def note_progress(*, actor: Actor, training_id: UUID, stage: str, done: int) -> None:
    """How far a training is."""
    _step(queries.training_for_update(training_id), stage=stage, done=done)


@action("suggestions.train-end", Lifecycle.WORK)
def end_without(*, actor: Actor, training_id: UUID, told: str) -> None:
    """A training that came to no model, and why."""
    _step(queries.training_for_update(training_id), state=State.NOTHING, told=told)


def _step(run: Training, **said: Any) -> None:
    if run.state != State.RUNNING:
        unchanged()
        return
    for name, value in said.items():
        setattr(run, name, value)
    run.heard_at = clock.now()
    run.save(update_fields=Training.changing)
    stands(run)
    leave(subject=("suggestion-training", str(run.id)), after={name: str(value) for name, value in said.items()})


@action("suggestions.keep-model", Lifecycle.WORK)
def keep_model(*, actor: Actor, training_id: UUID, result: Result, beside: int, release: str) -> TrainedModel | None:
    """Keep what a training learned, with its measures. It speaks only once somebody chooses it. None where the training is not running.

    ``beside``: the number of the model that was measured on the same stays, 0 for none.
    """
    run = queries.training_for_update(training_id)
    if run.state != State.RUNNING:
        unchanged()
        return None
    content, last = dumps(result.model), queries.trained().first()
    row = TrainedModel(
        id=uuid7(), number=last.number + 1 if last else 1, training=run, content=content, sha256=hashlib.sha256(content).digest(),
        stays=result.stays, unseen=result.unseen, phrases=len(result.model.lexicon.speaks), codes=len(result.model.lexicon.coded),
        release=release, measures=_measures(result, beside), at=clock.now(),
    )  # fmt: skip
    row.save(force_insert=True)
    run.state, run.heard_at = State.DONE, clock.now()
    run.save(update_fields=Training.changing)
    stands(run, row)
    leave(
        subject=("suggestion-model", str(row.number)),
        after={"sha256": row.sha256.hex(), "stays": row.stays, "unseen": row.unseen},
    )
    return row


def _measures(result: Result, beside: int) -> dict[str, Any]:
    said = {
        "trained": result.trained, "alone": result.alone, "by_chapter": result.by_chapter, "other": result.other, "other_number": beside
    }  # fmt: skip
    found: dict[str, Any] = msgspec.to_builtins(said)
    return found


@action("suggestions.choose", Lifecycle.AMEND)
def choose(*, actor: Actor, number: int) -> None:
    """From now on this model speaks to every coder; 0: the terminology alone. Charts are read anew when they are opened next."""
    permissions.check_choose(actor)
    before = queries.speaks()
    if before == number:
        unchanged()
        return
    model = queries.trained_as(number) if number else None
    assert actor.id is not None
    row = Choice(id=uuid7(), model=model, at=clock.now(), actor_id=actor.id, actor_name=actor.name)
    row.save(force_insert=True)
    stands(row)
    leave(subject=("suggestion-model", str(number)), before={"number": before}, after={"number": number})
