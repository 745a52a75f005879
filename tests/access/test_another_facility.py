"""Whoever works at one facility finds nothing of another, by whatever id of it they come to know, and changes nothing there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from audit.test_standing import lived_in  # noqa: F401 the house in which every kind of row has been made
from muniment.accounts import actions as accounts
from muniment.accounts.rules import Role
from muniment.record.models import Entry
from support.house import system_actor
from support.web import client_of

# The rows of one facility, by the parameters of addresses that name one.
HELD = {
    "item_id": "work.WorkItem", "person_id": "identity.Person", "match_id": "identity.PossibleMatch", "encounter_id": "encounters.Encounter", "patient_id": "identity.Patient",
    "deficiency_id": "completion.Deficiency", "input_id": "intake.Input", "abstract_id": "coding.Abstract", "production_id": "record.Production", "batch_id": "scanning.Batch",
    "document_id": "scanning.Document", "lot_id": "scanning.Lot", "volume_id": "tracking.Volume", "move_id": "misfiling.Move", "receiver_id": "misfiling.Receiver",
    "finding_id": "qualitative.QualitativeFinding", "hold_id": "dnfb.Hold", "audit_id": "codingaudit.Audit", "suspension_id": "delinquency.Suspension", "downtime_id": "downtime.Downtime",
}  # fmt: skip
OTHERS = {
    "number": 1,
    "code": "I10",
    "answer": "same",
    "kind": "pdf",
    "name": "release",
    "publication": "icd-10-cm-index",
}  # what else stands in their addresses
ROLES = (Role.TECHNICIAN, Role.ADMINISTRATOR)


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one)
        elif set(one.pattern.converters) & set(HELD):
            yield one


def addresses() -> dict[str, str]:
    """Each such endpoint by its name, with the ids of rows of the hospital; of an entry with its own patient and stay."""
    known: dict[str, Any] = dict(OTHERS)
    for name, model in HELD.items():
        rows = apps.get_model(model).objects
        known[name] = (rows.exclude(facility_id=None) if model == "intake.Input" else rows).order_by("id").last().id
    note = Entry.objects.filter(category="document").exclude(encounter_id=None).first()
    assert note is not None
    of_note = {"entry_id": note.entry_id, "patient_id": note.patient_id, "encounter_id": note.encounter_id}
    found = {}
    for one in patterns():
        names = one.pattern.converters
        values = known | (of_note if "entry_id" in names else {})
        found[one.name or ""] = reverse(one.name, kwargs={name: values[name] for name in names})
    return found


def asked(client: Client, method: str, address: str) -> int:
    """The status of the answer; what came of it is taken back."""
    client.raise_request_exception = False
    with transaction.atomic():
        answer = getattr(client, method)(address)
        transaction.set_rollback(True)
    return int(answer.status_code)


@pytest.mark.timeout(600)
def test_nothing_of_another_facility_is_shown_or_done(lived_in: Any) -> None:  # noqa: F811
    house, known, shown = lived_in, addresses(), set()
    for role in ROLES:
        user = accounts.add_user(actor=system_actor(), username=f"clinic-{role.value}", family="Other", given="One")
        accounts.assign_role(actor=system_actor(), user=user, role=role, facilities=[house.clinic])
        other, own = client_of(user), client_of(house.users[role.value])
        wrong = [
            (name, method, status) for name, address in known.items() for method in ("get", "post")
            if (status := asked(other, method, address)) not in (403, 405)
        ]  # fmt: skip
        assert wrong == [], role
        shown |= {name for name, address in known.items() if asked(own, "get", address) in (200, 302)}
    assert len(shown) > 20, "the same addresses are answered to who works there, so it is the facility that refuses"
