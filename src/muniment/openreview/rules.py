"""Open-record review: the states of a review and of what it finds, and what an answer is. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

AREA = "openreview."
PLAN = "openreview.plan"
WORKSHEET = "openreview.worksheet"


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    NA = "na"  # not applicable


class Origin(StrEnum):
    DRAWN = "drawn"  # by the plan
    FOCUSED = "focused"  # added by a person, who said why


class ReviewState(StrEnum):
    WAITING = "waiting"
    BEGUN = "begun"
    FINISHED = "finished"
    LEFT_OUT = "left out"


REVIEW_TRANSITIONS: dict[tuple[ReviewState, str], ReviewState] = {
    (ReviewState.WAITING, "begin"): ReviewState.BEGUN,
    (ReviewState.BEGUN, "finish"): ReviewState.FINISHED,
    (ReviewState.WAITING, "leave out"): ReviewState.LEFT_OUT,
    (ReviewState.BEGUN, "leave out"): ReviewState.LEFT_OUT,
}


class State(StrEnum):
    """Of a finding."""

    OPEN = "open"
    SAID = "said to be mended"
    MENDED = "mended"
    NOT_MENDED = "not mended"


class Step(StrEnum):
    SAY = "say"  # whoever owes it says that it is mended
    MEND = "mend"  # somebody, or the check, looked and it is
    RETURN = "return"  # somebody looked and it is not
    GIVE_UP = "give up"  # it can't be mended any more


TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.OPEN, Step.SAY): State.SAID,
    (State.OPEN, Step.MEND): State.MENDED,
    (State.OPEN, Step.GIVE_UP): State.NOT_MENDED,
    (State.SAID, Step.MEND): State.MENDED,
    (State.SAID, Step.RETURN): State.OPEN,
    (State.SAID, Step.GIVE_UP): State.NOT_MENDED,
}
UNSETTLED = (State.OPEN, State.SAID)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer rests: a sentence, and the entry it is about where there is one."""

    words: str
    entry_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a check says. ``answer`` None: it can't tell, and ``words`` say why; a person answers then."""

    answer: Answer | None
    words: str
    places: tuple[Place, ...] = ()
    rule: str = ""  # its code, version and statement as they are shown
    citation: str = ""
    lasting: bool = False  # the time for it is over: it can't be mended any more

    def kept(self) -> dict[str, Any]:
        """As a review keeps it."""
        return {
            "answer": self.answer or "", "words": self.words, "rule": self.rule, "citation": self.citation, "lasting": self.lasting,
            "places": [{"words": one.words, "entry": str(one.entry_id or "")} for one in self.places],
        }  # fmt: skip


class ActionState(StrEnum):
    """Of a corrective action."""

    OPEN = "open"
    DONE = "done"  # carried out: from then on it is measured
    EFFECTIVE = "effective"
    NOT_EFFECTIVE = "not effective"


ACTION_TRANSITIONS: dict[tuple[ActionState, str], ActionState] = {
    (ActionState.OPEN, "carry out"): ActionState.DONE,
    (ActionState.DONE, "effective"): ActionState.EFFECTIVE,
    (ActionState.DONE, "not effective"): ActionState.NOT_EFFECTIVE,
}
LEAST_MEASURED = 5  # answers since it was carried out, before anybody says whether it was effective


def percent(yes: int, no: int) -> float | None:
    """Compliance: yes of those answered yes or no, in per cent. None where nobody was."""
    return 100 * yes / (yes + no) if yes + no else None


def unanswered(codes: Iterable[str], answers: dict[str, Any]) -> list[str]:
    return [code for code in codes if not answers.get(code, {}).get("answer")]


def mendable(kept: dict[str, Any]) -> bool:
    """Whether an answer as a review keeps it is a *no* that somebody can still do something about."""
    machine = kept.get("machine") or {}
    return bool(kept.get("answer") == Answer.NO and not (machine.get("answer") == Answer.NO and machine.get("lasting")))


def overrules(given: str, machine: dict[str, Any] | None) -> bool:
    """Whether an answer is another one than the check's."""
    return bool(given and machine and machine.get("answer") and machine["answer"] != given)
