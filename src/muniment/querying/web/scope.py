"""Which queries a screen speaks of, read from its address: facility, month they were asked in, state, whose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from muniment.accounts import queries as accounts
from muniment.accounts.models import Facility
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.querying.queries import Search
from muniment.querying.rules import BANDS
from muniment.ui.shapes import Filter, Option

MONTHS = 12
KEPT = "sent"  # whatever became of it but withdrawal
STATES = {
    "": "of any state",
    KEPT: "not withdrawn",
    "open": "open",
    "overdue": "overdue",
    "answered": "answered",
    "withdrawn": "withdrawn",
}
NAMES = ("facility", "month", "state", "age", "coder", "clinician", "service")
NONE = "none"  # no service recorded


@dataclass(frozen=True, slots=True)
class Scope:
    """``said`` is what the address carries, cleaned; ``places`` the reader's facilities."""

    places: Sequence[Facility]
    said: dict[str, str]
    months: Sequence[date]

    @property
    def facilities(self) -> list[UUID]:
        chosen = self.said.get("facility", "")
        return [UUID(chosen)] if chosen else [one.id for one in self.places]

    @property
    def zone(self) -> ZoneInfo:
        chosen = next((one for one in self.places if str(one.id) == self.said.get("facility")), None)
        return ZoneInfo(chosen.zone if chosen else timezone.get_current_timezone_name())

    @property
    def begin(self) -> datetime:
        """When the time it speaks of begins: its month, or the first of all there are to choose."""
        return self._midnight(self._month or self.months[0])

    @property
    def until(self) -> datetime:
        return self._midnight(after(self._month or self.months[-1]))

    @property
    def _month(self) -> date | None:
        return next((one for one in self.months if f"{one:%Y-%m}" == self.said.get("month")), None)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)

    def search(self, *, ever: bool = False) -> Search:
        """``ever``: without a month chosen, whenever they were asked."""
        since, until = self._asked(ever=ever)
        service = self.said.get("service")
        return Search(
            facilities=self.facilities, state="open" if self.said.get("age") else self.said.get("state", ""), coder=_uuid(self.said.get("coder")), clinician=_uuid(self.said.get("clinician")),
            service=("" if service == NONE else service) if service else None, since=since, until=until,
        )  # fmt: skip

    def _asked(self, *, ever: bool) -> tuple[datetime | None, datetime | None]:
        """When they were asked: in a month, in a band of age (of open ones), or in all there are to choose."""
        if age := self.said.get("age", ""):
            older, younger = BANDS[int(age)][0], BANDS[int(age) - 1][0] if int(age) else 0
            now = clock.now()
            return (now - timedelta(days=older) if older else None), now - timedelta(days=younger or 0)
        return (self.begin, self.until) if self._month or not ever else (None, None)

    def url(self, name: str, **more: str) -> str:
        kept = {key: value for key, value in (self.said | more).items() if value}
        return reverse(name) + (f"?{urlencode(kept)}" if kept else "")

    def of_month(self, month: date) -> Scope:
        return Scope(self.places, self.said | {"month": f"{month:%Y-%m}"}, self.months)


def after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def scope_of(actor: Actor, said: QueryDict) -> Scope:
    """What the address says; what makes no sense there is left out. One query."""
    places = accounts.facilities(actor)
    today = clock.today()
    months = [
        date(today.year - (today.month <= back), (today.month - 1 - back) % 12 + 1, 1) for back in range(MONTHS - 1, -1, -1)
    ]
    kept = {name: said.get(name, "")[:120] for name in NAMES}
    fits = {
        "facility": kept["facility"] in {str(one.id) for one in places}, "month": kept["month"] in {f"{one:%Y-%m}" for one in months}, "state": kept["state"] in STATES, "age": kept["age"] in {str(one) for one in range(len(BANDS))}, "coder": bool(_uuid(kept["coder"])), "clinician": bool(_uuid(kept["clinician"])),
    }  # fmt: skip
    return Scope(places, {name: value for name, value in kept.items() if value and fits.get(name, True)}, months)


def filters(scope: Scope, name: str, *, states: bool) -> list[Filter]:
    """The words of the filter sentence."""

    def options(field: str, words: dict[str, str]) -> list[Option]:
        now = scope.said.get(field, "")
        return [Option(said, scope.url(name, **{field: key}), now == key) for key, said in words.items()]

    times = {"": "in the last twelve months" if not states else "whenever asked"}
    times |= {f"{one:%Y-%m}": f"asked in {one:%b %Y}" for one in reversed(scope.months)}
    found = [Filter(name="State", options=options("state", STATES))] if states else []
    found.append(Filter(name="Month", options=options("month", times)))
    places = {"": "at all my facilities"} | {str(one.id): f"at {one.name}" for one in scope.places}
    return [*found, Filter(name="Facility", options=options("facility", places))] if len(scope.places) > 1 else found
