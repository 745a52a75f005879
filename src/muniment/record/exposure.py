"""Who has seen what entries say, as the trail proves it: whoever opened, downloaded or signed them, and productions that hold them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Max, Min, Q

from muniment.accounts.rules import Role
from muniment.audit.models import LifecycleEvent
from muniment.core.lifecycle import Lifecycle
from muniment.identity.models import Patient
from muniment.kernel.errors import Problem
from muniment.record import blobs
from muniment.record.models import Production, Version
from muniment.record.production.order import Standing
from muniment.record.rules import Holder

TASKED = (Role.CLINICIAN, Role.CODER)  # whoever may have worked with it
SEEING = (Lifecycle.ACCESS, Lifecycle.ATTEST, Lifecycle.OUTPUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Somebody, or a production, that has what the entries say."""

    kind: Holder
    user_id: UUID | None
    name: str
    role: str
    what: str
    times: int
    first_at: datetime
    last_at: datetime


def who_saw(patient_id: UUID, entries: Iterable[UUID]) -> list[Seen]:
    """Everybody the trail knows to have opened, downloaded or signed these entries or what they came in; then productions."""
    entries = list(entries)
    return [*_viewers(patient_id, entries), *_productions(patient_id, entries)]


def _viewers(patient_id: UUID, entries: Sequence[UUID]) -> list[Seen]:
    filed = Version.objects.filter(patient_id=patient_id, entry_id__in=entries)
    sources = set(filed.exclude(source_id=None).values_list("source_id", flat=True))
    subjects = [str(one) for one in (*entries, *sources)]
    seen = LifecycleEvent.objects.filter(subject_id__in=subjects, lifecycle__in=SEEING, actor_id__isnull=False)
    rows = seen.values("actor_id").annotate(
        times=Count("id"), first=Min("at"), last=Max("at"), name=Max("actor_name"), roles=ArrayAgg("role", distinct=True),
        signed=Count("id", filter=Q(lifecycle=Lifecycle.ATTEST)),
    )  # fmt: skip
    return [
        Seen(
            kind=Holder.VIEWER, user_id=row["actor_id"], name=row["name"], role=_role(row["roles"]),
            what="Opened and signed it" if row["signed"] else "Opened it", times=row["times"], first_at=row["first"], last_at=row["last"],
        )
        for row in rows.order_by("first")
    ]  # fmt: skip


def _role(roles: Sequence[str]) -> str:
    """The one by which somebody may be given a notice, where they have seen it under several."""
    return next((one for one in roles if one in TASKED), roles[0])


def _productions(patient_id: UUID, entries: Sequence[UUID]) -> list[Seen]:
    person = Patient.objects.values_list("person_id", flat=True).get(id=patient_id)
    records = Patient.objects.filter(person_id=person).values("id")
    made = Production.objects.filter(Q(patient_id__in=records) | Q(patient_id=patient_id))
    found = made.exclude(standing__in=(Standing.FAILED, Standing.STOPPED)).order_by("asked_at")
    return [_produced(row) for row in found if _holds(row, {str(one) for one in entries})]


def _holds(row: Production, entries: set[str]) -> bool:
    """Whether its manifest lists one of them. One that is not finished, or can't be read, is taken to hold it."""
    if row.manifest_sha256 is None:
        return True
    try:
        said: dict[str, Any] = json.loads(blobs.get(bytes(row.manifest_sha256)))
    except Problem:
        return True
    listed = said.get("contents", said).get("entries", [])
    return any(one.get("entry") in entries for one in listed)


def _produced(row: Production) -> Seen:
    fetched = LifecycleEvent.objects.filter(subject_id=str(row.id), name="record.fetch-production")
    names = sorted(set(fetched.values_list("actor_name", flat=True)))
    what = f"Production {row.number}" + (f", fetched by {', '.join(names)}" if names else ", fetched by nobody yet")
    return Seen(
        kind=Holder.PRODUCTION, user_id=row.asked_by_id, name=row.asked_by, role=row.asked_role, what=what[:200],
        times=max(1, fetched.count()), first_at=row.asked_at, last_at=row.finished_at or row.asked_at,
    )  # fmt: skip
