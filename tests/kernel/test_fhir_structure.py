"""What is FHIR R4 and what is not, told by path and sentence."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from muniment.kernel.fhir.canonical import decode
from muniment.kernel.fhir.structure import MAX_ISSUES, is_resource_type, validate
from support.corpora import corpus

CODE = {"coding": [{"system": "http://loinc.org", "code": "29463-7", "display": "Body weight"}]}
REALLY_INVALID = {"diagnosticreport-cbc.json": ["DiagnosticReport.text.div"]}  # a narrative without its text


def observation(**changes: Any) -> dict[str, Any]:
    base = {"resourceType": "Observation", "status": "final", "code": CODE}
    return {name: value for name, value in (base | changes).items() if value is not ...}


def patient(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": "p1", **elements}


def paths(resource: Any) -> list[str]:
    return [issue.path for issue in validate(resource) if issue.severity == "error"]


def test_a_valid_resource_has_no_issues() -> None:
    assert validate(observation(valueQuantity=decode(b'{"value":72.50,"unit":"kg"}'))) == []


@pytest.mark.parametrize(
    ("resource", "path"),
    [
        ([], "Resource"),
        ({}, "Resource"),
        ({"resourceType": 1}, "Resource"),
        ({"resourceType": "Patiant"}, "Resource.resourceType"),
        ({"resourceType": "DomainResource"}, "Resource.resourceType"),
        ({"resourceType": "../os"}, "Resource.resourceType"),
        ({"resourceType": "Patient"}, "Patient"),
        (observation(weight=3), "Observation.weight"),
        (observation(status=...), "Observation.status"),
        (observation(status=None), "Observation.status"),
        (observation(code="29463-7"), "Observation.code"),
        (observation(code=[CODE]), "Observation.code"),
        (observation(code={}), "Observation.code"),
        (observation(category=CODE), "Observation.category"),
        (observation(category=[]), "Observation.category"),
        (observation(category=[CODE, {"coding": [{"kode": "x"}]}]), "Observation.category[1].coding[0].kode"),
        (observation(valueString="a", valueBoolean=True), "Observation.value[x]"),
        (observation(valueString="a", _valueBoolean={"id": "x"}), "Observation.value[x]"),
        (observation(valueString=""), "Observation.valueString"),
        (observation(valueString=" "), "Observation.valueString"),
        (observation(valueString="a\x00b"), "Observation.valueString"),
        (observation(valueBoolean="true"), "Observation.valueBoolean"),
        (observation(valueInteger=True), "Observation.valueInteger"),
        (observation(valueInteger=1 << 31), "Observation.valueInteger"),
        (observation(valueQuantity={"value": "72.50"}), "Observation.valueQuantity.value"),
        (observation(valueQuantity={"value": 72.5}), "Observation.valueQuantity.value"),
        (observation(valueTime="25:00:00"), "Observation.valueTime"),
        (observation(effectiveDateTime="2026-02-30"), "Observation.effectiveDateTime"),
        (observation(effectiveDateTime="2025-02-29T10:00:00Z"), "Observation.effectiveDateTime"),
        (observation(effectiveDateTime="2026-01-01T10:00:00"), "Observation.effectiveDateTime"),
        (observation(effectiveDateTime="2026-01-01T24:00:00Z"), "Observation.effectiveDateTime"),
        (observation(effectiveDateTime="20260101"), "Observation.effectiveDateTime"),
        (observation(effectiveDateTime="0000"), "Observation.effectiveDateTime"),
        (observation(issued="2026-01-01"), "Observation.issued"),
        (observation(subject={"reference": "the patient"}), "Observation.subject.reference"),
        (observation(subject={"reference": "Patient/"}), "Observation.subject.reference"),
        (observation(id="not an id"), "Observation.id"),
        (observation(id="x" * 65), "Observation.id"),
        (observation(_status={"extension": []}), "Observation._status.extension"),
        (observation(_code={"id": "x"}), "Observation._code"),
        (observation(extension=[{"url": "urn:x"}]), "Observation.extension[0]"),
        (observation(extension=[{"valueString": "x"}]), "Observation.extension[0].url"),
        (observation(extension=[{"url": "urn:x", "valueUri": "a b"}]), "Observation.extension[0].valueUri"),
        (observation(extension=[{"url": "urn:x", "valuePositiveInt": 0}]), "Observation.extension[0].valuePositiveInt"),
        (observation(contained=[{"resourceType": "Nothing"}]), "Observation.contained[0].resourceType"),
        (patient(birthDate="1980-13"), "Patient.birthDate"),
        (patient(birthDate="1980-01-01T00:00:00Z"), "Patient.birthDate"),
        (patient(name=[{"given": "Ada"}]), "Patient.name[0].given"),
        (patient(name=[{"given": ["Ada", None]}]), "Patient.name[0].given[1]"),
        (patient(contact=[{"name": {"family": 1}}]), "Patient.contact[0].name.family"),
        (patient(contained=[patient(contained=[patient()])]), "Patient.contained[0].contained"),
        ({"resourceType": "MedicationRequest", "status": "active", "intent": "order", "subject": {"display": "x"}},
         "MedicationRequest.medication[x]"),
        ({"resourceType": "Bundle", "type": "batch", "entry": [{"resource": observation(status="a  b")}]},
         "Bundle.entry[0].resource.status"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_path(resource: Any, path: str) -> None:
    assert paths(resource) == [path]


@pytest.mark.parametrize(
    "resource",
    [
        observation(status=..., _status={"extension": [{"url": "urn:x", "valueCode": "unknown"}]}),
        observation(effectiveDateTime="2026"),
        observation(effectiveDateTime="2024-02-29"),
        observation(effectiveInstant="2016-12-31T23:59:60Z"),
        observation(effectiveDateTime="2026-01-01T10:00:00.123456789+05:30"),
        observation(subject={"reference": "urn:uuid:0c3d4b1e-0000-4000-8000-000000000000"}),
        observation(subject={"reference": "https://example.org/fhir/Patient/1/_history/2"}),
        observation(subject={"reference": "Patient?identifier=urn:x|1"}),
        observation(subject={"reference": "#p"}, contained=[{"resourceType": "Patient", "id": "p"}]),
        patient(name=[{"given": ["Ada", None], "_given": [None, {"id": "x"}]}]),
        patient(birthDate="1980-01-01", _birthDate={"extension": [{"url": "urn:time", "valueDateTime": "1980-01-01"}]}),
        patient(name=[{"text": "Zoë\tO’Brien\u00a0山田"}]),
    ],
)
def test_unusual_but_valid(resource: Any) -> None:
    assert paths(resource) == []


def test_the_verdict_is_the_same_when_the_shape_is_known() -> None:
    wrong = observation(valueString="a", valueBoolean=3, weight=1)
    first = validate(wrong)
    assert len(first) == 3
    assert validate(wrong) == first
    assert validate(observation(valueString="a")) == []


def test_the_number_of_issues_is_bounded_and_none_goes_unseen() -> None:
    assert len(validate(observation(category=[1] * 5000))) == MAX_ISSUES
    assert paths(observation(category=[CODE] * 5000 + [1])) == ["Observation.category"]


def test_an_issue_does_not_repeat_the_value() -> None:
    assert "Secret" not in str(validate(patient(birthDate="Secret")))


def test_resource_types() -> None:
    assert is_resource_type("Encounter")
    assert not is_resource_type("Element")
    assert not is_resource_type("HumanName")


@pytest.mark.corpora
def test_the_us_core_examples_are_valid() -> None:
    found = {file.name: paths(decode(file.read_bytes())) for file in corpus("fhir/us-core-examples").rglob("*.json")}
    assert len(found) == 230
    assert {name: wrong for name, wrong in found.items() if wrong} == REALLY_INVALID


@pytest.mark.corpora
def test_synthea_bundles_are_valid() -> None:
    files = sorted(corpus("fhir/synthea-smart/bundles").iterdir(), key=lambda file: (file.stat().st_size, file.name))
    assert {file.name: wrong for file in files[:12] + files[300:303] if (wrong := _problems(file))} == {}


def _problems(file: Path) -> list[str]:
    return paths(decode(gzip.decompress(file.read_bytes())))
