"""Which facilities and which moment a screen speaks of, read from its address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from muniment.accounts import queries as accounts
from muniment.accounts.models import Facility
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.delinquency import statistics
from muniment.delinquency.statistics import NOW, When
from muniment.delinquency.web import presenters
from muniment.ui import dates
from muniment.ui.shapes import Filter, Option


@dataclass(frozen=True, slots=True)
class Scope:
    """``chosen`` is the one facility the reader narrowed to; ``at`` the moment; ``times`` those there are to choose."""

    places: Sequence[Facility]
    chosen: Facility | None
    at: When
    times: Sequence[When]

    @property
    def facilities(self) -> list[UUID]:
        return [self.chosen.id] if self.chosen else [one.id for one in self.places]

    @property
    def zone(self) -> ZoneInfo:
        return zone_shown(self.chosen)

    @property
    def kept(self) -> dict[str, str]:
        """What an address of this scope carries."""
        return {"facility": str(self.chosen.id) if self.chosen else "", "at": "" if self.at.is_now else self.at.key}

    @property
    def counted(self) -> str:
        return f"{moment_words(self.at, self.zone)}, {self._where}"

    @property
    def now(self) -> str:
        """As ``counted``, of what is told of no other moment."""
        return f"{moment_words(self.times[-1], self.zone)}, {self._where}"

    @property
    def _where(self) -> str:
        return self.chosen.name if self.chosen else ", ".join(one.name for one in self.places)


def zone_shown(facility: Facility | None) -> ZoneInfo:
    """The chosen facility's clock; the reader's own for all of theirs."""
    return ZoneInfo(facility.zone if facility else timezone.get_current_timezone_name())


def scope_of(request: ActorRequest) -> Scope:
    """What the address says; what makes no sense there is left out. One query."""
    found = accounts.facilities(request.actor)
    chosen = next((one for one in found if str(one.id) == request.GET.get("facility", "")), None)
    times = statistics.moments(clock.now(), zone_shown(chosen))
    at = next((one for one in times if one.key == request.GET.get("at", NOW)), times[-1])
    return Scope(found, chosen, at, times)


def moment_words(when: When, zone: ZoneInfo) -> str:
    return dates.moment(when.moment, zone) if when.is_now else f"end of {month_words(when)}"


def month_words(when: When) -> str:
    return f"{when.month:%b %Y}"


def choices(scope: Scope, address: str, **more: str) -> list[Filter]:
    """The words of the filter sentence: the moment, and the facility where there are several."""
    times = [Option("now", _url(scope, address, more, at=""), scope.at.is_now)]
    for one in reversed(scope.times[:-1]):
        times.append(
            Option(f"at the end of {month_words(one)}", _url(scope, address, more, at=one.key), one.key == scope.at.key)
        )
    here = [Option("at all my facilities", _url(scope, address, more, facility=""), scope.chosen is None)]
    here += [
        Option(f"at {one.name}", _url(scope, address, more, facility=str(one.id)), one == scope.chosen) for one in scope.places
    ]
    return [Filter(name="Moment", options=times), *([Filter(name="Facility", options=here)] if len(scope.places) > 1 else [])]


def _url(scope: Scope, address: str, more: dict[str, str], **changed: str) -> str:
    return presenters.address(address, **(scope.kept | more | changed))
