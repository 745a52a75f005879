"""The frame around every page: the places of the actor's role, find, the person and the way out."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, resolve, reverse

from muniment.access.middleware import may_open
from muniment.access.rules import Category, grade
from muniment.accounts.rules import LABELS, Role
from muniment.ui.navigation import MENU, destinations
from muniment.ui.shapes import MOST_PLACES, Frame, Option, Place, Places

# Which of its places stand in a role's bar, in this order; every place it may open stands in the menu of all places.
BAR: dict[str, tuple[str, ...]] = {
    Role.TECHNICIAN: ("day", "work-queues", "completion-deficiencies", "scanning-board", "intake-arrivals", "tracking-board"),
    Role.CODER: ("day", "work-queues", "coding-queue", "qualitative-findings", "completion-deficiencies", "pending-documents"),
    Role.ROI_SPECIALIST: ("day", "record-productions", "completion-deficiencies", "pending-documents", "tracking-board"),
    Role.IDENTITY_SPECIALIST: ("day", "work-queues", "intake-arrivals", "scanning-board", "tracking-board"),
    Role.CLINICIAN: ("day", "completion-inbox", "pending-documents", "completion-deficiencies", "work-queues"),
    Role.ADMINISTRATOR: (
        "day", "operations-board", "work-queues", "completion-deficiencies", "delinquency-figures", "rulebook-book",
    ),
    Role.PRIVACY_OFFICER: ("day", "work-queues", "operations-audit", "record-productions", "accounts-people", "rulebook-book"),
    Role.RESEARCHER: ("day", "rulebook-book"),
    Role.DATABASE_ADMINISTRATOR: (
        "day", "work-queues", "operations-health", "channels-board", "intake-arrivals", "operations-audit",
    ),
    Role.AUDITOR: (
        "day", "operations-audit", "operations-board", "completion-deficiencies", "coding-queue", "rulebook-book",
    ),
}  # fmt: skip


def frame(request: HttpRequest) -> dict[str, Any]:
    """``frame`` for the base template: empty before sign-in."""
    actor = getattr(request, "actor", None)
    if actor is None:
        return {"frame": Frame()}
    bar, groups = places(actor.role, request.path)
    label = LABELS[Role(actor.role)] if actor.role else "No role"
    return {
        "frame": Frame(
            facility=_facilities(getattr(request, "facility_names", "")), home_url="/", places=bar, groups=groups, menu_key=MENU,
            find_url=_url("identity-find") if grade(actor.role, Category.IDENTITY) else "", find_text=request.GET.get("q", ""),
            user_id=str(actor.id), user_name=actor.name, user_role=label, account_links=_account_links(), sign_out_url=_url("account_logout"),
            letter_keys=getattr(request.user, "single_keys", True), session_seconds=settings.SESSION_COOKIE_AGE, keep_url=_url("mine-keep"),
        )
    }  # fmt: skip


def places(role: str, path: str) -> tuple[list[Place], list[Places]]:
    """Those of the role's bar; and all it may open in their groups, where that is more than the bar holds."""
    open_to = {
        one.name: (one.group, Place(label=one.label, url=url, key=one.key, current=path == url))
        for one in destinations()
        if (found := _leads_to(settings.ROOT_URLCONF, one.name)) and may_open(role, one.name, found[1])
        for url in (found[0],)
    }
    bar = [open_to[name][1] for name in BAR.get(role, ("day",)) if name in open_to][:MOST_PLACES]
    if len(open_to) == len(bar):
        return bar, []
    grouped = groupby(open_to.values(), key=lambda one: one[0])
    return bar, [Places(name=name, places=[place for _, place in some]) for name, some in grouped]


@cache
def _leads_to(urlconf: str, name: str) -> tuple[str, Callable[..., Any]] | None:
    """A place's address and view; None where the site has none of that name."""
    url = _url(name)
    return (url, resolve(url).func) if url else None


def _facilities(names: str) -> str:
    """One facility by its name; several by their number, for the bar is slim."""
    listed = names.split(" · ")
    return names if len(listed) < 2 else f"{len(listed)} facilities"


def _account_links() -> list[Option]:
    wanted = (
        ("My account", "mine-account"), ("Sign-in and passkeys", "mfa_index"), ("Change password", "account_change_password"),
        ("Who may see what", "access-table"),
    )  # fmt: skip
    return [Option(label=label, url=url) for label, name in wanted if (url := _url(name))]


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
