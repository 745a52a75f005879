"""What a person confirmed of a document, held against the rules before it is filed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from muniment.accounts.models import Facility, User
from muniment.core.actor import Actor
from muniment.encounters.models import Encounter
from muniment.identity import queries as identity
from muniment.identity.models import Patient
from muniment.kernel.errors import Refused
from muniment.kernel.moments import Moment
from muniment.kernel.names import folded
from muniment.record.queries import Alike
from muniment.rulebook.rules import RuleInForce
from muniment.scanning import clues, queries
from muniment.scanning.making import Destruction
from muniment.scanning.models import Document, Page
from muniment.scanning.proposals import agreeing, at_facility
from muniment.scanning.rules import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """``original`` is FHIR text, as exact as it is known. ``signed_by``: the name under the paper, empty where nobody signed it.
    ``said``: how the patient was known, where the text does not show it."""

    patient_id: UUID
    type_code: str
    original: str
    encounter_id: UUID | None = None
    downtime: bool = False
    signed_by: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    patient: Patient
    stay: Encounter | None
    facility: Facility
    agreed: list[str]


def check(actor: Actor, row: Document, index: Index, pages: Sequence[Page], policy: Policy, *, now: datetime) -> Chosen:
    """Raises Refused for whatever may not be filed so, with the field it concerns in ``where``."""
    if not pages:
        raise Refused(
            "Every page of this document is left out.", where="pages", remedy="Take a page back, or leave the document out."
        )
    if index.type_code not in clues.vocabulary():
        raise Refused("Choose the kind of document from the list.", where="type")
    facility = Facility.objects.get(id=row.facility_id)
    patient = _patient(actor, index, facility)
    stay = _stay(index, patient, facility)
    zone = ZoneInfo(facility.zone)
    _check_original(index, zone, now.astimezone(zone).date())
    agreed = [one.what for one in agreeing(patient, queries.texts(pages), facility.id)]
    if len(agreed) < policy.identifiers and not index.said.strip():
        raise Refused(
            f"{_count(agreed)} of this patient {'stands' if len(agreed) == 1 else 'stand'} in the text of the pages;"
            f" the rule asks for {policy.identifiers}.",
            where="said", remedy="Look at the pages. If they are this patient's, say by what you know it.",
        )  # fmt: skip
    if waiting := undecided(actor, row, patient.id, pages, policy):
        raise Refused(
            f"{waiting[0].per_cent} % of its text stands in {waiting[0].entry.label} of {waiting[0].entry.occurred[:10]} of this patient.",
            where="copies", remedy="Compare the two, and say whether it is the same document.",
        )  # fmt: skip
    return Chosen(patient, stay, facility, agreed)


def undecided(actor: Actor, row: Document, patient_id: UUID, pages: Sequence[Page], policy: Policy) -> list[Alike]:
    """Documents of the patient of nearly the same text on which nobody has decided yet, the likest first."""
    found = queries.alike(actor, patient_id, text_of(pages), policy.likeness)
    return [one for one in found if str(one.entry.entry_id) not in row.copies]


def copy_of(actor: Actor, row: Document, patient_id: UUID, entry_id: UUID, policy: Policy) -> Alike:
    """The document of the chart a scan is nearly the same as. Raises Refused where it is not."""
    pages = [one for one in queries.pages(row) if not one.dropped]
    found = queries.alike(actor, patient_id, text_of(pages), policy.likeness)
    for one in found:
        if one.entry.entry_id == entry_id:
            return one
    raise Refused("The two texts are not so near that there is something to decide.", remedy="Open the scan again.")


def signed_by_rule(rule: RuleInForce) -> str:
    """What stands for the name under paper of which a rule says that it comes signed: nobody read it, and it says so."""
    return f"name not read; signed by rule {rule.code}, version {rule.number}" if rule.parameters.get("signed") == "yes" else ""


def proposed(row: Document, rule: RuleInForce | None = None) -> Index | None:
    """The index a document would be filed under if all that is proposed were so; None where something is not proposed.

    ``rule``: the one it is filed by, which may say that such paper comes signed.
    """
    said = {name: row.proposals.get(name, {}).get("value", "") for name in ("patient", "encounter", "type", "date")}
    if not all(said.values()):
        return None
    return Index(
        patient_id=UUID(said["patient"]), encounter_id=UUID(said["encounter"]), type_code=said["type"], original=said["date"],
        signed_by=signed_by_rule(rule) if rule else "",
    )  # fmt: skip


def proposed_patient(row: Document) -> UUID | None:
    found = row.proposals.get("patient", {}).get("value", "")
    return UUID(found) if found else None


def evidence_of(row: Document, rule: RuleInForce) -> dict[str, Any]:
    """What is kept of a document that is filed by rule: which rule, and what each decision rests on."""
    parts = ("patient", "encounter", "type", "date")
    return {
        "rule": rule.code, "number": rule.number, "cited": rule.cited,
        "rests_on": {name: {key: row.proposals[name][key] for key in ("confidence", "sheet", "evidence")} for name in parts},
    }  # fmt: skip


def _count(agreed: Sequence[str]) -> str:
    return f"Only the {agreed[0]}" if len(agreed) == 1 else "No identifier" if not agreed else f"Only {' and '.join(agreed)}"


def _patient(actor: Actor, index: Index, facility: Facility) -> Patient:
    seen = identity.seen_by(actor).filter(id=index.patient_id).first()
    if seen is None or not at_facility(facility.id).filter(id=seen.id).exists():
        raise Refused(
            f"This is no current record of {facility.name}.", where="patient", remedy="Find the patient by their number here."
        )
    return seen


def _stay(index: Index, patient: Patient, facility: Facility) -> Encounter | None:
    if index.encounter_id is None:
        return None
    found = Encounter.objects.filter(patient_id=patient.id, id=index.encounter_id, facility_id=facility.id).first()
    if found is None:
        raise Refused("This stay is not the patient's at this facility.", where="stay")
    return found


def _check_original(index: Index, zone: ZoneInfo, today: date) -> None:
    try:
        moment = Moment.from_fhir(index.original)
    except ValueError:
        moment = None
    if moment is None:
        raise Refused("Give the date of the original.", where="date", remedy="A year alone will do: 1998.")
    local = moment.value.astimezone(zone).date() if moment.has_time else moment.value.date()
    if local > today:
        raise Refused("The original can't have been written after today.", where="date")
    if index.downtime and not moment.has_time:
        raise Refused(
            "Paper written during downtime is filed under the time of the act itself: give date and time.", where="date"
        )


def apply(row: Document, index: Index, chosen: Chosen, actor: Actor, now: datetime) -> None:
    """Write what was confirmed into the document."""
    row.patient_id, row.encounter_id = chosen.patient.id, chosen.stay.id if chosen.stay else None
    row.type_code, row.type_name = index.type_code, clues.vocabulary()[index.type_code]
    row.original, row.downtime, row.said, row.exception = index.original, index.downtime, index.said, ""
    row.signed_by = " ".join(index.signed_by.split())[:200]
    row.indexed_by_id, row.indexed_by_name, row.indexed_at = actor.id, actor.name, now


def text_of(pages: Sequence[Page]) -> str:
    """The text layer: page after page, each under its number in the document."""
    return "\n\n".join(f"[Page {place}]\n{one.text}" for place, one in enumerate(pages, 1) if one.text)


def username(actor: Actor) -> str:
    return User.objects.filter(id=actor.id).values_list("username", flat=True).first() or "" if actor.id else ""


def check_destruction(said: Destruction, certifier: str, *, first: date, today: date) -> None:
    """``first``: the day from which the paper might be destroyed. A certificate of an earlier day would tell of a breach."""
    if not said.how.strip():
        raise Refused("Say how the paper was destroyed.", where="how")
    if not said.witness.strip():
        raise Refused("Name who witnessed it.", where="witness")
    if folded(said.witness) == folded(certifier):
        raise Refused("Whoever certifies it is not its witness.", where="witness")
    if said.on > today:
        raise Refused("This day lies ahead.", where="on")
    if said.on < first:
        raise Refused(
            f"The paper was to be kept until {first:%d %b %Y}; no earlier day is certified.", where="on",
            remedy="If it was destroyed before, tell the privacy officer.",
        )  # fmt: skip
