"""Places on a screen that higher features fill: the lower layer owns the slot, a higher one registers in its AppConfig."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.utils.safestring import SafeString

from muniment.core.actor import Actor

S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One feature's part of another's screen. ``html`` is a rendered template; panels stand in ``order``, lowest first."""

    title: str
    html: SafeString
    order: int = 100


class Slot(Generic[S]):
    """A place that takes panels about one kind of subject. A filler answers None where it has nothing to show this actor."""

    def __init__(self) -> None:
        self._fillers: list[Callable[[Actor, S], Panel | None]] = []

    def register(self, filler: Callable[[Actor, S], Panel | None]) -> None:
        if filler not in self._fillers:
            self._fillers.append(filler)

    def panels(self, actor: Actor, subject: S) -> list[Panel]:
        found = [panel for filler in self._fillers if (panel := filler(actor, subject)) is not None]
        return sorted(found, key=lambda panel: (panel.order, panel.title))
