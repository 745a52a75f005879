"""The rule book: what governs on a day, what waits for adoption, and what ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.rulebook import queries
from muniment.rulebook.models import RuleVersion
from muniment.rulebook.rules import SourceKind, Status
from muniment.rulebook.web import presenters
from muniment.rulebook.web.forms import DATES
from muniment.ui import dates
from muniment.ui.shapes import Filter, Option, Why

IN_FORCE, ALL = "", "all"
DEFINITION = Why(
    rule="Versions of rules. In force are those adopted, begun and not ended on the day shown; proposed are those nobody adopted "
    "yet. Unverified is a version whose text nobody has checked against its source.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the reader narrowed the book to. ``status`` empty: in force on ``day``."""

    status: str
    source: str
    text: str
    day: date
    unread: str = ""  # a date that could not be read, as it was typed

    @classmethod
    def read(cls, given: QueryDict) -> Choice:
        status, source = given.get("status", ""), given.get("source", "")
        typed = given.get("on", "").strip()
        day = _day(typed) if typed else clock.today()
        return cls(
            status=status if status in (ALL, *Status) else IN_FORCE, source=source if source in tuple(SourceKind) else "",
            text=given.get("q", "").strip()[:100], day=day or clock.today(), unread="" if day else typed,
        )  # fmt: skip

    def address(self, **more: str) -> str:
        on = "" if self.day == clock.today() else dates.day(self.day)
        chosen = {"status": self.status, "source": self.source, "q": self.text, "on": on, **more}
        return "?" + urlencode({name: value for name, value in chosen.items() if value})

    def sentence(self) -> list[Filter]:
        return [self._filter("Standing", "status", self._standings()), self._filter("Source", "source", SOURCES)]

    def _standings(self) -> list[tuple[str, str]]:
        kinds = [(one.value, one.value.capitalize()) for one in Status]
        return [(IN_FORCE, f"In force on {dates.day(self.day)}"), *kinds, (ALL, "Every version")]

    def _filter(self, name: str, field: str, options: list[tuple[str, str]]) -> Filter:
        chosen = {"status": self.status, "source": self.source}
        made = [Option(words, self.address(**{field: value}), value == chosen[field]) for value, words in options]
        return Filter(name=name, options=made)

    def versions(self) -> QuerySet[RuleVersion]:
        found = (
            queries.in_force_on(self.day)
            if self.status == IN_FORCE
            else queries.book(status="" if self.status == ALL else self.status)
        )
        if self.source:
            found = found.filter(source_kind=self.source)
        if self.text:
            says = Q(title__icontains=self.text) | Q(rule__code__icontains=self.text)
            found = found.filter(says | Q(citation__icontains=self.text) | Q(statement__icontains=self.text))
        return found


SOURCES = [("", "Any source"), *((one.value, one.value.capitalize()) for one in SourceKind)]


def _day(typed: str) -> date | None:
    for form in DATES:
        try:
            return datetime.strptime(typed, form).date()
        except ValueError:
            continue
    return None


@needs(Category.RULES)
@require_GET
def book(request: ActorRequest) -> HttpResponse:
    choice = Choice.read(request.GET)
    rows = [(version, presenters.tone_of(version.status), presenters.interval(version)) for version in choice.versions()]
    return render(request, "rulebook/book.html", {
        "choice": choice, "filters": choice.sentence(), "rows": rows, "waiting": queries.awaiting_adoption().count(),
        "definition": DEFINITION, "may_write": can(request.actor, Category.RULES, Grade.WRITE), "on": dates.day(choice.day),
    })  # fmt: skip
