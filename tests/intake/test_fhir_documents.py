"""A FHIR DocumentReference to the end: its bytes are a document of the chart, wherever in the input they were."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

from muniment.intake.desk import Desk
from muniment.intake.models import Input
from muniment.kernel.fhir.canonical import decode
from muniment.record import blobs
from muniment.record.models import Entry, Version
from support.house import system_actor

NOTE = b"Resting, eating, no fever."
PATIENT = {
    "resourceType": "Patient", "id": "p1", "name": [{"family": "Ashgrove", "given": ["Ada"]}],
    "identifier": [{"system": "urn:mrn", "value": "42", "type": {"coding": [{"code": "MR"}]}}],
}  # fmt: skip


def reference(attachment: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "DocumentReference", "id": "d1", "status": "current", "type": {"text": "Note"},
        "subject": {"reference": "Patient/p1"}, "content": [{"attachment": attachment}], **more,
    }  # fmt: skip


def binary(**more: Any) -> dict[str, Any]:
    return {"resourceType": "Binary", "id": "b1", "contentType": "text/plain", "data": base64.b64encode(NOTE).decode(), **more}


def take(house: Any, *resources: dict[str, Any], kind: str = "collection") -> list[Any]:
    bundle = {"resourceType": "Bundle", "type": kind, "entry": [{"resource": one} for one in resources]}
    return Desk(actor=system_actor(), source="clinic", facility=house.hospital).take(json.dumps(bundle).encode())


@pytest.mark.parametrize(
    "resources",
    [
        [reference({"contentType": "text/plain", "data": base64.b64encode(NOTE).decode()})],
        [reference({"url": "#b1"}, contained=[binary()])],
        [reference({"url": "Binary/b1", "hash": base64.b64encode(hashlib.sha1(NOTE).digest()).decode()}), binary()],
        [reference({"url": "https://elsewhere.example/x"}, content=[
            {"attachment": {"url": "https://elsewhere.example/x"}}, {"attachment": {"url": "Binary/b1"}},
        ]), binary()],
    ],
    ids=["inline", "contained", "in the bundle", "beside an address"],
)  # fmt: skip
def test_the_bytes_are_a_document_of_the_chart(house: Any, resources: list[dict[str, Any]]) -> None:
    [outcome] = take(house, PATIENT, *resources)
    assert outcome.status == "filed", outcome
    entry = Entry.objects.get(resource_type="DocumentReference")
    assert bytes(entry.document_sha256) == hashlib.sha256(NOTE).digest()
    assert (blobs.get(bytes(entry.document_sha256)), entry.media_type) == (NOTE, "text/plain")
    held = decode(Version.objects.get(entry_id=entry.entry_id).content.encode())["content"]
    named = [one["attachment"]["url"] for one in held]
    assert named == [*["https://elsewhere.example/x"] * (len(held) - 1), f"Binary/{hashlib.sha256(NOTE).hexdigest()}"]
    assert held[-1]["attachment"]["size"] == len(NOTE)


def test_one_that_was_damaged_waits_in_quarantine_with_its_sentence(house: Any) -> None:
    told = take(house, PATIENT, reference({"url": "Binary/b1", "size": 3}), binary())
    assert [one.status for one in told] == ["filed", "quarantined"]
    assert not Entry.objects.filter(resource_type="DocumentReference").exists()
    row = Input.objects.get(status="quarantined")
    assert row.reason == f"The document has {len(NOTE)} bytes; its attachment says 3."
    assert row.place == "1: entry 2"
