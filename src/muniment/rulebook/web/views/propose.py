"""Propose a rule, or the next version of one. It governs nothing until somebody else adopts it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.core.request import ActorRequest
from muniment.rulebook import actions, queries
from muniment.rulebook.models import Rule, RuleVersion
from muniment.rulebook.rules import SourceKind
from muniment.rulebook.web import presenters
from muniment.rulebook.web.forms import NextVersionForm, ProposeForm

KEPT = ("title", "statement", "citation", "source_kind", "parameters")


@needs(Category.RULES, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def propose(request: ActorRequest, code: str = "") -> HttpResponse:
    rule = queries.rule(code) if code else None
    last = queries.versions(rule.code)[0] if rule else None
    form = _form(request, last)
    if request.method == "POST" and form.is_valid() and _is_free(form, rule):
        version = _propose(request, rule, form.cleaned_data)
        messages.success(request, f"Proposed version {version.number} of “{version.title}”. Somebody else can adopt it.")
        return redirect("rulebook-rule", code=version.rule_id)
    status = 422 if request.method == "POST" else 200
    said = {"form": form, "rule": rule, "last": last, "beginnings": [] if rule else presenters.beginnings()}
    return render(request, "rulebook/propose.html", said, status=status)


def _form(request: ActorRequest, last: RuleVersion | None) -> ProposeForm:
    data = request.POST if request.method == "POST" else None
    if last is None:
        return ProposeForm(data)
    return NextVersionForm(data, initial={name: getattr(last, name) for name in KEPT} | {"follows": last.number})


def _is_free(form: ProposeForm, rule: Rule | None) -> bool:
    if rule is not None or not Rule.objects.filter(code=form.cleaned_data["code"]).exists():
        return True
    form.add_error("code", "The book has this rule already. Open it and propose its next version.")
    return False


def _propose(request: ActorRequest, rule: Rule | None, said: dict[str, Any]) -> RuleVersion:
    return actions.propose(
        actor=request.actor, code=rule.code if rule else said["code"], title=said["title"], follows=said.get("follows"),
        statement=said["statement"], parameters=said["parameters"], citation=said["citation"],
        source_kind=SourceKind(said["source_kind"]), effective_from=said["effective_from"], effective_to=said["effective_to"],
    )  # fmt: skip
