"""Which facilities, month and step a screen speaks of, read from its address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone

from muniment.accounts import queries as accounts
from muniment.accounts.models import Facility
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.transcription.rules import Month, Step, months
from muniment.ui.shapes import Filter, Option

STEPS = {
    Step.WHOLE: "from dictation to authentication",
    Step.TRANSCRIPTION: "from dictation to transcription",
    Step.AUTHENTICATION: "from transcription to authentication",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """``chosen`` is the one facility the reader narrowed to; ``times`` the months there are to choose, oldest first."""

    places: Sequence[Facility]
    chosen: Facility | None
    month: Month
    times: Sequence[Month]
    step: Step

    @property
    def facilities(self) -> list[UUID]:
        return [self.chosen.id] if self.chosen else [one.id for one in self.places]

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.chosen)

    @property
    def kept(self) -> dict[str, str]:
        """What an address of this scope carries."""
        return {"facility": str(self.chosen.id) if self.chosen else "", "month": self.month.key, "step": str(self.step)}

    @property
    def counted(self) -> str:
        return self.chosen.name if self.chosen else ", ".join(one.name for one in self.places)


def zone_of(facility: Facility | None) -> ZoneInfo:
    """The chosen facility's clock; the reader's own for all of theirs."""
    return ZoneInfo(facility.zone if facility else timezone.get_current_timezone_name())


def scope_of(request: ActorRequest) -> Scope:
    """What the address says; what makes no sense there is left out. One query."""
    found = accounts.facilities(request.actor)
    chosen = next((one for one in found if str(one.id) == request.GET.get("facility", "")), None)
    zone = zone_of(chosen)
    times = months(clock.now().astimezone(zone).date(), zone)
    month = next((one for one in times if one.key == request.GET.get("month", "")), times[-1])
    said = request.GET.get("step", "")
    return Scope(found, chosen, month, times, Step(said) if said in list(Step) else Step.WHOLE)


def address(name: str, **said: object) -> str:
    kept = {key: str(value) for key, value in said.items() if value not in ("", None)}
    return reverse(name) + (f"?{urlencode(kept)}" if kept else "")


def month_words(month: Month) -> str:
    return f"{month.first:%b %Y}"


def choices(scope: Scope, name: str, **more: str) -> list[Filter]:
    """The words of the filter sentence."""

    def options(field: str, words: dict[str, str]) -> list[Option]:
        kept = scope.kept | more
        return [Option(said, address(name, **(kept | {field: key})), kept[field] == key) for key, said in words.items()]

    months_ = {one.key: f"ended in {month_words(one)}" for one in reversed(scope.times)}
    places = {"": "at all my facilities"} | {str(one.id): f"at {one.name}" for one in scope.places}
    found = [
        Filter(name="Step", options=options("step", {str(step): words for step, words in STEPS.items()})),
        Filter(name="Month", options=options("month", months_)),
    ]
    return [*found, Filter(name="Facility", options=options("facility", places))] if len(scope.places) > 1 else found
