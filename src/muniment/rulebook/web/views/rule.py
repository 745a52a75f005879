"""One rule: what it says on a day, its versions, and its history."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.rulebook import queries
from muniment.rulebook.web import presenters
from muniment.rulebook.web.forms import EndForm, ReasonForm, VerifyForm


@needs(Category.RULES)
@require_GET
def rule(request: ActorRequest, code: str) -> HttpResponse:
    return page(request, code)


def page(
    request: ActorRequest, code: str, *, typed: tuple[int, str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    """The rule's page. ``typed`` is (version number, step, form) that came back with errors."""
    found, versions = queries.rule(code), queries.versions(code)
    shown = presenters.governing(versions, clock.today())
    may_write = can(request.actor, Category.RULES, Grade.WRITE)
    standings = [_standing(request, one, may_write, typed) for one in versions]
    return render(request, "rulebook/rule.html", {
        "rule": found, "shown": shown, "tone": presenters.tone_of(shown.status), "standings": standings,
        "events": presenters.events(queries.history(code)), "may_write": may_write,
        "editor": presenters.editor(code),
    }, status=status)  # fmt: skip


def _standing(
    request: ActorRequest, version: Any, may_write: bool, typed: tuple[int, str, forms.Form] | None
) -> dict[str, Any]:
    kinds: dict[str, type[forms.Form]] = {"withdraw": ReasonForm, "stay": EndForm, "vacate": EndForm, "verify": VerifyForm}
    made = {name: kind(auto_id=f"{name}-{version.number}-%s", initial={"on": clock.today()}) for name, kind in kinds.items()}
    opened = ""
    if typed and typed[0] == version.number:
        opened = typed[1]
        made[opened] = typed[2]
    return {"it": presenters.standing(request.actor, version, may_write), "forms": made, "open": opened}
