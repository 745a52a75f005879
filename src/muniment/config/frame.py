"""The frame around every page: the places of the actor's role, find, the person and the way out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from muniment.access.rules import Category, Grade, grade
from muniment.accounts.rules import LABELS, Role
from muniment.ui.shapes import Frame, Option, Place

# (label, URL name, key after "g", what the access table must grant)
PLACES = (
    ("My day", "day", "d", None),
    ("Inbox", "completion-inbox", "i", (Category.COMPLETION, Grade.WRITE)),
    ("Work", "work-queues", "w", (Category.WORK, Grade.WRITE)),
    ("Deficiencies", "completion-deficiencies", "c", (Category.COMPLETION, Grade.READ)),
    ("Coding", "coding-queue", "o", (Category.CODING, Grade.READ)),
    ("Findings", "qualitative-findings", "q", (Category.CODING, Grade.READ)),
    ("Arrivals", "intake-arrivals", "a", (Category.INTAKE, Grade.READ)),
    ("Scans", "scanning-board", "s", (Category.INTAKE, Grade.READ)),
    ("Paper", "tracking-board", "v", (Category.PAPER, Grade.READ)),
    ("Forms", "forms-inventory", "f", (Category.FORMS, Grade.WRITE)),
    ("Downtime", "downtime-board", "n", (Category.DOWNTIME, Grade.WRITE)),
    ("Audit", "operations-audit", "t", (Category.AUDIT, Grade.READ)),
    ("Health", "operations-health", "h", (Category.SYSTEM, Grade.READ)),
    ("Interfaces", "channels-board", "x", (Category.SYSTEM, Grade.READ)),
    ("Rules", "rulebook-book", "r", (Category.RULES, Grade.READ)),
    ("Board", "operations-board", "b", (Category.BOARD, Grade.READ)),
    ("Delinquency", "delinquency-figures", "l", (Category.DELINQUENCY, Grade.READ)),
    ("Transcription", "transcription-figures", "j", (Category.DELINQUENCY, Grade.READ)),
    ("Pending", "pending-documents", "u", (Category.COMPLETION, Grade.READ)),
    ("Open records", "openreview-figures", "m", (Category.OPEN_REVIEW, Grade.READ)),
    ("People", "accounts-people", "p", (Category.ACCOUNTS, Grade.READ)),
    ("Productions", "record-productions", "e", (Category.RELEASE, Grade.READ)),
)
MOST_PLACES = 6


def frame(request: HttpRequest) -> dict[str, Any]:
    """``frame`` for the base template: empty before sign-in."""
    actor = getattr(request, "actor", None)
    if actor is None:
        return {"frame": Frame()}
    found = [
        Place(label=label, url=url, key=key, current=request.path == url)
        for label, name, key, need in PLACES
        if (need is None or grade(actor.role, need[0]) >= need[1]) and (url := _url(name))
    ]
    label = LABELS[Role(actor.role)] if actor.role else "No role"
    return {
        "frame": Frame(
            facility=_facilities(getattr(request, "facility_names", "")), home_url="/", places=found[:MOST_PLACES], more=found[MOST_PLACES:],
            find_url=_url("identity-find") if grade(actor.role, Category.IDENTITY) else "", find_text=request.GET.get("q", ""),
            user_id=str(actor.id), user_name=actor.name, user_role=label, account_links=_account_links(), sign_out_url=_url("account_logout"),
            letter_keys=getattr(request.user, "single_keys", True), session_seconds=settings.SESSION_COOKIE_AGE, keep_url=_url("mine-keep"),
        )
    }  # fmt: skip


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
