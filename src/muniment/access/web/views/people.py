"""The people of the department: who works here, under which roles, where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

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
from muniment.ui.paging import numbered
from muniment.ui.shapes import Filter, Option

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

    def address(self, **more: object) -> str:
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
    shown, page = numbered(found, request.GET.get("from", ""), choice.address, size=PAGE)
    return render(request, "access/people.html", {
        "choice": choice, "filters": choice.sentence(), "page": page, "rows": [presenters.row(one) for one in shown],
        "may_write": can(request.actor, Category.ACCOUNTS, Grade.WRITE),
    })  # fmt: skip
