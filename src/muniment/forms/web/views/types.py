"""The types of document: which are in use, which forms make each, who answers for it, and where it stands in chart and sets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.forms import queries
from muniment.forms.models import FormVersion, TypeInUse
from muniment.record import chart_order
from muniment.record.production.definition import LABELS, SETS, Definition
from muniment.record.production.dossier import governing
from muniment.record.rules import Category as Sort
from muniment.scanning import clues
from muniment.ui.shapes import Filter, Option, Why

SHOWN = {"open": "in use, nobody answers for them", "used": "in use", "all": "every type"}
DEFINITION = Why(
    rule="Types of the current documents of our own in the charts of your facilities, as they were counted last night. A type is answered for where a form "
    "in force, paper or not, makes it at that facility. Documents without a code stand under their title."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A type of document. ``lacking`` names the facilities that hold such documents without a form that makes them."""

    code: str
    name: str
    section: str
    sets: str
    forms: list[tuple[str, str]]  # number with owner, address
    documents: int
    last: datetime | None
    lacking: str
    propose: str


@needs(Category.FORMS)
@require_GET
def types(request: ActorRequest) -> HttpResponse:
    shown = request.GET.get("show", "")
    shown = shown if shown in SHOWN else "open"
    today, used = clock.today(), queries.in_use(request.actor)
    every = _lines(used, queries.covering(request.actor, today), governing(today))
    chosen = {"open": [one for one in every if one.lacking], "used": [one for one in every if one.documents], "all": every}
    options = [Option(f"{words} ({len(chosen[name])})", f"?show={name}", name == shown) for name, words in SHOWN.items()]
    return render(request, "forms/types.html", {
        "rows": chosen[shown], "shown": shown, "filters": [Filter(name="Types", options=options)], "definition": DEFINITION,
        "counted": max((one.counted_at for one in used), default=None), "may_write": can(request.actor, Category.FORMS, Grade.WRITE),
    })  # fmt: skip


def _lines(used: list[TypeInUse], held: dict[str, list[FormVersion]], sets: Definition | None) -> list[Line]:
    """Every type that is in use, that a form makes or that the vocabulary knows, those with most documents first."""
    rows: dict[tuple[str, str], list[TypeInUse]] = {(code, ""): [] for code in [*clues.vocabulary(), *held]}
    for one in used:
        rows.setdefault((one.code, "" if one.code else one.label), []).append(one)
    made = [_line(code, label, found, held.get(code, []), sets) for (code, label), found in rows.items()]
    return sorted(made, key=lambda one: (-one.documents, one.name))


def _line(code: str, label: str, used: list[TypeInUse], forms: list[FormVersion], sets: Definition | None) -> Line:
    name = clues.vocabulary().get(code) or label or (used[0].label if used else code)
    lacking = [one.facility.name for one in used if not queries.covers(forms, one.facility_id)]
    return Line(
        code=code, name=name, section=chart_order.name_of(chart_order.section_of(code, name)), sets=_sets(code, name, sets),
        forms=[(f"{one.form.number}, {one.owner}", reverse("forms-form", args=[one.form.number])) for one in forms],
        documents=sum(one.documents for one in used), last=max((one.last for one in used if one.last), default=None), lacking=", ".join(lacking),
        propose=_propose(code, name),
    )  # fmt: skip


def _sets(code: str, name: str, sets: Definition | None) -> str:
    """The marks of the type's row in the legal health record's definition, in words."""
    if sets is None:
        return "no definition is in force"
    row: Any = sets.judge(code=code, label=name, category=Sort.DOCUMENT)
    if row is None:
        return "no row"
    marks = [LABELS[mark].lower() for mark in LABELS if row.has(mark)]
    return ", ".join(marks) if marks else f"in neither {' nor '.join(LABELS[one].lower() for one in SETS)}"


def _propose(code: str, name: str) -> str:
    return f"{reverse('forms-new')}?{urlencode({'type_code': code, 'title': name})}" if code in clues.vocabulary() else ""
