"""My day: where a role lands. What is late, due and next; every figure leads to its list and says what it counts."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.core import clock
from muniment.core.request import ActorRequest, note_listed
from muniment.operations.web.days import day_of


@require_GET
def day(request: ActorRequest) -> HttpResponse:
    shown = day_of(request.actor)
    named = [*(row.patient_id for row in shown.items or ()), *(row.patient_id for row in shown.stays or ())]
    note_listed(request, "my day", named)
    return render(request, "operations/day.html", {"day": shown, "today": clock.today()})
