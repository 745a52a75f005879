"""Patients, stays and documents for tests of screens: built through actions only."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from support.house import system_actor

BEGUN = datetime(2026, 3, 3, 14, 5, tzinfo=UTC)
NOTE = """CHIEF COMPLAINT: Shortness of breath.

ASSESSMENT AND PLAN:
Acute on chronic systolic heart failure. Furosemide twice daily, daily weights."""


def add_patient(
    facility: Any,
    *,
    number: str = "0042213",
    assigner: str = "HOSP",
    family: str = "Okonjo",
    given: str = "Ada",
    birth: str = "1943-03-14",
    **more: Any,
) -> Any:
    from muniment.identity import actions
    from muniment.identity.actions import Number
    from muniment.identity.statements import Demographics

    names = more.pop("names", ({"use": "official", "family": family, "given": [given]},))
    phone = more.pop("phone", "")
    telecoms = ({"system": "phone", "value": phone},) if phone else ()
    said = Demographics(names=names, birth=birth, sex=more.pop("sex", "female"), telecoms=telecoms, **more)
    return actions.register(actor=system_actor(), numbers=[Number(assigner, number, "MR")], said=said, facility_id=facility.id)


def add_stay(patient: Any, facility: Any, *, number: str = "V100", days: int | None = 4, unit: str = "4 West") -> Any:
    """A stay from BEGUN; ``days`` None leaves it open."""
    from muniment.encounters import actions
    from muniment.encounters.actions import NewMove
    from muniment.encounters.rules import Kind

    moves = [_move(Kind.ADMIT, BEGUN, number, class_="IMP", service="Cardiology", unit=unit)]
    if days is not None:
        moves.append(_move(Kind.DISCHARGE, BEGUN + timedelta(days=days), number, disposition="01"))
    filed = actions.move(
        actor=system_actor(),
        patient=patient,
        moves=[NewMove(facility=facility, visit=("HOSP", number), movement=one) for one in moves],
    )
    return filed[-1]


def _move(kind: Any, at: datetime, number: str, **more: str) -> Any:
    from muniment.encounters.rules import Move

    return Move(key=f"{number}-{kind}", kind=kind, occurred_at=at, recorded_at=at, **more)


def document(
    text: str = NOTE, *, title: str = "Discharge summary", code: str = "18842-5", at: datetime = BEGUN, **more: Any
) -> dict[str, Any]:
    """A DocumentReference, as a source would send it."""
    return {
        "resourceType": "DocumentReference", "status": "current", "date": at.isoformat(),
        "type": {"text": title, "coding": [{"system": "http://loinc.org", "code": code, "display": title}]},
        "content": [{"attachment": {"contentType": "text/plain", "data": base64.b64encode(text.encode()).decode()}}],
    } | more  # fmt: skip


def observation(
    name: str = "Sodium", value: int = 132, *, flag: str = "L", at: datetime = BEGUN, **more: Any
) -> dict[str, Any]:
    return {
        "resourceType": "Observation", "status": "final", "effectiveDateTime": at.isoformat(),
        "code": {"text": name, "coding": [{"system": "http://loinc.org", "code": "2951-2", "display": name}]},
        "valueQuantity": {"value": value, "unit": "mmol/L"}, "interpretation": [{"coding": [{"code": flag}]}],
    } | more  # fmt: skip


def condition(name: str = "Heart failure", code: str = "I50.9", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Condition", "code": {"text": name, "coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code}]},
        "recordedDate": BEGUN.isoformat(),
    } | more  # fmt: skip


def new_version(
    resource: dict[str, Any],
    stay: Any,
    *,
    entry_id: UUID | None = None,
    text: str = "",
    media_type: str = "text/plain",
    **more: Any,
) -> Any:
    """A version of the resource in a stay; a document's ``text`` becomes its bytes and its searchable text."""
    from muniment.kernel.fhir.canonical import encode
    from muniment.kernel.fhir.descriptions import describe
    from muniment.record.actions import NewVersion

    if text and "document" not in more:
        more["document"] = text.encode()
    return NewVersion(
        entry_id=entry_id or uuid4(), resource_type=resource["resourceType"], canonical=encode(resource), description=describe(resource),
        encounter_id=stay.id, facility_id=stay.facility_id, author_name=more.pop("author", "Ines Moreau, MD"), text=text,
        media_type=media_type if more.get("document") else "", **more,
    )  # fmt: skip


def file(stay: Any, *versions: Any) -> list[UUID]:
    """File versions into a stay's chart; their entries' ids."""
    from muniment.record import actions

    actions.file(actor=system_actor(), patient_id=stay.patient_id, versions=list(versions), zone="America/New_York")
    return [one.entry_id for one in versions]


def file_note(stay: Any, text: str = NOTE, **more: Any) -> UUID:
    """One text document in the chart; its entry's id."""
    said = {name: more.pop(name) for name in ("title", "code", "at") if name in more}
    return file(stay, new_version(document(text, **said), stay, text=text, **more))[0]


def client_of(house: Any, role: str) -> Any:
    """A test client signed in as the house's person of that role."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(house.users[role], backend=settings.AUTHENTICATION_BACKENDS[0])
    return client
