"""HL7 tables as FHIR says them: every row lands on a code that FHIR R4 has."""

from datetime import UTC

import pytest

from muniment.intake.hl7v2 import tables
from muniment.intake.hl7v2.read import read
from muniment.intake.submission import Submission

OBSERVATION = {"registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown"}
REPORT = OBSERVATION | {"partial", "appended"}
REQUEST = {"draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"}
APPOINTMENT = {"proposed", "pending", "booked", "arrived", "fulfilled", "cancelled", "noshow"} | {
    "entered-in-error",
    "checked-in",
    "waitlist",
}
VALUE_SETS = [
    (tables.SEX, {"male", "female", "other", "unknown"}),
    (tables.PATIENT_CLASS, {"IMP", "EMER", "AMB", "OBSENC", "PRENC", "SS", "HH", "VR"}),
    (tables.OBSERVATION_STATUS, OBSERVATION),
    (tables.REPORT_STATUS, REPORT),
    (tables.NAME_USE, {"usual", "official", "temp", "nickname", "anonymous", "old", "maiden"}),
    (tables.ADDRESS_USE, {"home", "work", "temp", "old", "billing"}),
    (tables.TELECOM_USE, {"home", "work", "temp", "old", "mobile"}),
    (tables.TELECOM_SYSTEM, {"phone", "fax", "email", "pager", "url", "sms", "other"}),
    (tables.ALLERGY_CATEGORY, {"food", "medication", "environment", "biologic"}),
    (tables.CRITICALITY, {"low", "high", "unable-to-assess"}),
    (tables.REACTION_SEVERITY, {"mild", "moderate", "severe"}),
    (tables.ORDER_CONTROL, REQUEST),
    (tables.ORDER_STATUS, REQUEST),
    (tables.PRIORITY, {"routine", "urgent", "asap", "stat"}),
    (tables.IMMUNIZATION_STATUS, {"completed", "entered-in-error", "not-done"}),
    (tables.APPOINTMENT_STATUS, APPOINTMENT),
    (tables.APPOINTMENT_TRIGGER, APPOINTMENT),
    (tables.AVAILABILITY, {"current", "superseded", "entered-in-error"}),
]


@pytest.mark.parametrize(("table", "allowed"), VALUE_SETS)
def test_a_table_ends_in_its_fhir_value_set(table: dict[str, str], allowed: set[str]) -> None:
    assert set(table.values()) <= allowed


def filed(*segments: str, kind: str = "ORU^R01") -> Submission:
    head = rf"MSH|^~\&|LAB|MAIN|||20260102||{kind}|C1|P|2.5"
    return read("\r".join([head, "PID|1||4711^^^MAIN^MR||Test^Tess||19700101|F", *segments]).encode(), zone_of=lambda _: UTC)


@pytest.mark.parametrize(
    ("code", "status", "retracts"),
    [
        ("F", "final", False),
        ("P", "preliminary", False),
        ("C", "corrected", False),
        ("X", "cancelled", False),
        ("I", "registered", False),
        ("D", "entered-in-error", True),
        ("W", "entered-in-error", True),
        ("", "unknown", False),
        ("?", "unknown", False),
    ],
)
def test_0085_observation_status(code: str, status: str, retracts: bool) -> None:
    draft = filed(f"OBX|1|NM|718-7^Hgb^LN||13.50|g/dL^^UCUM|12.0-15.5|N|||{code}").drafts[0]
    assert (draft.resource["status"], draft.retracts) == (status, retracts)


@pytest.mark.parametrize(
    ("code", "status", "signed"),
    [
        ("AU", "final", True),
        ("LA", "final", True),
        ("DI", "preliminary", False),
        ("DO", "preliminary", False),
        ("IP", "preliminary", False),
        ("IN", "preliminary", False),
        ("PA", "preliminary", False),
        ("", None, False),
    ],
)
def test_0271_document_completion(code: str, status: str | None, signed: bool) -> None:
    draft = filed(f"TXA|1|DS|TX|||||||||D9||||| {code}|", "OBX|1|TX|||Text", kind="MDM^T02").drafts[0]
    assert (draft.resource.get("docStatus"), draft.signed_by_source) == (status, signed)


@pytest.mark.parametrize(
    ("code", "loinc"),
    [
        ("HP", "34117-2"),
        ("DS", "18842-5"),
        ("OP", "11504-8"),
        ("CN", "11488-4"),
        ("PN", "11506-3"),
        ("ED", "34111-5"),
        ("AN", "34750-0"),
        ("SP", "11526-1"),
        ("TS", "18761-7"),
    ],
)
def test_0270_document_type_keeps_its_code_and_gains_loinc(code: str, loinc: str) -> None:
    coding = filed(f"TXA|1|{code}|TX|||||||||D9", "OBX|1|TX|||Text", kind="MDM^T02").drafts[0].resource["type"]["coding"]
    assert [(each["system"], each["code"]) for each in coding] == [
        ("http://loinc.org", loinc),
        ("http://terminology.hl7.org/CodeSystem/v2-0270", code),
    ]


@pytest.mark.parametrize(
    ("code", "class_"),
    [("I", "IMP"), ("E", "EMER"), ("O", "AMB"), ("P", "PRENC"), ("R", "AMB"), ("B", "IMP"), ("OBS", "OBSENC"), ("U", "")],
)
def test_0004_patient_class(code: str, class_: str) -> None:
    encounter = filed(f"PV1|1|{code}|||||||||||||||||V1", kind="ADT^A01").encounter
    assert encounter is not None
    assert encounter.class_ == class_


@pytest.mark.parametrize(
    ("code", "sex"), [("F", "female"), ("M", "male"), ("O", "other"), ("A", "other"), ("U", "unknown"), ("", ""), ("Q", "")]
)
def test_0001_sex(code: str, sex: str) -> None:
    found = read(rf"MSH|^~\&|A|B|||2026||ADT^A08|1|P|2.5{chr(13)}PID|||1||X^Y|||{code}".encode(), zone_of=lambda _: UTC)
    assert found.patient is not None
    assert found.patient.sex == sex
    assert any("PID-8" in remark for remark in found.remarks) == (code == "Q")


@pytest.mark.parametrize(
    ("code", "known"), [("H", True), ("LL", True), ("<", True), ("A", True), ("POS", True), ("ABNORMAL!", False)]
)
def test_0078_interpretation(code: str, known: bool) -> None:
    said = filed(f"OBX|1|NM|718-7^Hgb^LN||13|||{code}|||F").drafts[0].resource["interpretation"][0]
    assert ("coding" in said) == known


@pytest.mark.parametrize(
    ("control", "status", "meant"),
    [
        ("NW", "", "active"),
        ("CA", "", "revoked"),
        ("DC", "", "revoked"),
        ("HD", "", "on-hold"),
        ("SC", "CM", "completed"),
        ("XO", "IP", "active"),
    ],
)
def test_0119_and_0038_order_status(control: str, status: str, meant: str) -> None:
    found = filed(f"ORC|{control}|P1|||{status}", "OBR|1|P1||24331-1^Lipids^LN", kind="ORM^O01").drafts
    assert found[0].resource["status"] == meant


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("LN", "http://loinc.org"),
        ("SCT", "http://snomed.info/sct"),
        ("I10", "http://hl7.org/fhir/sid/icd-10-cm"),
        ("HL70078", "http://terminology.hl7.org/CodeSystem/v2-0078"),
        ("2.16.840.1.113883.6.96", "urn:oid:2.16.840.1.113883.6.96"),
        ("L", None),
        ("99LAB", None),
    ],
)
def test_0396_coding_systems(name: str, uri: str | None) -> None:
    coding = filed(f"OBX|1|ST|K1^Thing^{name}||x||||||F").drafts[0].resource["code"]["coding"][0]
    assert coding.get("system") == uri
    assert coding["code"] == "K1"
