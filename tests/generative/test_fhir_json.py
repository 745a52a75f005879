"""Whatever arrives, the FHIR reader answers with submissions or sentences, never with another exception."""

import gzip
import json
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.intake.fhir_json import read, units
from muniment.intake.submission import Submission
from muniment.kernel.errors import Problem
from muniment.kernel.fhir import canonical
from muniment.kernel.fhir.descriptions import describe
from muniment.kernel.fhir.structure import validate
from support.corpora import corpus

# A bundle that visits every part of the reader, to be damaged.
SEED: dict[str, Any] = {
    "resourceType": "Bundle",
    "type": "batch",
    "timestamp": "2026-01-01T00:00:00Z",
    "identifier": {"value": "b-1"},
    "entry": [
        {
            "fullUrl": "urn:uuid:00000000-0000-4000-8000-000000000001",
            "request": {"method": "POST", "url": "Patient"},
            "resource": {
                "resourceType": "Patient",
                "id": "p1",
                "meta": {"security": [{"code": "HTEST"}]},
                "identifier": [{"value": "1", "type": {"coding": [{"system": "v2-0203", "code": "MR"}]}}],
                "name": [{"family": "Ng", "given": ["Ada"], "_given": [{"id": "g"}], "suffix": ["MD"]}],
                "birthDate": "1980-01",
                "multipleBirthInteger": 2,
                "telecom": [{"system": "phone", "value": "1"}],
                "address": [{"line": ["a"]}],
            },
        },
        {
            "resource": {
                "resourceType": "Observation",
                "status": "final",
                "category": [{"coding": [{"code": "vital-signs"}]}],
                "code": {"coding": [{"code": "1"}]},
                "subject": {"reference": "urn:uuid:00000000-0000-4000-8000-000000000001"},
                "valueQuantity": {"value": 72, "unit": "kg"},
                "component": [{"code": {"text": "x"}, "valueRatio": {"numerator": {"value": 1}}}],
            }
        },
        {
            "resource": {
                "resourceType": "DocumentReference",
                "status": "current",
                "subject": {"identifier": {"system": "urn:mrn", "value": "1"}},
                "author": [{"reference": "Practitioner/d"}],
                "content": [
                    {"attachment": {"contentType": "text/html; charset=utf-8", "data": "PGI+eDwvYj4="}},
                    {"attachment": {"url": "Binary/b"}},
                ],
            }
        },
        {"resource": {"resourceType": "Binary", "id": "b", "contentType": "text/plain", "data": "eA=="}},
        {"resource": {"resourceType": "Practitioner", "id": "d", "name": [{"text": "Dr A B"}]}},
        {
            "resource": {
                "resourceType": "Appointment",
                "status": "booked",
                "participant": [{"status": "accepted", "actor": {"reference": "Patient?identifier=urn:mrn|1"}}],
            }
        },
    ],
}
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["Patient", "Patient/p1", "urn:x", "2026"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["reference", "coding", "url", "data", "x"]), inner)
    ),
    max_leaves=5,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a JSON value."""
    pairs = list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    return [place for key, child in pairs for place in [(value, key), *places(child)]]


def check(data: bytes) -> None:
    """The invariant: only submissions and sentences, and what is submitted can be described and written."""
    found = list(read(data, source="S"))
    for one in found:
        if isinstance(one, Problem):
            assert one.what.endswith((".", "?"))
            assert one.remedy
            continue
        assert isinstance(one, Submission)
        assert one.drafts
        for draft in one.drafts:
            describe(draft.resource)
            canonical.encode(draft.resource)


def test_the_seed_is_valid() -> None:
    assert validate(SEED) == []
    assert not any(isinstance(one, Problem) for one in read(json.dumps(SEED).encode(), source="S"))


@settings(max_examples=400)
@given(st.data(), st.sampled_from(["batch", "transaction", "collection", "document", "history"]))
def test_damaged_structure(data: st.DataObject, kind: str) -> None:
    value = json.loads(json.dumps(SEED)) | {"type": kind}
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(places(value)))
        change = data.draw(st.sampled_from(["replace", "remove", "rename"]))
        if change == "remove" or isinstance(container, list):
            del container[key]
        elif change == "rename":
            container[data.draw(st.sampled_from(["reference", "contained", "_status", "x", ""]))] = container.pop(key)
        else:
            container[key] = data.draw(JSON)
    check(json.dumps(value).encode())


@settings(max_examples=300)
@given(st.data())
def test_damaged_bytes(data: st.DataObject) -> None:
    check(mutated(json.dumps(SEED).encode(), data))


@settings(max_examples=100)
@given(st.binary(max_size=300), st.booleans())
def test_arbitrary_bytes(blob: bytes, packed: bool) -> None:
    check(gzip.compress(blob) if packed else blob)
    for name, unit in units(BytesIO(blob), limit=200):
        assert isinstance(unit, bytes | Problem)
        assert isinstance(name, str)


@pytest.mark.corpora
@settings(max_examples=150)
@given(st.data())
def test_damaged_examples(data: st.DataObject) -> None:
    check(mutated(data.draw(st.sampled_from(examples())), data))


def mutated(original: bytes, data: st.DataObject) -> bytes:
    """Some bytes replaced, dropped, doubled or cut off."""
    blob = bytearray(original)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(0, len(blob) - 1)))
        length = data.draw(st.integers(0, 12))
        replacement = data.draw(
            st.binary(max_size=4) | st.sampled_from([b"", b'"', b"{", b"]", b"null", b"1e9", bytes(blob[at : at + 40])])
        )
        blob[at : at + length] = replacement
    return bytes(blob[: data.draw(st.integers(0, len(blob)))] if data.draw(st.booleans()) else blob)


@cache
def examples() -> list[bytes]:
    return [file.read_bytes() for file in sorted(corpus("fhir/us-core-examples").rglob("*.json"))]
