"""What a coder has muted for themselves, to be heard again."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.core.request import ActorRequest
from muniment.kernel.codes import dotted
from muniment.suggestions import actions, queries


@needs(Category.CODING, Grade.WRITE)
@require_GET
def muted(request: ActorRequest) -> HttpResponse:
    rows = [(one, dotted(one.code)) for one in queries.muted(request.actor)]
    return render(request, "suggestions/muted.html", {"rows": rows})


@needs(Category.CODING, Grade.WRITE)
@require_POST
def unmute(request: ActorRequest) -> HttpResponse:
    actions.mute(actor=request.actor, code=request.POST.get("code", ""), words=request.POST.get("words", ""), muted=False)
    return redirect("suggestions-muted")
