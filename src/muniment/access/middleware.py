"""Default deny for every screen: signed in, under a role, and the table grants it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from muniment.access import actions
from muniment.access.rules import Category, Grade, grade
from muniment.accounts.queries import standing
from muniment.core.middleware import problem_page
from muniment.core.request import workstation
from muniment.core.throttle import Throttle
from muniment.kernel.errors import Refused

# Screens that need no role, by URL name prefix: the door itself, and what every signed-in person has.
OPEN = ("account_", "mfa_", "static")
SIGNED_IN = ("mine-", "day", "ui-")
# The same refusal, and the same list seen again by a page that asks for itself or by paging, leave one event in so long.
refusals, lists = Throttle(seconds=60), Throttle(seconds=15 * 60)
KEEP = "mine-keep"  # keeps the session alive while somebody thinks


class AccessMiddleware:
    """Sets ``request.actor``. A view without a declared need (``needs``) is refused to everybody: forgetting it opens nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            response = self.get_response(request)
            _leave_trace(request, response)
            return response
        finally:
            timezone.deactivate()

    def process_view(self, request: Any, view: Callable[..., HttpResponse], args: Any, kwargs: Any) -> HttpResponse | None:
        name = request.resolver_match.url_name or ""
        if name.startswith(OPEN):
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        role = request.session.get("role", "")
        here = standing(request.user, role=role, workstation=workstation(request))
        request.actor, request.facility_names = here.actor, " · ".join(here.facility_names)
        timezone.activate(ZoneInfo(here.zone))  # times are shown by the facility's clock
        if request.user.password_is_one_time and name != KEEP:
            return redirect("account_change_password")
        if not may_open(request.actor.role, name, view):
            need = getattr(view, "needs", None)
            what = Category(need[0]).value if need else "this screen"
            refusal = Refused(f"Your role may not open {what}.", remedy="The access table shows which roles may.")
            return problem_page(request, refusal, 403)
        return None


def may_open(role: str, name: str, view: Callable[..., HttpResponse]) -> bool:
    """Whether a signed-in role is let into a view by its URL's name: asked at the door, and by whatever leads there."""
    if name.startswith(SIGNED_IN):
        return True
    need = getattr(view, "needs", None)
    return need is not None and grade(role, Category(need[0])) >= need[1]


def _leave_trace(request: Any, response: HttpResponse) -> None:
    """The event of a refused request, or of a list that named patients."""
    actor, problem = getattr(request, "actor", None), getattr(response, "problem", None)
    if actor is None:
        return
    if isinstance(problem, Refused):
        _note_refusal(request, problem)
    seen = getattr(request, "listed", None)
    if seen and seen.persons and response.status_code < 400 and lists.first((actor.id, actor.role, seen.name, seen.chosen)):
        actions.note_list(actor=actor, name=seen.name, persons=seen.persons, chosen=dict(seen.chosen))


def _note_refusal(request: Any, problem: Refused) -> None:
    actor, match = request.actor, request.resolver_match
    if refusals.first((actor.id, actor.role, request.method, request.path)):
        asked = {name: str(value)[:80] for name, value in match.kwargs.items()}
        actions.note_refusal(actor=actor, screen=match.url_name or "", method=request.method, asked=asked, why=problem.what)


def needs(
    category: Category, wanted: Grade = Grade.READ
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Declare what a view needs of the access table."""

    def mark(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        view.needs = (category, wanted)  # type: ignore[attr-defined]
        return view

    return mark
