"""The only writer of deficiencies: analysis opens and closes them, people sign, write, decline, reassign and waive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from muniment.accounts.happenings import SignsAs
from muniment.accounts.models import Practitioner, User
from muniment.completion import analysis, charts, opened, outbox, permissions
from muniment.completion.documents import Written, resource_of
from muniment.completion.models import Deficiency, DeficiencyStep
from muniment.completion.queries import deficiency as seen
from muniment.completion.queries import practitioner_of
from muniment.completion.queues import ANALYSIS, INBOX
from muniment.completion.rules import Kind, State, Step
from muniment.core import clock
from muniment.core.actions import action, leave, stands, unchanged, unit_of_work
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.encounters.models import Encounter
from muniment.kernel.errors import Problem, Refused
from muniment.kernel.ids import uuid7
from muniment.record import actions as record
from muniment.record.models import Entry, Signature
from muniment.record.rules import Meaning
from muniment.work import actions as work

BATCH = 500
ENDINGS = (  # what becomes of the work about a deficiency that ended: only what was completed counts as done by somebody
    (Step.COMPLETE, True, "Completed"),
    (Step.CANCEL, False, "No longer required"),
    (Step.CLOSE, False, "Closed administratively"),
)


@action("completion.analyse", Lifecycle.VERIFY)
def analyse(*, actor: Actor, encounters: Sequence[tuple[UUID, UUID]]) -> int:
    """Analyse the charts of these (patient, encounter) pairs as they stand. Returns how many deficiencies changed."""
    analysis.lock(encounter for _, encounter in encounters)
    loaded = charts.load(encounters)
    plan = analysis.plan(loaded)
    if plan.empty:
        unchanged()
        return 0
    one = loaded[0].stay if len(loaded) == 1 else None
    event = leave(
        subject=("chart", one.id) if one else ("charts", uuid7()), patient_id=one.patient_id if one else None,
        facility_id=one.facility_id if one else None,
        after={
            "charts": len(loaded), "opened": _ids(plan.opened), "reopened": _ids(plan.reopened),
            "closed": _ids([row for row, _ in plan.closed]), "restated": len(plan.refreshed),
        },
    )  # fmt: skip
    analysis.write(plan, actor=actor, event_id=event.id, at=event.at)
    _hand_out(plan, actor)
    return len(plan.to_do) + len(plan.closed)


def _ids(rows: Sequence[Deficiency]) -> list[str]:
    return [str(row.id) for row in rows]


def _hand_out(plan: analysis.Plan, actor: Actor) -> None:
    """Settle the work about what is closed or owed by another now; restate what is due at another time; give out what is to do."""
    for step, done, why in ENDINGS:
        _settle([row for row, closing in plan.closed if closing.step is step], actor, why, done=done)
    _settle(plan.moved, actor, "The record names another clinician now", done=False)
    if plan.restated:
        pairs = zip(*(analysis.items(rows) for rows in zip(*plan.restated, strict=True)), strict=True)
        work.restate(actor=actor, changed=list(pairs), reason="Its chart or its rule says otherwise now")
    if plan.to_do:
        work.create(actor=actor, items=analysis.items(plan.to_do))


def _settle(rows: Sequence[Deficiency], actor: Actor, reason: str, *, done: bool) -> None:
    if not rows:
        return
    subjects = [("deficiency", str(row.id)) for row in rows]
    work.settle(actor=actor, queue=(INBOX, ANALYSIS), subjects=subjects, reason=reason, done=done)


def drain(*, actor: Actor, limit: int = BATCH) -> int:
    """Analyse up to ``limit`` noted charts in one transaction. Returns how many charts it was: 0 when none is left."""
    with unit_of_work():
        claimed = outbox.CHARTS.claim(limit)
        if claimed:
            analyse(actor=actor, encounters=claimed)
    return len(claimed)


def _analyse_now(actor: Actor, deficiency: Deficiency) -> None:
    """For whoever is waiting at the screen: the chart's notes are taken and it is analysed in this transaction."""
    outbox.CHARTS.claim_of(deficiency.encounter_id)
    analyse(actor=actor, encounters=[(deficiency.patient_id, deficiency.encounter_id)])


def sign(*, actor: Actor, deficiency_id: UUID, number: int) -> Signature:
    """Sign the document a deficiency is about, as it was read (version ``number``); the deficiency closes with it.

    The meaning follows from what is owed and who wrote the document (``meaning_of``); author and signer are both shown. The events are those of the signature and of the analysis. The caller has had the person re-authenticate.
    """
    with unit_of_work():
        deficiency = _locked(deficiency_id)
        practitioner = permissions.check_owed(actor, deficiency, practitioner_of(actor))
        permissions.check_open(deficiency, _last_actor(deficiency))
        entry_id = permissions.check_signable(deficiency)
        entry = Entry.objects.get(patient_id=deficiency.patient_id, entry_id=entry_id)
        user = User.objects.get(practitioner=practitioner)
        signature = record.sign(
            actor=actor, patient_id=deficiency.patient_id, entry_id=entry_id, number=number,
            meaning=meaning_of(deficiency, entry, practitioner), printed_name=f"{user.given} {user.family}".strip(),
            credential=user.credential, zone=deficiency.facility.zone, practitioner_id=practitioner.id,
        )  # fmt: skip
        _analyse_now(actor, deficiency)
        return signature


@dataclass(frozen=True, slots=True)
class SignedMany:
    """What came of signing several: the signatures, and what was left out with the reason; None for what is not there, or not to be seen."""

    signed: list[Signature]
    left_out: list[tuple[Deficiency | None, str]]


def sign_opened(*, actor: Actor, chosen: Sequence[tuple[UUID, int]]) -> SignedMany:
    """Sign several documents, each as (deficiency, version): only what the signer has opened in just that version.

    Each is a signature of its own, in a transaction of its own: what can't be signed holds nothing else up.
    """
    told = SignedMany([], [])
    for deficiency_id, number in chosen:
        row = None
        try:
            row = seen(actor, deficiency_id)
            permissions.check_opened(row, opened.has_opened(actor, permissions.check_signable(row), number))
            told.signed.append(sign(actor=actor, deficiency_id=deficiency_id, number=number))
        except Problem as problem:
            told.left_out.append((row, problem.what))
    return told


def meaning_of(deficiency: Deficiency, entry: Entry, practitioner: Practitioner) -> Meaning:
    """Its author signs as author; whoever owes a second signature co-signs; whoever else is responsible attests."""
    if deficiency.kind == Kind.MISSING_COSIGNATURE:
        return Meaning.COSIGN
    return Meaning.AUTHOR if entry.author_id == practitioner.id else Meaning.ATTEST


def write(*, actor: Actor, deficiency_id: UUID, text: str) -> Deficiency:
    """File the missing document as its responsible clinician wrote it. Returns the missing signature it leaves, or itself.

    A missing section is written as an addendum to the document that lacks it, whose signed bytes stay as they are.
    """
    with unit_of_work():
        deficiency = _locked(deficiency_id)
        practitioner = permissions.check_owed(actor, deficiency, practitioner_of(actor))
        permissions.check_open(deficiency, _last_actor(deficiency))
        permissions.check_writable(deficiency)
        permissions.check_written(text)
        stay = Encounter.objects.get(patient_id=deficiency.patient_id, id=deficiency.encounter_id)
        written = resource_of(Written(deficiency, stay, practitioner, text, clock.now(), appends=deficiency.entry_id))
        record.file(actor=actor, patient_id=deficiency.patient_id, versions=[written], zone=deficiency.facility.zone)
        _analyse_now(actor, deficiency)
        unsigned = Deficiency.objects.filter(
            patient_id=deficiency.patient_id, encounter_id=deficiency.encounter_id, entry_id=written.entry_id, state=State.OPEN
        )
        return unsigned.first() or Deficiency.objects.get(patient_id=deficiency.patient_id, id=deficiency.id)


@action("completion.decline", Lifecycle.WORK)
def decline(*, actor: Actor, deficiency_id: UUID, reason: str) -> Deficiency:
    """Say that it is not one's own to complete, and why. A technician finds out whose it is."""
    deficiency = _locked(deficiency_id)
    permissions.check_owed(actor, deficiency, practitioner_of(actor))
    permissions.check_open(deficiency)
    permissions.check_said(reason, "Say why this is not yours to complete.", "reason")
    deficiency.responsible, deficiency.decided = None, True
    _change(deficiency, Step.DECLINE, actor, reason)
    _settle([deficiency], actor, "Declined", done=False)
    item = analysis.item_for(deficiency, f"Declined by {actor.name}: {reason.strip()}")
    work.create(actor=actor, items=[item])
    return deficiency


@action("completion.reassign", Lifecycle.WORK)
def reassign(*, actor: Actor, deficiency_id: UUID, practitioner_id: UUID, reason: str) -> Deficiency:
    """Give a deficiency to another practitioner. Later analyses leave that decision alone."""
    deficiency = _locked(deficiency_id)
    permissions.check_reassign(actor, deficiency)
    permissions.check_open(deficiency)
    permissions.check_said(reason, "Say why somebody else owes this.", "reason")
    if deficiency.responsible_id == practitioner_id:
        raise Refused("It is theirs already.", where="clinician", remedy="Choose somebody else.")
    deficiency.responsible, deficiency.decided = Practitioner.objects.get(id=practitioner_id), True
    _change(deficiency, Step.REASSIGN, actor, reason)
    _settle([deficiency], actor, "Reassigned", done=False)
    work.create(actor=actor, items=[analysis.item_for(deficiency)])
    return deficiency


@action("completion.hand-over", Lifecycle.WORK)
def hand_over(*, actor: Actor, practitioner_id: UUID) -> int:
    """Put what a practitioner owes where it belongs now: into the inbox of their open sign-in, or before a technician."""
    owed = Deficiency.objects.filter(responsible_id=practitioner_id, state=State.OPEN)
    analysis.lock(owed.values_list("encounter_id", flat=True))
    rows = list(owed.select_for_update(of=("self",)).order_by("id"))
    if not rows:
        unchanged()
        return 0
    leave(subject=("practitioner", practitioner_id), after={"deficiencies": _ids(rows)})
    _settle(rows, actor, "Their clinician’s sign-in has changed", done=False)
    work.create(actor=actor, items=analysis.items(rows))
    return len(rows)


def signs_as(happening: SignsAs) -> None:
    hand_over(actor=happening.actor, practitioner_id=happening.practitioner_id)


@action("completion.waive", Lifecycle.WORK)
def waive(*, actor: Actor, deficiency_id: UUID, reason: str, authority: str) -> Deficiency:
    """Close a deficiency without completing it. ``authority`` is the policy, committee or order that permits it."""
    deficiency = _locked(deficiency_id)
    permissions.check_waive(actor, deficiency)
    permissions.check_open(deficiency)
    permissions.check_said(reason, "Say why this is waived.", "reason")
    permissions.check_said(authority, "Name the policy, committee or order that permits waiving it.", "authority")
    deficiency.state, deficiency.closed_at = State.WAIVED, clock.now()
    deficiency.closed_why = f"{reason.strip()} Authority: {authority.strip()}"[:400]
    _change(deficiency, Step.WAIVE, actor, deficiency.closed_why)
    _settle([deficiency], actor, "Waived", done=False)
    analysis.recount(deficiency.patient_id, deficiency.encounter_id, deficiency.closed_at)
    return deficiency


@action("completion.take-back-waiver", Lifecycle.WORK)
def take_back(*, actor: Actor, deficiency_id: UUID, reason: str) -> Deficiency:
    """Open again what was waived. The chart is analysed at once: what it lacks no longer is closed as whatever completed it says."""
    deficiency = _locked(deficiency_id)
    permissions.check_take_back(actor, deficiency)
    permissions.check_said(reason, "Say why the waiver is taken back.", "reason")
    deficiency.state, deficiency.opened_at = State.OPEN, clock.now()
    deficiency.closed_at, deficiency.closed_why, deficiency.closed_entry_id = None, "", None
    _change(deficiency, Step.REOPEN, actor, reason.strip())
    work.create(actor=actor, items=[analysis.item_for(deficiency)])
    analysis.recount(deficiency.patient_id, deficiency.encounter_id, deficiency.opened_at)
    _analyse_now(actor, deficiency)
    deficiency.refresh_from_db()
    return deficiency


def _locked(deficiency_id: UUID) -> Deficiency:
    """The chart's lock first, then the row as it stands under it: the order analysis takes them in."""
    found = Deficiency.objects.filter(id=deficiency_id).values_list("encounter_id", "patient_id").first()
    if found is None:
        raise Refused("There is nothing here that you may see.")
    analysis.lock([found[0]])
    return (
        Deficiency.objects.select_for_update(of=("self",)).select_related("facility").get(patient_id=found[1], id=deficiency_id)
    )


def _last_actor(deficiency: Deficiency) -> str:
    steps = DeficiencyStep.objects.filter(patient_id=deficiency.patient_id, deficiency_id=deficiency.id)
    return steps.order_by("-id").values_list("actor_name", flat=True).first() or ""


def _change(deficiency: Deficiency, step: Step, actor: Actor, reason: str) -> None:
    before = (
        Deficiency.objects.filter(patient_id=deficiency.patient_id, id=deficiency.id).values("state", "responsible_id").get()
    )
    event = leave(
        subject=("deficiency", deficiency.id), patient_id=deficiency.patient_id, facility_id=deficiency.facility_id,
        reason=reason, before={name: str(value or "") for name, value in before.items()},
        after={"state": str(deficiency.state), "responsible_id": str(deficiency.responsible_id or "")},
    )  # fmt: skip
    deficiency.event_id, deficiency.revision = event.id, deficiency.revision + 1
    deficiency.save()
    stands(deficiency)
    taken = analysis.step(deficiency, step, actor, event.at, reason, event.id)
    taken.save(force_insert=True)
    stands(taken)
