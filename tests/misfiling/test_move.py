"""An entry in the wrong chart: retracted there, filed here, both analysed, everybody who saw it listed and tasked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from muniment.audit.verify import verify
from muniment.completion import actions as completion
from muniment.completion.models import Deficiency
from muniment.kernel.errors import Conflict, NotAllowedInState, Refused
from muniment.misfiling import actions, preview
from muniment.misfiling.actions import Target
from muniment.misfiling.models import Move, Receiver
from muniment.record import actions as record
from muniment.record import blobs
from muniment.record.models import Entry, Version
from muniment.record.queries import entries, find_in_chart, signatures
from muniment.work.models import WorkItem
from support import charts
from support.house import system_actor
from support.misfiled import WHY, became, last, misfiled, move, two_patients
from support.stays import StayMaker, adopt_rules, practitioner


@pytest.fixture
def pair(house: Any) -> tuple[Any, Any]:
    return two_patients(house)


def test_it_is_retracted_there_and_filed_here_with_the_same_bytes(house: Any, pair: Any) -> None:
    wrong, right = pair
    note = misfiled(wrong)
    row = move(house, note, wrong, right)
    old, new = Entry.objects.get(patient_id=wrong.patient_id, entry_id=note), became(row, note)
    assert (old.number, old.retracted, old.status, old.flag) == (2, True, "entered-in-error", "moved")
    assert (new.number, new.retracted, new.status, new.flag) == (1, False, "current", "")
    assert blobs.get(bytes(new.document_sha256)) == charts.NOTE.encode() == blobs.get(bytes(old.document_sha256))
    assert (new.encounter_id, new.occurred_at, new.author_name) == (right.id, old.occurred_at, "Ines Moreau, MD")
    said = last(new)
    assert said.kind == "original"
    assert said.recorded_at >= row.at
    assert f"Patient/{right.patient_id}" in said.content
    assert f"Encounter/{right.id}" in said.content
    assert str(wrong.patient_id) not in said.content
    assert str(wrong.id) not in said.content
    assert f"DocumentReference/{note}" in said.content  # provenance: what it was
    assert f"DocumentReference/{new.entry_id}" in last(old).content
    assert str(right.patient_id) not in last(old).content
    assert last(old).reason == f"Entered in error: moved to another chart. {WHY}"


def test_it_is_found_in_the_right_chart_only(house: Any, pair: Any) -> None:
    wrong, right = pair
    row = move(house, note := misfiled(wrong), wrong, right)
    actor = house.actor("coder")
    assert [hit.entry_id for hit in find_in_chart(actor, [right.patient_id], "furosemide")] == [became(row, note).entry_id]
    assert find_in_chart(actor, [wrong.patient_id], "furosemide") == []
    assert list(entries(actor, [wrong.patient_id])) == []


def test_signatures_stay_where_they_were_given(house: Any, pair: Any) -> None:
    wrong, right = pair
    note = charts.file_note(wrong, signed_by_source="Ines Moreau, MD")
    row = move(house, note, wrong, right)
    new = became(row, note)
    assert new.signed_at is None
    assert signatures(right.patient_id, new.entry_id) == []
    assert len(signatures(wrong.patient_id, note)) == 1


def test_the_index_and_the_chain_agree_afterwards_and_a_rebuild_changes_nothing(house: Any, pair: Any) -> None:
    from muniment.record.cross_check import faults

    wrong, right = pair
    misfiled(wrong)
    move(house, misfiled(wrong), wrong, right)
    before = list(Entry.objects.order_by("pk").values())
    for patient in (wrong.patient_id, right.patient_id):
        record.rebuild(actor=system_actor(), patient_id=patient)
    assert list(Entry.objects.order_by("pk").values()) == before
    assert list(faults()) == []
    assert verify().sound, verify().breaks


def test_what_hangs_on_it_goes_along(house: Any, pair: Any) -> None:
    wrong, right = pair
    note = misfiled(wrong)
    addendum = misfiled(wrong, relatesTo=[{"code": "appends", "target": {"reference": f"DocumentReference/{note}"}}])
    bystander = misfiled(wrong, relatesTo=[{"code": "replaces", "target": {"reference": f"DocumentReference/{uuid4()}"}}])
    row = move(house, note, wrong, right)
    assert [one.from_entry_id for one in row.entries.all()] == [note, addendum]
    assert f"DocumentReference/{became(row, note).entry_id}" in last(became(row, addendum)).content
    assert not Entry.objects.get(patient_id=wrong.patient_id, entry_id=bystander).retracted


def test_a_report_goes_with_its_results_and_a_result_not_without_it(house: Any, pair: Any) -> None:
    wrong, right = pair
    sodium = charts.file(wrong, charts.new_version(charts.observation(), wrong))[0]
    panel = {
        "resourceType": "DiagnosticReport", "status": "final", "code": {"text": "Metabolic panel"},
        "result": [{"reference": f"Observation/{sodium}"}], "basedOn": [{"reference": f"ServiceRequest/{uuid4()}"}],
    }  # fmt: skip
    report = charts.file(wrong, charts.new_version(panel, wrong))[0]
    with pytest.raises(NotAllowedInState, match="result of “Metabolic panel”"):
        move(house, sodium, wrong, right)
    row = move(house, report, wrong, right)
    assert {one.from_entry_id for one in row.entries.all()} == {report, sodium}
    said = last(became(row, report)).content
    assert f"Observation/{became(row, sodium).entry_id}" in said
    assert '"basedOn":[{"display":"an entry of the chart it was moved from"}]' in said
    assert became(row, sodium).flag == "L"


@pytest.mark.parametrize("kind", ["Condition", "AllergyIntolerance"])
def test_what_has_no_status_is_entered_in_error_by_its_verification(house: Any, pair: Any, kind: str) -> None:
    wrong, right = pair
    said = charts.condition(resourceType=kind, clinicalStatus={"coding": [{"code": "active"}]})
    entry = charts.file(wrong, charts.new_version(said, wrong))[0]
    row = move(house, entry, wrong, right)
    content = last(Entry.objects.get(patient_id=wrong.patient_id, entry_id=entry)).content
    assert '"entered-in-error"' in content
    assert "clinicalStatus" not in content
    assert "clinicalStatus" in last(became(row, entry)).content


def test_without_a_stay_it_belongs_to_none(house: Any, pair: Any) -> None:
    wrong, right = pair
    note = misfiled(wrong)
    row = move(house, note, wrong, right, target=Target(patient_id=right.patient_id))
    assert became(row, note).encounter_id is None
    assert became(row, note).facility_id == house.hospital.id
    assert "context" in last(became(row, note)).content
    assert '"encounter"' not in last(became(row, note)).content


def test_moving_back_makes_a_third_entry(house: Any, pair: Any) -> None:
    wrong, right = pair
    note = misfiled(wrong)
    there = became(move(house, note, wrong, right), note)
    back = move(house, there.entry_id, right, wrong, role="identity-specialist")
    third = became(back, there.entry_id)
    live = Entry.objects.filter(retracted=False, category="document")
    assert [one.entry_id for one in live] == [third.entry_id]
    assert third.entry_id != note
    assert third.patient_id == wrong.patient_id
    assert last(third).content.count("moved-from") == 1
    assert "moved-to" not in last(third).content


# ---- refusals --------------------------------------------------------------------------------------------------------


def test_the_same_patient_an_earlier_version_and_no_reason_are_refused(house: Any, pair: Any) -> None:
    wrong, right = pair
    note = misfiled(wrong)
    with pytest.raises(Refused, match="in this patient's chart already"):
        move(house, note, wrong, wrong)
    with pytest.raises(Refused, match="Say why"):
        move(house, note, wrong, right, reason="  ")
    with pytest.raises(Conflict, match="Version 1"):
        move(house, note, wrong, right, number=2)
    with pytest.raises(Refused, match="no stay of that patient"):
        move(house, note, wrong, right, target=Target(patient_id=right.patient_id, encounter_id=wrong.id))
    assert not Move.objects.exists()
    assert Version.objects.filter(entry_id=note).count() == 1


def test_what_was_moved_or_retracted_is_not_moved_again(house: Any, pair: Any) -> None:
    wrong, right = pair
    note = misfiled(wrong)
    move(house, note, wrong, right)
    with pytest.raises(Conflict, match="moved this entry while you read"):
        move(house, note, wrong, right)
    with pytest.raises(NotAllowedInState, match="retracted already"):
        move(house, note, wrong, right, number=2)


@pytest.mark.parametrize(
    "role", ["coder", "clinician", "roi-specialist", "administrator", "privacy-officer", "auditor", "researcher"]
)
def test_only_who_files_arrivals_moves(house: Any, pair: Any, role: str) -> None:
    wrong, right = pair
    with pytest.raises(Refused, match="may not change this"):
        move(house, misfiled(wrong), wrong, right, role=role)


def test_neither_chart_may_lie_at_a_facility_that_is_not_the_movers(house: Any, pair: Any) -> None:
    wrong, right = pair
    clinic = charts.add_patient(house.clinic, number="C1", family="Far", given="Away")
    away = charts.add_stay(clinic, house.clinic, number="V900")
    with pytest.raises(Refused, match="no such patient that you may see"):
        move(house, misfiled(wrong), wrong, away)
    with pytest.raises(Refused, match="nothing here that you may see"):
        move(house, misfiled(away), away, right)


def test_codes_and_demographics_are_not_moved(house: Any, pair: Any) -> None:
    from muniment.kernel.fhir.descriptions import FINAL_CODING

    wrong, right = pair
    coded = charts.file(wrong, charts.new_version(charts.condition(meta={"tag": [FINAL_CODING]}), wrong))[0]
    with pytest.raises(Refused, match="Only documents, results"):
        move(house, coded, wrong, right)


# ---- who saw it ------------------------------------------------------------------------------------------------------


def view(house: Any, role: str, stay: Any, entry: UUID) -> None:
    address = f"/charts/{stay.id}/documents/{entry}/"
    assert charts.client_of(house, role).get(address).status_code == 200


def test_everybody_who_opened_it_is_listed_and_clinicians_and_coders_get_a_notice(house: Any, pair: Any) -> None:
    wrong, right = pair
    note, other = misfiled(wrong), misfiled(wrong)
    for role in ("clinician", "clinician", "coder", "auditor", "technician"):
        view(house, role, wrong, note)
    view(house, "roi-specialist", wrong, other)
    row = move(house, note, wrong, right)
    seen = {one.role: one for one in Receiver.objects.filter(move=row)}
    assert set(seen) == {"clinician", "coder", "auditor", "technician"}
    assert seen["clinician"].times == 2
    assert {role for role, one in seen.items() if one.told_at} == {"clinician", "coder"}
    notices = WorkItem.objects.filter(queue_id="look-again")
    assert {one.owner_id for one in notices} == {house.actor("clinician").id, house.actor("coder").id}
    assert {one.patient_id for one in notices} == {wrong.patient_id}
    assert "Ruiz" not in "".join(f"{one.title}{one.reason}" for one in notices)


def test_the_mover_gets_no_notice_of_their_own(house: Any, pair: Any) -> None:
    wrong, right = pair
    note = misfiled(wrong)
    view(house, "technician", wrong, note)
    move(house, note, wrong, right)
    assert not WorkItem.objects.filter(queue_id="look-again").exists()


def test_a_production_that_holds_it_is_listed_with_who_fetched_it(house: Any, pair: Any) -> None:
    from support.productions import adopt_definition, produce

    wrong, right = pair
    adopt_definition(house)
    misfiled(wrong)
    before = produce(house, wrong)
    note = misfiled(wrong)
    made = produce(house, wrong)
    assert made.manifest_sha256, made.problem
    record.fetch_production(actor=house.actor("roi-specialist"), production_id=made.id, what="pdf")
    row = move(house, note, wrong, right)
    [listed] = Receiver.objects.filter(move=row, kind="production")
    assert made.number in listed.what
    assert house.actor("roi-specialist").name in listed.what
    assert before.number not in listed.what


def test_a_screening_is_opened_and_closes_only_with_productions_ticked(house: Any, pair: Any) -> None:
    wrong, right = pair
    note = misfiled(wrong)
    view(house, "auditor", wrong, note)
    row = move(house, note, wrong, right)
    [item] = WorkItem.objects.filter(queue_id="privacy-screening")
    assert (item.subject_id, item.patient_id) == (str(row.id), wrong.patient_id)
    officer = house.actor("privacy-officer")
    seen = Receiver.objects.get(move=row)
    with pytest.raises(Refused, match="Say how"):
        actions.note_told(actor=officer, receiver_id=seen.id, how=" ", revision=1)
    told = actions.note_told(actor=officer, receiver_id=seen.id, how="By telephone", revision=1)
    assert (told.told_by, told.revision) == (officer.name, 2)
    with pytest.raises(Conflict, match="ticked this meanwhile"):
        actions.note_told(actor=officer, receiver_id=seen.id, how="Again", revision=1)
    with pytest.raises(Refused, match="Say what is concluded"):
        actions.close_screening(actor=officer, move_id=row.id, conclusion="")
    with pytest.raises(Refused, match="may not change"):
        actions.close_screening(actor=house.actor("auditor"), move_id=row.id, conclusion="x")
    actions.close_screening(actor=officer, move_id=row.id, conclusion="Stayed within the house.")
    item.refresh_from_db()
    assert item.state == "done"
    with pytest.raises(NotAllowedInState, match="closed already"):
        actions.close_screening(actor=officer, move_id=row.id, conclusion="Again")


# ---- analysis and coding ---------------------------------------------------------------------------------------------


def test_both_charts_are_analysed_again_as_the_preview_said(house: Any) -> None:
    adopt_rules(house)
    doctor = practitioner(house, "Stone", "clinician")
    wrong, right = StayMaker(house, doctor, "1"), StayMaker(house, doctor, "2")
    for one in (wrong, right):
        one.admit()
        one.discharge()
    note = wrong.file("18842-5", author=doctor, signed=True, days=4)
    actor = system_actor()
    while completion.drain(actor=actor):
        pass

    def open_of(one: StayMaker) -> set[tuple[str, str]]:
        found = Deficiency.objects.filter(encounter_id=one.encounter_id, state="open")
        return {(row.kind, row.document_code) for row in found}

    before = open_of(wrong), open_of(right)
    entry = Entry.objects.get(patient_id=wrong.patient.id, entry_id=note)
    from muniment.encounters.models import Encounter

    stay = Encounter.objects.get(id=right.encounter_id)
    said = preview.preview(entry, right.patient.id, stay)
    actions.move(
        actor=house.actor("technician"), patient_id=wrong.patient.id, entry_id=note, number=1,
        target=Target(patient_id=right.patient.id, encounter_id=right.encounter_id), reason=WHY,
    )  # fmt: skip
    while completion.drain(actor=actor):
        pass
    after = open_of(wrong), open_of(right)
    assert any(code == "18842-5" for _, code in after[0] - before[0])
    assert any(code == "18842-5" for _, code in after[1])  # unsigned here: asked for anew
    assert any(code == "18842-5" for _, code in before[1] - after[1])
    opened = len(after[0] - before[0]) + len(after[1] - before[1])
    closed = len(before[0] - after[0]) + len(before[1] - after[1])
    assert (len(said.opens), len(said.closes)) == (opened, closed)


def test_scanned_paper_is_checked_in_the_chart_it_was_moved_to(house: Any, pair: Any) -> None:
    from muniment.scanning import actions as scanning
    from muniment.scanning.choosing import Index
    from muniment.scanning.models import Document
    from support import scans

    wrong, right = pair
    scans.adopt_scanning_rules(house, percent=100, wait_days=0)
    taken = scans.take(house, scans.tiff(scans.picture(scans.SUMMARY)))
    [document] = scans.noted(house, taken.batch, scans.SUMMARY)
    index = Index(patient_id=wrong.patient_id, encounter_id=wrong.id, type_code="18842-5", original="2026-03-05")
    filed = scanning.file_document(actor=house.actor("technician"), document_id=document.id, index=index)
    row = move(house, filed.entry_id, wrong, right)
    new = became(row, filed.entry_id)
    now = Document.objects.get(id=document.id)
    assert (now.patient_id, now.entry_id, now.encounter_id) == (right.patient_id, new.entry_id, right.id)
    assert last(new).source_id == document.id
    answers = scanning.Answers(right_patient=False, complete=True, legible=True, reason="Neither of them")
    scanning.check_document(actor=house.actor("identity-specialist"), document_id=document.id, answers=answers)
    assert Entry.objects.get(patient_id=right.patient_id, entry_id=new.entry_id).retracted


def test_coders_of_finally_coded_stays_are_asked_to_look_again(house: Any) -> None:
    from support.coding import CodedStay, adopt_coding_rules, install_codes

    install_codes()
    adopt_coding_rules(house)
    wrong, right = CodedStay(house, "1").discharged(), CodedStay(house, "2").discharged()
    note = wrong.note("Acute on chronic heart failure.")
    wrong.finalised(house, "I50.23")
    said = preview.preview(Entry.objects.get(entry_id=note), right.patient.id, None)
    assert said.coded == ["V1"]
    target = Target(patient_id=right.patient.id, encounter_id=right.encounter_id)
    actions.move(
        actor=house.actor("technician"), patient_id=wrong.patient.id, entry_id=note, number=1, target=target, reason=WHY
    )  # fmt: skip
    [item] = WorkItem.objects.filter(queue_id="coding-review")
    assert item.encounter_id == wrong.encounter_id
    assert "out of this chart after it was finally coded" in item.reason
    work = charts.client_of(house, "coder")
    assert work.post(f"/work/items/{item.id}/complete", {"revision": 1, "reason": "No code rests on it."}).status_code == 302


def test_what_its_source_sends_to_the_wrong_patient_again_is_noticed(house: Any, pair: Any) -> None:
    wrong, right = pair
    note = misfiled(wrong)
    move(house, note, wrong, right)
    assert not WorkItem.objects.filter(queue_id="misfiled-again").exists()
    charts.file(wrong, charts.new_version(charts.document(), wrong, entry_id=note, text="Sent once more."))
    assert not Entry.objects.get(patient_id=wrong.patient_id, entry_id=note).retracted
    [item] = WorkItem.objects.filter(queue_id="misfiled-again")
    assert (item.patient_id, item.encounter_id) == (wrong.patient_id, wrong.id)
    move(house, note, wrong, right, number=3)
    item.refresh_from_db()
    assert item.state == "done"
    assert Entry.objects.get(patient_id=wrong.patient_id, entry_id=note).retracted


def test_what_hangs_on_it_is_asked_for_its_facility_too(house: Any, pair: Any) -> None:
    """An addendum written at a facility where the mover does not work would go along unseen."""
    wrong, right = pair
    note = misfiled(wrong)
    said = charts.document() | {
        "subject": {"reference": f"Patient/{wrong.patient_id}"},
        "relatesTo": [{"code": "appends", "target": {"reference": f"DocumentReference/{note}"}}],
    }
    charts.file(wrong, replace(charts.new_version(said, wrong, text="Addendum"), facility_id=house.clinic.id))
    here = replace(house.actor("technician"), facilities=frozenset({house.hospital.id}))
    target = actions.Target(patient_id=right.patient_id, encounter_id=right.id)
    with pytest.raises(Refused, match="it is of a facility you do not work at"):
        actions.move(actor=here, patient_id=wrong.patient_id, entry_id=note, number=1, target=target, reason="Of another.")
    assert not Move.objects.exists()
    both = replace(here, facilities=frozenset({house.hospital.id, house.clinic.id}))
    assert actions.move(actor=both, patient_id=wrong.patient_id, entry_id=note, number=1, target=target, reason="Of another.")
