"""Events of the trail as rows and facts: what templates place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from muniment.access.permissions import can
from muniment.access.rules import Category
from muniment.accounts.queries import facility_names
from muniment.audit.models import LifecycleEvent
from muniment.core import clock
from muniment.core.actions import STANDS
from muniment.core.actor import Actor
from muniment.identity.queries import seen_by
from muniment.operations.models import Verification
from muniment.operations.rules import OPEN, Standing, is_abandoned
from muniment.ui import dates
from muniment.ui.shapes import Fact, Input, Tone, Why

SCREENS = {"input": "intake-input", "work-item": "work-item", "verification": ""}  # subjects with a screen of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the trail. ``patient`` is empty where the reader may not know names."""

    event: LifecycleEvent
    url: str
    subject: str
    subject_url: str
    patient: str
    facility: str


def rows(actor: Actor, events: Sequence[LifecycleEvent]) -> list[Row]:
    """Two queries whatever the number of events. A patient of other facilities is named nowhere."""
    named = can(actor, Category.IDENTITY) or can(actor, Category.RECORD)
    about = {one.patient_id for one in events if one.patient_id} if named else set()
    patients = {one.id: one.display_name for one in seen_by(actor).filter(id__in=about)} if about else {}
    facilities = facility_names() if events else {}
    return [
        Row(
            event=one, url=reverse("operations-audit-event", args=[one.lane, one.sequence]), subject=subject_words(one),
            subject_url=_subject_url(actor, one), facility=facilities.get(one.facility_id, "") if one.facility_id else "",
            patient=_name(patients, one.patient_id),
        )
        for one in events
    ]  # fmt: skip


def _name(patients: dict[UUID, str], patient_id: UUID | None) -> str:
    return patients.get(patient_id, "a patient") if patient_id else ""


def subject_words(one: LifecycleEvent) -> str:
    """``input 01a2b3c4``: the kind of thing, and enough of its id to tell two apart."""
    return (
        f"{one.subject_type} {one.subject_id if len(one.subject_id) <= 20 else one.subject_id[:8] + '…' + one.subject_id[-6:]}"
    )


def _subject_url(actor: Actor, one: LifecycleEvent) -> str:
    screen = SCREENS.get(one.subject_type, "")
    if not screen or not can(actor, Category.INTAKE if one.subject_type == "input" else Category.WORK):
        return ""
    try:
        return reverse(screen, args=[one.subject_id])
    except NoReverseMatch:
        return ""


def facts(row: Row) -> list[Fact]:
    one, zone = row.event, timezone.get_current_timezone()
    return [
        Fact(label="When", value=f"{dates.moment(one.at, zone)}:{one.at.astimezone(zone):%S.%f}"),
        Fact(label="Who", value=one.actor_name, url=reverse("operations-audit") + f"?person={one.actor_id}" if one.actor_id else ""),
        Fact(label="Role", value=one.role),
        Fact(label="What", value=f"{one.name} ({one.lifecycle})"),
        Fact(label="About", value=f"{one.subject_type} {one.subject_id}", url=row.subject_url),
        Fact(label="Patient", value=row.patient or "none", url=reverse("operations-audit") + f"?patient={one.patient_id}" if one.patient_id else ""),
        Fact(label="Reason", value=one.reason or "none given"),
        Fact(label="Facility", value=row.facility or "none"),
        Fact(label="Organisation", value=one.organisation),
        Fact(label="Workstation or address", value=one.workstation),
        Fact(label="Source system", value=one.source_system),
        Fact(label="Event id", value=str(one.id)),
    ]  # fmt: skip


def changes(one: LifecycleEvent) -> list[tuple[str, str, str]]:
    """(what, before, after) of everything the event points at, how rows stand left out; what holds further names is opened."""
    before, after = _flat(one.before), _flat({name: value for name, value in one.after.items() if name != STANDS})
    return [(name, before.get(name, ""), after.get(name, "")) for name in sorted({*before, *after})]


def _flat(said: Mapping[str, Any], within: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in said.items():
        words = within + name.replace("_", " ")
        found |= _flat(value, f"{words}: ") if isinstance(value, dict) and value else {words: _said(value)}
    return found


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(_said(one) for one in value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_said(one)}" for name, one in value.items()) or "none"
    return "" if value is None else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """How a row stood when the event was sealed: its kind and id, its revision, the digest of its content."""

    kind: str
    id: str
    revision: str
    digest: str


def standing(one: LifecycleEvent) -> list[Stands]:
    """The rows whose state the event's seal covers (ADR 0016), by kind."""
    kinds = {model._meta.db_table: str(model._meta.verbose_name) for model in apps.get_models()}
    return [
        _stands(kinds.get(table, table), row, said)
        for table, rows in sorted(one.after.get(STANDS, {}).items())
        for row, said in sorted(rows.items())
    ]


def _stands(kind: str, row: str, said: str) -> Stands:
    revision, _, digest = said.partition(":")
    shown = "none counted" if revision == "0" else revision
    return Stands(kind=kind[:1].upper() + kind[1:], id=row, revision=shown, digest=digest)


def position(one: LifecycleEvent, holds: bool, covered: bool, last: Verification | None) -> list[Fact]:
    """Where it stands in the chain and what proves it."""
    zone = timezone.get_current_timezone()
    walked = "yes" if covered else "not yet"
    if last and last.standing == Standing.BROKEN:
        walked = "the last verification found the chain broken"
    when = dates.moment(last.finished_at, zone) if last and last.finished_at else "never"
    return [
        Fact(label="Lane and row", value=f"lane {one.lane}, row {one.sequence:,}"),
        Fact(label="Its seal", value="holds, read just now" if holds else "does not hold: the row or the one before it was changed", why=_SEAL),
        Fact(label="Seal", value=bytes(one.mac).hex()),
        Fact(label="Key", value=f"number {one.key_number}"),
        Fact(label="Walked by the last verification", value=walked, why=Why(
            rule="A verification walks every lane from its first row and holds the anchors outside the database against it.",
            inputs=[Input("Last verification", when)],
        )),
    ]  # fmt: skip


_SEAL = Why(
    rule="Each row is sealed with a key the database does not hold, over its whole content and the seal of the row before it.",
    citation="HMAC-SHA-256, RFC 2104; 45 CFR 164.312(c)(2)",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The last verification in words. ``going`` while it is to be looked at again."""

    words: str
    tone: Tone
    going: bool = False
    walked: int = 0
    total: int | None = None
    breaks: Sequence[str] = ()


def proof(asked: Verification | None, result: Verification | None) -> Proof:
    now = clock.now()
    if asked and asked.standing in OPEN and not is_abandoned(Standing(asked.standing), asked.changed_at, now):
        return _under_way(asked)
    if result is None or result.finished_at is None:
        return Proof(words="The chain has not been verified yet.", tone=Tone.DUE)
    when = dates.moment(result.finished_at, timezone.get_current_timezone())
    lost = " A later verification was broken off." if asked and asked.asked_at > result.asked_at else ""
    if result.standing == Standing.SOUND:
        return Proof(
            words=f"The chain holds: {_count(result.walked, 'event')} and {_count(result.anchors, 'anchor')} verified, {when}.{lost}",
            tone=Tone.OK,
        )
    return Proof(words=f"The trail does not hold. Found {when}.{lost}", tone=Tone.LATE, breaks=result.breaks)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _under_way(asked: Verification) -> Proof:
    if asked.standing == Standing.WAITING:
        return Proof(words=f"Asked for by {asked.asked_by}; waiting for the worker", tone=Tone.INFO, going=True)
    return Proof(words="Events verified", tone=Tone.INFO, going=True, walked=asked.walked, total=asked.total)
