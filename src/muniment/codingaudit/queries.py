"""Reads of coding audits: who can be drawn, one audit, the list, accuracy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from muniment.accounts.models import Facility, User
from muniment.coding import queries as coding
from muniment.coding.drafting import Draft
from muniment.coding.models import FinalCoding
from muniment.codingaudit import permissions
from muniment.codingaudit.models import Audit, AuditDraw, AuditStep
from muniment.codingaudit.parameters import Errors, Focus, errors_of
from muniment.codingaudit.rules import Accuracy, Finding, State
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.kernel.errors import Refused
from muniment.rulebook import queries as rulebook
from muniment.terminology.own_tables import discharge_status

MOST = 20000  # audits that one page counts


def today_at(facility: Facility) -> date:
    return clock.now().astimezone(ZoneInfo(facility.zone)).date()


def errors_on(facility: Facility) -> tuple[int, Errors]:
    """The taxonomy of today at a facility, with the number of its version."""
    rule, errors = errors_of(rulebook.at(today_at(facility)))
    return rule.number, errors


def eligible(facility: Facility, back_days: int) -> dict[UUID, list[FinalCoding]]:
    """Codings in force that no audit has looked at, by their coder; of coders who can still sign in. Two queries."""
    later = FinalCoding.objects.filter(
        patient_id=OuterRef("patient_id"), encounter_id=OuterRef("encounter_id"), number__gt=OuterRef("number")
    )
    audited = Audit.objects.filter(
        patient_id=OuterRef("patient_id"), encounter_id=OuterRef("encounter_id"), final_number=OuterRef("number")
    )
    since = clock.now() - timedelta(days=back_days)
    rows = FinalCoding.objects.filter(facility_id=facility.id, finalised_at__gte=since, coder_id__isnull=False)
    found: dict[UUID, list[FinalCoding]] = defaultdict(list)
    for one in rows.exclude(Exists(later)).exclude(Exists(audited)).order_by("encounter_id"):
        assert one.coder_id is not None
        found[one.coder_id].append(one)
    active = set(User.objects.filter(id__in=found, is_active=True).values_list("id", flat=True))
    return {coder: found[coder] for coder in sorted(found) if coder in active}


def focused(rows: Collection[FinalCoding], coder_id: UUID, focus: Focus) -> list[FinalCoding]:
    """Those of a coder's final codings that a focus looks for."""
    first = FinalCoding.objects.filter(coder_id=coder_id).aggregate(first=Min("finalised_at"))["first"]
    days = (clock.now() - first).days if first else 0
    return [one for one in rows if focus.speaks_of(coding.content_of(one), days_coding=days)]


def findings_of(audit: Audit | AuditStep) -> list[Finding]:
    return msgspec.convert(audit.findings, list[Finding])


def kept(findings: Collection[Finding]) -> list[Any]:
    """Findings as a row keeps them."""
    return [msgspec.to_builtins(one) for one in findings]


def audited(audit: Audit) -> FinalCoding:
    """The final coding that is audited, whatever came after it."""
    return FinalCoding.objects.get(patient_id=audit.patient_id, encounter_id=audit.encounter_id, number=audit.final_number)


def first_draft(audit: Audit) -> Draft:
    return coding.draft_from(coding.content_of(audited(audit)))


def second_draft(audit: Audit) -> Draft:
    """The auditor's coding; empty before they began."""
    return coding.draft_from(audit.second) if audit.second else Draft()


def titles(audit: Audit) -> dict[str, str]:
    """Code → the title each coder was shown; "status 01" → the words of a discharge status. One query."""
    first = coding.content_of(audited(audit))
    shown = {one["code"]: one["title"] for one in [*first["codes"], *audit.second["codes"]]}
    statuses = {one["stay"]["disposition"] for one in (first, audit.second)}
    return shown | {f"status {one}": discharge_status(one) for one in statuses if one}


def seen_by(actor: Actor) -> QuerySet[Audit]:
    found = Audit.objects.select_related("patient", "facility")
    return found if actor.is_system else found.filter(facility_id__in=actor.facilities)


def audit(actor: Actor, audit_id: UUID) -> Audit:
    """One audit. Raises Refused alike for one that is not there and one the actor may not see."""
    found = seen_by(actor).filter(id=audit_id).first()
    if found is None:
        raise Refused("There is nothing here that you may see.")
    permissions.check_see(actor, found)
    return found


def history(row: Audit) -> list[AuditStep]:
    """Its steps, newest first."""
    return list(AuditStep.objects.filter(patient_id=row.patient_id, audit_id=row.id).order_by("-at", "-id"))


def draw_of(row: Audit) -> AuditDraw:
    return AuditDraw.objects.get(id=row.draw_id)


def listed(actor: Actor, *, facility_id: UUID | None = None, state: str = "", coder_id: UUID | None = None) -> QuerySet[Audit]:
    """Audits the actor may see, newest first. A coder's own are not among them before they are told."""
    found = seen_by(actor)
    if not permissions.oversees(actor):
        own = Q(coder_id=actor.id) & ~Q(state__in=[State.CODING, State.JUDGING])
        free = Q(state=State.CODING, auditor_id=None) | Q(state=State.THIRD)
        found = found.filter(Q(auditor_id=actor.id) | own | (free & ~Q(coder_id=actor.id)))
    narrower = {"facility_id": facility_id, "state": state or None, "coder_id": coder_id}
    return found.filter(**{name: value for name, value in narrower.items() if value}).order_by("-chosen_at", "-id")


GROUPS = {"coder": ("coder_id", "coder_name"), "auditor": ("auditor_id", "auditor_name"), "service": ("service", "service"), "drg": ("first_drg", "first_drg")}  # fmt: skip


def closed(actor: Actor, since: datetime, until: datetime, *, facility_id: UUID | None = None) -> QuerySet[Audit]:
    """Audits closed from ``since`` to before ``until``: all for who oversees, for others those of their own codings."""
    found = seen_by(actor).filter(state=State.CLOSED, closed_at__gte=since, closed_at__lt=until)
    if facility_id:
        found = found.filter(facility_id=facility_id)
    if permissions.oversees(actor):
        return found
    return found.filter(coder_id=actor.id) if actor.id else found.none()


def accuracy(rows: QuerySet[Audit]) -> Accuracy:
    """Of all of them. One query."""
    return sum((one for _, one in _read(rows)), Accuracy())


def accuracy_by(rows: QuerySet[Audit], group: str) -> dict[tuple[str, str], Accuracy]:
    """By (key, name) of a group of GROUPS, most audits first. One query."""
    found: dict[tuple[str, str], Accuracy] = defaultdict(Accuracy)
    key, name = GROUPS[group]
    for said, one in _read(rows, key, name):
        found[said] += one
    return dict(sorted(found.items(), key=lambda pair: (-pair[1].audits, pair[0][1])))


def _read(rows: QuerySet[Audit], *columns: str) -> list[tuple[Any, Accuracy]]:
    wanted = rows.order_by().values_list(*columns, "coded", "correct", "missed", "first_drg", "standing_drg")[:MOST]
    return [(tuple(str(part or "") for part in row[: len(columns)]), _one(*row[len(columns) :])) for row in wanted]


def _one(coded: int, correct: int, missed: int, first: str, standing: str) -> Accuracy:
    grouped = bool(first or standing)
    return Accuracy(1, coded, correct, missed, int(grouped), int(grouped and first == standing))
