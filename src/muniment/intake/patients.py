"""Whose is it? By the numbers alone; what they do not decide is never guessed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from muniment.accounts.models import Facility
from muniment.core.actor import Actor
from muniment.identity import actions as identity
from muniment.identity import queries
from muniment.identity.models import Patient
from muniment.identity.rules import deciding
from muniment.identity.statements import Demographics
from muniment.intake.directory import Directory
from muniment.intake.rules import UNMATCHED
from muniment.intake.submission import AddressFact, IdentifierFact, MovementKind, NameFact, PatientFacts, Submission
from muniment.kernel.errors import Unfileable

STATING = frozenset(MovementKind) - {MovementKind.MERGE}  # messages that state demographics, not only name the patient


def resolve(
    *, actor: Actor, submission: Submission, facility: Facility, directory: Directory, outside: bool = False
) -> Patient | None:
    """The source patient record a submission belongs to: found, opened, merged. None when it is nobody's (a directory entry).

    What others' records (``outside``) say of a patient known here changes nothing of what we say of them.
    """
    for merge in submission.merges:
        survivor = _find_or_register(actor, merge.survivor, facility, directory)
        retired = _find_or_register(actor, merge.retired, facility, directory)
        identity.merge(
            actor=actor,
            survivor_id=survivor.id,
            retired_id=retired.id,
            reason=f"{submission.kind} from {submission.source}"[:200],
        )
    if submission.patient is None:
        return None
    return _find_or_register(
        actor, submission.patient, facility, directory, update=states_demographics(submission) and not outside
    )


def _find_or_register(
    actor: Actor, facts: PatientFacts, facility: Facility, directory: Directory, *, update: bool = False
) -> Patient:
    numbers = [_number(one, facility, directory) for one in facts.identifiers if one.value]
    decisive = _decisive(numbers)
    remembered = {directory.patients.get(one) for one in decisive}
    if not update and len(remembered) == 1 and (found := remembered.pop()) is not None:
        return found
    row = _look_up_or_register(actor, facts, numbers, decisive, facility, directory, update)
    directory.remember(row, decisive)
    return row


def _look_up_or_register(
    actor: Actor, facts: PatientFacts, numbers: list[identity.Number], decisive: list[tuple[str, str]],
    facility: Facility, directory: Directory, update: bool,
) -> Patient:  # fmt: skip
    owners = _owners(decisive, directory)
    patient = _one_owner(owners)
    if patient is not None:
        known = {(system, value) for system, value in owners}
        new = [number for number in numbers if (number.system, number.value) not in known] if update else []
        if update:
            return identity.update(actor=actor, patient_id=patient, numbers=new, said=statement(facts))
        return queries.patient(patient)
    if not decisive:
        raise Unfileable(
            "It holds no patient number that says whose record this is.",
            where=UNMATCHED,
            remedy="Ask the sender for the medical record number, or correct the message and replay it.",
        )
    mother = _one_owner(queries.owners_of((_number(one, facility, directory).system, one.value) for one in facts.mother))
    return identity.register(actor=actor, numbers=numbers, said=statement(facts), facility_id=facility.id, mother_id=mother)


def numbers_of(submission: Submission, facility: Facility, directory: Directory) -> list[tuple[str, str]]:
    """The numbers that say whose a submission is, those of a merge among them."""
    told = [submission.patient] if submission.patient else []
    told += [facts for merge in submission.merges for facts in (merge.survivor, merge.retired)]
    return [
        number
        for facts in told
        for number in _decisive([_number(one, facility, directory) for one in facts.identifiers if one.value])
    ]


def states_demographics(submission: Submission) -> bool:
    """Whether it says who the patient is, and does not only name them."""
    if submission.movement is not None and submission.movement.kind in STATING:
        return True
    return any(draft.resource.get("resourceType") == "Patient" for draft in submission.drafts)


def _decisive(numbers: list[identity.Number]) -> list[tuple[str, str]]:
    return [(number.system, number.value) for number in numbers if deciding(number.type)]


def _owners(decisive: list[tuple[str, str]], directory: Directory) -> dict[tuple[str, str], UUID]:
    """(assigner, number) → whose it is. Only what the lot did not ask for is asked for here."""
    known = {one: directory.patients[one].id for one in decisive if one in directory.patients}
    return known | queries.owners_of(one for one in decisive if one not in known and one not in directory.nobodys)


def _one_owner(owners: dict[tuple[str, str], UUID]) -> UUID | None:
    ids = list(dict.fromkeys(owners.values()))
    if len(ids) > 1:
        people = {queries.patient(one).person_id for one in ids}
        if len(people) > 1:
            raise Unfileable(
                "Its patient numbers belong to two different people.",
                where=UNMATCHED,
                remedy="Find out which number is right; correct the message, or link the two records, then replay it.",
            )
    return ids[0] if ids else None


def _number(one: IdentifierFact, facility: Facility, directory: Directory) -> identity.Number:
    """A number without an assigner is the sending facility's own."""
    return identity.Number(directory.assigner(one.system, facility), one.value.strip()[:120], one.type[:12])


def statement(facts: PatientFacts) -> Demographics:
    """The facts as the statement that identity keeps."""
    return Demographics(
        names=tuple(_name(one) for one in facts.names if one.family or one.given),
        birth=facts.birth.to_fhir() if facts.birth else "",
        sex=facts.sex,
        deceased=facts.deceased,
        deceased_at=facts.deceased_at.to_fhir() if facts.deceased_at else "",
        addresses=tuple(_address(one) for one in facts.addresses),
        telecoms=tuple({"system": one.system, "value": one.value, "use": one.use} for one in facts.telecoms if one.value),
        flags=facts.flags,
        shared_numbers=frozenset(one.value for one in facts.identifiers if one.type in ("SS", "SSN") and one.value),
    )


def _name(one: NameFact) -> dict[str, Any]:
    said: dict[str, Any] = {"use": one.use, "family": one.family, "given": list(one.given)}
    for part in ("prefix", "suffix"):
        if getattr(one, part):
            said[part] = [getattr(one, part)]
    return {name: value for name, value in said.items() if value}


def _address(one: AddressFact) -> dict[str, Any]:
    said = {
        "use": one.use, "line": list(one.lines), "city": one.city, "state": one.state, "postalCode": one.postal_code, "country": one.country
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}
