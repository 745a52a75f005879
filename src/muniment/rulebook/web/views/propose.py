"""Propose a rule, or the next version of one. It governs nothing until somebody else adopts it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Problem
from muniment.rulebook import actions, checks, queries
from muniment.rulebook.models import Rule, RuleVersion
from muniment.rulebook.rules import SourceKind
from muniment.rulebook.shapes import Unshaped
from muniment.rulebook.web import presenters
from muniment.rulebook.web.forms import FieldsForm, NextVersionForm, ProposeForm
from muniment.rulebook.web.parameters import Filled, with_more

KEPT = ("title", "statement", "citation", "source_kind", "parameters")


@needs(Category.RULES, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def propose(request: ActorRequest, code: str = "") -> HttpResponse:
    rule = queries.rule(code) if code else None
    last = queries.versions(rule.code)[0] if rule else None
    data = _data(request)
    filled = _filled(last, data) if last and "json" not in request.GET else None
    form = _form(data, last, in_fields=filled is not None)
    if data is not None and "more" not in data:
        good = [form.is_valid(), filled is None or filled.is_valid]
        if all(good) and _is_free(form, rule) and _can_be_read(form, rule, filled):
            version = _propose(request, rule, form.cleaned_data, filled)
            messages.success(request, f"Proposed version {version.number} of “{version.title}”. Somebody else can adopt it.")
            return redirect("rulebook-rule", code=version.rule_id)
    said = {"form": form, "filled": filled, "rule": rule, "last": last, "beginnings": [] if rule else presenters.beginnings()}
    return render(request, "rulebook/propose.html", said, status=422 if data is not None and "more" not in data else 200)


def _data(request: ActorRequest) -> QueryDict | None:
    if request.method != "POST":
        return None
    return with_more(request.POST) if "more" in request.POST else request.POST


def _filled(last: RuleVersion, data: QueryDict | None) -> Filled | None:
    """The parameters in fields; None where they are of no shape that has any, or there are none: those are written as JSON."""
    try:
        return Filled.make(last.rule_id, last.parameters, data)
    except Unshaped:
        return None


def _form(data: QueryDict | None, last: RuleVersion | None, *, in_fields: bool) -> ProposeForm:
    if last is None:
        return ProposeForm(data)
    kind = FieldsForm if in_fields else NextVersionForm
    return kind(data, initial={name: getattr(last, name) for name in KEPT} | {"follows": last.number})


def _is_free(form: ProposeForm, rule: Rule | None) -> bool:
    if rule is not None or not Rule.objects.filter(code=form.cleaned_data["code"]).exists():
        return True
    form.add_error("code", "The book has this rule already. Open it and propose its next version.")
    return False


def _can_be_read(form: ProposeForm, rule: Rule | None, filled: Filled | None) -> bool:
    said = form.cleaned_data
    try:
        checks.check(rule.code if rule else said["code"], filled.parameters() if filled else said["parameters"])
    except Problem as problem:
        form.add_error(None, f"{problem.what} {problem.remedy}")
        return False
    return True


def _propose(request: ActorRequest, rule: Rule | None, said: dict[str, Any], filled: Filled | None) -> RuleVersion:
    return actions.propose(
        actor=request.actor, code=rule.code if rule else said["code"], title=said["title"], follows=said.get("follows"),
        statement=said["statement"], parameters=filled.parameters() if filled else said["parameters"], citation=said["citation"],
        source_kind=SourceKind(said["source_kind"]), effective_from=said["effective_from"], effective_to=said["effective_to"],
    )  # fmt: skip
