"""What a CDA header and its entries become. Each table row is one rule of the maps."""

import base64
import time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from muniment.intake.ccda.read import read as read_with
from muniment.intake.ccda.systems import uri
from muniment.intake.submission import IdentifierFact, Submission
from muniment.kernel.errors import Problem, Unfileable
from support.ccda_documents import (
    HEADER,
    PATIENT,
    TEMPLATE,
    allergy,
    document,
    drug,
    organizer,
    problem,
    result,
    section,
    snomed,
)
from support.corpora import corpus

ZONE = ZoneInfo("America/New_York")


def read(data: bytes) -> Submission:
    return read_with(data, zone_of=lambda facility: ZONE)


def drafts(*sections: str, kind: str) -> list[dict]:
    return [each.resource for each in read(document(*sections)).drafts if each.resource["resourceType"] == kind]


def one(*sections: str, kind: str) -> dict:
    [found] = drafts(*sections, kind=kind)
    return found


def codes(concept: dict) -> list[tuple[str, str]]:
    return [(each.get("system", ""), each["code"]) for each in concept["coding"]]


SNOMED = "http://snomed.info/sct"


class TestHeader:
    def test_patient(self) -> None:
        patient = read(document()).patient
        assert patient is not None
        assert patient.identifiers == (
            IdentifierFact("1.2.3.4.6", "MRN-77"),
            IdentifierFact("2.16.840.1.113883.4.1", "999-00-0001", "SS"),
        )
        assert [(each.family, each.given, each.use) for each in patient.names] == [
            ("Sampleton", ("Tessa", "Q"), "official"),
            ("Before", ("Tessa",), "maiden"),
        ]
        assert (str(patient.birth), patient.sex, patient.deceased, str(patient.deceased_at)) == (
            "1950-02-03",
            "female",
            True,
            "2024-03-11",
        )
        assert [(each.system, each.value, each.use) for each in patient.telecoms] == [
            ("phone", "+1-555-0100", "mobile"),
            ("email", "nobody@example.org", "home"),
        ]
        assert (patient.addresses[0].lines, patient.addresses[0].postal_code) == (("1 Sample Road",), "44101")

    def test_stay(self) -> None:
        stay = read(document()).encounter
        assert stay is not None
        assert (stay.identifier, stay.class_, stay.disposition) == (IdentifierFact("1.2.3.9", "V-5"), "IMP", "01")
        assert (str(stay.admitted_at), str(stay.discharged_at)) == ("2024-03-05T08:00:00-05:00", "2024-03-10T12:00:00-05:00")
        assert stay.location is not None
        assert (stay.location.facility, stay.location.unit) == ("MAIN", "Ward 4")
        assert stay.attending is not None
        assert stay.attending.name is not None
        assert stay.attending.name.family == "Tending"

    def test_submission(self) -> None:
        found = read(document())
        assert (found.format, found.kind, found.control_id) == ("ccda", "C-CDA 2.1 Discharge Summary", "1.2.3.4.5|DOC-1")
        assert (found.source, found.facility, str(found.sent_at)) == ("Sample Hospital", "MAIN", "2024-03-10T14:30:00-05:00")
        assert found.extra["version"] == "2"

    def test_document_comes_first_and_is_kept_whole(self) -> None:
        data = document(section("10164-2", text="<paragraph>Chest pain <content>since</content> noon</paragraph>"))
        first = read(data).drafts[0]
        assert first.key == "DocumentReference/1.2.3.4.5|SET-1"
        assert first.document is not None
        assert first.document.content == data
        assert first.document.text == "Section\nChest pain since noon"
        assert first.signed_by_source
        assert first.author is not None
        assert first.author.identifiers == (IdentifierFact("2.16.840.1.113883.4.6", "1999999992", "NPI"),)
        assert first.resource["docStatus"] == "final"
        assert first.resource["relatesTo"] == [
            {"code": "replaces", "target": {"identifier": {"system": "urn:oid:1.2.3.4.5", "value": "DOC-0"}}}
        ]
        assert first.resource["context"]["encounter"] == [{"reference": "draft:encounter"}]

    def test_a_new_version_has_the_same_key(self) -> None:
        newer = HEADER.replace('extension="DOC-1"', 'extension="DOC-2"').replace('value="2"', 'value="3"')
        assert read(document()).drafts[0].key == read(document(header=newer)).drafts[0].key

    def test_intended_signature_is_none(self) -> None:
        unsigned = document().replace(b'signatureCode code="S"', b'signatureCode code="X"')
        assert not read(unsigned).drafts[0].signed_by_source

    def test_nobody_is_refused_with_a_sentence(self) -> None:
        with pytest.raises(Unfileable, match="does not say whose it is"):
            read(document(patient="<recordTarget><patientRole><id nullFlavor='UNK'/><patient/></patientRole></recordTarget>"))

    def test_a_name_alone_will_do(self) -> None:
        no_id = PATIENT.replace('<id root="1.2.3.4.6" extension="MRN-77"/>', "").replace(
            '<id root="2.16.840.1.113883.4.1" extension="999-00-0001"/>', ""
        )
        assert read(document(patient=no_id)).patient is not None

    @pytest.mark.parametrize(
        ("version", "kind"),
        [("", "C-CDA 1.1 "), ("2014-06-09", "C-CDA 2.0 "), ("2015-08-01", "C-CDA 2.1 "), ("2024-05-01", "C-CDA 3.0 ")],
    )
    def test_release(self, version: str, kind: str) -> None:
        header = HEADER.replace('extension="2015-08-01"', f'extension="{version}"')
        assert read(document(header=header)).kind == kind + "Discharge Summary"

    @pytest.mark.parametrize(
        ("system", "code", "class_"),
        [
            ("2.16.840.1.113883.5.4", "ACUTE", "IMP"),
            ("2.16.840.1.113883.5.4", "EMER", "EMER"),
            ("2.16.840.1.113883.6.12", "99223", "IMP"),
            ("2.16.840.1.113883.6.12", "99213", "AMB"),
            ("2.16.840.1.113883.6.96", "4525004", "EMER"),
            ("2.16.840.1.113883.6.96", "1", ""),
        ],
    )
    def test_class(self, system: str, code: str, class_: str) -> None:
        data = document().replace(
            b'code="IMP" codeSystem="2.16.840.1.113883.5.4"', f'code="{code}" codeSystem="{system}"'.encode()
        )
        stay = read(data).encounter
        assert stay is not None
        assert stay.class_ == class_


class TestUnstructured:
    def test_embedded_file_becomes_the_document(self) -> None:
        body = base64.b64encode(b"%PDF-1.7 sample").decode()
        data = document(body=f'<nonXMLBody><text mediaType="application/pdf" representation="B64">{body}</text></nonXMLBody>')
        kept = read(data).drafts[0].document
        assert kept is not None
        assert (kept.content, kept.media_type) == (b"%PDF-1.7 sample", "application/pdf")

    def test_text_is_searchable(self) -> None:
        kept = (
            read(document(body='<nonXMLBody><text mediaType="text/plain">Plain words</text></nonXMLBody>')).drafts[0].document
        )
        assert kept is not None
        assert (kept.content, kept.text) == (b"Plain words", "Plain words")

    @pytest.mark.parametrize(
        "text", ['<text mediaType="application/pdf" representation="B64">%%%</text>', '<text><reference value="x.pdf"/></text>']
    )
    def test_what_is_not_there_is_remarked(self, text: str) -> None:
        data = document(body=f"<nonXMLBody>{text}</nonXMLBody>")
        found = read(data)
        assert found.drafts[0].document is not None
        assert found.drafts[0].document.content == data
        assert len(found.remarks) == 1


DIABETES = snomed("value", "44054006", "Diabetes", '<translation code="E11.9" codeSystem="2.16.840.1.113883.6.90"/>', "CD")
LOW = '<low value="201001"/>'


class TestConditions:
    def test_codes_of_all_systems_are_kept(self) -> None:
        found = one(section("11450-4", problem(DIABETES, time=LOW)), kind="Condition")
        assert codes(found["code"]) == [(SNOMED, "44054006"), ("http://hl7.org/fhir/sid/icd-10-cm", "E11.9")]
        assert found["onsetDateTime"] == "2010-01"
        assert found["subject"] == {"reference": "draft:patient"}

    STATUS = f'<entryRelationship typeCode="REFR"><observation><templateId root="{TEMPLATE}6"/>{{}}</observation></entryRelationship>'

    @pytest.mark.parametrize(
        ("act", "time", "stated", "clinical"),
        [
            ("active", LOW, "", "active"),
            ("completed", LOW, "", "inactive"),
            ("active", LOW + '<high value="2015"/>', "", "resolved"),
            ("active", LOW + '<high nullFlavor="UNK"/>', "", "resolved"),
            ("active", LOW + '<high nullFlavor="NI"/>', "", "active"),
            ("active", LOW, snomed("value", "73425007", kind="CD"), "inactive"),
            ("active", LOW, snomed("value", "277022003", kind="CD"), "remission"),
        ],
    )
    def test_clinical_status(self, act: str, time: str, stated: str, clinical: str) -> None:
        inner = self.STATUS.format(stated) if stated else ""
        found = one(section("11450-4", problem(DIABETES, time=time, status=act, inner=inner)), kind="Condition")
        assert codes(found["clinicalStatus"])[0][1] == clinical

    @pytest.mark.parametrize(
        ("value", "code", "verification"),
        [
            (DIABETES, "44054006", "refuted"),
            (snomed("value", "55607006", kind="CD"), "160245001", ""),
            ('<value xsi:type="CD" nullFlavor="NA"/>', "160245001", ""),
        ],
    )
    def test_negation(self, value: str, code: str, verification: str) -> None:
        found = one(section("11450-4", problem(value, attributes='negationInd="true"')), kind="Condition")
        assert codes(found["code"])[0] == (SNOMED, code)
        assert [each for _, each in codes(found.get("verificationStatus", {"coding": []}))] == [verification] * bool(
            verification
        )

    @pytest.mark.parametrize(("place", "category"), [("11450-4", "problem-list-item"), ("11535-2", "encounter-diagnosis")])
    def test_category(self, place: str, category: str) -> None:
        found = one(section(place, problem(DIABETES)), kind="Condition")
        assert codes(found["category"][0])[0][1] == category
        assert ("encounter" in found) is (category == "encounter-diagnosis")

    def test_nullified_is_retracted(self) -> None:
        data = document(
            section("11450-4", problem(DIABETES).replace('statusCode code="completed"', 'statusCode code="nullified"'))
        )
        draft = read(data).drafts[1]
        assert draft.retracts
        assert "clinicalStatus" not in draft.resource

    def test_text_is_taken_from_the_narrative(self) -> None:
        value = '<value xsi:type="CD" nullFlavor="OTH"><originalText><reference value="#p1"/></originalText></value>'
        text = '<list><item ID="p1">Odd <content>malaise</content></item></list>'
        found = one(section("11450-4", problem(value), text=text), kind="Condition")
        assert found["code"] == {"text": "Odd malaise"}


PENICILLIN = '<code code="7980" codeSystem="2.16.840.1.113883.6.88" displayName="Penicillin G"/>'


class TestAllergies:
    def test_allergy_with_reaction(self) -> None:
        severe = f'<entryRelationship><observation><templateId root="{TEMPLATE}8"/>{snomed("value", "24484000", kind="CD")}</observation></entryRelationship>'
        shown = f'<entryRelationship typeCode="MFST"><observation><templateId root="{TEMPLATE}9"/>{snomed("value", "247472004", "Hives", kind="CD")}{severe}</observation></entryRelationship>'
        found = one(section("48765-2", allergy("416098002", PENICILLIN, inner=shown)), kind="AllergyIntolerance")
        assert (found["type"], found["category"]) == ("allergy", ["medication"])
        assert codes(found["code"]) == [("http://www.nlm.nih.gov/research/umls/rxnorm", "7980")]
        assert codes(found["reaction"][0]["manifestation"][0]) == [(SNOMED, "247472004")]
        assert found["reaction"][0]["severity"] == "severe"

    @pytest.mark.parametrize(
        ("kind", "code"),
        [("419199007", "716186003"), ("416098002", "409137002"), ("414285001", "429625007"), ("426232007", "428607008")],
    )
    def test_none_known(self, kind: str, code: str) -> None:
        found = one(section("48765-2", allergy(kind, attributes='negationInd="true"')), kind="AllergyIntolerance")
        assert codes(found["code"]) == [(SNOMED, code)]
        assert codes(found["clinicalStatus"])[0][1] == "active"
        assert "verificationStatus" not in found

    def test_not_allergic_to_something(self) -> None:
        found = one(
            section("48765-2", allergy("416098002", PENICILLIN, attributes='negationInd="true"')), kind="AllergyIntolerance"
        )
        assert codes(found["verificationStatus"])[0][1] == "refuted"


VALUES = [
    ('<value xsi:type="PQ" value="72.50" unit="mg/dL"/>', "valueQuantity", {"value": Decimal("72.50"), "unit": "mg/dL", "system": "http://unitsofmeasure.org", "code": "mg/dL"}),
    ('<value xsi:type="PQ" value="7"/>', "valueQuantity", {"value": Decimal("7")}),
    ('<value xsi:type="PQ" nullFlavor="OTH"><translation value="3" code="X" codeSystem="1.2.9"><originalText>drops</originalText></translation></value>', "valueQuantity", {"value": Decimal("3"), "unit": "drops", "system": "urn:oid:1.2.9", "code": "X"}),
    ('<value xsi:type="IVL_PQ"><low value="5" unit="g" inclusive="false"/></value>', "valueQuantity", {"value": Decimal("5"), "unit": "g", "system": "http://unitsofmeasure.org", "code": "g", "comparator": ">"}),
    ('<value xsi:type="IVL_PQ"><high value="5"/></value>', "valueQuantity", {"value": Decimal("5"), "comparator": "<="}),
    ('<value xsi:type="IVL_PQ"><low value="1"/><high value="5"/></value>', "valueRange", {"low": {"value": Decimal("1")}, "high": {"value": Decimal("5")}}),
    ('<value xsi:type="INT" value="12"/>', "valueInteger", 12),
    ('<value xsi:type="BL" value="true"/>', "valueBoolean", True),
    ('<value xsi:type="ST">yellow  urine</value>', "valueString", "yellow urine"),
    ('<value xsi:type="TS" value="20240102"/>', "valueDateTime", "2024-01-02"),
    ('<value xsi:type="CD" code="N" codeSystem="2.16.840.1.113883.5.83"/>', "valueCodeableConcept", {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "code": "N"}]}),
    ('<value xsi:type="RTO_PQ_PQ"><numerator value="1"/><denominator value="128"/></value>', "valueRatio", {"numerator": {"value": Decimal("1")}, "denominator": {"value": Decimal("128")}}),
    ('<value xsi:type="PQ" nullFlavor="MSK"/>', "dataAbsentReason", {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "masked"}]}),
    ('<value xsi:type="PQ" value="high"/>', "valueString", "high"),
]  # fmt: skip


class TestObservations:
    @pytest.mark.parametrize(("value", "name", "expected"), VALUES)
    def test_value(self, value: str, name: str, expected: object) -> None:
        found = one(section("30954-2", result(value)), kind="Observation")
        assert found[name] == expected
        assert len([each for each in found if each.startswith(("value", "dataAbsent"))]) == 1
        if isinstance(expected, dict) and "value" in expected:
            assert str(found[name]["value"]) == str(expected["value"])

    @pytest.mark.parametrize(
        ("status", "expected"), [("completed", "final"), ("active", "registered"), ("aborted", "cancelled"), ("odd", "unknown")]
    )
    def test_status(self, status: str, expected: str) -> None:
        assert one(section("30954-2", result("", status=status)), kind="Observation")["status"] == expected

    def test_report_names_its_results(self) -> None:
        value = '<value xsi:type="PQ" value="1"/>'
        found = read(document(section("30954-2", organizer(result(value), result(value, ident="R-2")))))
        report = found.drafts[-1].resource
        assert report["result"] == [{"reference": f"draft:Observation/1.2.3.12|{each}"} for each in ("R-1", "R-2")]
        assert {each["reference"].removeprefix("draft:") for each in report["result"]} <= {each.key for each in found.drafts}
        assert report["effectiveDateTime"] == "2024-03-06T07:00:00-05:00"

    def test_reference_range_and_interpretation(self) -> None:
        inner = """<interpretationCode code="H" codeSystem="2.16.840.1.113883.5.83"/><referenceRange><observationRange>
          <value xsi:type="IVL_PQ"><low value="70" unit="mg/dL"/><high value="99.0" unit="mg/dL"/></value></observationRange></referenceRange>"""
        found = one(section("30954-2", result('<value xsi:type="PQ" value="1"/>', inner=inner)), kind="Observation")
        assert str(found["referenceRange"][0]["high"]["value"]) == "99.0"
        assert codes(found["interpretation"][0])[0][1] == "H"

    @pytest.mark.parametrize(
        ("place", "template", "category"), [("8716-3", "27", "vital-signs"), ("29762-2", "38", "social-history")]
    )
    def test_category(self, place: str, template: str, category: str) -> None:
        entry = result('<value xsi:type="PQ" value="1"/>').replace(f"{TEMPLATE}2", f"{TEMPLATE}{template}")
        assert codes(one(section(place, entry), kind="Observation")["category"][0])[0][1] == category

    def test_negated_finding_stays_in_the_document(self) -> None:
        found = read(
            document(
                section("30954-2", result('<value xsi:type="PQ" value="1"/>', attributes='negationInd="true"'), title="Results")
            )
        )
        assert len(found.drafts) == 1
        assert found.remarks == ("Results, entry 1: a negated finding was left to the document.",)


TIMES = '<effectiveTime xsi:type="IVL_TS"><low value="20240301"/></effectiveTime><effectiveTime xsi:type="PIVL_TS" operator="A"><period value="12" unit="h"/></effectiveTime>'


class TestMedications:
    def test_statement(self) -> None:
        inner = (
            TIMES + '<routeCode code="C38288" codeSystem="2.16.840.1.113883.3.26.1.1"/><doseQuantity value="2.0" unit="mg"/>'
        )
        found = one(section("10160-0", drug(inner=inner)), kind="MedicationStatement")
        assert (found["status"], found["effectivePeriod"]) == ("active", {"start": "2024-03-01"})
        [dose] = found["dosage"]
        assert dose["timing"]["repeat"] == {"frequency": 1, "period": Decimal("12"), "periodUnit": "h"}
        assert str(dose["doseAndRate"][0]["doseQuantity"]["value"]) == "2.0"
        assert codes(dose["route"])[0][1] == "C38288"

    @pytest.mark.parametrize(("mood", "intent"), [("INT", "plan"), ("RQO", "order"), ("PRP", "proposal")])
    def test_intended_is_a_request(self, mood: str, intent: str) -> None:
        assert one(section("10160-0", drug(mood=mood)), kind="MedicationRequest")["intent"] == intent

    def test_none_known(self) -> None:
        found = one(
            section("10160-0", drug(attributes='negationInd="true"', code='<code nullFlavor="OTH"/>')),
            kind="MedicationStatement",
        )
        assert (found["status"], codes(found["medicationCodeableConcept"])) == ("not-taken", [(SNOMED, "787481004")])

    def test_supply(self) -> None:
        order = f"""<entryRelationship typeCode="REFR"><supply classCode="SPLY" moodCode="INT"><templateId root="{TEMPLATE}17"/>
          <id root="1.2.3.14" extension="S-1"/><statusCode code="completed"/><repeatNumber value="3"/><quantity value="90"/></supply>
          </entryRelationship>"""
        found = one(section("10160-0", drug(inner=order)), kind="MedicationRequest")
        assert found["dispenseRequest"] == {"quantity": {"value": Decimal("90")}, "numberOfRepeatsAllowed": 2}
        assert codes(found["medicationCodeableConcept"])[0][1] == "197361"

    @pytest.mark.parametrize(("attributes", "status"), [("", "completed"), ('negationInd="true"', "not-done")])
    def test_immunization(self, attributes: str, status: str) -> None:
        code = '<code code="140" codeSystem="2.16.840.1.113883.12.292"/>'
        entry = drug(
            template="52", code=code, attributes=attributes, inner='<effectiveTime value="20231001"/>', status="completed"
        )
        found = one(section("11369-6", entry), kind="Immunization")
        assert (found["status"], found["occurrenceDateTime"], found["lotNumber"]) == (status, "2023-10-01", "L-9")
        assert codes(found["vaccineCode"]) == [("http://hl7.org/fhir/sid/cvx", "140")]


def statement(name: str, template: str, mood: str, inner: str = "", attributes: str = "") -> str:
    return f"""<{name} moodCode="{mood}" {attributes}><templateId root="{TEMPLATE}{template}"/><id root="1.2.3.15" extension="X-1"/>
      {snomed("code", "80146002", "Appendectomy")}<statusCode code="completed"/><effectiveTime value="20240306"/>{inner}</{name}>"""


class TestOthers:
    @pytest.mark.parametrize(("attributes", "status"), [("", "completed"), ('negationInd="true"', "not-done")])
    def test_procedure(self, attributes: str, status: str) -> None:
        found = one(section("47519-4", statement("procedure", "14", "EVN", attributes=attributes)), kind="Procedure")
        assert (found["status"], found["performedDateTime"]) == (status, "2024-03-06")

    @pytest.mark.parametrize(("mood", "intent"), [("INT", "plan"), ("RQO", "order")])
    def test_plan(self, mood: str, intent: str) -> None:
        found = one(section("18776-5", statement("procedure", "41", mood)), kind="ServiceRequest")
        assert (found["intent"], found["occurrenceDateTime"]) == (intent, "2024-03-06")

    def test_goal(self) -> None:
        target = '<value xsi:type="PQ" value="98.6" unit="[degF]"/>'
        found = one(section("61146-7", statement("observation", "121", "GOL", target)), kind="Goal")
        assert found["startDate"] == "2024-03-06"
        assert str(found["target"][0]["detailQuantity"]["value"]) == "98.6"

    def test_encounter_with_diagnosis(self) -> None:
        inner = f"""<entryRelationship><act><templateId root="{TEMPLATE}80"/><entryRelationship typeCode="SUBJ"><observation>
          <templateId root="{TEMPLATE}4"/><id root="1.2.3.10" extension="D-1"/>{DIABETES}</observation></entryRelationship></act></entryRelationship>"""
        found = read(document(section("46240-8", statement("encounter", "49", "EVN", inner))))
        visit = next(each.resource for each in found.drafts if each.resource["resourceType"] == "Encounter")
        assert visit["diagnosis"] == [{"condition": {"reference": "draft:Condition/1.2.3.10|D-1"}}]
        assert visit["class"]["code"] == "UNK"
        assert visit["status"] == "finished"

    def test_family(self) -> None:
        inner = f"""<organizer moodCode="EVN"><templateId root="{TEMPLATE}45"/><statusCode code="completed"/><subject><relatedSubject>
          <code code="FTH" codeSystem="2.16.840.1.113883.5.111"/><subject><administrativeGenderCode code="M"/><birthTime value="1912"/>
          </subject></relatedSubject></subject><component><observation>{DIABETES}<entryRelationship><observation>
          <templateId root="{TEMPLATE}31"/><value xsi:type="PQ" value="57" unit="a"/></observation></entryRelationship></observation>
          </component></organizer>"""
        found = one(section("10157-6", inner), kind="FamilyMemberHistory")
        assert (codes(found["relationship"])[0][1], found["bornDate"]) == ("FTH", "1912")
        assert found["condition"][0]["onsetAge"]["value"] == Decimal("57")

    def test_equipment(self) -> None:
        part = '<participant typeCode="PRD"><participantRole><playingDevice><code code="1" displayName="Wheelchair"/></playingDevice></participantRole></participant>'
        found = one(section("46264-8", statement("supply", "50", "EVN", part)), kind="DeviceUseStatement")
        assert found["device"] == {"display": "Wheelchair"}

    def test_unknown_entries_are_counted(self) -> None:
        found = read(document(section("48768-6", statement("act", "60", "EVN"), title="Payers")))
        assert found.remarks == ("Payers: 1 of 1 entries are of a kind that is not extracted; they stay in the document.",)


class TestKeysAndRemarks:
    def test_an_id_used_twice_does_not_make_versions_of_different_things(self) -> None:
        one_, other = problem(DIABETES), problem(snomed("value", "1", kind="CD"))
        first = [each.key for each in read(document(section("11450-4", one_, one_, other))).drafts[1:]]
        second = [each.key for each in read(document(section("11450-4", other, one_))).drafts[1:]]
        assert len(set(first)) == len(first) == 2
        assert set(first) == set(second)
        assert all(each.startswith("Condition/1.2.3.10|P-1~") for each in first)

    def test_an_id_of_its_own_is_the_key_whatever_changes(self) -> None:
        before, after = problem(DIABETES), problem(DIABETES, time='<low value="2010"/><high value="2020"/>', status="completed")
        keys = [read(document(section("11450-4", each))).drafts[1].key for each in (before, after)]
        assert keys == ["Condition/1.2.3.10|P-1"] * 2

    @pytest.mark.parametrize(
        ("place", "entry"),
        [
            ("47519-4", f'<procedure moodCode="EVN"><templateId root="{TEMPLATE}14"/><code nullFlavor="NI"/></procedure>'),
            ("11369-6", drug(template="52", code='<code nullFlavor="NI"/>', attributes='negationInd="true"')),
            ("30954-2", f'<observation moodCode="EVN"><templateId root="{TEMPLATE}2"/><code nullFlavor="NI"/></observation>'),
            (
                "29549-3",
                drug(mood="INT", attributes='negationInd="true"', code=snomed("code", "410942007", "drug or medication")),
            ),
        ],
    )
    def test_placeholders_are_no_entries(self, place: str, entry: str) -> None:
        found = read(document(section(place, entry)))
        assert len(found.drafts) == 1
        assert "left to the document" in found.remarks[0]

    def test_many_entries_under_one_id_are_read_quickly(self) -> None:
        entries = [problem(snomed("value", str(n), kind="CD")) for n in range(10_000)]
        began = time.perf_counter()
        found = read(document(section("11450-4", *entries)))
        assert time.perf_counter() - began < 15
        assert len({each.key for each in found.drafts}) == 10_001

    def test_many_entries_cannot_copy_one_long_text_without_end(self) -> None:
        value = '<value xsi:type="CD" nullFlavor="OTH"><originalText><reference value="#p1"/></originalText></value>'
        text = f'<paragraph ID="p1">{"long " * 100_000}</paragraph>'
        found = read(document(section("11450-4", *[problem(value, ident=f"P-{n}") for n in range(100)], text=text)))
        assert sum(len(each.resource.get("code", {}).get("text", "")) for each in found.drafts) <= 8_000_000
        assert any("more text than can be copied" in each for each in found.remarks)

    def test_without_id_the_place_is_the_key(self) -> None:
        entry = problem(DIABETES).replace('<id root="1.2.3.10" extension="P-1"/>', "")
        assert read(document(section("11450-4", entry))).drafts[1].key == "DocumentReference/1.2.3.4.5|SET-1/1/1/Condition"

    def test_impossible_date_is_remarked_without_the_value(self) -> None:
        found = read(document(section("11450-4", problem(DIABETES, time='<low value="20240231"/>'), title="Problems")))
        assert "onsetDateTime" not in found.drafts[1].resource
        assert found.remarks == ("Problems, entry 1: a date or time that does not exist was left out.",)

    @pytest.mark.parametrize(
        ("root", "expected"),
        [
            ("2.16.840.1.113883.6.1", "http://loinc.org"),
            ("1.2.3", "urn:oid:1.2.3"),
            ("ABCDEF00-0000-0000-0000-000000000000", "urn:uuid:abcdef00-0000-0000-0000-000000000000"),
            ("LOINC", ""),
        ],
    )
    def test_systems(self, root: str, expected: str) -> None:
        assert uri(root) == expected


@pytest.mark.corpora
def test_every_file_of_the_corpora_reads_or_says_why_not() -> None:
    read_well, refused = 0, []
    for path in sorted(corpus("ccda").rglob("*.xml")):
        try:
            found = read(path.read_bytes())
        except Problem as problem_:
            refused.append(problem_)
            continue
        read_well += 1
        keys = [each.key for each in found.drafts]
        assert len(keys) == len(set(keys)), path
        assert found.drafts[0].document is not None
    assert read_well > 120
    assert all(each.what.endswith(".") and each.remedy for each in refused)


@pytest.mark.corpora
def test_every_draft_of_the_corpora_is_fhir() -> None:
    structure = pytest.importorskip("muniment.kernel.fhir.structure")
    for path in sorted(corpus("ccda").rglob("*.xml")):
        try:
            found = read(path.read_bytes())
        except Problem:
            continue
        for draft in found.drafts:
            assert structure.validate(_filed(draft.resource)) == [], (path.name, draft.key)


def _filed(node: object) -> object:
    """The resource with its draft references as the filing action would write them."""
    if isinstance(node, dict):
        return {name: "Basic/1" if name == "reference" else _filed(each) for name, each in node.items()}
    return [_filed(each) for each in node] if isinstance(node, list) else node
