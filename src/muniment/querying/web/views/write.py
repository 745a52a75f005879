"""Write a query: the chart to pick indicators from on the left, the query on the right, the linter's word over it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.coding.queries import operators
from muniment.completion.queries import clinicians
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.encounters.models import Encounter
from muniment.encounters.queries import encounter
from muniment.encounters.rules import Status
from muniment.encounters.web.presenters import zone_of
from muniment.kernel.errors import Problem, Refused
from muniment.querying import actions, permissions, queries, quoting
from muniment.querying.linting import Found, lint
from muniment.querying.parameters import Template, policy_of, templates_of
from muniment.querying.rules import Form, Indicator, Option, Use, Written
from muniment.querying.web import presenters
from muniment.querying.web.forms import read_written, responsible_id
from muniment.record import actions as record_actions
from muniment.record import queries as record
from muniment.record.models import Entry
from muniment.record.rules import Category as Kind
from muniment.record.web.presenters import title_of, when
from muniment.rulebook import queries as rulebook
from muniment.rulebook.rules import RuleBook

RESULTS, DOCUMENTS = 200, 300
EMPTY = Written(title="", question="", form=Form.CHOICE)


@needs(Category.CODING, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def write(request: ActorRequest, encounter_id: UUID) -> HttpResponse:
    stay = _stay(request, encounter_id)
    if request.method == "GET":
        follows = _followed(request)
        return _page(request, stay, _begun(request, stay), follows=follows)
    return _send(request, stay)


def _stay(request: ActorRequest, encounter_id: UUID) -> Encounter:
    stay = encounter(request.actor, encounter_id)
    permissions.check_ask(request.actor, stay)
    return stay


def _book(stay: Encounter) -> RuleBook:
    return rulebook.at(clock.now().astimezone(zone_of(stay)).date())


def _followed(request: ActorRequest) -> str:
    """The query this one asks again about, where the address names one."""
    said = request.GET.get("follows", "") or request.POST.get("follows", "")
    try:
        return str(queries.query(request.actor, UUID(said)).id) if said else ""
    except ValueError:
        return ""


def _begun(request: ActorRequest, stay: Encounter) -> Written:
    """Empty, or as a template or the query that is asked again has it."""
    follows, number = _followed(request), request.GET.get("template", "")
    if follows:
        return queries.written(queries.query(request.actor, UUID(follows)))
    templates = templates_of(_book(stay))
    if number.isascii() and number.isdigit() and int(number) < len(templates):
        return _from(templates[int(number)])
    return EMPTY


def _from(one: Template) -> Written:
    options = tuple(Option(text) for text in one.options)
    return Written(title=one.title, question=one.question, form=one.form, use=one.use, options=options)


def _send(request: ActorRequest, stay: Encounter) -> HttpResponse:
    written = read_written(request.POST)
    follows = _followed(request)
    try:
        found = _linted(request, stay, written)
        if found:
            return _page(request, stay, written, found=found, follows=follows, status=422)
        sent = actions.ask(
            actor=request.actor, patient_id=stay.patient_id, encounter_id=stay.id, written=written,
            responsible_id=responsible_id(request.POST), follows_id=UUID(follows) if follows else None,
        )  # fmt: skip
    except Problem as problem:
        return _page(request, stay, written, problem=problem, follows=follows, status=422)
    messages.success(request, f"Sent “{sent.title}” to {sent.responsible}. The stay is held until it is answered.")
    return redirect("coding-workspace" if stay.status == Status.FINISHED else "record-chart", encounter_id=stay.id)


def _linted(request: ActorRequest, stay: Encounter, written: Written) -> list[Found]:
    kept = msgspec.structs.replace(written, indicators=quoting.quoted(request.actor, stay, written.indicators))
    return lint(kept, policy_of(_book(stay))[1])


@needs(Category.CODING, Grade.WRITE)
@require_POST
def check(request: ActorRequest, encounter_id: UUID) -> HttpResponse:
    """The linter's word on what is typed so far. Nothing is written."""
    stay = _stay(request, encounter_id)
    try:
        said: dict[str, Any] = {"found": _linted(request, stay, read_written(request.POST)), "checked": True}
    except Problem as problem:
        said = {"problem": problem}
    return render(request, "querying/_findings.html", said)


@needs(Category.CODING, Grade.WRITE)
@require_GET
def read(request: ActorRequest, encounter_id: UUID, entry_id: UUID) -> HttpResponse:
    """A document's lines, to pick from. Reading leaves its event."""
    stay = _stay(request, encounter_id)
    entry = record.entry(request.actor, stay.patient_id, entry_id)
    record_actions.note_view(
        actor=request.actor, patient_id=entry.patient_id, subject=("entry", str(entry_id)), shown=f"version {entry.number}",
        facility_id=entry.facility_id,
    )  # fmt: skip
    lines = quoting.lines_of(quoting.text_of(entry, entry.number))
    return render(request, "querying/_reading.html", {"source": _source(entry, stay), "lines": lines})


def _source(entry: Entry, stay: Encounter) -> dict[str, Any]:
    return {
        "entry": entry, "title": title_of(entry), "on": when(entry, zone_of(stay)) or "time not recorded", "prior": entry.encounter_id != stay.id,
        "author": entry.author_name, "url": reverse("query-read", args=[stay.id, entry.entry_id]), "words": quoting.result_words(entry),
    }  # fmt: skip


def _page(
    request: ActorRequest, stay: Encounter, written: Written, *, found: list[Found] | None = None, problem: Problem | None = None,
    follows: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    book = _book(stay)
    record_actions.note_view(
        actor=request.actor, patient_id=stay.patient_id, subject=("encounter", str(stay.id)), shown="query to write", facility_id=stay.facility_id
    )  # fmt: skip
    documents = [
        _source(one, stay) for one in record.documents(request.actor, [stay.patient_id]).filter(retracted=False)[:DOCUMENTS]
    ]
    results = record.entries(
        request.actor, [stay.patient_id], encounter_id=stay.id, categories=[Kind.RESULT, Kind.VITAL_SIGN]
    ).exclude(value="")[:RESULTS]
    return render(request, "querying/write.html", {
        "stay": stay, "banner": presenters.banner(request.actor, stay), "written": written, "found": found or [], "problem": problem,
        "indicators": _shown(request, stay, written), "options": _rows(written), "forms": list(Form), "uses": [one for one in Use if one],
        "templates": templates_of(book), "documents": [one for one in documents if not one["prior"]], "earlier": [one for one in documents if one["prior"]],
        "results": [_source(one, stay) for one in results], "people": _people(request, stay), "asking": presenters.ASKING, "follows": follows,
        "responsible": request.POST.get("responsible", "") or str(stay.attending_id or ""), "coded": stay.status == Status.FINISHED,
    }, status=status)  # fmt: skip


def _shown(request: ActorRequest, stay: Encounter, written: Written) -> tuple[Indicator, ...]:
    """With source and date; as they were typed where the record knows no such words."""
    try:
        return quoting.quoted(request.actor, stay, written.indicators)
    except Refused:
        return written.indicators


def _rows(written: Written) -> list[tuple[str, str]]:
    """The options with the numbers of what supports them, and empty rows to fill in."""
    rows = [(one.text, " ".join(str(number) for number in one.support)) for one in written.options]
    return rows + [("", "")] * max(2, 4 - len(rows))


def _people(request: ActorRequest, stay: Encounter) -> list[tuple[str, str]]:
    """Who wrote in this chart first, then everybody with a sign-in."""
    near = {str(one): name for one, name in operators(stay)}
    rest = {str(one.id): str(one) for one in clinicians(request.actor) if str(one.id) not in near}
    return [*near.items(), *rest.items()]
