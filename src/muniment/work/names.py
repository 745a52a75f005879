"""Names that work shows and does not keep: patients, facilities, colleagues. The layers above tell them, in their AppConfig."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from muniment.core.actor import Actor
from muniment.work.models import Queue


class Whose(NamedTuple):
    """A patient by two identifiers and more: name, birth date as exact as known, number with its assigner."""

    name: str
    born: str
    number: str


At = tuple[UUID, UUID | None]  # a patient, and the facility whose number is wanted


def _nobody(actor: Actor, patients: Iterable[At]) -> Mapping[At, Whose]:
    return {}


def _nowhere() -> Mapping[UUID, str]:
    return {}


def _alone(queue: Queue, facility_id: UUID | None) -> list[tuple[UUID, str]]:
    return []


@dataclass(slots=True)
class Directory:
    """Each is a fixed number of queries whatever the number of rows."""

    patients: Callable[[Actor, Iterable[At]], Mapping[At, Whose]] = _nobody  # with numbers that actor may see
    facilities: Callable[[], Mapping[UUID, str]] = _nowhere
    colleagues: Callable[[Queue, UUID | None], list[tuple[UUID, str]]] = _alone  # who may own an item there: (user, name)


directory = Directory()
