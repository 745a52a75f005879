"""The draws: from whom, by which seed, who came out; and one drawn again before the reader's eyes."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.accounts import queries as accounts
from muniment.core import keys, keyset
from muniment.core.request import ActorRequest, note_listed
from muniment.encounters.web import presenters as encounters
from muniment.encounters.web.presenters import zone_of
from muniment.identity.web.presenters import whose
from muniment.openreview import actions, queries, sampling
from muniment.openreview.models import Draw
from muniment.openreview.web import choices, presenters
from muniment.openreview.web.choices import Choice
from muniment.ui import dates
from muniment.ui.paging import page_of
from muniment.ui.shapes import Fact, Input, Why

PAGE = 50
DEFINITION = Why(
    rule="Each morning, for each stratum of the plan, as many open stays are drawn as bring the period to where it should stand by that day. The stays are put "
    "in the order of SHA-256 over the seed and their identifiers; the first ones are drawn. The seed is made of facility, stratum and day with a key of the "
    "installation: nobody can foresee it or choose another, and a stratum is drawn once a day.",
    citation="FIPS 180-4 (SHA-256), RFC 2104 (HMAC)",
)


@needs(Category.OPEN_REVIEW)
@require_GET
def draws(request: ActorRequest) -> HttpResponse:
    places = accounts.facilities(request.actor)
    period = request.GET.get("period", "")[:10]
    choice = Choice.read(
        request.GET, {"facility": choices.places(places), "period": {"": "of any period", period: f"of {period}"}}
    )
    found = queries.draws(request.actor)
    if choice["facility"]:
        found = found.filter(facility_id=choice["facility"])
    if choice["period"]:
        found = found.filter(period=choice["period"])
    some = keyset.page(found, keyset.Cursor.read(request.GET.get("at", "")), size=PAGE, field="made_at")
    return render(request, "openreview/draws.html", {
        "tabs": presenters.tabs("Draws"), "choice": choice, "filters": choice.sentence({"facility": "Facility", "period": "Period"}), "definition": DEFINITION,
        "page": page_of(some, choice.address, total=found.count()), "rows": [(one, len(one.drawn), len(one.population)) for one in some.rows],
    })  # fmt: skip


@needs(Category.OPEN_REVIEW)
@require_GET
def draw(request: ActorRequest, draw_id: UUID) -> HttpResponse:
    """One draw, drawn again from what is kept: the order must be the same, and the seed the one of its day."""
    row = queries.one_draw(request.actor, draw_id)
    free = [one for one in row.population if one not in set(row.chosen)]
    again = sampling.in_order(bytes(row.seed), free)[: len(row.drawn)]
    own = sampling.seed(keys.named(actions.KEY), row.facility.code, row.stratum, row.day) == bytes(row.seed)
    stays = queries.stays_by_id(request.actor, row.drawn)
    named = whose(request.actor, {(one.patient_id, one.facility_id) for one in stays.values()})
    note_listed(request, "an open-record draw", (one.patient_id for one in stays.values()))
    return render(request, "openreview/draw.html", {
        "row": row, "facts": _facts(row), "same": again == row.drawn, "own": own, "definition": DEFINITION,
        "lines": [
            (number, named[stay.patient_id, stay.facility_id], encounters.chart_url(stay), encounters.place(stay), encounters.interval(stay))
            for number, one in enumerate(row.drawn, 1)
            if (stay := stays.get(one))
        ],
    })  # fmt: skip


def _facts(row: Draw) -> list[Fact]:
    why = Why(rule="The plan of that day.", citation=row.citation.removesuffix(" (unverified)"), verified=not row.citation.endswith("(unverified)"),
              inputs=[Input("Version of the plan", str(row.rule_number))], judged_on=row.day)  # fmt: skip
    return [
        Fact(label="Facility", value=row.facility.name), Fact(label="Stratum", value=row.stratum),
        Fact(label="Day", value=f"{dates.day(row.day)}, of {row.period} ({dates.day(row.begin)} to {dates.day(row.last)})"),
        Fact(label="Drawn", value=dates.moment(row.made_at, zone_of(row))),
        Fact(label="Open stays", value=f"{len(row.population)}, {len(row.chosen)} of them chosen before in this period"),
        Fact(label="Seen in the period", value=str(row.seen)), Fact(label="The plan asks for", value=f"{row.required} in the period, {row.target} by this day", why=why),
        Fact(label="Drawn so far", value=f"{row.have}, {len(row.drawn)} of them now"), Fact(label="Short", value=str(row.short) if row.short else "nothing"),
        Fact(label="Seed", value=bytes(row.seed).hex()),
    ]  # fmt: skip
