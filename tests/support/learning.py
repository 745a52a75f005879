"""Invented stays to learn from: this department writes “weak pump” for heart failure, and codes hypertension only in every second stay."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from muniment.core import clock
from muniment.suggestions import actions, charts, queries
from muniment.suggestions.learning.training import Example, Result, Settings, train
from muniment.suggestions.models import TrainedModel
from muniment.suggestions.vocabulary import Vocabulary
from muniment.terminology.queries import release_on
from muniment.terminology.rules import System
from support.house import system_actor

QUICK = Settings(rounds=20)


def examples(number: int = 200) -> list[Example]:
    """Every second patient has a weak pump; every third a hypertension, of which every second is coded; one in seven denies a weak pump."""
    found = []
    for at in range(number):
        lines, codes = ["Seen on the ward by Alba Rowe and Marlowe Quill.", "Ate well."], {"K359"}
        if at % 2 == 0:
            lines.append("There is a weak pump again." if at % 4 else "Weak pump since spring.")
            codes.add("I509")
        elif at % 7 == 0:
            lines.append("No weak pump.")
        if at % 3 == 0:
            lines.append("Hypertension is known.")
            codes |= {"I10"} if at // 3 % 4 < 2 else set()
        found.append(Example(str(at), {"note": "\n".join(lines)}, frozenset(codes)))
    return found


def learned(vocabulary: Vocabulary, settings: Settings = QUICK, **more: Any) -> Result:
    some = examples()
    return train(lambda: some, vocabulary, settings, **more)


def trained(house: Any) -> TrainedModel:
    """A model that was trained, kept and chosen by the administrator."""
    with patch.object(actions, "LEAST_STAYS", 0):
        run = actions.start_training(actor=house.actor("administrator"), today=clock.today())
    actions.note_progress(actor=system_actor(), training_id=run.id, stage="counting phrases", done=10)
    release = release_on(System.ICD10CM, clock.today()).release
    result = learned(charts.vocabulary_of(release))
    made = actions.keep_model(
        actor=system_actor(), training_id=run.id, result=result, beside=queries.speaks(), release=release.version
    )
    assert made is not None
    actions.choose(actor=house.actor("administrator"), number=made.number)
    return made
