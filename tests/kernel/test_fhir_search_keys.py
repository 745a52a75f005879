"""What the record index keeps of a resource."""

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from muniment.kernel.fhir.canonical import decode
from muniment.kernel.fhir.descriptions import CATEGORIES, describe, instant_of
from muniment.kernel.fhir.elements import resource_model
from muniment.kernel.fhir.search_keys import _EMITTERS, ANY_SYSTEM, key, kind_at
from muniment.kernel.fhir.search_params import described_types, parameters_of
from muniment.kernel.fhir.structure import validate
from support.corpora import corpus

LOINC = "http://loinc.org"
WEIGHT = decode(
    b"""{"resourceType":"Observation","id":"w1","status":"final",
    "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],
    "code":{"coding":[{"system":"http://loinc.org","code":"29463-7","display":"Body weight"}],"text":"Weight"},
    "subject":{"reference":"Patient/p1"},"encounter":{"reference":"Encounter/e1/_history/2"},
    "performer":[{"reference":"Practitioner/n1"}],"effectiveDateTime":"2026-03-01T08:30:00+01:00",
    "identifier":[{"system":"urn:lab","value":"A-1"}],
    "valueQuantity":{"value":72.50,"unit":"kg"},"interpretation":[{"coding":[{"code":"H"}]}]}"""
)


def test_an_observation_in_full() -> None:
    assert validate(WEIGHT) == []
    found = describe(WEIGHT)
    assert (found.resource_type, found.category, found.status) == ("Observation", "vital-sign", "final")
    assert (found.system, found.code, found.display) == (LOINC, "29463-7", "Weight")
    assert (found.value, found.flag) == ("72.50 kg", "H")
    assert (found.subject, found.encounter, found.author) == ("Patient/p1", "Encounter/e1/_history/2", "Practitioner/n1")
    assert found.time == "2026-03-01T08:30:00+01:00"
    assert found.at == datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
    assert found.moment is not None
    assert found.moment.precision == "second"


def test_keys_answer_token_reference_and_identifier_searches() -> None:
    keys = describe(WEIGHT).keys
    assert keys == sorted(set(keys))
    assert all(-(1 << 63) <= one < 1 << 63 for one in keys)
    expected = [
        key("code", LOINC, "29463-7"),
        key("code", ANY_SYSTEM, "29463-7"),
        key("combo-code", LOINC, "29463-7"),
        key("category", ANY_SYSTEM, "vital-signs"),
        key("status", ANY_SYSTEM, "final"),
        key("identifier", "urn:lab", "A-1"),
        key("subject", "", "Patient/p1"),
        key("patient", "", "Patient/p1"),
        key("encounter", "", "Encounter/e1"),
        key("performer", "", "Practitioner/n1"),
        key("_id", ANY_SYSTEM, "w1"),
    ]
    assert set(expected) <= set(keys)
    assert not {key("code", LOINC, "8302-2"), key("status", ANY_SYSTEM, "amended"), key("patient", "", "Patient/p2")} & set(
        keys
    )


def test_a_key_is_the_same_in_every_process() -> None:
    assert key("code", LOINC, "29463-7") == 1456108242185262249
    assert len({key("a", "b", "c"), key("ab", "", "c"), key("a", "", "bc"), key("a", "bc", "")}) == 4


def test_a_group_is_a_subject_but_no_patient() -> None:
    keys = describe(WEIGHT | {"subject": {"reference": "Group/g1"}}).keys
    assert key("subject", "", "Group/g1") in keys
    assert key("patient", "", "Group/g1") not in keys


def resource(kind: str, **elements: Any) -> dict[str, Any]:
    return {"resourceType": kind, **elements}


def concept(code: str, display: str = "") -> dict[str, Any]:
    return {"coding": [{"system": "urn:s", "code": code} | ({"display": display} if display else {})]}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (resource("Condition", code=concept("I50.9", "Heart failure"), clinicalStatus=concept("active")),
         {"category": "diagnosis", "display": "Heart failure", "status": "active"}),
        (resource("Condition", code=concept("x"), verificationStatus=concept("entered-in-error")),
         {"status": "entered-in-error", "display": "x"}),
        (resource("MedicationRequest", status="active", medicationReference={"display": "Aspirin"}, authoredOn="2026",
                  dosageInstruction=[{"text": "1 tablet daily"}], requester={"reference": "Practitioner/a"}),
         {"category": "medication", "display": "Aspirin", "value": "1 tablet daily", "author": "Practitioner/a"}),
        (resource("Encounter", status="finished", type=[concept("a", "Visit")], period={"start": "2026-01-02"},
                  participant=[{"individual": {"reference": "Practitioner/b"}}]),
         {"category": "encounter", "display": "Visit", "time": "2026-01-02", "author": "Practitioner/b"}),
        (resource("Encounter", **{"class": {"code": "IMP", "display": "inpatient"}}), {"code": "IMP", "display": "inpatient"}),
        (resource("Patient", name=[{"family": "Ng", "given": ["Ada", None]}]), {"category": "patient", "display": "Ng, Ada"}),
        (resource("DocumentReference", type={"text": "Summary"}, context={"encounter": [{"reference": "Encounter/1"}]}),
         {"category": "document", "display": "Summary", "encounter": "Encounter/1"}),
        (resource("Procedure", performedPeriod={"end": "2025-05"}, performer=[{"actor": {"reference": "Practitioner/c"}}]),
         {"category": "procedure", "time": "2025-05", "author": "Practitioner/c"}),
        (resource("Immunization", vaccineCode=concept("140", "Influenza"), occurrenceDateTime="2025-10-01"),
         {"category": "immunisation", "display": "Influenza", "time": "2025-10-01"}),
        (resource("ServiceRequest", code=concept("cbc"), authoredOn="2025-10-01"), {"category": "order", "time": "2025-10-01"}),
        (resource("AllergyIntolerance", patient={"reference": "Patient/1"}), {"category": "allergy", "subject": "Patient/1"}),
        (resource("Organization", name="Clinic"), {"category": "other", "display": "Clinic"}),
        (resource("DiagnosticReport", conclusion="c" * 300), {"category": "result", "value": "c" * 199 + "…"}),
    ],
)  # fmt: skip
def test_other_types(given: dict[str, Any], expected: dict[str, Any]) -> None:
    found = describe(given)
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('"valueQuantity":{"value":72.50,"comparator":"<","unit":"kg"}', "<72.50 kg"),
        ('"valueQuantity":{"value":7.10,"code":"%"}', "7.10%"),
        ('"valueQuantity":{"value":0,"unit":"mg"}', "0 mg"),
        ('"valueQuantity":{"unit":"mg"}', ""),
        ('"valueCodeableConcept":{"text":"Never smoker"}', "Never smoker"),
        ('"valueString":"trace"', "trace"),
        ('"valueBoolean":false', "no"),
        ('"valueInteger":3', "3"),
        ('"valueRange":{"low":{"value":1.0},"high":{"value":2.0,"unit":"mm"}}', "1.0–2.0 mm"),
        ('"valueRatio":{"numerator":{"value":1},"denominator":{"value":128}}', "1:128"),
        ('"valuePeriod":{"start":"2026-01-01"}', "2026-01-01–"),
        ('"dataAbsentReason":{"text":"Refused"}', "Refused"),
        ('"component":[{"code":{"text":"pH"},"valueQuantity":{"value":7.40}},{"code":{"text":"pCO2"},"valueString":"low"}]',
         "pH 7.40, pCO2 low"),
    ],
)  # fmt: skip
def test_values_read_as_they_were_written(value: str, text: str) -> None:
    data = f'{{"resourceType":"Observation","status":"final","code":{{"text":"x"}},{value}}}'
    given = decode(data.encode())
    assert validate(given) == []
    assert describe(given).value == text


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("", None),
        ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-02", datetime(2026, 2, 1, tzinfo=UTC)),
        ("2026-02-03", datetime(2026, 2, 3, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("9999-12-31T23:59:59-05:00", None),  # in the year 10000 by the database's clock
        ("0001-01-01T00:00:00+05:00", None),
    ],
)
def test_the_first_possible_instant(text: str, first: datetime | None) -> None:
    assert instant_of(text) == first


def test_names_are_found_by_each_word() -> None:
    found = describe(resource("Patient", name=[{"family": "de la Cruz", "given": ["ANA"]}], active=True)).keys
    assert {
        key("family", "", "cruz"),
        key("given", "", "ana"),
        key("name", "", "de"),
        key("active", ANY_SYSTEM, "true"),
    } <= set(found)


def test_every_search_parameter_looks_at_an_element_that_exists() -> None:
    for name in described_types():
        kind = resource_model(name)
        assert kind is not None
        for param, path in parameters_of(name):
            assert kind_at(kind, tuple(path.split("."))) in _EMITTERS, (name, param, path)


@pytest.mark.corpora
def test_the_search_parameters_are_those_of_the_standard() -> None:
    text = gzip.decompress(corpus("fhir/definitions/search-parameters.json.gz").read_bytes())
    known = {(base, one["resource"]["code"]) for one in json.loads(text)["entry"] for base in one["resource"]["base"]}
    used = {(name, param) for name in described_types() for param, _ in parameters_of(name) if not param.startswith("_")}
    assert used - known == set()


@pytest.mark.corpora
def test_every_example_can_be_described() -> None:
    for file in corpus("fhir/us-core-examples").rglob("*.json"):
        found = decode(file.read_bytes())
        row = describe(found)
        assert row.category in CATEGORIES
        assert row.keys or found["resourceType"] == "Bundle"
