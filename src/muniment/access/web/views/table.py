"""The access table: role × data category, as the software reads it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import MEANINGS, Category, Grade, grade
from muniment.accounts.rules import Role
from muniment.core.request import ActorRequest
from muniment.ui.shapes import Tone

TONES = {Grade.NONE: Tone.PLAIN, Grade.READ: Tone.INFO, Grade.WRITE: Tone.OK}
WORDS = {Grade.NONE: "", Grade.READ: "sees", Grade.WRITE: "changes"}


@needs(Category.ACCESS_TABLE)
@require_GET
def table(request: ActorRequest) -> HttpResponse:
    heads = [(one.label, one == request.actor.role) for one in Role]
    rows = [
        (line.value.replace("-", " ").capitalize(), MEANINGS[line], [_cell(one, line) for one in Role]) for line in Category
    ]
    return render(request, "access/table.html", {"heads": heads, "rows": rows})


def _cell(role: Role, line: Category) -> tuple[str, Tone]:
    granted = grade(role, line)
    return WORDS[granted], TONES[granted]
