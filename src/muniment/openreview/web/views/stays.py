"""The stays behind a share: those the month saw open, or those that ended in it, and which of them were reviewed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core.actor import Actor
from muniment.core.request import ActorRequest, note_listed
from muniment.delinquency.web.scope import choices, scope_of
from muniment.encounters.models import Encounter
from muniment.encounters.web import presenters as encounters
from muniment.identity.web.presenters import whose
from muniment.openreview import queries, statistics
from muniment.openreview.web import figures, presenters
from muniment.ui.shapes import Filter, Option, Page, Tone, Why
from muniment.work.names import Whose

PAGE = 50
OF = {"": "seen open by the draws", "discharges": "discharged"}
REVIEWED = {"": "reviewed or not", "yes": "reviewed", "no": "not reviewed"}


@dataclass(frozen=True, slots=True)
class Line:
    url: str
    whose: Whose
    dates: str
    class_name: str
    service: str
    place: str
    state: str
    tone: Tone


@needs(Category.OPEN_REVIEW)
@require_GET
def stays(request: ActorRequest) -> HttpResponse:
    scope, said = scope_of(request), request.GET
    of = "discharges" if said.get("of") == "discharges" else ""
    wanted = said.get("reviewed", "") if said.get("reviewed", "") in REVIEWED else ""
    governs = queries.book().plan(scope.at.moment.astimezone(scope.zone).date())
    if of:
        rows = statistics.discharges(scope.facilities, scope.at, scope.zone, governs.plan if governs else None)
    else:
        rows = statistics.open_stays(scope.facilities, scope.at)
    found = [(stay, reviewed) for stay, reviewed in rows if not wanted or reviewed == (wanted == "yes")]
    first = _place(said.get("from", ""))
    lines = _lines(request.actor, found[first : first + PAGE])
    note_listed(request, "stays of open-record review", (patient for patient, _ in lines), of=of, reviewed=wanted)
    kept = scope.kept | {"of": of, "reviewed": wanted}
    return render(request, "openreview/stays.html", {
        "filters": [*choices(scope, "openreview-stays", of=of, reviewed=wanted), *_filters(kept)], "lines": [line for _, line in lines],
        "page": _page(kept, first, len(found)), "definition": Why(rule=figures.DISCHARGES if of else figures.SHARE), "back": presenters.address("openreview-figures", **scope.kept),
    })  # fmt: skip


def _place(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _page(kept: dict[str, str], first: int, total: int) -> Page:
    def url(place: int) -> str:
        return presenters.address("openreview-stays", **kept, **{"from": place or ""})

    last = min(first + PAGE, total)
    return Page(
        first=min(first + 1, total), last=last, total=total, previous_url=url(max(0, first - PAGE)) if first else "", next_url=url(last) if last < total else ""
    )  # fmt: skip


def _filters(kept: dict[str, str]) -> list[Filter]:
    said: Any = (("Stays", "of", OF), ("Reviewed", "reviewed", REVIEWED))
    return [
        Filter(
            name=label,
            options=[
                Option(words, presenters.address("openreview-stays", **(kept | {name: value})), value == kept[name])
                for value, words in options.items()
            ],
        )
        for label, name, options in said
    ]


def _lines(actor: Actor, rows: list[tuple[UUID, bool]]) -> list[tuple[UUID, Line]]:
    """(patient, line) of each stay that the actor may see. Three queries."""
    known = queries.stays_by_id(actor, [stay for stay, _ in rows])
    named = whose(actor, {(one.patient_id, one.facility_id) for one in known.values()})
    here = [(known[stay], reviewed) for stay, reviewed in rows if stay in known]
    return [(one.patient_id, _line(one, named[one.patient_id, one.facility_id], reviewed=reviewed)) for one, reviewed in here]


def _line(stay: Encounter, named: Whose, *, reviewed: bool) -> Line:
    return Line(
        url=encounters.chart_url(stay), whose=named, dates=encounters.interval(stay), class_name=encounters.class_name(stay), service=stay.service,
        place=encounters.place(stay), state="Reviewed" if reviewed else "Not reviewed", tone=Tone.OK if reviewed else Tone.PLAIN,
    )  # fmt: skip
