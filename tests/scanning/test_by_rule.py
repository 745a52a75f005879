"""Filing without a person: only by an adopted rule, only when nothing is in doubt, with its evidence, and stopped at once."""

from __future__ import annotations

import pytest
from django.urls import reverse

from muniment.audit.models import LifecycleEvent
from muniment.core import clock
from muniment.kernel.errors import Refused
from muniment.record.models import Entry, Signature
from muniment.record.rules import Meaning
from muniment.rulebook import actions as rulebook
from muniment.rulebook.models import RuleVersion
from muniment.scanning import actions, proposals, reading
from muniment.scanning.models import Document
from muniment.scanning.rules import State
from muniment.work.models import WorkItem
from support import scans
from support.charts import add_patient, add_stay
from support.house import system_actor
from support.web import client_of


@pytest.fixture
def ada(house):
    patient = add_patient(house.hospital)
    return patient, add_stay(patient, house.hospital)


@pytest.fixture
def rule(house):
    """Adopted, and what is filed by it is not drawn."""
    scans.adopt_scanning_rules(house, percent=0, first_documents=0)
    scans.adopt_scanning_rules(house, only=("scanning.automatic",), checked_percent=0)
    return RuleVersion.objects.get(rule_id="scanning.automatic")


def scanned(house, *texts, **sheet):
    """A document behind a separator sheet that says patient, stay, kind and count, as it was split."""
    given = {"assigner": "HOSP", "number": "0042213", "visit": "V100", "type_code": "18842-5", "pages": len(texts)} | sheet
    batch = scans.take(house, scans.tiff(*[scans.picture(f"{texts} {place}") for place in range(len(texts) + 1)])).batch
    return scans.noted(house, batch, "", *texts, codes={1: [scans.sheet_code(**given)]})[0]


def test_nothing_is_filed_without_a_person_before_the_rule_is_adopted(house, ada):
    scans.adopt_scanning_rules(house)
    assert reading.file_certain(system_actor(), [scanned(house, scans.SUMMARY)]) == 0
    assert Document.objects.get().state == State.WAITING


@pytest.mark.parametrize(("said", "state"), [("yes", State.FILED), ("no", State.FILED), ("ask", State.WAITING)])
def test_the_rule_says_whether_such_paper_comes_signed(house, ada, said, state):
    scans.adopt_scanning_rules(house, percent=0, first_documents=0)
    scans.adopt_scanning_rules(house, only=("scanning.automatic",), checked_percent=0, signed=said)
    row = scanned(house, scans.SUMMARY)
    reading.file_certain(system_actor(), [row])
    assert Document.objects.get(id=row.id).state == state
    signatures = [(one.printed_name, one.meaning) for one in Signature.objects.all()]
    told = [("name not read; signed by rule scanning.automatic, version 1", Meaning.PAPER)]
    assert signatures == (told if said == "yes" else [])


def test_another_patients_number_is_seen_however_many_were_born_on_the_day(house, rule, monkeypatch):
    """Records of people whose birth date nobody knows all say 1 January: they must not push out who is meant, or who speaks against it."""
    monkeypatch.setattr(proposals, "MOST_CANDIDATES", 20)
    for number in range(24):
        add_patient(house.hospital, number=f"7{number:05}", family="Crowd", given="Cora")
    patient = add_patient(house.hospital)
    add_stay(patient, house.hospital)
    add_patient(house.hospital, number="0099999", family="Brandt", given="Lena", birth="1950-02-02")
    [alone] = scans.noted(house, scans.take(house, scans.tiff(scans.picture("alone"))).batch, scans.SUMMARY)
    assert alone.proposals["patient"]["value"] == str(patient.id)
    row = scanned(house, f"{scans.SUMMARY}\nSpecimen of 0099999")
    assert "another patient stands in the text" in row.proposals["against"][0]["what"]
    assert reading.file_certain(system_actor(), [row]) == 0


@pytest.mark.parametrize(
    ("results", "against"),
    [
        (450, "the record number of another patient stands in the text"),
        (5001, "more numbers stand in the text than were looked up"),
    ],
)
def test_a_strange_page_behind_many_results_is_seen(house, ada, rule, results, against):
    """Twenty pages of results hold more numbers than a letter: what stands behind them is looked up too, or a person is asked."""
    add_patient(house.hospital, number="0099999", family="Brandt", given="Lena", birth="1950-02-02")
    row = scanned(house, scans.SUMMARY, "\n".join(f"Specimen 5{one:05}" for one in range(results)) + "\nMRN 0099999")
    assert [one["what"] for one in row.proposals["against"]] == [against]
    assert reading.file_certain(system_actor(), [row]) == 0


def test_a_certain_document_is_filed_by_the_rule_and_says_by_which_and_on_what(house, ada, rule):
    row = scanned(house, scans.SUMMARY, scans.FOLLOWING)
    assert reading.file_certain(system_actor(), [row]) == 1
    row.refresh_from_db()
    assert (row.state, row.patient_id, row.encounter_id, row.original) == (State.FILED, ada[0].id, ada[1].id, "2026-03-05")
    assert (row.indexed_by_id, row.automatic["rule"], row.automatic["number"]) == (None, "scanning.automatic", 1)
    assert {one["what"] for one in row.automatic["rests_on"]["patient"]["evidence"]} >= {"record number", "name", "birth date"}
    assert not WorkItem.objects.filter(queue_id="indexing", state="open").exists()
    event = LifecycleEvent.objects.get(name="scanning.file-by-rule")
    assert (event.actor_name, event.after["by_rule"]["rule"]) == (system_actor().name, "scanning.automatic")
    page = client_of(house.users["technician"]).get(reverse("scanning-index", args=[row.id])).content.decode()
    assert "without a person" in page
    assert "Medical record number: 0042213" in page


@pytest.mark.parametrize(
    ("texts", "sheet", "doubt"),
    [
        ([scans.SUMMARY], {"pages": 0}, "No separator sheet counts"),
        ([scans.SUMMARY], {"pages": 2}, "expects 2 pages; 1 came"),
        ([scans.SUMMARY], {"type_code": "59284-0"}, "Another kind of document stands in a heading"),
        ([scans.SUMMARY.replace("0042213", "").replace("Ada Okonjo", "").replace("V100", "")], {}, "1 of the patient's identifiers"),
        ([scans.SUMMARY.replace("03/14/1943", "03/14/1944")], {}, "Another birth date stands in the text"),
        ([scans.SUMMARY, "Seen with MRN 0099999."], {}, "The record number of another patient stands in the text"),
        ([scans.SUMMARY, "Visit: V101"], {}, "The number of another stay stands in the text"),
        ([scans.SUMMARY, "Date of service: 03/07/2026"], {}, "Another date of service stands in the text"),
        ([scans.SUMMARY.replace("Date of service: 03/05/2026", "")], {}, "No date is proposed"),
    ],
)  # fmt: skip
def test_a_doubt_leaves_it_to_a_person_and_is_said(house, ada, rule, texts, sheet, doubt):
    add_patient(house.hospital, number="0099999", family="Brandt", given="Lena", birth="1950-02-02")
    add_stay(ada[0], house.hospital, number="V101")
    row = scanned(house, *texts, **sheet)
    assert reading.file_certain(system_actor(), [row]) == 0
    with pytest.raises(Refused, match=doubt):
        actions.file_by_rule(actor=system_actor(), document_id=row.id)
    assert not Entry.objects.exists()
    page = client_of(house.users["technician"]).get(reverse("scanning-index", args=[row.id])).content.decode()
    assert "Why not?" in page
    assert doubt.replace("'", "&#x27;") in page


def test_staying_the_rule_stops_it_at_once(house, ada, rule):
    row = scanned(house, scans.SUMMARY)
    rulebook.end(actor=house.actor("administrator"), version_id=rule.id, step="stay", on=clock.today(), reason="Wrong stays")
    assert reading.file_certain(system_actor(), [row]) == 0
    with pytest.raises(Refused, match="No rule lets"):
        actions.file_by_rule(actor=system_actor(), document_id=row.id)


def test_what_is_filed_by_rule_is_checked_at_its_own_rate_and_never_again_without_a_person(house, ada):
    scans.adopt_scanning_rules(house, percent=0, first_documents=0)
    scans.adopt_scanning_rules(house, only=("scanning.automatic",), checked_percent=100)
    row = scanned(house, scans.SUMMARY)
    reading.file_certain(system_actor(), [row])
    row.refresh_from_db()
    assert (row.state, row.sampled) == (State.CHECKING, "every document filed by rule is checked")
    answers = actions.Answers(right_patient=False, complete=True, legible=True, reason="Another Ada")
    actions.check_document(actor=house.actor("technician"), document_id=row.id, answers=answers)
    row.refresh_from_db()
    assert (row.state, row.automatic) == (State.WAITING, {})
    assert reading.file_certain(system_actor(), [row]) == 0


def test_the_board_counts_what_the_rule_filed(house, ada, rule):
    client = client_of(house.users["technician"])
    reading.file_certain(system_actor(), [scanned(house, scans.SUMMARY)])
    figure = next(one for one in client.get(reverse("scanning-board")).context["figures"] if one.label == "Filed by rule")
    assert (figure.value, client.get(figure.url).context["total"]) == ("1", 1)


def test_the_real_reader_files_what_is_certain(house, ada, rule):
    """A printed sheet and a printed page, read from their pictures."""
    code = scans.sheet_code(assigner="HOSP", number="0042213", visit="V100", type_code="18842-5", pages=1)
    batch = scans.take(
        house,
        scans.tiff(
            scans.picture("Separator", code=code),
            scans.picture(scans.SUMMARY),
            scans.picture("", code=code),
            scans.picture("Dear colleague"),
        ),
    ).batch
    assert reading.read(system_actor(), batch.id)
    assert sorted(Document.objects.values_list("state", flat=True)) == [State.FILED, State.WAITING]
