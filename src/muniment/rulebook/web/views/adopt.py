"""Adopt a version, having read what it judges again; afterwards, how far that is."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.core.request import ActorRequest
from muniment.rulebook import actions, panels, queries
from muniment.rulebook.rules import ends_for_good
from muniment.rulebook.web import presenters


@needs(Category.RULES, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def adopt(request: ActorRequest, code: str, number: int) -> HttpResponse:
    version = queries.version(code, number)
    if request.method == "POST":
        actions.adopt(actor=request.actor, version_id=version.id)
        messages.success(request, f"Adopted version {number} of “{version.title}”.")
        return redirect("rulebook-adopt", code=code, number=number)
    adopted = [one for one in queries.versions(code) if one.adopted_at]
    may_write = can(request.actor, Category.RULES, Grade.WRITE)
    return render(request, "rulebook/adopt.html", {
        "version": version, "it": presenters.standing(request.actor, version, may_write),
        "gap": None if version.adopted_at else ends_for_good(version, adopted),
        "panels": panels.JUDGED_AGAIN.panels(request.actor, version),
    })  # fmt: skip
