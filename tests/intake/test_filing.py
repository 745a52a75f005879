"""From bytes to the record: filed once, in any order, or kept in quarantine with a sentence."""

from __future__ import annotations

import json

import pytest

from muniment.audit.verify import verify
from muniment.encounters.models import Encounter
from muniment.identity.models import Patient
from muniment.intake.desk import Desk, file_lot
from muniment.intake.models import Input
from muniment.record.models import Entry, Version
from muniment.record.verify import verify as verify_record
from muniment.work.models import WorkItem
from support.corpora import corpus
from support.house import system_actor

ADMIT = (
    "MSH|^~\\&|ADT|HOSP|HIM|HOSP|20260301100500||ADT^A01^ADT_A01|A1|P|2.5.1\rEVN|A01|20260301100500\r"
    "PID|1||1001^^^HOSP^MR||ROWE^Alba^^^||19610314|F|||1 Mill Ln^^Easton^NY^10001||5550101\r"
    "PV1|1|I|4W^12^A^HOSP||||9001^Stone^Ada^^^^MD^^NPI|||MED||||7|||9001^Stone^Ada||V1^^^HOSP^VN|||||||||||||||||||||||||20260301100000\r"
)
DISCHARGE = (
    ADMIT.replace("ADT^A01^ADT_A01|A1", "ADT^A03^ADT_A03|A2")
    .replace("20260301100500", "20260305120000")
    .replace("EVN|A01", "EVN|A03")
    .replace("|20260301100000\r", "|20260301100000|20260305120000\r")
)
NOTE = (
    "MSH|^~\\&|TRANS|HOSP|HIM|HOSP|20260305130000||MDM^T02^MDM_T02|D1|P|2.5.1\rEVN|T02|20260305130000\r"
    "PID|1||1001^^^HOSP^MR||ROWE^Alba||19610314|F\rPV1|1|I|4W^12^A^HOSP||||9001^Stone^Ada|||MED||||7|||9001^Stone^Ada||V1^^^HOSP^VN\r"
    "TXA|1|18842-5^Discharge summary^LN|TX|20260305125000|9001^Stone^Ada|20260305125000||||||DOC1|||||DI\r"
    "OBX|1|TX|18842-5^Discharge summary^LN||Recovered from pneumonia.||||||F\r"
)


@pytest.fixture
def desk(house):
    return Desk(actor=system_actor(), source="test")


def take(desk, *messages):
    return [desk.take(message.encode())[0] for message in messages]


def test_a_stay_from_admission_to_its_document(desk):
    outcomes = take(desk, ADMIT, DISCHARGE, NOTE)
    assert [one.status for one in outcomes] == ["filed"] * 3, outcomes
    stay = Encounter.objects.get()
    assert (stay.status, stay.class_code, stay.visit_number) == ("finished", "IMP", "V1")
    assert stay.attending.family == "Stone"
    document = Entry.objects.get(category="document")
    assert (document.code, document.encounter_id, document.signed_at) == ("18842-5", stay.id, None)
    assert verify().sound
    assert verify_record().faults == []


def test_order_does_not_matter(desk):
    take(desk, NOTE, DISCHARGE, ADMIT)
    stay = Encounter.objects.get()
    assert (stay.status, stay.admitted_at.isoformat()) == ("finished", "2026-03-01T15:00:00+00:00")


def test_the_same_message_twice_changes_nothing(desk):
    take(desk, ADMIT)
    before = (Version.objects.count(), Input.objects.count(), Encounter.objects.get().revision)
    assert take(desk, ADMIT)[0].status == "duplicate"
    assert (Version.objects.count(), Input.objects.count(), Encounter.objects.get().revision) == before


def test_what_cannot_be_filed_is_quarantined_with_its_sentence_and_nothing_else_kept(desk):
    nameless = ADMIT.replace("1001^^^HOSP^MR", "")
    outcome = take(desk, nameless)[0]
    assert outcome.status == "quarantined"
    assert "number" in outcome.reason
    assert not Patient.objects.exists()
    item = WorkItem.objects.get(queue_id="quarantine")
    assert item.reason and "ROWE" not in item.title + item.reason


def test_an_unknown_facility_is_never_guessed(desk):
    outcome = take(desk, ADMIT.replace("|HOSP|HIM|", "|ELSEWHERE|HIM|").replace("^HOSP||||9001", "^ELSEWHERE||||9001"))[0]
    assert outcome.status == "quarantined"
    assert "ELSEWHERE" in outcome.reason


def test_a_merge_moves_the_link_and_no_entry(desk):
    take(desk, ADMIT, NOTE)
    other = ADMIT.replace("1001^^^HOSP", "1002^^^HOSP").replace("|A1|", "|A9|").replace("V1^^^", "V2^^^")
    take(desk, other)
    entries = sorted(Entry.objects.values_list("entry_id", "patient_id"))
    merge = (
        "MSH|^~\\&|ADT|HOSP|HIM|HOSP|20260401100500||ADT^A40^ADT_A39|M1|P|2.5.1\rEVN|A40|20260401100500\r"
        "PID|1||1002^^^HOSP^MR||ROWE^Alba||19610314|F\rMRG|1001^^^HOSP^MR\r"
    )
    assert take(desk, merge)[0].status == "filed"
    assert sorted(Entry.objects.values_list("entry_id", "patient_id")) == entries
    assert Patient.objects.values("person_id").distinct().count() == 1
    assert take(desk, merge.replace("|M1|", "|M2|"))[0].status == "filed"


def test_someone_who_looks_the_same_becomes_a_question_not_a_link(desk):
    take(desk, ADMIT, ADMIT.replace("1001^^^HOSP", "7001^^^CLIN").replace("|A1|", "|A7|").replace("V1^^^", "V7^^^"))
    assert Patient.objects.values("person_id").distinct().count() == 2
    assert WorkItem.objects.filter(queue_id="possible-matches").count() == 1


def test_a_fhir_bundle_and_its_second_sending(house):
    bundle = {
        "resourceType": "Bundle", "type": "transaction",
        "entry": [
            {"fullUrl": "urn:uuid:p", "request": {"method": "POST", "url": "Patient"}, "resource": {
                "resourceType": "Patient", "id": "p", "identifier": [{"system": "HOSP", "value": "55"}], "name": [{"family": "Dow"}]}},
            {"fullUrl": "urn:uuid:e", "request": {"method": "POST", "url": "Encounter"}, "resource": {
                "resourceType": "Encounter", "id": "e", "status": "finished", "class": {"code": "AMB"}, "subject": {"reference": "urn:uuid:p"},
                "period": {"start": "2026-02-01T09:00:00-05:00", "end": "2026-02-01T09:30:00-05:00"}}},
            {"fullUrl": "urn:uuid:o", "request": {"method": "POST", "url": "Observation"}, "resource": {
                "resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "Weight"}, "subject": {"reference": "urn:uuid:p"},
                "encounter": {"reference": "urn:uuid:e"}, "valueQuantity": {"value": 0, "unit": "kg"}}},
        ],
    }  # fmt: skip
    text = json.dumps(bundle).replace('"value": 0,', '"value": 72.50,')
    desk = Desk(actor=system_actor(), source="test", facility=house.hospital)
    outcome = desk.take(text.encode())[0]
    assert (outcome.status, outcome.entries) == ("filed", 3), outcome
    observation = Version.objects.get(resource_type="Observation")
    assert '"value":72.50' in observation.content
    assert observation.encounter_id == Encounter.objects.get().id
    again = text.replace("72.50", "73.00").encode()
    assert desk.take(again)[0].entries == 1
    assert Entry.objects.get(resource_type="Observation").number == 2


HL7 = ["hl7v2/linuxforhealth/messages.ndjson", "hl7v2/python-hl7/messages.ndjson", "hl7v2/hl7apy/messages.ndjson"]


@pytest.mark.corpora
@pytest.mark.parametrize("name", HL7)
def test_every_message_of_the_corpora_is_filed_or_quarantined_with_a_sentence(house, name):
    desk = Desk(actor=system_actor(), source="corpora", facility=house.hospital)
    counts = {"filed": 0, "duplicate": 0, "quarantined": 0}
    for line in corpus(name).read_text().splitlines():
        for outcome in desk.take(json.loads(line)["msg"].encode()):
            counts[outcome.status] += 1
            assert outcome.status != "quarantined" or len(outcome.reason) > 20
    assert sum(counts.values()) >= 22, counts
    assert verify().sound


@pytest.mark.corpora
def test_documents_of_the_corpora_are_filed_or_quarantined(house):
    desk = Desk(actor=system_actor(), source="corpora", facility=house.hospital)
    files = sorted(corpus("ccda/sample_ccdas").rglob("*.xml"))[::4]
    statuses = [outcome.status for path in files for outcome in desk.take(path.read_bytes(), path.name)]
    assert statuses.count("filed") > len(files) * 0.9, statuses
    assert verify_record().faults == []


def test_what_a_rolled_back_filing_remembered_is_forgotten(desk):
    """Another connection filed the same bytes between our look and our commit: what was opened in vain is not filed to later."""
    arrival = desk.arrival(ADMIT.encode(), "")
    reading = desk.reading(arrival)
    take(desk, ADMIT)
    assert desk.directory.patients and desk.directory.stays
    [[outcome]] = file_lot([reading])
    assert outcome.status == "duplicate"
    assert not desk.directory.patients and not desk.directory.stays
    assert [one.status for one in take(desk, DISCHARGE)] == ["filed"]
