"""A batch from the scanner's bytes to the chart, the check and the certificate; read by the real reader."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from datetime import date

import pikepdf
import pytest
from django.utils import timezone

from muniment.audit.verify import verify
from muniment.kernel.errors import NotAllowedInState, Refused
from muniment.kernel.fhir.summaries import ANOTHERS
from muniment.record import blobs
from muniment.record import queries as record
from muniment.record.models import Entry, Signature, Version
from muniment.record.rules import Meaning
from muniment.record.verify import verify as record_verify
from muniment.scanning import actions, queries, reading, taking
from muniment.scanning.choosing import Index
from muniment.scanning.making import Answers, Destruction
from muniment.scanning.models import Batch, Document
from muniment.scanning.rules import State
from muniment.work import actions as work
from muniment.work.models import WorkItem
from support import scans
from support.charts import add_patient, add_stay


@pytest.fixture
def ada(house):
    patient = add_patient(house.hospital)
    return patient, add_stay(patient, house.hospital)


def waiting_in(queue):
    return list(WorkItem.objects.filter(queue_id=queue, state__in=["open", "assigned"]).values_list("subject_id", flat=True))


def test_a_batch_goes_from_bytes_to_two_filed_documents(house, ada):
    patient, stay = ada
    sheet = scans.sheet_code(assigner="HOSP", number="0042213", visit="V100", type_code="59284-0", pages=1)
    content = scans.tiff(
        scans.picture(scans.SUMMARY, turn=90), scans.picture(), scans.picture("Muniment separator sheet", code=sheet),
        scans.picture(scans.CONSENT, skew=1.5),
    )  # fmt: skip
    outcome = scans.take(house, content)
    assert (outcome.status, outcome.batch.pages) == ("taken", 4)
    assert blobs.get(hashlib.sha256(content).digest()) == content
    technician = house.actor("technician")
    assert reading.read(technician, outcome.batch.id)
    summary, consent = Document.objects.order_by("first_page")
    first, blank = queries.pages(summary)
    assert (first.turn, blank.blank, blank.dropped) == (270, True, True)
    assert abs(queries.pages(consent)[0].skew - 1.5) < 0.4
    assert summary.exception == consent.exception == ""
    assert summary.proposals["patient"]["value"] == consent.proposals["patient"]["value"] == str(patient.id)
    assert {one["what"] for one in summary.proposals["patient"]["evidence"]} == {
        "record number",
        "name",
        "birth date",
        "visit number",
    }
    assert summary.proposals["type"]["value"] == "18842-5"
    assert summary.proposals["date"]["value"] == "2026-03-05"
    assert summary.proposals["encounter"]["value"] == consent.proposals["encounter"]["value"] == str(stay.id)
    assert consent.proposals["type"] | {"sheet": True} == consent.proposals["type"]
    assert sorted(waiting_in("indexing")) == sorted([str(summary.id), str(consent.id)])

    filed = actions.file_document(
        actor=technician, document_id=summary.id,
        index=Index(patient_id=patient.id, encounter_id=stay.id, type_code="18842-5", original="2026-03-05"),
    )  # fmt: skip
    entry = record.entry(technician, patient.id, filed.entry_id)
    assert (entry.occurred, entry.author_id, entry.media_type) == ("2026-03-05", None, "application/pdf")
    assert [hit.entry_id for hit in record.find_in_chart(technician, [patient.id], "furosemide")] == [entry.entry_id]
    assert blobs.get(bytes(entry.document_sha256)).startswith(b"%PDF")
    assert str(summary.id) not in waiting_in("indexing")


def test_a_batch_scanned_face_down_is_put_before_somebody_and_keeps_its_paper(house, ada):
    scans.adopt_scanning_rules(house, wait_days=0)
    batch = scans.take(house, scans.tiff(scans.picture(), scans.picture())).batch
    [blank] = scans.noted(house, batch, "", "")
    assert waiting_in("scan-exceptions") == [str(blank.id)]
    assert [one.dropped for one in queries.pages(blank)] == [True, True]
    paper = Destruction(on=timezone.localdate(), how="Shredded", witness="Wei Witness")
    with pytest.raises(Refused, match="1 document is not indexed yet"):
        actions.certify_destruction(actor=house.actor("technician"), batch_id=batch.id, said=paper, today=timezone.localdate())


@pytest.fixture
def documents(house, ada):
    """Two documents of one batch whose pages are noted, not read: a summary of two pages and a consent."""
    scans.adopt_scanning_rules(house, percent=100, wait_days=0)
    batch = scans.take(house, scans.tiff(*[scans.picture(str(number)) for number in range(3)])).batch
    [whole] = scans.noted(house, batch, scans.SUMMARY, scans.FOLLOWING, scans.CONSENT)
    consent = actions.split_document(actor=house.actor("technician"), document_id=whole.id, number=3)
    return Document.objects.get(id=whole.id), consent


def index(ada, type_code="18842-5", **more):
    patient, stay = ada
    return Index(
        **({"patient_id": patient.id, "encounter_id": stay.id, "type_code": type_code, "original": "2026-03-05"} | more)
    )


def file(house, document, index):
    return actions.file_document(actor=house.actor("technician"), document_id=document.id, index=index)


def check(house, document, role="identity-specialist", **more):
    answers = Answers(**({"right_patient": True, "complete": True, "legible": True} | more))
    return actions.check_document(actor=house.actor(role), document_id=document.id, answers=answers)


def test_a_failed_check_retracts_and_the_document_is_filed_anew(house, ada, documents):
    summary, _ = documents
    filed = file(house, summary, index(ada))
    assert filed.state == State.CHECKING
    with pytest.raises(Refused, match="indexed this document yourself"):
        check(house, filed, role="technician")
    with pytest.raises(Refused, match="what is wrong"):
        check(house, filed, legible=False)
    failed = check(house, filed, right_patient=False, reason="Another patient's page")
    assert (failed.state, failed.entry_id) == (State.WAITING, None)
    old = Entry.objects.get(entry_id=filed.entry_id)
    assert old.retracted
    assert old.flag == ANOTHERS  # no certified copy of this chart tells what it says
    assert [one.kind for one in Version.objects.filter(entry_id=filed.entry_id).order_by("number")] == [
        "original",
        "retraction",
    ]
    assert waiting_in("scan-exceptions") == [str(summary.id)]
    again = file(house, failed, index(ada))
    assert again.entry_id != filed.entry_id
    assert check(house, again).state == State.PASSED
    assert not Entry.objects.get(entry_id=again.entry_id).retracted
    assert [one.passed for one in again.checks.order_by("at")] == [False, True]


def test_whoever_indexed_pulls_the_checks_of_others_alone(house, ada, documents):
    filed = file(house, documents[0], index(ada))
    assert work.pull_next(actor=house.actor("technician"), queue="scan-quality") is None
    assert work.pull_next(actor=house.actor("identity-specialist"), queue="scan-quality").subject_id == str(filed.id)


@pytest.mark.parametrize("percent", [0, 100])
def test_who_indexed_wrongly_takes_it_out_and_files_it_right(house, ada, percent):
    scans.adopt_scanning_rules(house, percent=percent, first_documents=0, always_types=[])
    batch = scans.take(house, scans.tiff(scans.picture("1"))).batch
    [document] = scans.noted(house, batch, scans.SUMMARY)
    filed = file(house, document, index(ada, "34117-2"))
    assert filed.state == (State.CHECKING if percent else State.FILED)
    technician = house.actor("technician")
    with pytest.raises(Refused, match="what was indexed wrongly"):
        actions.take_out(actor=technician, document_id=document.id, reason=" ")
    out = actions.take_out(actor=technician, document_id=document.id, reason="It is the discharge summary")
    assert (out.state, out.entry_id, out.type_code) == (State.WAITING, None, "34117-2")
    assert Entry.objects.get(entry_id=filed.entry_id).retracted
    assert Version.objects.get(entry_id=filed.entry_id, number=2).reason == "It is the discharge summary"
    item = WorkItem.objects.get(subject_id=str(document.id), state="assigned")
    assert (item.queue_id, item.owner_id, waiting_in("scan-quality")) == ("indexing", technician.id, [])
    again = file(house, out, index(ada))
    assert (again.state, again.type_code) == (State.CHECKING, "18842-5")
    passed = check(house, again)
    assert actions.take_out(actor=technician, document_id=passed.id, reason="The date is another").state == State.WAITING
    assert verify().sound


def test_a_signature_on_the_paper_is_kept_as_one_that_was_read_there(house, ada, documents):
    filed = file(house, documents[0], index(ada, signed_by="  Ines Moreau,  MD "))
    signature = Signature.objects.get(entry_id=filed.entry_id)
    assert (signature.printed_name, signature.meaning, signature.signer_id) == ("Ines Moreau, MD", Meaning.PAPER, None)
    assert Entry.objects.get(entry_id=filed.entry_id).signed_at
    assert '"authenticator":{"display":"Ines Moreau, MD"}' in Version.objects.get(entry_id=filed.entry_id).content
    unsigned = file(house, documents[1], index(ada, "59284-0"))
    assert Entry.objects.get(entry_id=unsigned.entry_id).signed_at is None
    assert not record_verify().faults


def test_paper_is_not_certified_as_destroyed_before_its_checks_passed(house, ada, documents):
    summary, consent = documents
    today = timezone.localdate()
    said = Destruction(on=today, how="Shredded", witness="Lena Brandt")

    def certify(said=said):
        return actions.certify_destruction(actor=house.actor("technician"), batch_id=summary.batch_id, said=said, today=today)

    with pytest.raises(Refused, match="2 documents are not indexed yet"):
        certify()
    filed = file(house, summary, index(ada))
    with pytest.raises(Refused, match=r"1 document is not indexed yet\. 1 document has not passed the quality check"):
        certify()
    actions.leave_out(actor=house.actor("technician"), document_id=consent.id, reason="A blank form")
    check(house, filed)
    with pytest.raises(Refused, match="no earlier day is certified"):
        certify(replace(said, on=date(2026, 3, 20)))
    with pytest.raises(Refused, match="is not its witness"):
        certify(replace(said, witness=house.actor("technician").name.upper()))
    row = certify()
    assert row.state == "paper destroyed"
    assert blobs.get(bytes(row.certificate_sha256)).startswith(b"%PDF")
    with pytest.raises(NotAllowedInState):
        certify()


def test_paper_is_kept_for_the_days_the_rule_asks(house, ada):
    scans.adopt_scanning_rules(house, percent=0, first_documents=0)
    batch = scans.take(house, scans.tiff(scans.picture("1"))).batch
    [document] = scans.noted(house, batch, scans.SUMMARY)
    assert file(house, document, index(ada)).state == State.FILED
    with pytest.raises(Refused, match="kept for 30 days"):
        actions.certify_destruction(
            actor=house.actor("technician"),
            batch_id=batch.id,
            said=Destruction(on=timezone.localdate(), how="x", witness="y"),
            today=timezone.localdate(),
        )


def test_fewer_identifiers_than_the_rule_asks_need_a_person(house, ada, documents):
    _, consent = documents
    other = add_patient(house.hospital, number="0099999", family="Brandt", given="Lena", birth="1950-02-02")
    elsewhere = Index(patient_id=other.id, type_code="59284-0", original="2026-03-04")
    with pytest.raises(Refused, match="No identifier of this patient") as refused:
        file(house, consent, elsewhere)
    assert refused.value.where == "said"
    filed = file(house, consent, replace(elsewhere, said="The signature is hers"))
    assert (filed.patient_id, filed.said) == (other.id, "The signature is hers")


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"type_code": "1-1"}, "type"), ({"original": "2999-01-01"}, "date"), ({"original": "soon"}, "date"),
        ({"original": "2026-03-05", "downtime": True}, "date"),
    ],
)  # fmt: skip
def test_what_may_not_be_filed_is_refused_at_its_field(house, ada, documents, changed, where):
    with pytest.raises(Refused) as refused:
        file(house, documents[0], index(ada, **changed))
    assert refused.value.where == where
    assert Document.objects.get(id=documents[0].id).state == State.WAITING


def test_downtime_paper_is_filed_under_the_time_of_the_act(house, ada, documents):
    filed = file(house, documents[0], index(ada, original="2026-03-05T03:10:00-05:00", downtime=True))
    entry = Entry.objects.get(entry_id=filed.entry_id)
    version = Version.objects.get(entry_id=filed.entry_id)
    assert entry.occurred == "2026-03-05T03:10:00-05:00"
    assert version.recorded_at.date() > entry.occurred_at.date()
    assert "written-during-downtime" in version.content
    assert '"2026-03-09"' in version.content  # the day of scanning


def test_pages_are_turned_left_out_split_and_merged(house, ada, documents):
    summary, consent = documents
    technician = house.actor("technician")
    actions.turn_page(actor=technician, document_id=summary.id, number=1)
    actions.drop_page(actor=technician, document_id=summary.id, number=2)
    assert [(one.turn, one.dropped) for one in queries.pages(summary)] == [(90, False), (0, True)]
    joined = actions.merge_with_previous(actor=technician, document_id=consent.id)
    assert joined.id == summary.id
    assert [one.number for one in queries.pages(summary)] == [1, 2, 3]
    assert waiting_in("indexing") == [str(summary.id)]
    filed = file(house, joined, index(ada))
    with pikepdf.open(io.BytesIO(blobs.get(bytes(filed.pdf_sha256)))) as made:
        assert [int(page.obj.get("/Rotate", 0)) for page in made.pages] == [90, 0]
    with pytest.raises(NotAllowedInState):
        actions.turn_page(actor=technician, document_id=summary.id, number=1)


def test_pages_are_put_in_another_order_and_filed_in_it(house, ada, documents):
    summary, consent = documents
    technician = house.actor("technician")
    actions.move_page(actor=technician, document_id=summary.id, number=2, earlier=True)
    assert [one.number for one in queries.pages(summary)] == [2, 1]
    actions.move_page(actor=technician, document_id=summary.id, number=2, earlier=True)  # it stays at the front
    with pytest.raises(Refused, match="is known by this page"):
        actions.split_document(actor=technician, document_id=summary.id, number=1)
    filed = file(house, actions.merge_with_previous(actor=technician, document_id=consent.id), index(ada))
    text = record.text_of(ada[0].id, filed.entry_id)
    places = [text.index(words) for words in ("Continued", "Admitted with shortness", "I agree to the operation")]
    assert places == sorted(places)
    with pikepdf.open(io.BytesIO(blobs.get(bytes(filed.pdf_sha256)))) as made:
        assert len(made.pages) == 3


def test_what_was_merged_may_be_split_again_and_a_third_part_merged_past_it(house, documents):
    summary, consent = documents
    technician = house.actor("technician")
    second = actions.split_document(actor=technician, document_id=summary.id, number=2)
    actions.merge_with_previous(actor=technician, document_id=second.id)
    assert actions.merge_with_previous(actor=technician, document_id=consent.id).id == summary.id
    again = actions.split_document(actor=technician, document_id=summary.id, number=3)
    assert [one.number for one in queries.pages(again)] == [3]
    assert [one.number for one in queries.pages(summary)] == [1, 2]


def test_the_same_bytes_twice_are_told_and_taken_once(house):
    content = scans.tiff(scans.picture("1"))
    assert scans.take(house, content).status == "taken"
    again = scans.take(house, content, name="again.tif")
    assert (again.status, Batch.objects.count()) == ("known", 1)
    assert "batch.tif" in again.words


def test_what_another_facility_has_taken_is_not_told_by_its_name(house):
    content = scans.tiff(scans.picture("1"))
    scans.take(house, content, name="Okonjo Ada 1943.tif")
    stranger = replace(house.actor("technician"), facilities=frozenset({house.clinic.id}))
    arrival = replace(scans.arrival(house, content), facility=house.clinic)
    outcome = taking.take(stranger, arrival)
    assert (outcome.status, outcome.batch) == ("known", None)
    assert "Okonjo" not in outcome.words


def test_a_document_nearly_the_same_as_one_of_the_patient_is_shown(house, ada, documents):
    summary, _ = documents
    file(house, summary, index(ada))
    found = queries.alike(house.actor("technician"), ada[0].id, scans.SUMMARY + scans.FOLLOWING + " once more", 0.6)
    assert [one.share > 0.6 for one in found] == [True]
    assert queries.alike(house.actor("technician"), ada[0].id, scans.CONSENT, 0.6) == []
