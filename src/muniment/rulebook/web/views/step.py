"""What is done with a version of a rule: withdraw, stay, vacate, mark as verified."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.core.actor import Actor
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Refused
from muniment.rulebook import actions, queries
from muniment.rulebook.models import RuleVersion
from muniment.rulebook.web.forms import EndForm, ReasonForm, VerifyForm
from muniment.rulebook.web.views.rule import page

Said = dict[str, Any]


@needs(Category.RULES, Grade.WRITE)
@require_POST
def step(request: ActorRequest, code: str, number: int, name: str) -> HttpResponse:
    version = next((one for one in queries.versions(code) if one.number == number), None)
    if version is None or name not in STEPS:
        raise Refused("There is no such version or step of this rule.", remedy="Open the rule again to see its versions.")
    kind, act, told = STEPS[name]
    form = kind(request.POST, auto_id=f"{name}-{number}-%s")
    if not form.is_valid():
        return page(request, code, typed=(number, name, form), status=422)
    act(request.actor, version, form.cleaned_data)
    messages.success(request, told.format(number=number, title=version.title))
    return redirect("rulebook-rule", code=code)


def _withdraw(actor: Actor, version: RuleVersion, said: Said) -> None:
    actions.withdraw(actor=actor, version_id=version.id, reason=said["reason"])


def _verify(actor: Actor, version: RuleVersion, said: Said) -> None:
    actions.verify_text(actor=actor, version_id=version.id, on=said["on"])


def _end(name: str) -> Callable[[Actor, RuleVersion, Said], None]:
    def run(actor: Actor, version: RuleVersion, said: Said) -> None:
        actions.end(actor=actor, version_id=version.id, step=name, on=said["on"], reason=said["reason"])

    return run


STEPS: dict[str, tuple[type[forms.Form], Callable[[Actor, RuleVersion, Said], None], str]] = {
    "withdraw": (ReasonForm, _withdraw, "Withdrew version {number} of “{title}”."),
    "verify": (VerifyForm, _verify, "Marked version {number} of “{title}” as verified."),
    "stay": (EndForm, _end("stay"), "Stayed version {number} of “{title}”."),
    "vacate": (EndForm, _end("vacate"), "Vacated version {number} of “{title}”."),
}
