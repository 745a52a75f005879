"""What an update changes, code by code."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.codeupdates import updates
from muniment.codeupdates.web import presenters
from muniment.core.request import ActorRequest
from muniment.terminology.changes import Kind
from muniment.ui.paging import numbered
from muniment.ui.shapes import Filter, Option

PAGE = 100
KINDS = {"": "that changed"} | {one.name.lower(): one.value for one in Kind}


@needs(Category.CODING)
@require_GET
def changes(request: ActorRequest, day: str) -> HttpResponse:
    update = updates.update(presenters.day_of(day))
    found, said = updates.changes_of(update), request.GET
    system = said.get("system", "") if said.get("system", "") in presenters.SYSTEMS else ""
    kind = said.get("kind", "") if said.get("kind", "") in KINDS else ""
    text = said.get("q", "").strip()[:120]
    chosen = {"system": system, "kind": kind, "q": text}
    some = presenters.searched(found, system=system, kind=kind, text=text)
    rows, page = numbered(
        some,
        said.get("from", ""),
        lambda **more: presenters.address("codeupdates-changes", update.day, **(chosen | more)),
        size=PAGE,
    )
    return render(request, "codeupdates/changes.html", {
        "update": update, "heading": presenters.heading(update), "releases": presenters.releases_in_words(update),
        "tabs": presenters.tabs(update, "codeupdates-changes"), "rows": rows, "page": page, "chosen": chosen, "narrow": any(chosen.values()),
        "comparable": any(one.before for one in update.pairs), "filters": _filters(update, chosen),
        "counts": [(name.value, count) for name, count in presenters.counts(found).items() if count],
    })  # fmt: skip


def _filters(update: updates.Update, chosen: dict[str, str]) -> list[Filter]:
    def options(name: str, words: dict[str, str]) -> list[Option]:
        return [
            Option(said, presenters.address("codeupdates-changes", update.day, **(chosen | {name: code})), chosen[name] == code)
            for code, said in words.items()
        ]

    return [
        Filter(name="System", options=options("system", presenters.SYSTEMS)),
        Filter(name="Change", options=options("kind", KINDS)),
    ]
