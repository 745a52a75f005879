"""The only writer of downtimes: packs made ahead, downtimes declared and ended, their paper entered late, their stays reconciled."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from muniment.accounts.models import Facility
from muniment.core import clock
from muniment.core.actions import action, leave, stands, unchanged
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.downtime import entering, pack, permissions, queries
from muniment.downtime.entering import Typed
from muniment.downtime.models import Downtime, NoPaper, Pack, Paper
from muniment.downtime.queues import RECOVERY
from muniment.downtime.rules import State, Step, check_act, check_interval, open_stays
from muniment.kernel.errors import Refused
from muniment.record import actions as record
from muniment.record.models import Version
from muniment.scanning import clues
from muniment.scanning.models import Document
from muniment.ui import dates
from muniment.work import actions as work
from muniment.work.actions import NewItem

TYPED, SCANNED = "typed", "scanned"


@action("downtime.make-pack", Lifecycle.OUTPUT)
def make_pack(*, actor: Actor, facility: Facility, unit: str, day: date, anew: bool = False) -> bool:
    """Bring the pack of a unit up to ``day``. Returns whether it was made: one of that day with the same forms stays as it is."""
    held = pack.chosen(facility, unit, day)
    before = Pack.objects.select_for_update().filter(facility=facility, unit=unit).first()
    said = pack.digest(facility, unit, held)
    if before and before.as_of == day and before.digest == said and not anew:
        unchanged()
        return False
    content, pages = pack.made(facility, unit, day, held) if held else (b"", 0)
    digest = record.keep(content=content, media_type="application/pdf") if content else None
    made, _ = Pack.objects.update_or_create(
        facility=facility, unit=unit,
        defaults={"as_of": day, "digest": said, "sha256": digest, "forms": len(held), "pages": pages, "made_at": clock.now()},
    )  # fmt: skip
    stands(made)
    forms = [f"{one.form.number}/{one.number}" for one in held]
    leave(
        subject=("downtime-pack", f"{facility.code}/{unit}"),
        facility_id=facility.id,
        after={"day": day.isoformat(), "forms": forms, "pages": pages},
    )
    return True


def make_packs(*, actor: Actor, facility: Facility, day: date) -> int:
    """Every pack of a facility: the whole one, and one a unit. Each is a transaction of its own. Returns how many were made."""
    return sum(
        make_pack(actor=actor, facility=facility, unit=unit, day=day) for unit in (pack.EVERY_UNIT, *pack.units(facility, day))
    )


@action("downtime.declare", Lifecycle.ORIGINATE)
def declare(
    *, actor: Actor, facility: Facility, what: str, reason: str, began: datetime, ended: datetime | None = None
) -> Downtime:  # fmt: skip
    """Say that systems are or were down. Scans already filed as written during it are linked to it."""
    permissions.check_declare(actor, facility.id)
    permissions.check_said(what, "Say what was down.", "what")
    permissions.check_said(reason, "Say why.", "reason")
    now = clock.now()
    check_interval(began, ended, now)
    row = Downtime(
        facility=facility, state=State.OVER if ended else State.RUNNING, what=what.strip()[:200], reason=reason.strip(), began=began, ended=ended,
        declared_by=actor.name, declared_at=now,
    )  # fmt: skip
    row.save(force_insert=True)
    event_id = _leave(row, reason=reason)
    _link_scans(row, event_id)
    _ask(actor, row)
    return row


def _leave(row: Downtime, *, reason: str = "", after: dict[str, object] | None = None) -> UUID:
    """The event of a step; returns its id."""
    ended = row.ended.isoformat() if row.ended else ""
    event = leave(
        subject=(queries.SUBJECT, row.id), facility_id=row.facility_id, reason=reason,
        after={"state": str(row.state), "began": row.began.isoformat(), "ended": ended, **(after or {})},
    )  # fmt: skip
    stands(row)
    return event.id


def _ask(actor: Actor, row: Downtime) -> None:
    """Once it is over its paper is work."""
    if row.state != State.OVER or row.ended is None:
        return
    governs = queries.policy(row.day)
    item = NewItem(
        queue=RECOVERY, subject=(queries.SUBJECT, str(row.id)), title=f"{row.what}, {dates.moment(row.began, ZoneInfo(row.facility.zone))}", reason=row.reason, citation=governs.cited,
        facility_id=row.facility_id, due_at=governs.due(row.ended),
    )  # fmt: skip
    work.create(actor=actor, items=[item])


def _link_scans(row: Downtime, event_id: UUID) -> None:
    """Scans that were filed as written during a downtime before this one was declared."""
    scans = Document.objects.filter(
        facility_id=row.facility_id, indexed_at__gte=row.began, downtime=True, entry_id__isnull=False
    )
    known = set(Paper.objects.filter(entry_id__in=scans.values("entry_id")).values_list("entry_id", flat=True))
    for scan in scans.exclude(entry_id__in=known):
        acted = datetime.fromisoformat(scan.original)
        if row.began <= acted and (row.ended is None or acted <= row.ended):
            _paper_of(row, scan, acted, event_id)


def _paper_of(row: Downtime, scan: Document, acted: datetime, event_id: UUID) -> Paper:
    assert scan.patient_id is not None
    assert scan.entry_id is not None
    paper = Paper.objects.create(
        downtime=row, patient_id=scan.patient_id, encounter_id=scan.encounter_id, entry_id=scan.entry_id, title=scan.type_name, how=SCANNED, acted=acted,
        entered_by=scan.indexed_by_name, entered_at=scan.indexed_at or clock.now(), event_id=event_id,
    )  # fmt: skip
    stands(paper)
    return paper


@action("downtime.link-scan", Lifecycle.LINK)
def link_scan(*, actor: Actor, document: Document) -> Paper | None:
    """Link a filed scan that was written during a downtime to it. None where none is declared for its time."""
    acted = datetime.fromisoformat(document.original)
    row = queries.holding(document.facility_id, acted)
    if row is None:
        unchanged()
        return None
    event = leave(
        subject=(queries.SUBJECT, row.id), patient_id=document.patient_id, facility_id=row.facility_id, after={"scan": str(document.id), "entry": str(document.entry_id)}
    )  # fmt: skip
    return _paper_of(row, document, acted, event.id)


def _locked(actor: Actor, downtime_id: UUID, revision: int | None = None) -> Downtime:
    queries.downtime(actor, downtime_id)
    row = Downtime.objects.select_for_update(of=("self",)).select_related("facility").get(id=downtime_id)
    permissions.check_revision(row, revision)
    return row


def _moved(row: Downtime, step: Step) -> None:
    row.state, row.revision = permissions.check_step(row, step), row.revision + 1
    row.save(update_fields=Downtime.changing)


@action("downtime.end", Lifecycle.AMEND)
def end(*, actor: Actor, downtime_id: UUID, ended: datetime, revision: int | None = None) -> Downtime:
    """Systems are back. Its paper is to be entered by the day the rule says."""
    row = _locked(actor, downtime_id, revision)
    permissions.check_declare(actor, row.facility_id)
    check_interval(row.began, ended, clock.now())
    row.ended = ended
    _moved(row, Step.END)
    _leave(row)
    _ask(actor, row)
    return row


@action("downtime.enter", Lifecycle.ORIGINATE)
def enter(*, actor: Actor, downtime_id: UUID, typed: Typed) -> Paper:
    """File what was typed off downtime paper as a late entry: under the time of the act, with the time and hand of its entry, never back-dated."""
    row = _locked(actor, downtime_id)
    permissions.check_enter(actor, row)
    permissions.check_said(typed.author, "Give the author as the paper names them.", "author")
    permissions.check_said(typed.text, "Type what the paper says.", "text")
    if typed.type_code not in clues.vocabulary():
        raise Refused("Choose the kind of document from the list.", where="type_code")
    now = clock.now()
    check_act(typed.acted, row.began, row.ended, now)
    stay = queries.stay_in_house(row, typed.encounter_id)
    version = entering.version_of(row, stay, typed, actor, now)
    if Version.objects.filter(patient_id=stay.patient_id, entry_id=version.entry_id).exists():
        unchanged()
        return Paper.objects.get(entry_id=version.entry_id)
    event = leave(
        subject=(queries.SUBJECT, row.id), patient_id=stay.patient_id, facility_id=row.facility_id,
        after={"entry": str(version.entry_id), "acted": typed.acted.isoformat(), "type": typed.type_code},
    )  # fmt: skip
    record.file(actor=actor, patient_id=stay.patient_id, versions=[version], zone=row.facility.zone)
    paper = Paper.objects.create(
        downtime=row, patient_id=stay.patient_id, encounter_id=stay.id, entry_id=version.entry_id, title=clues.vocabulary()[typed.type_code], how=TYPED,
        acted=typed.acted, entered_by=actor.name, entered_at=now, event_id=event.id,
    )  # fmt: skip
    stands(paper)
    return paper


@action("downtime.no-paper", Lifecycle.VERIFY)
def confirm_none(*, actor: Actor, downtime_id: UUID, encounter_id: UUID, reason: str) -> NoPaper:
    """Say that a stay that was in house has no downtime paper, and how that is known."""
    permissions.check_said(reason, "Say how you know that there is none.", "reason")
    row = _locked(actor, downtime_id)
    permissions.check_enter(actor, row)
    stay = queries.stay_in_house(row, encounter_id)
    event = leave(
        subject=(queries.SUBJECT, row.id), patient_id=stay.patient_id, facility_id=row.facility_id, reason=reason, after={"stay": str(stay.id), "paper": "none"}
    )  # fmt: skip
    said = NoPaper.objects.create(
        downtime=row, patient_id=stay.patient_id, encounter_id=stay.id, reason=reason.strip()[:400], said_by=actor.name, said_at=clock.now(), event_id=event.id
    )  # fmt: skip
    stands(said)
    return said


@action("downtime.reconcile", Lifecycle.VERIFY)
def reconcile(*, actor: Actor, downtime_id: UUID, revision: int | None = None) -> Downtime:
    """Close a downtime: each stay that was in house has documents of it or is said to have none. Raises Refused with how many are open."""
    row = _locked(actor, downtime_id, revision)
    permissions.check_declare(actor, row.facility_id)
    permissions.check_step(row, Step.RECONCILE)
    left = open_stays(one.stay for one in queries.reconciliation(row, queries.policy(row.day)))
    if left:
        raise Refused(
            f"{left} {'stay has' if left == 1 else 'stays have'} neither a downtime document nor a word that there is none.",
            remedy="Enter the paper, or say of each that there is none.",
        )  # fmt: skip
    _moved(row, Step.RECONCILE)
    _leave(row)
    work.settle(actor=actor, queue=RECOVERY, subjects=[(queries.SUBJECT, str(row.id))], reason="reconciled")
    return row


@action("downtime.reopen", Lifecycle.REACTIVATE)
def reopen(*, actor: Actor, downtime_id: UUID, reason: str, revision: int | None = None) -> Downtime:
    """More paper turned up: its documents may be entered again."""
    permissions.check_said(reason, "Say what turned up.", "reason")
    row = _locked(actor, downtime_id, revision)
    permissions.check_declare(actor, row.facility_id)
    _moved(row, Step.REOPEN)
    _leave(row, reason=reason)
    _ask(actor, row)
    return row
