"""Reads of scanning: batches, documents and their pages; the policy in force; the backlog and its forecast."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from muniment.accounts.models import Facility
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.kernel.errors import Refused
from muniment.record import blobs
from muniment.record import queries as record
from muniment.record.models import Version
from muniment.record.queries import Alike
from muniment.record.rules import VersionKind
from muniment.rulebook import queries as rulebook
from muniment.rulebook.rules import RuleInForce
from muniment.scanning import permissions
from muniment.scanning.automatic import Known, Thresholds
from muniment.scanning.lots.rules import LotState
from muniment.scanning.models import OPEN, Batch, Document, Page
from muniment.scanning.rules import BatchState, Forecast, Policy, Standing, State, working_days_before
from muniment.work.models import WorkItem
from muniment.work.rules import State as Held

NOTHING = "There is nothing here that you may see."


@dataclass(frozen=True, slots=True)
class InForce:
    """What governs on a day: the policy, and the rules it was read from, by code."""

    policy: Policy
    rules: dict[str, RuleInForce]

    def cited(self, code: str) -> str:
        found = self.rules.get(f"scanning.{code}")
        return found.cited if found else "No rule is in force: the strictest applies"

    @property
    def automatic(self) -> Thresholds | None:
        """What is asked of a document that is filed without a person; None where no rule lets one be."""
        found = self.rules.get("scanning.automatic")
        return Thresholds.read(found.parameters) if found else None

    def statement(self, code: str) -> str:
        found = self.rules.get(f"scanning.{code}")
        return found.statement if found else ""


def in_force(day: date) -> InForce:
    rules = {rule.code: rule for rule in rulebook.at(day).area("scanning")}
    together: dict[str, Any] = {}
    for rule in rules.values():
        together |= rule.parameters
    return InForce(Policy.read(together), rules)


def batches(actor: Actor, *, state: str = "") -> QuerySet[Batch]:
    """Within the actor's facilities, newest first."""
    found = Batch.objects.all() if actor.is_system else Batch.objects.filter(facility_id__in=actor.facilities)
    found = found.filter(state=state) if state else found
    return found.order_by("-received_at", "-id")


def batch(actor: Actor, batch_id: UUID) -> Batch:
    """Raises Refused alike for one that is not there."""
    found = Batch.objects.filter(id=batch_id).first()
    if found is None:
        raise Refused(NOTHING)
    permissions.check_see(actor, found)
    return found


def by_hash(sha256: bytes) -> Batch | None:
    return Batch.objects.filter(sha256=sha256).first()


def document(actor: Actor, document_id: UUID) -> Document:
    found = Document.objects.select_related("batch").filter(id=document_id).first()
    if found is None:
        raise Refused(NOTHING)
    permissions.check_see(actor, found)
    return found


def documents(
    actor: Actor, *, states: Sequence[str] = (), exceptions: bool = False, before: datetime | None = None
) -> QuerySet[Document]:
    """Within the actor's facilities, the one that waits longest first."""
    found = Document.objects.select_related("batch")
    found = found if actor.is_system else found.filter(facility_id__in=actor.facilities)
    found = found.filter(state__in=states) if states else found
    found = found.exclude(exception="") if exceptions else found
    found = found.filter(waiting_since__lt=before) if before else found
    return found.order_by("waiting_since", "id")


def pages(row: Document) -> list[Page]:
    return list(row.page_set.order_by("position", "number"))


def page(actor: Actor, document_id: UUID, number: int) -> tuple[Document, Page]:
    row = document(actor, document_id)
    permissions.check_read(actor, row)
    found = row.page_set.filter(number=number).first()
    if found is None:
        raise Refused("This document has no such page.", remedy="Open the document again.")
    return row, found


def left_behind(row: Document, patient_id: UUID) -> Version | None:
    """The last version of what this scan was in a chart of that patient, out of which it was taken."""
    found = Version.objects.filter(patient_id=patient_id, source_id=row.id, kind=VersionKind.RETRACTION)
    return found.order_by("-recorded_at", "-number").first()


def holder(actor: Actor, row: Document) -> str:
    """Who else has taken it out of the queue and has not finished with it, by name; "" for nobody."""
    held = WorkItem.objects.filter(
        subject_type="scan-document", subject_id=str(row.id), state=Held.ASSIGNED, owner_id__isnull=False
    )
    found = held.exclude(owner_id=actor.id).select_related("owner").first()
    return str(found.owner) if found else ""


def previous_of(row: Document) -> Document | None:
    """The document before this one in its batch; not one whose pages were put to another."""
    here = Document.objects.filter(batch_id=row.batch_id, first_page__lt=row.first_page)
    return here.filter(Exists(Page.objects.filter(document=OuterRef("id")))).order_by("-first_page").first()


def bytes_of(row: Batch) -> bytes:
    """The copy that is read and rendered: the original, or the one without what acts by itself."""
    return blobs.get(working(row))


def working(row: Batch) -> bytes:
    """The digest of those bytes."""
    return bytes(row.working_sha256 or row.sha256)


def texts(found: Iterable[Page]) -> list[tuple[int, str]]:
    """The pages that count, as ``clues`` takes them."""
    return [(one.number, one.text) for one in found if not one.dropped]


def codes(found: Iterable[Page]) -> list[str]:
    """What the codes on the pages that count say, page after page."""
    return [code for one in found if not one.dropped for code in one.codes]


def known(row: Document, pages: Sequence[Page], copies: int) -> Known:
    """What the rule of automatic filing asks about a waiting document. ``copies``: documents of nearly the same text."""
    said = row.proposals
    kept = [one for one in pages if not one.dropped]
    evidence = said.get("patient", {}).get("evidence", [])
    on = {one["page"] for one in evidence}
    return Known(
        agreed=[one["what"] for one in evidence], against=[one["what"] for one in said.get("against", [])],
        confidence={name: found["confidence"] for name, found in said.items() if isinstance(found, dict)},
        exception=row.exception, failed_before=row.attempt > 0, reading=min((one.confidence for one in kept if one.number in on), default=0),
        unreadable=sum(bool(one.trouble) for one in kept), pages=len(kept), expected=row.expected_pages, copies=copies,
    )  # fmt: skip


def filed_before(actor: Actor) -> int:
    return Document.objects.filter(indexed_by_id=actor.id, indexed_at__isnull=False).count() if actor.id else 0


def own_checks(actor: Actor) -> QuerySet[Document] | None:
    """Documents awaiting a check that the actor indexed; None where whoever indexed may check."""
    if not in_force(clock.today()).policy.another_person:
        return None
    return Document.objects.filter(facility_id__in=actor.facilities, state=State.CHECKING, indexed_by_id=actor.id)


def standing(row: Batch) -> Standing:
    """Of a batch's paper, days by the facility's clock. Two queries."""
    zone = ZoneInfo(Facility.objects.values_list("zone", flat=True).get(id=row.facility_id))
    counts: dict[str, int] = {}
    last: datetime | None = None
    undecided = 0
    for state, indexed, checked, lot in row.documents.values_list("state", "indexed_at", "checked_at", "lot__state"):
        counts[state] = counts.get(state, 0) + 1
        undecided += state == State.FILED and lot in (LotState.OPEN, LotState.INSPECTING)
        last = max((one for one in (last, indexed, checked) if one), default=None)
    return Standing(
        row.state in (BatchState.READ, BatchState.DESTROYED), counts.get(State.WAITING, 0), counts.get(State.CHECKING, 0),
        counts.get(State.LEFT_OUT, 0), last.astimezone(zone).date() if last else None, undecided,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Backlog:
    waiting: int
    exceptions: int
    checking: int
    late: int
    oldest: datetime | None
    forecast: Forecast
    since: date  # the first day of the rate
    reading: int
    by_rule: int


def by_rule(actor: Actor, since: date) -> QuerySet[Document]:
    """Documents filed without a person since a day."""
    return documents(actor).filter(indexed_at__gte=clock.midnight(since)).exclude(automatic={})


def filed(actor: Actor, since: date, today: date) -> QuerySet[Document]:
    """Documents filed since a day and before today, by anybody. By moments, not by days: those are read off an index."""
    return documents(actor).filter(indexed_at__gte=clock.midnight(since), indexed_at__lt=clock.midnight(today))


def backlog(actor: Actor, policy: Policy, now: datetime, today: date) -> Backlog:
    """The figures of the board, each the count of a list."""
    late_before, since = late_since(policy, now), working_days_before(today, policy.rate_days)
    mine = documents(actor).order_by()
    row = mine.filter(state__in=OPEN).aggregate(
        waiting=Count("id", filter=Q(state=State.WAITING)), exceptions=Count("id", filter=Q(state=State.WAITING) & ~Q(exception="")),
        checking=Count("id", filter=Q(state=State.CHECKING)), late=Count("id", filter=Q(state=State.WAITING, waiting_since__lt=late_before)),
    )  # fmt: skip
    done = filed(actor, since, today).order_by().count()
    oldest = documents(actor, states=[State.WAITING]).values_list("waiting_since", flat=True).first()
    reading = batches(actor, state=BatchState.READING).count()
    return Backlog(
        row["waiting"], row["exceptions"], row["checking"], row["late"], oldest, Forecast(row["waiting"], done, policy.rate_days), since, reading,
        by_rule(actor, since).count(),
    )  # fmt: skip


def late_since(policy: Policy, now: datetime) -> datetime:
    """What has waited since before this is backlogged."""
    return now - timedelta(days=policy.backlog_days)


def alike(actor: Actor, patient_id: UUID, text: str, least: float) -> list[Alike]:
    """The patient's documents whose text is nearly ``text``, others' records among them, the likest first. Three queries."""
    return record.alike(actor, [patient_id], text, least, outside=True)
