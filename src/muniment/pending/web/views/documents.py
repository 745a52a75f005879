"""Documents that stand without their author's signature, longest first: whose they are, by which clock, and what is next."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.accounts import queries as accounts
from muniment.accounts.models import Practitioner
from muniment.accounts.rules import Role
from muniment.completion.queries import practitioner_of
from muniment.core import keyset
from muniment.core.request import ActorRequest, note_listed
from muniment.pending import queries
from muniment.pending.parameters import OTHERS, Book
from muniment.pending.rules import Stage
from muniment.pending.web import presenters
from muniment.pending.web.choices import DUE, MINE, NOBODY, NOTICE, PROPOSED, Choice
from muniment.record.models import Entry
from muniment.ui.paging import page_of
from muniment.ui.shapes import Why

PAGE = 50
STAGES = {NOTICE: Stage.NOTICE, DUE: Stage.DUE, PROPOSED: Stage.DUE}
DEFINITION = Why(
    rule="Documents of our own that their author has not signed, of the types the rule of pending documents names, and those of other types that their "
    "source calls preliminary. The days run from when a document was filed here. The rule of that day applies.",
    citation="ISO/HL7 10781 EHR-S FM R2.1.1, RI.1.3.1",
)


@needs(Category.COMPLETION)
@require_GET
def documents(request: ActorRequest) -> HttpResponse:
    actor, places = request.actor, accounts.facilities(request.actor)
    choice = Choice.read(request.GET, [one.id for one in places])
    book, practitioner = queries.book(), practitioner_of(actor)
    here = [one for one in places if str(one.id) == choice.facility] or places
    every = queries.pending(here, book)
    found = _narrowed(queries.pending(here, book, STAGES.get(choice.age)), choice, practitioner, book)
    some = keyset.page(found, keyset.Cursor.read(request.GET.get("at", "")), size=PAGE, field="since", newest_first=False)
    standings = queries.standings(some.rows, here, book)
    note_listed(
        request, "pending documents", (one.entry.patient_id for one in standings), age=choice.age, narrowed=choice.is_narrow
    )
    return render(request, "pending/documents.html", {
        "waiting": presenters.waiting(queries.waiting_to_be_proposed(here, book), here, book), "tabs": presenters.tabs("Pending"), "choice": choice, "definition": DEFINITION, "broken": book.broken, "governed": bool(book.versions),
        "page": page_of(some, choice.address, total=found.count()),
        "filters": choice.sentence([*book.names, OTHERS], _authors(every), {one.id: one.name for one in places}, writes=can(actor, Category.COMPLETION, Grade.WRITE)),
        "lines": presenters.lines(actor, standings, practitioner=practitioner, decides=actor.role == Role.ADMINISTRATOR),
    })  # fmt: skip


def _narrowed(found: QuerySet[Entry], choice: Choice, practitioner: Practitioner | None, book: Book) -> QuerySet[Entry]:
    if choice.age == PROPOSED:
        found = found.filter(entry_id__in=[UUID(one) for one in queries.proposed().values_list("subject_id", flat=True)])
    if choice.kind == OTHERS:
        found = found.exclude(code__in=[code for codes in book.names.values() for code in codes])
    elif choice.kind:
        found = found.filter(code__in=book.names.get(choice.kind, ()))
    return found.filter(_by(choice.author, practitioner))


def _by(author: str, practitioner: Practitioner | None) -> Q:
    if author == NOBODY:
        return Q(author_id__isnull=True)
    if author == MINE:
        return Q(author_id=practitioner.id) if practitioner else Q(pk__in=[])
    return Q(author_id=UUID(author)) if author else Q()


def _authors(found: QuerySet[Entry]) -> list[tuple[Practitioner, int]]:
    """Who has how many, most first. Two queries."""
    rows = found.filter(author_id__isnull=False).order_by().values("author_id").annotate(count=Count("entry_id"))
    counted = dict(rows.values_list("author_id", "count"))
    people = Practitioner.objects.in_bulk(counted)
    return sorted(
        ((people[one], count) for one, count in counted.items() if one in people), key=lambda pair: (-pair[1], str(pair[0]))
    )
