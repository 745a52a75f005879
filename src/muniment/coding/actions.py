"""The only writer of abstracts and final codings."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Max

from muniment.coding import content, enqueueing, filing, outbox, permissions, queries
from muniment.coding.assessment import Assessment, assess
from muniment.coding.drafting import Draft
from muniment.coding.models import Abstract, AbstractCode, Favourite, FinalCoding, State
from muniment.coding.owncodes import MOST_KEPT
from muniment.coding.queues import CODING, SUBJECT
from muniment.coding.stay import check_discharged, facts_of
from muniment.coding.titles import Titles, system_of, titles_of
from muniment.core import clock
from muniment.core.actions import action, held, leave, stands, unchanged
from muniment.core.actor import Actor
from muniment.core.bulk import Known, keep
from muniment.core.lifecycle import Lifecycle
from muniment.encounters.models import Encounter
from muniment.kernel.errors import NotAllowedInState
from muniment.kernel.fhir.canonical import digest, encode
from muniment.kernel.ids import uuid7
from muniment.record import actions as record
from muniment.terminology.own_tables import two_digits
from muniment.terminology.queries import lookup
from muniment.terminology.refusals import judged
from muniment.terminology.rules import System
from muniment.work import actions as work
from muniment.work.actions import NewItem

BATCH = 300
ABSTRACT = ("patient_id", "id")  # the columns that tell rows apart


@action("coding.enqueue", Lifecycle.WORK)
def bring_into_step(*, actor: Actor, limit: int = BATCH) -> int:
    """Put discharged stays into the coding queue and take out what no longer belongs there. Returns how many were looked at."""
    stays = outbox.STAYS.claim(limit)
    if not stays:
        unchanged()
        return 0
    items, unwanted = enqueueing.sort(stays)
    work.create(actor=actor, items=items)
    work.settle(
        actor=actor,
        queue=CODING,
        subjects=unwanted,
        done=False,
        reason="The stay is not discharged, or not coded by the rules.",
    )
    leave(subject=("queue", CODING), after={"stays": len(stays), "wanted": len(items), "unwanted": len(unwanted)})
    return len(stays)


@action("coding.open", Lifecycle.ORIGINATE)
def open_draft(*, actor: Actor, patient_id: UUID, encounter_id: UUID) -> Abstract:
    """The stay's draft, opened when there is none yet. Raises NotAllowedInState for one in the house or coded already."""
    stay = _locked_stay(actor, patient_id, encounter_id)
    versions = list(Abstract.objects.filter(patient_id=patient_id, encounter_id=encounter_id))
    draft = next((one for one in versions if one.state == State.DRAFT), None)
    if draft:
        unchanged()
        return draft
    if versions:
        raise NotAllowedInState(
            "This stay is coded already.", remedy="Open its final coding; it can be coded again with a reason."
        )
    return _open(actor, stay, number=1, disposition=two_digits(stay.disposition))


def _locked_stay(actor: Actor, patient_id: UUID, encounter_id: UUID) -> Encounter:
    """The stay, held until the transaction ends, so that two people opening it get one draft."""
    stay = queries.stay_for_update(patient_id, encounter_id)
    permissions.check_code(actor, stay.facility_id)
    check_discharged(stay)
    return stay


def _open(actor: Actor, stay: Encounter, *, number: int, disposition: str, reason: str = "") -> Abstract:
    now = clock.now()
    abstract = Abstract(
        patient_id=stay.patient_id, encounter_id=stay.id, facility_id=stay.facility_id, number=number, disposition=disposition,
        reason=reason[:400], opened_at=now, changed_at=now, changed_by_id=actor.id, changed_by=actor.name,
    )  # fmt: skip
    keep([abstract], key=ABSTRACT)
    leave(
        subject=("abstract", abstract.id), patient_id=stay.patient_id, facility_id=stay.facility_id, reason=reason,
        after={"encounter": str(stay.id), "number": number},
    )  # fmt: skip
    stands(abstract)
    held(("lines", abstract.id), list)
    return held(("abstract", abstract.id), lambda: abstract)


@action("coding.set-codes", Lifecycle.AMEND)
def set_codes(*, actor: Actor, patient_id: UUID, abstract_id: UUID, revision: int, draft: Draft) -> Abstract:
    """Replace the whole draft. ``revision`` is the one that was read: a newer one raises Conflict and nothing is written.

    Raises Problem for a code the release of the discharge date does not have, a heading, and a code not in force on it;
    codes the draft holds already stay, and its edits tell when they are not in force.
    """
    abstract = _locked(actor, patient_id, abstract_id, revision)
    stay = queries.stay_for_update(patient_id, abstract.encounter_id)
    known = _lines(abstract)
    titles = titles_of(
        draft, facts_of(stay).discharged, known={(System(line.system), line.code): line.display for line in known}
    )
    before = {"revision": abstract.revision, "codes": len(known)}
    _replace(abstract, draft, titles)
    abstract.disposition, abstract.answers = draft.disposition[:20], draft.answers
    _touch(abstract, actor)
    leave(
        subject=("abstract", abstract_id), patient_id=patient_id, facility_id=abstract.facility_id, before=before,
        after={"revision": abstract.revision, "codes": len(draft.codes)},
    )  # fmt: skip
    return abstract


def _locked(actor: Actor, patient_id: UUID, abstract_id: UUID, revision: int) -> Abstract:
    abstract = queries.abstract_for_update(patient_id, abstract_id)
    permissions.check_code(actor, abstract.facility_id)
    permissions.check_draft(abstract, revision)
    return abstract


def _touch(abstract: Abstract, actor: Actor) -> None:
    abstract.changed_at, abstract.changed_by_id, abstract.changed_by = clock.now(), actor.id, actor.name
    abstract.revision += 1
    _write(abstract)


def _write(abstract: Abstract) -> None:
    keep([abstract], key=ABSTRACT, known=Known.REPLACED)
    stands(abstract)


def _lines(abstract: Abstract) -> list[AbstractCode]:
    """The lines of an abstract that is held, read once in the unit of work; what is written to it here is written to them too."""
    return held(("lines", abstract.id), lambda: queries.lines_of(abstract))


def _replace(abstract: Abstract, draft: Draft, titles: Titles) -> None:
    _clear(abstract)
    lines = _lines(abstract)
    lines += [
        AbstractCode(
            id=uuid7(), patient_id=abstract.patient_id, abstract_id=abstract.id, sequence=place, role=line.role,
            system=system_of(line).value, code=line.code, display=titles[system_of(line), line.code], poa=line.poa,
            on=line.on, operator_id=line.operator_id,
        )
        for place, line in enumerate(draft.codes, 1)
    ]  # fmt: skip
    keep(lines)


def _clear(abstract: Abstract) -> None:
    lines = _lines(abstract)
    if lines:
        AbstractCode.objects.filter(patient_id=abstract.patient_id, abstract_id=abstract.id).delete()
        lines.clear()


@action("coding.finalise", Lifecycle.ATTEST)
def finalise(*, actor: Actor, patient_id: UUID, abstract_id: UUID, revision: int) -> FinalCoding:
    """Make a draft final. Grouping and edits are computed anew here; errors block, and each warning needs its reason.

    Writes the indelible FinalCoding, files the codes as entries of the record, and completes the work item.
    """
    abstract = _locked(actor, patient_id, abstract_id, revision)
    stay = queries.stay_for_update(patient_id, abstract.encounter_id)
    facts = facts_of(stay)
    lines = list(_lines(abstract))
    assessment = assess(facts, queries.draft_of(abstract, lines), role=actor.role)
    permissions.check_finalise(assessment)
    former = queries.final(patient_id, abstract.encounter_id) if abstract.number > 1 else None
    now = clock.now()
    said = content.final_content(
        assessment, titles={line.code: line.display for line in lines}, number=abstract.number, reason=abstract.reason,
        coder=(str(actor.id or ""), actor.name), at=now, releases=queries.releases(facts.discharged),
    )  # fmt: skip
    made = _write_final(actor, abstract, assessment, said, now)
    versions = filing.versions(facts, said, queries.content_of(former) if former else None, coder=actor.name, at=now)
    record.file(actor=actor, patient_id=patient_id, versions=versions, zone=stay.facility.zone)
    work.settle(actor=actor, queue=CODING, subjects=[(SUBJECT, str(stay.id))], reason=f"Final coded by {actor.name}.")
    return made


def _write_final(actor: Actor, abstract: Abstract, assessment: Assessment, said: dict[str, Any], now: datetime) -> FinalCoding:
    canonical = encode(said)
    sha256, grouping = digest(canonical), said["grouping"]
    event = leave(
        subject=("abstract", abstract.id), patient_id=abstract.patient_id, facility_id=abstract.facility_id, reason=abstract.reason,
        after={"number": abstract.number, "codes": len(said["codes"]), "drg": grouping.get("drg", ""), "sha256": sha256.hex()},
    )  # fmt: skip
    made = FinalCoding(
        patient_id=abstract.patient_id, encounter_id=abstract.encounter_id, number=abstract.number, abstract_id=abstract.id,
        facility_id=abstract.facility_id, content=canonical.decode(), sha256=sha256, principal=_principal(assessment.draft),
        drg=grouping.get("drg", ""), weight=Decimal(grouping["weight"]) if grouping.get("weight") else None,
        discharged_on=assessment.facts.discharged, coder_id=actor.id, coder_name=actor.name, finalised_at=now, reason=abstract.reason,
        event_id=event.id,
    )  # fmt: skip
    keep([made])
    _close(actor, abstract)
    return made


def _principal(draft: Draft) -> str:
    return draft.principal.code if draft.principal else ""


def _close(actor: Actor, abstract: Abstract) -> None:
    """The draft's rows go: from now on the final coding alone says what was coded."""
    earlier = Abstract.objects.filter(patient_id=abstract.patient_id, encounter_id=abstract.encounter_id, state=State.FINAL)
    for one in earlier.select_for_update() if abstract.number > 1 else ():
        one.state, one.revision = State.SUPERSEDED, one.revision + 1
        one.save(update_fields=["state", "revision"])
        stands(one)
    _clear(abstract)
    abstract.state = State.FINAL
    _touch(abstract, actor)


@action("coding.recode", Lifecycle.AMEND)
def recode(*, actor: Actor, patient_id: UUID, encounter_id: UUID, reason: str) -> Abstract:
    """Open a new draft from the final coding, which stays in force and readable until the new one is final."""
    stay = _locked_stay(actor, patient_id, encounter_id)
    permissions.check_reason(reason)
    former = queries.final(patient_id, encounter_id)
    if former is None:
        raise NotAllowedInState("This stay has no final coding.", remedy="Open its draft.")
    versions = Abstract.objects.filter(patient_id=patient_id, encounter_id=encounter_id)
    if versions.filter(state=State.DRAFT).exists():
        raise NotAllowedInState("Somebody has begun to code this stay again.", remedy="Open the draft.")
    said = queries.content_of(former)
    number = (versions.aggregate(last=Max("number"))["last"] or 0) + 1
    abstract = _open(actor, stay, number=number, disposition=said["stay"]["disposition"], reason=reason.strip())
    draft = queries.draft_from(said)
    _replace(abstract, draft, {(System(one["system"]), one["code"]): one["title"] for one in said["codes"]})
    abstract.answers = draft.answers
    _write(abstract)
    work.create(actor=actor, items=[_again(actor, stay, reason.strip())])
    return abstract


def _again(actor: Actor, stay: Encounter, reason: str) -> NewItem:
    return NewItem(
        queue=CODING, subject=(SUBJECT, str(stay.id)), title=f"Code {stay.visit_number} again",
        reason=f"To be coded again: {reason}", facility_id=stay.facility_id, patient_id=stay.patient_id, encounter_id=stay.id,
        owner_id=actor.id,
    )  # fmt: skip


@action("coding.keep-favourite", Lifecycle.CONFIGURE)
def keep_favourite(*, actor: Actor, system: System, code: str, on: date) -> None:
    """Keep a code at hand for this person; one that is kept already stays as it is.

    ``code`` has no dot. Raises Problem for one that can't be used on the date, Refused beyond ``owncodes.MOST_KEPT``.
    """
    user, found = permissions.check_favourite(actor), lookup(system, code, on)
    if problem := judged(system, code, found, on):
        raise problem
    others = Favourite.objects.filter(user_id=user).exclude(system=system, code=code)
    permissions.check_room(others.count(), MOST_KEPT)
    title = found.display if found else ""
    _, new = Favourite.objects.get_or_create(
        user_id=user, system=system, code=code, defaults={"display": title, "kept_at": clock.now()}
    )
    if not new:
        unchanged()
        return
    leave(subject=("user", user), after={"favourite": f"{system}|{code}"})


@action("coding.drop-favourite", Lifecycle.CONFIGURE)
def drop_favourite(*, actor: Actor, system: System, code: str) -> None:
    """Take a code out of this person's favourites; one that is not there changes nothing."""
    user = permissions.check_favourite(actor)
    gone, _ = Favourite.objects.filter(user_id=user, system=system, code=code).delete()
    if not gone:
        unchanged()
        return
    leave(subject=("user", user), before={"favourite": f"{system}|{code}"})
