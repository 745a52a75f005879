"""The people of the department: who works here, under which roles, where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.access.web import presenters
from muniment.accounts import queries
from muniment.accounts.models import Assignment, User
from muniment.accounts.rules import Role
from muniment.core.request import ActorRequest
from muniment.ui.shapes import Filter, Option, Page

PAGE = 50
ROLES = (("", "Any role"), *((one.value, one.label) for one in Role))
STATES = (("", "May sign in"), ("closed", "Closed"), ("all", "Everybody"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Whom the reader asked for."""

    text: str
    role: str
    state: str

    @classmethod
    def read(cls, given: QueryDict) -> Choice:
        role, state = given.get("role", ""), given.get("state", "")
        known = state if state in dict(STATES) else ""
        return cls(text=given.get("q", "").strip()[:100], role=role if role in tuple(Role) else "", state=known)

    def address(self, **more: str) -> str:
        chosen = {"q": self.text, "role": self.role, "state": self.state, **more}
        return "?" + urlencode({name: value for name, value in chosen.items() if value})

    def sentence(self) -> list[Filter]:
        return [self._filter("Role", "role", ROLES), self._filter("Sign-in", "state", STATES)]

    def _filter(self, name: str, field: str, options: Sequence[tuple[str, str]]) -> Filter:
        chosen = {"role": self.role, "state": self.state}
        made = [Option(words, self.address(**{field: code}), code == chosen[field]) for code, words in options]
        return Filter(name=name, options=made)

    def narrow(self, found: QuerySet[User]) -> QuerySet[User]:
        if self.state != "all":
            found = found.filter(is_active=self.state == "")
        if self.role:
            found = found.filter(Exists(Assignment.objects.filter(user=OuterRef("id"), role=self.role, until__isnull=True)))
        for word in self.text.split():
            found = found.filter(Q(family__icontains=word) | Q(given__icontains=word) | Q(username__icontains=word))
        return found


@needs(Category.ACCOUNTS)
@require_GET
def people(request: ActorRequest) -> HttpResponse:
    choice = Choice.read(request.GET)
    found = choice.narrow(queries.staff(request.actor))
    page, shown = _paged(request.GET, found, choice)
    return render(request, "access/people.html", {
        "choice": choice, "filters": choice.sentence(), "page": page, "rows": [presenters.row(one) for one in shown],
        "may_write": can(request.actor, Category.ACCOUNTS, Grade.WRITE),
    })  # fmt: skip


def _paged(given: QueryDict, found: QuerySet[User], choice: Choice) -> tuple[Page, list[User]]:
    """The keyset page after the person ``after``; ``seen`` is how many came before."""
    total, last = found.count(), _person(given.get("after", ""))
    seen = int(given.get("seen", "0")) if last and given.get("seen", "0").isdecimal() else 0
    if last:
        same = Q(family=last.family, given=last.given, id__gt=last.id)
        found = found.filter(Q(family__gt=last.family) | Q(family=last.family, given__gt=last.given) | same)
    shown = list(found[: PAGE + 1])
    following = choice.address(after=str(shown[PAGE - 1].id), seen=str(seen + PAGE)) if len(shown) > PAGE else ""
    shown = shown[:PAGE]
    first = seen + 1 if shown else 0
    return Page(
        first=first, last=seen + len(shown), total=total, previous_url=choice.address() if last else "", next_url=following
    ), shown


def _person(text: str) -> User | None:
    try:
        return User.objects.filter(id=UUID(text)).first()
    except ValueError:
        return None
