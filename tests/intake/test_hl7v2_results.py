"""What messages carry into the record: results, documents, orders, diagnoses, immunizations, appointments."""

import base64
from datetime import UTC
from decimal import Decimal
from typing import Any

import pytest

from muniment.intake.hl7v2.read import read
from muniment.intake.submission import Draft, Submission
from muniment.kernel.fhir.dictation import parts_of
from muniment.kernel.fhir.order_provenance import as_text, tells_of_an_order
from muniment.kernel.fhir.structure import validate

OBR = "OBR|1|P1^CPOE|F1^LAB|58410-2^CBC^LN|||202601020800|||||||||D1^Doc^Ana||||||202601020930||HM|F"


def filed(*segments: str, kind: str = "ORU^R01") -> Submission:
    head = rf"MSH|^~\&|LAB|MAIN|||20260102||{kind}|C1|P|2.5"
    return read("\r".join([head, "PID|1||4711^^^MAIN^MR||Test^Tess", *segments]).encode(), zone_of=lambda _: UTC)


def of(found: Submission, kind: str) -> list[Draft]:
    return [draft for draft in found.drafts if draft.resource["resourceType"] == kind]


def one(found: Submission, kind: str) -> Draft:
    [draft] = of(found, kind)
    return draft


UCUM = {"system": "http://unitsofmeasure.org"}
DETECTED = {"coding": [{"system": "http://snomed.info/sct", "code": "260373001", "display": "Detected"}], "text": "Detected"}
VALUES: list[tuple[str, str, dict[str, Any]]] = [
    ("NM", "72.50|mg/dL^^UCUM", {"valueQuantity": {"value": Decimal("72.50"), "unit": "mg/dL", "code": "mg/dL"} | UCUM}),
    ("NM", "7|mmol", {"valueQuantity": {"value": Decimal("7"), "unit": "mmol"}}),
    ("NM", "<0.010|", {"valueQuantity": {"value": Decimal("0.010"), "comparator": "<"}}),
    ("NM", "hemolysed|", {"valueString": "hemolysed"}),
    ("SN", ">=^1.20|", {"valueQuantity": {"value": Decimal("1.20"), "comparator": ">="}}),
    ("SN", "^2^-^5|", {"valueRange": {"low": {"value": Decimal("2")}, "high": {"value": Decimal("5")}}}),
    ("SN", "^1^:^128|", {"valueRatio": {"numerator": {"value": Decimal("1")}, "denominator": {"value": Decimal("128")}}}),
    ("SN", "^2^+|", {"valueString": "2+"}),
    ("ST", "a \\T\\ b|", {"valueString": "a & b"}),
    ("TX", "line one~line two|", {"valueString": "line one\nline two"}),
    ("FT", "one\\.br\\two|", {"valueString": "one\ntwo"}),
    ("CWE", "260373001^Detected^SCT|", {"valueCodeableConcept": DETECTED}),
    ("DT", "20260102|", {"valueDateTime": "2026-01-02"}),
    ("TS", "202601021530|", {"valueDateTime": "2026-01-02T15:30:00+00:00"}),
    ("DT", "soon|", {"valueString": "soon"}),
    ("TM", "1530|", {"valueTime": "15:30:00"}),
    ("NR", "1.0^2.0|", {"valueRange": {"low": {"value": Decimal("1.0")}, "high": {"value": Decimal("2.0")}}}),
    ("XPN", "Test^Tess|", {"valueString": "Test Tess"}),
    ("NM", '""|', {}),
    ("", "text|", {"valueString": "text"}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "sent", "value"), VALUES)
def test_obx_5_by_its_type(kind: str, sent: str, value: dict[str, Any]) -> None:
    resource = one(filed(f"OBX|1|{kind}|K^Name^L||{sent}|||||F"), "Observation").resource
    assert {name: said for name, said in resource.items() if name.startswith("value")} == value
    assert [str(said["value"]) for said in value.values() if isinstance(said, dict) and "value" in said] == [
        str(resource[name]["value"]) for name, said in value.items() if isinstance(said, dict) and "value" in said
    ]


def test_a_report_with_its_results_specimen_and_order() -> None:
    found = filed(
        "PV1|1|I" + "|" * 17 + "V1",
        OBR,
        "NTE|1||Fasting",
        "OBX|1|NM|718-7^Hgb^LN||13.50|g/dL^^UCUM|12.0-15.5|L~A|||F|||202601020815",
        "NTE|1||Repeated",
        "OBX|2|CE|600-7^Culture^LN|1|A^Alpha^L~B^Beta^L||||||P",
        "SPM|1|S1&CPOE^S2&LAB||119297000^Blood^SCT|||||||||||||202601020800",
    )
    report = one(found, "DiagnosticReport")
    assert report.key == "OBR|F1^LAB|58410-2"
    assert report.resource["status"] == "final"
    assert report.resource["subject"] == {"reference": "draft:patient"}
    assert report.resource["encounter"] == {"reference": "draft:encounter"}
    assert report.resource["effectiveDateTime"] == "2026-01-02T08:00:00+00:00"
    assert report.resource["issued"] == "2026-01-02T09:30:00+00:00"
    assert report.resource["conclusion"] == "Fasting"
    first, second = of(found, "Observation")
    assert [first.key, second.key] == ["OBX|F1^LAB|58410-2|718-7|", "OBX|F1^LAB|58410-2|600-7|1"]
    assert report.resource["result"] == [{"reference": f"draft:{each.key}"} for each in (first, second)]
    assert first.resource["effectiveDateTime"] == "2026-01-02T08:15:00+00:00"
    assert second.resource["effectiveDateTime"] == "2026-01-02T08:00:00+00:00"
    assert first.resource["note"] == [{"text": "Repeated"}]
    assert first.resource["category"][0]["coding"][0]["code"] == "laboratory"
    assert first.resource["referenceRange"][0]["low"] == {"value": Decimal("12.0"), "unit": "g/dL"} | {
        "system": "http://unitsofmeasure.org",
        "code": "g/dL",
    }
    assert second.resource["component"][0]["valueCodeableConcept"]["text"] == "Beta"
    specimen = one(found, "Specimen")
    assert report.resource["specimen"] == [{"reference": f"draft:{specimen.key}"}]
    order = one(found, "ServiceRequest")
    assert (order.key, order.resource["status"]) == ("SR|P1^CPOE|58410-2", "completed")
    assert order.resource["requester"]["display"] == "Ana Doc"


def test_a_corrected_result_has_the_key_of_what_it_corrects() -> None:
    before = filed(OBR, "OBX|1|NM|718-7^Hgb^LN||13.5||||||P")
    after = filed(OBR, "OBX|1|NM|777-3^Plt^LN||200||||||F", "OBX|2|NM|718-7^Hgb^LN||15.3||||||C")
    assert before.drafts[0].key in {draft.key for draft in after.drafts}


def test_a_deleted_result_retracts() -> None:
    draft = one(filed(OBR, "OBX|1|NM|718-7^Hgb^LN||||||||D"), "Observation")
    assert draft.retracts
    assert draft.resource["status"] == "entered-in-error"


def test_repeated_codes_without_sub_id_stay_apart() -> None:
    found = of(filed(OBR, "OBX|1|NM|1^X^L||1||||||F", "OBX|2|NM|1^X^L||2||||||F"), "Observation")
    assert len({draft.key for draft in found}) == 2


def test_a_note_like_report_is_one_report_with_readable_text() -> None:
    obr = "OBR|1||R9^RIS|36643-5^Chest X-ray^LN|||20260102|||||||||||||||202601021000||RAD|F|||||||D7&Ray&Xavier&&&&MD"
    lines = ["FINDINGS:", "Lungs are clear.", "", "IMPRESSION: Normal."]
    found = filed(obr, *(f"OBX|{n}|TX|36643-5^Chest X-ray^LN|1|{line}||||||F" for n, line in enumerate(lines)))
    draft = one(found, "DiagnosticReport")
    assert not of(found, "Observation")
    assert draft.document is not None
    assert draft.document.text == "\n".join(lines)
    assert draft.document.content.decode() == draft.document.text
    assert draft.resource["presentedForm"] == [{"contentType": "text/plain"}]
    assert draft.author is not None
    assert draft.author.name is not None
    assert (draft.author.name.family, draft.signed_by_source) == ("Ray", True)


def test_separate_text_results_stay_separate() -> None:
    found = filed(OBR, "OBX|1|TX|1^Colour^L||Yellow||||||F", "OBX|2|TX|2^Odour^L||None||||||F")
    assert len(of(found, "Observation")) == 2


def test_a_pdf_under_a_report_is_a_document_that_points_at_it() -> None:
    packed = base64.b64encode(b"%PDF-1.7 x").decode()
    found = filed(OBR, "OBX|1|NM|718-7^Hgb^LN||13.5||||||F", f"OBX|2|ED|PDF^Report^L||LAB^AP^PDF^Base64^{packed}||||||F")
    draft = one(found, "DocumentReference")
    assert draft.document is not None
    assert (draft.document.content, draft.document.media_type) == (b"%PDF-1.7 x", "application/pdf")
    assert draft.resource["context"]["related"] == [{"reference": "draft:OBR|F1^LAB|58410-2"}]


TXA = "TXA|1|DS|TX|202601051000|A1^Att^Al|202601051100|||O1^Ori^Ola|||DOC7^EHR|{parent}||||{status}||AV|||{signer}"


def mdm(
    event: str, *content: str, parent: str = "", status: str = "AU", signer: str = "S1^Sig^Sam^^^^MD^^^^^^^^20260105"
) -> Draft:
    txa = TXA.format(parent=parent, status=status, signer=signer)
    return of(filed(txa, *content, kind=f"MDM^{event}"), "DocumentReference")[0]


def test_a_document_with_text() -> None:
    draft = mdm("T02", "OBX|1|TX|18842-5^Discharge summary^LN||Admitted with pain.", "OBX|2|TX|18842-5^x^LN||Home.")
    assert draft.key == "DOC|DOC7^EHR"
    assert draft.document is not None
    assert draft.document.text == "Admitted with pain.\nHome."
    assert draft.resource["docStatus"] == "final"
    assert draft.resource["date"] == "2026-01-05T11:00:00+00:00"
    assert draft.signed_by_source
    assert draft.author is not None
    assert draft.author.identifiers[0].value == "O1"
    assert draft.resource["authenticator"]["display"] == "Sam Sig, MD"
    assert draft.resource["description"] == "Discharge summary"


def test_a_document_as_base64_pdf_with_text_beside_it() -> None:
    packed = base64.b64encode(b"%PDF-1.4 body").decode()
    draft = mdm("T02", "OBX|1|TX|X^Y^L||Searchable words", f"OBX|2|ED|X^Y^L||^application^pdf^Base64^{packed}")
    assert draft.document is not None
    assert (draft.document.media_type, draft.document.content) == ("application/pdf", b"%PDF-1.4 body")
    assert draft.document.text == "Searchable words"
    assert draft.resource["content"] == [{"attachment": {"contentType": "application/pdf"}}]


def test_undecodable_content_is_remarked_and_the_rest_kept() -> None:
    found = filed(TXA.format(parent="", status="AU", signer=""), "OBX|1|ED|X||^AP^PDF^Base64^@@@", kind="MDM^T02")
    assert found.drafts[0].document is None
    assert any("could not be decoded" in remark for remark in found.remarks)


@pytest.mark.parametrize(("event", "code"), [("T06", "appends"), ("T10", "replaces")])
def test_addenda_and_replacements_point_at_their_parent(event: str, code: str) -> None:
    found = filed(TXA.format(parent="DOC1^EHR", status="AU", signer=""), "OBX|1|TX|||More", kind=f"MDM^{event}")
    relation = found.drafts[0].resource["relatesTo"][0]
    assert relation["code"] == code
    assert relation["target"]["identifier"]["value"] == "DOC1"
    assert found.extra["parent"] == "DOC|DOC1^EHR"


def test_an_edit_is_a_new_version_and_a_cancel_retracts() -> None:
    assert mdm("T08", "OBX|1|TX|||Edited").key == mdm("T02", "OBX|1|TX|||First").key == mdm("T11").key
    cancelled = mdm("T11")
    assert cancelled.retracts
    assert cancelled.resource["status"] == "entered-in-error"


def test_a_document_without_number_is_named_by_its_message() -> None:
    found = filed("TXA|1|PN|TX", "OBX|1|TX|||Text", kind="MDM^T02")
    assert found.drafts[0].key == "DOC|C1@20260102"
    assert any("TXA-12" in remark for remark in found.remarks)


def test_what_has_no_number_is_told_apart_by_the_time_of_its_message() -> None:
    first, again, other = (
        read(
            f"MSH|^~\\&|EHR|MAIN|||{sent}||MDM^T02|1|P|2.5\rPID|||4711\rTXA|1|PN|TX\rOBX|1|TX|||Text".encode(),
            zone_of=lambda _: UTC,
        )
        for sent in ("20260102030405", "20260102030405", "20270102030405")
    )
    assert first.drafts[0].key == again.drafts[0].key != other.drafts[0].key


def test_diagnoses_allergies_procedures_relatives_and_cover() -> None:
    found = filed(
        "NK1|1|Test^Tom|SPO|1 Main St^^Town|555-0100",
        "PV1|1|I" + "|" * 17 + "V1",
        "DG1|1||E11.9^Type 2 diabetes^I10||20260102|F",
        "DG1|2||A01.0^Typhoid^I10|||W|||||||||||||||D",
        "AL1|1|DA|70618^Penicillin^RXNORM|SV|Hives~Wheeze",
        "IAM|2|FA|N1^Peanut^L|MO||D|99",
        "PR1|1||0DTJ4ZZ^Appendectomy^I10P||202601021200||||||S1^Surg^Sue",
        "IN1|1|P1^Plan^L|C1|Acme Health||||G9||||20260101|||PPO||SEL" + "|" * 19 + "POL7",
        kind="ADT^A08",
    )
    keys = [draft.key for draft in found.drafts]
    assert keys == [
        "NK1|4711^MAIN|1",
        "DG1|V1^MAIN|E11.9|F",
        "DG1|V1^MAIN|A01.0|W",
        "AL1|4711^MAIN|70618",
        "IAM|99",
        "PR1|V1^MAIN|0DTJ4ZZ|2026-01-02",
        "IN1|4711^MAIN|P1|POL7",
    ]
    assert [draft.retracts for draft in found.drafts] == [False, False, True, False, True, False, False]
    allergy = found.drafts[3].resource
    assert (allergy["criticality"], allergy["category"]) == ("high", ["medication"])
    assert [each["text"] for each in allergy["reaction"][0]["manifestation"]] == ["Hives", "Wheeze"]
    assert found.drafts[5].resource["performer"][0]["actor"]["display"] == "Sue Surg"
    assert found.drafts[6].resource["payor"][0]["display"] == "Acme Health"


def test_orders() -> None:
    found = filed(
        "ORC|NW|P5^CPOE||||||^^^^^S|20260102|||D1^Doc^Ana",
        "RXO|197361^Amlodipine 5 MG^RXNORM|5||mg||^Take daily|",
        "RXR|PO^Oral^HL70162",
        "ORC|HD|P6^CPOE",
        "OBR|1|P6^CPOE||24331-1^Lipids^LN",
        "OBX|1|ST|Q^Fasting?^L||Yes||||||F",
        kind="ORM^O01",
    )
    drug = one(found, "MedicationRequest")
    assert drug.key == "RX|P5^CPOE|197361"
    assert drug.resource["status"] == "active"
    assert drug.resource["dosageInstruction"][0]["doseAndRate"] == [{"doseQuantity": {"value": Decimal(5), "unit": "mg"}}]
    assert one(found, "ServiceRequest").resource["status"] == "on-hold"
    assert one(found, "Observation").resource["valueString"] == "Yes"


def test_an_immunization_with_its_observations() -> None:
    found = filed(
        "ORC|RE||I9^REG",
        "RXA|0|1|20260102||08^Hep B^CVX|0.50|mL^^UCUM||00^New^NIP001|N1^Nur^Nan||||||20270101|MSD^Merck^MVX|||CP|A",
        "RXR|IM^Intramuscular^HL70162",
        "OBX|1|CE|64994-7^Eligibility^LN|1|V02^Medicaid^HL70064||||||F",
        kind="VXU^V04",
    )
    shot = one(found, "Immunization")
    assert shot.key == "RXA|I9^REG|08"
    assert shot.resource["patient"] == {"reference": "draft:patient"}
    assert str(shot.resource["doseQuantity"]["value"]) == "0.50"
    assert (shot.resource["primarySource"], shot.resource["expirationDate"]) == (True, "2027-01-01")
    assert one(found, "Observation").resource["partOf"] == [{"reference": "draft:RXA|I9^REG|08"}]


def test_an_appointment_and_its_cancellation() -> None:
    sch = "SCH|A1^P|A2^F||||^Checkup|^Routine||30|MIN|^^^202601050900|||||||||||||Booked"
    booked, cancelled = (filed(sch, "AIP|1||D1^Doc^Ana", kind=f"SIU^{event}").drafts[0] for event in ("S12", "S15"))
    assert booked.key == cancelled.key == "SCH|A2^F"
    assert (booked.resource["start"], booked.resource["end"]) == ("2026-01-05T09:00:00+00:00", "2026-01-05T09:30:00+00:00")
    assert (booked.resource["status"], cancelled.resource["status"]) == ("booked", "cancelled")
    assert [each["actor"].get("display") for each in booked.resource["participant"]] == [None, "Ana Doc"]


def test_problems() -> None:
    found = filed(
        "PRB|AD|20260102|I10^Hypertension^I10|PR1|||2020|||||||active",
        "PRB|UP|20260102|J18.9^Pneumonia^I10|PR2|||||20260101",
        "PRB|DE|20260102|Z00^Error^I10|PR3",
        kind="PPR^PC1",
    )
    states = [draft.resource.get("clinicalStatus", {}).get("coding", [{}])[0].get("code") for draft in found.drafts]
    assert states == ["active", "resolved", None]
    assert [draft.retracts for draft in found.drafts] == [False, False, True]
    assert found.drafts[0].key == "PRB|PR1|I10"


def test_charges_bring_their_diagnoses_and_procedures_only() -> None:
    found = filed("FT1|1|||20260102||CG|X", "PR1|1||99213^Visit^C4||20260102", "DG1|1||I10^H^I10", kind="DFT^P03")
    assert [draft.resource["resourceType"] for draft in found.drafts] == ["Procedure", "Condition"]


def wrong(resource: dict[str, Any]) -> list[str]:
    """What is wrong with a draft's resource, but that its references are still those of drafts."""
    return [one.path for one in validate(resource | {"id": "d1"}) if not one.path.endswith(".reference")]


DICTATED = (
    "TXA|1|DS|TX|202601051000|A1^Att^Al|20260105110000|20260105170000|20260106080000~20260106090000|O1^Ori^Ola||T9^Typ^Tia|DOC7^EHR"
    "|||||{status}||AV|||{signed}"
)


def test_a_document_keeps_when_it_was_dictated_transcribed_edited_and_authenticated() -> None:
    txa = DICTATED.format(status="AU", signed="O1^Ori^Ola^^^^^^^^^^^^20260107120000")
    document = one(filed(txa, "OBX|1|TX|||Text", kind="MDM^T02"), "DocumentReference")
    assert list(parts_of(document.resource)) == [
        ("dictated", "2026-01-05T11:00:00+00:00"),
        ("transcribed", "2026-01-05T17:00:00+00:00"),
        (
            "transcriptionist",
            {"type": "Practitioner", "identifier": {"assigner": {"display": "MAIN"}, "value": "T9"}, "display": "Tia Typ"},
        ),
        ("edited", "2026-01-06T08:00:00+00:00"),
        ("edited", "2026-01-06T09:00:00+00:00"),
        ("authenticated", "2026-01-07T12:00:00+00:00"),
        ("system", "LAB"),
    ]
    assert wrong(document.resource) == []


def test_times_that_do_not_exist_are_named_and_left_out() -> None:
    found = filed(
        DICTATED.format(status="DI", signed="").replace("20260105170000", "20261305"), "OBX|1|TX|||Text", kind="MDM^T02"
    )
    assert "transcribed" not in dict(parts_of(one(found, "DocumentReference").resource))
    assert any("TXA-7" in remark for remark in found.remarks)


def test_a_document_that_names_no_transcription_says_nothing_of_one() -> None:
    found = filed("TXA|1|PN|TX|202601051000|A1^Att^Al|20260105110000", "OBX|1|TX|||Text", kind="MDM^T02")
    assert "extension" not in one(found, "DocumentReference").resource


def spoken(control: str, orc: str) -> Submission:
    return filed(
        f"ORC|{control}|P1^CPOE|||||||{orc}", "RXO|161^Acetaminophen^RXNORM|650||mg^mg^UCUM|||^Every 6 hours", kind="OMP^O09"
    )


GIVEN = "20260102031000|7^Nurse^Nora^^^^RN||D1^Doc^Ana^^^^MD|||20260102030500|||||||||||||||{mode}^^HL70483"


@pytest.mark.parametrize(
    ("control", "mode", "kept"),
    [("NW", "PH", True), ("XO", "VO", True), ("", "VC", True), ("NW", "IP", True), ("NW", "EL", False), ("NW", "FX", False), ("NW", "", False), ("SC", "PH", False), ("CA", "VO", False)],
)  # fmt: skip
def test_an_order_by_word_of_mouth_says_how_it_was_given(control: str, mode: str, kept: bool) -> None:
    found = of(spoken(control, GIVEN.format(mode=mode)), "Provenance")
    assert bool(found) == kept
    for draft in found:
        said = draft.resource
        assert draft.key == "ORC-30|P1^CPOE|161"
        assert said["target"] == [
            {
                "reference": "draft:RX|P1^CPOE|161",
                "type": "MedicationRequest",
                "display": "Acetaminophen, 650 mg, Every 6 hours",
            }
        ]
        assert (said["occurredDateTime"], said["recorded"]) == ("2026-01-02T03:05:00+00:00", "2026-01-02T03:10:00+00:00")
        assert [one["type"]["coding"][0]["code"] for one in said["agent"]] == ["author", "enterer"]
        assert draft.author is not None
        assert draft.author.credential == "MD"
        assert tells_of_an_order(said)
        assert wrong(said) == []
        for words in ("Acetaminophen, 650 mg", "Ana Doc, MD", "Nora Nurse, RN"):
            assert words in as_text(said)


def test_who_verified_an_order_is_an_entry_of_its_own() -> None:
    found = spoken("SC", "20260103080000||D1^Doc^Ana^^^^MD")
    [draft] = of(found, "Provenance")
    assert draft.key == "ORC-11|P1^CPOE|161|C1@20260102"
    assert draft.resource["agent"][0]["type"]["coding"][0]["code"] == "verifier"
    assert tells_of_an_order(draft.resource)
    assert wrong(draft.resource) == []


def test_an_order_of_which_no_time_is_known_says_nothing_of_how_it_was_given() -> None:
    """FHIR asks for the instant it was recorded; the message has a day only, and the order itself is kept."""
    found = spoken("NW", GIVEN.format(mode="PH").replace("20260102031000", ""))
    assert [one.resource["resourceType"] for one in found.drafts] == ["MedicationRequest"]


def test_results_say_nothing_of_how_their_order_was_given() -> None:
    orc = "ORC|RE|P1^CPOE|F1^LAB||||||20260102031000||V9^Ver^Vera|D1^Doc^Ana"
    assert not of(filed(orc, OBR, "OBX|1|NM|718-7^Hgb^LN||13.5||||||F"), "Provenance")
