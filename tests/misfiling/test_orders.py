"""An order in the wrong chart: how it was given and who verified it go along."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from muniment.kernel.fhir.order_provenance import MODE_SYSTEM, PARTICIPANT_SYSTEM, VERIFIER
from muniment.kernel.fhir.structure import validate
from muniment.record.models import Entry
from support import charts
from support.misfiled import became, last, move, two_patients

ORDER = {"resourceType": "ServiceRequest", "status": "active", "intent": "order", "code": {"text": "Blood cultures"}}
GIVEN, VERIFIED = {"system": MODE_SYSTEM, "code": "PH"}, {"system": PARTICIPANT_SYSTEM, "code": VERIFIER}


def said_of(order: UUID, activity: dict[str, str]) -> dict[str, Any]:
    """The Provenance of an order."""
    return {
        "resourceType": "Provenance", "target": [{"reference": f"ServiceRequest/{order}", "type": "ServiceRequest", "display": "Blood cultures"}],
        "recorded": "2026-03-03T10:00:00Z", "activity": {"coding": [activity]}, "agent": [{"who": {"display": "Ada Stone"}}],
    }  # fmt: skip


@pytest.fixture
def pair(house: Any) -> tuple[Any, Any]:
    return two_patients(house)


def test_an_order_takes_along_how_it_was_given_and_who_verified_it(house: Any, pair: Any) -> None:
    wrong, right = pair
    order = charts.file(wrong, charts.new_version(ORDER, wrong))[0]
    other = charts.file(wrong, charts.new_version(ORDER, wrong))[0]
    given, verified = (charts.file(wrong, charts.new_version(said_of(order, one), wrong))[0] for one in (GIVEN, VERIFIED))
    bystander = charts.file(wrong, charts.new_version(said_of(other, GIVEN), wrong))[0]
    row = move(house, order, wrong, right)
    assert {one.from_entry_id for one in row.entries.all()} == {order, given, verified}
    new, was = became(row, given), Entry.objects.get(patient_id=wrong.patient_id, entry_id=given)
    target = json.loads(last(new).content)["target"]
    words = {"type": "ServiceRequest", "display": "Blood cultures"}
    assert target == [words | {"reference": f"ServiceRequest/{became(row, order).entry_id}"}]
    assert (new.encounter_id, new.category, new.retracted) == (right.id, "order", False)
    assert (was.retracted, was.flag) == (True, "moved")
    assert validate(json.loads(last(was).content)) == []  # a Provenance has no status to say so
    assert not Entry.objects.get(patient_id=wrong.patient_id, entry_id=bystander).retracted
