"""The filters of the quarantine and of the arrivals, as they stand in the address and as they are read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone

from muniment.core import clock
from muniment.intake.rules import Status
from muniment.intake.web.words import FORMATS, STATES
from muniment.ui import dates
from muniment.ui.shapes import Filter, Option

ANY = "any"
NO_FORMAT = "none"  # how an address says that no format was recognised
AGES = {ANY: "of any age", "1": "older than a day", "7": "older than a week"}
DAYS_LISTED = 14


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen. A word the address does not know counts as "any"."""

    format: str = ANY
    source: str = ANY
    status: str = ANY
    day: str = ANY  # "today", "week" or 2026-03-14
    age: str = ANY  # days

    @classmethod
    def read(cls, said: QueryDict, sources: list[str]) -> Choice:
        def known(name: str, words: Any) -> str:
            text = said.get(name, ANY)
            return text if text in words else ANY

        day = said.get("day", ANY)
        return cls(
            format=known("format", (*FORMATS, NO_FORMAT)), source=known("source", sources), status=known("status", list(Status)),
            day=day if day == "week" or _day(day) else ANY, age=known("age", AGES),
        )  # fmt: skip

    @property
    def is_narrow(self) -> bool:
        return self != Choice()

    def address(self, **more: object) -> str:
        said = {name: getattr(self, name) for name in ("format", "source", "status", "day", "age")} | more
        return "?" + urlencode({name: value for name, value in said.items() if value not in (ANY, "")})

    def narrowing(self, *, with_status: bool) -> dict[str, Any]:
        """The arguments of ``intake.queries.arrivals``, or of ``quarantine`` without a status."""
        found: dict[str, Any] = {"source": "" if self.source == ANY else self.source}
        found["format"] = None if self.format == ANY else self.format.replace(NO_FORMAT, "")
        if not with_status:
            return found | {"before": clock.now() - timedelta(days=int(self.age)) if self.age != ANY else None}
        since, before = self._span()
        return found | {"status": "" if self.status == ANY else self.status, "since": since, "before": before}

    def _span(self) -> tuple[datetime | None, datetime | None]:
        if self.day == "week":
            return _midnight(clock.today() - timedelta(days=6)), None
        day = _day(self.day)
        return (_midnight(day), _midnight(day + timedelta(days=1))) if day else (None, None)

    def _filter(self, name: str, what: str, words: dict[str, str]) -> Filter:
        chosen = getattr(self, name)
        return Filter(
            name=what,
            options=[Option(text, replace(self, **{name: code}).address(), code == chosen) for code, text in words.items()],
        )

    def sentence_of_quarantine(self, sources: list[str]) -> list[Filter]:
        return [self._formats(), self._sources(sources), self._filter("age", "Age", AGES)]

    def sentence_of_arrivals(self, sources: list[str]) -> list[Filter]:
        states = {ANY: "Whatever became of it"} | {one.value: words for one, (words, _) in STATES.items()}
        return [self._filter("status", "What became of it", states), self._formats(), self._sources(sources), self._days()]

    def _formats(self) -> Filter:
        words = {ANY: "any format"} | {code or NO_FORMAT: text for code, text in FORMATS.items()}
        return self._filter("format", "Format", words)

    def _sources(self, sources: list[str]) -> Filter:
        return self._filter("source", "Channel", {ANY: "over any channel"} | {one: f"over {one}" for one in sources})

    def _days(self) -> Filter:
        today = clock.today()
        listed = {str(today - timedelta(days=back)): dates.day(today - timedelta(days=back)) for back in range(DAYS_LISTED)}
        listed[str(today)] = "today"
        chosen = _day(self.day)
        if chosen:
            listed.setdefault(self.day, dates.day(chosen))
        return self._filter("day", "Day", {ANY: "on any day", "week": "in the last 7 days"} | listed)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
