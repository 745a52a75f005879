"""A clinician's inbox: what is mine to write and sign, most overdue first."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.completion import queries
from muniment.completion.inbox import INBOX
from muniment.completion.opened import opened
from muniment.completion.web import presenters
from muniment.core.request import ActorRequest, note_listed


@needs(Category.COMPLETION, Grade.WRITE)
@require_GET
def inbox(request: ActorRequest) -> HttpResponse:
    owed = queries.inbox(request.actor)
    note_listed(request, "inbox", (one.deficiency.patient_id for one in owed))
    return render(request, "completion/inbox.html", {
        "lines": presenters.lines(request.actor, [one.deficiency for one in owed]),
        "ready": sum(one.at is not None for one in opened(request.actor, [one.deficiency for one in owed])),
        "panels": INBOX.panels(request.actor, request.actor),
        "linked": queries.practitioner_of(request.actor) is not None,
    })  # fmt: skip
