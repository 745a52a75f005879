"""With the application's database password one may change rows that change by nature: the verification names each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from muniment.audit.verify import verify
from muniment.core import clock
from muniment.core.actions import action, leave, stands, unchanged
from muniment.core.lifecycle import Lifecycle
from muniment.core.models import witnessed_models
from muniment.core.standing import fields_of, said_in, said_of
from support import scans
from support.charts import BEGUN, add_patient, add_stay
from support.coding import CodedStay
from support.delinquency import at
from support.findings import contradicted
from support.house import system_actor
from support.inventory import approved
from support.messages import document as message
from support.misfiled import misfiled, move, two_patients
from support.productions import order
from support.stays import StayMaker, adopt_rules, practitioner

TABLES = [model._meta.db_table for model in witnessed_models() if not model.indelible]
ADDED_TO = [
    model._meta.db_table for model in witnessed_models() if model.indelible
]  # nothing of them changes; rows can be added
UNIQUE = {
    "delinquency_line": {"day": "7"}, "openreview_draw": {"day": "'2020-01-01'"}, "openreview_answer": {"question": "'forged'"},
    "codingaudit_draw": {"day": "'2020-01-01'"}, "downtime_paper": {"entry_id": "gen_random_uuid()"}, "forms_form": {"number": "'FORGED-1'"},
    "suggestions_model": {"number": "99"},
}  # fmt: skip
# What is worth the forger's trouble, table by table.
FORGERIES = {
    "channels_channel": ["folder = 'elsewhere'", "origin = 'Somebody'", "active = false", "expected_minutes = 9"],
    "codeupdates_run": ["state = 'running'", "done = 99", "figures = '{\"x\": 1}'", "usage = '{\"x\": 1}'"],
    "codingaudit_audit": ["state = 'closed'", "findings = '[{\"x\": 1}]'", "correct = 99", "auditor_name = 'Somebody'", "coder_id = gen_random_uuid()"],
    "coding_abstract": ["state = 'superseded'", "changed_by = 'Somebody'"],
    "completion_deficiency": ["state = 'waived'", "due_at = due_at + interval '30 days'", "decided = false", "closed_why = 'x'"],
    "delinquency_pause": ["withdrawn_by = 'Somebody'", "withdrawn_at = now()"],
    "delinquency_suspension": ["state = 'lifted'", "decided_by = 'Somebody'", "charts = '{}'"],
    "downtime_downtime": ["state = 'reconciled'", "ended = began + interval '9 days'"],
    "downtime_pack": ["sha256 = sha256('x')", "as_of = '2020-01-01'", "forms = 9"],
    "forms_version": ["state = 'retired'", "effective_to = effective_from", "approved_by_id = NULL", "review_due = '2099-01-01'", "ended_why = 'x'"],
    "dnfb_hold": ["released_at = now()", "released_by = 'Somebody'", "released_why = 'x'", "event_id = gen_random_uuid()"],
    "encounters_encounter": ["status = 'cancelled'", "discharged_at = now()", "attending_id = NULL", "disposition = '20'"],
    "intake_input": ["status = 'dismissed'", "malware = 'x'", "sha256 = sha256('x')", "facility_id = gen_random_uuid()", "remarks = '[\"x\"]'"],
    "identity_patient": ["person_id = gen_random_uuid()", "merged_into_id = id", "family = 'Other'", "flags = '[\"vip\"]'"],
    "identity_possible_match": ["state = 'different people'", "reason = 'x'"],
    "openreview_action": ["state = 'effective'", "before_yes = 99", "done_at = now()", "closed_why = 'x'"],
    "openreview_finding": ["state = 'mended'", "settled_why = 'x'", "words = 'x'", "owner_id = NULL"],
    "openreview_review": ["state = 'left out'", "answers = '{}'", "reviewer_name = 'Somebody'", "origin = 'focused'"],
    "operations_verification": ["breaks = '[\"x\"]'", "standing = 'broken'", "damaged = '[\"x\"]'"],
    "misfiling_receiver": ["told_at = now()", "told_how = 'Told'", "revision = 9"],
    "qualitative_finding": ["state = 'muted'", "muted_why = 'x'", "sentence = 'x'", "evidence = '[]'"],
    "querying_query": ["state = 'answered'", "due_at = now()", "supported = true", "responsible_id = NULL", "answered_by = 'Somebody'"],
    "record_production": ["standing = 'stopped'", "pages = 1", "pdf_sha256 = sha256('x')"],
    "rulebook_version": ["status = 'vacated'", "effective_to = effective_from", "verified_on = '2026-01-01'"],
    "suggestions_training": ["state = 'running'", "told = 'x'", "done = 99"],
    "tracking_volume": ["state = 'missing'", "holder = 'Somebody'", "home = 'Elsewhere'", "due_on = NULL"],
    "scanning_batch": ["state = 'paper destroyed'", "destruction = '{\"on\": \"2026-03-20\"}'", "certificate_sha256 = sha256('x')"],
    "scanning_document": ["state = 'passed'", "patient_id = gen_random_uuid()", "indexed_by_name = 'Somebody'", "checked_at = now()"],
    "scanning_page": ["position = position + 9", "document_id = NULL", "dropped = NOT dropped", "turn = 90"],
    "scanning_lot": ["state = 'accepted'", "size = 9", "drawn = 7"],
    "work_item": ["state = 'done'", "owner_id = NULL", "due_at = now()", "priority = 9", "revision = revision + 1"],
}  # fmt: skip
CASES = [(table, change) for table, changes in FORGERIES.items() for change in changes]


@pytest.fixture
def busy(lived_in: Any) -> Iterator[Any]:
    """That house; what a test changes is taken back."""
    with transaction.atomic():
        yield lived_in
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def lived_in(own_house: Any) -> Any:
    """A house in which every kind of row has been made and moved on: nothing of it past the actions."""
    from muniment.completion import actions as completion
    from muniment.completion.models import Deficiency
    from muniment.identity import actions as identity
    from muniment.operations import jobs
    from muniment.record import actions as record
    from muniment.rulebook import actions as rulebook
    from muniment.rulebook.models import RuleVersion
    from muniment.tracking import actions as tracking
    from muniment.work import actions as work
    from muniment.work.models import WorkItem

    house = own_house
    adopt_rules(house)
    adopt_rules(house, "record.")
    stay = StayMaker(house, practitioner(house, "Stone", "clinician"), class_code="EMER")
    stay.admit()
    stay.file("34111-5")
    stay.discharge(1)
    completion.drain(actor=system_actor())
    lack = Deficiency.objects.first()
    completion.decline(actor=house.actor("clinician"), deficiency_id=lack.id, reason="Not mine")
    item = WorkItem.objects.filter(state="open").first()
    work.reprioritise(actor=house.actor("administrator"), item_id=item.id, priority=3, reason="Urgent")
    work.assign(actor=house.actor("technician"), item_id=item.id, owner_id=house.actor("technician").id)
    later = datetime.now(UTC) + timedelta(hours=1)
    work.defer(actor=house.actor("technician"), item_id=item.id, until=later, reason="Waiting for an answer")
    work.resume_due(actor=system_actor(), now=later)
    one, two, _ = (add_patient(house.hospital, number=number) for number in ("11", "12", "13"))
    identity.merge(actor=system_actor(), survivor_id=one.id, retired_id=two.id, reason="ADT^A40")
    record.ask_production(
        actor=house.actor("administrator"), patient_id=stay.patient.id, facility_id=house.hospital.id, order=order()
    )
    volume = tracking.register(
        actor=house.actor("technician"), patient_id=one.id, facility=house.hospital, label="2009 on", home="Bay 14"
    )
    tracking.charge_out(actor=house.actor("technician"), volume_id=volume.id, holder="Ward clerk", place="4 West")
    wrong, right = two_patients(house)
    note = misfiled(wrong)
    record.note_view(actor=house.actor("auditor"), patient_id=wrong.patient_id, subject=("entry", str(note)), shown="version 1")
    move(house, note, wrong, right)
    CodedStay(house, "77").discharged().opened(house)
    scan_paper(house)
    jobs.verify(verification_id=str(jobs.verify_soon(house.actor("auditor")).id))
    contradicted(house)
    keep_after(house)
    be_without_systems(house)
    open_interface(house)
    take_in(house)
    review_open_records(house)
    code(house)
    version = RuleVersion.objects.filter(status="adopted").first()
    rulebook.end(actor=house.actor("administrator"), version_id=version.id, step="stay", on=date(2026, 6, 1), reason="Order 7")
    return house


def code(house: Any) -> None:
    """A suggestion refused, a final coding audited, a clinician asked, and the year before a code update regrouped, in which a code has ended."""
    from muniment.codeupdates import actions as codeupdates
    from muniment.dnfb import actions as dnfb
    from muniment.encounters.models import Encounter
    from muniment.suggestions import actions as suggestions
    from muniment.suggestions.models import Why
    from muniment.suggestions.scoring import Found
    from support import codingaudit, learning, querying, updates

    updates.install_before()
    stay = CodedStay(house, "78").discharged()
    stay.finalised(house, "I42.0", "I10")
    found = Encounter.objects.select_related("facility").get(id=stay.encounter_id)
    suggestions.decide(
        actor=house.actor("coder"), stay=found, found=Found("I10", 0.8, (), "hypertension"), percent=80, model=0, taken=False, reason=Why.NOT_CODED
    )  # fmt: skip
    suggestions.mute(actor=house.actor("coder"), code="I10", words="hypertension", muted=True)
    learning.trained(house)
    codingaudit.audited_again(house, codingaudit.another_coder(house), ("I42.0",))
    updates.install_after()
    run = codeupdates.start(actor=house.actor("administrator"), day=updates.DAY)
    while codeupdates.go_on(actor=system_actor(), run_id=run.id):
        pass
    querying.adopt_query_rules(house)
    asked = CodedStay(house, "79").discharged()
    querying.ask(house, asked, entry_id=asked.note(querying.NOTE))
    adopt_rules(house, "dnfb.")
    dnfb.place(actor=house.actor("coder"), **asked.key, reason="pathology", note="sent out")


def keep_after(house: Any) -> None:
    """Somebody who owes a note since spring: away for a week, and proposed to be suspended."""
    from muniment.completion import actions as completion
    from muniment.delinquency import actions as delinquency
    from muniment.delinquency import queries as letters
    from muniment.pending import actions as pending

    adopt_rules(house, "delinquency.")
    reed = practitioner(house, "Reed", "administrator")
    with at(3, 3, 20):
        late = StayMaker(house, reed, number="late", class_code="EMER")
        late.admit()
        late.file("34111-5", author=reed)
        late.discharge(1)
        completion.drain(actor=system_actor())
        late.file("11506-3", author=reed)
    with at(3, 24):
        due = delinquency.digest(letters.letters_due(house.hospital, letters.book()))
        delinquency.make_letters(actor=house.actor("administrator"), facility_id=house.hospital.id, reviewed=due)
    adopt_rules(house, "pending.")
    pending.look(actor=system_actor())
    administrator, week = house.actor("administrator"), (date(2026, 4, 6), date(2026, 4, 12))
    delinquency.pause(
        actor=administrator, practitioner_id=reed.id, kind="leave", first=week[0], last=week[1], reason="On leave"
    )
    delinquency.propose(actor=administrator, facility_id=house.hospital.id, practitioner_id=reed.id, reason="Past every letter")


def be_without_systems(house: Any) -> None:
    """A form that two people made and that replaced another, and an hour in which paper stood in."""
    from muniment.downtime import actions as downtime
    from muniment.downtime.entering import Typed

    approved(house)
    approved(house, changes="Another line", effective_from=clock.today())
    downtime.make_pack(actor=system_actor(), facility=house.hospital, unit="", day=clock.today())
    began = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    row = downtime.declare(
        actor=house.actor("administrator"), facility=house.hospital, what="The record", reason="Upgrade", began=began
    )
    downtime.end(actor=house.actor("administrator"), downtime_id=row.id, ended=began + timedelta(hours=1))
    stay, hour = add_stay(add_patient(house.hospital, number="21"), house.hospital), BEGUN + timedelta(days=1)
    row = downtime.declare(
        actor=house.actor("administrator"), facility=house.hospital, what="The record", reason="Upgrade", began=hour, ended=hour + timedelta(hours=1)
    )  # fmt: skip
    typed = Typed(encounter_id=stay.id, type_code="34746-8", acted=hour, author="Lena Ortiz, RN", text="Pain 3 of 10.")
    downtime.enter(actor=house.actor("technician"), downtime_id=row.id, typed=typed)
    downtime.confirm_none(actor=house.actor("technician"), downtime_id=row.id, encounter_id=stay.id, reason="Asked the unit")


def open_interface(house: Any) -> None:
    from muniment.channels import actions as channels
    from muniment.channels.rules import Kind

    setup = channels.Setup(kind=Kind.LINE, facility=house.hospital, expected_minutes=60)
    channels.open_channel(actor=house.actor("administrator"), name="laboratory", setup=setup)


def take_in(house: Any) -> None:
    """A message that is filed, one that waits, and one that was dismissed; one of them with a character the database does not hold."""
    from muniment.intake import actions as intake
    from muniment.intake.desk import Desk

    desk = Desk(actor=house.actor("technician"), source="laboratory", facility=house.hospital)
    desk.take(b"From: a@example.org\r\nMessage-ID: <a\0b@example.org>\r\n\r\n")
    desk.take(message("D9").content)
    told = desk.take(b"nothing known")
    intake.settle(actor=house.actor("technician"), input_id=told[0].input_id, step="dismiss", reason="A test of the line")


def review_open_records(house: Any) -> None:
    """One review finished, with what it found; one that the plan drew and that waits."""
    from support import openreview

    openreview.plan(house)
    adopt_rules(house, "openreview.worksheet")
    scene = openreview.Scene(house, 0, rules=False, stone=practitioner(house, "Rowan"))
    scene.admit("drawn")
    with at(3, 8):
        scene.look()
        scene.reviewed(scene.admit("reviewed"), "no")
        scene.decide("legible")


def scan_paper(house: Any) -> None:
    """Three batches: one filed, failed, filed again, checked and shredded; one refused and settled; one that is stopped."""
    from muniment.scanning import actions as scanning
    from muniment.scanning.choosing import Index
    from muniment.scanning.making import Answers, Destruction

    scans.adopt_scanning_rules(house, percent=100, first_documents=0, wait_days=0)
    technician, patient = house.actor("technician"), add_patient(house.hospital, number="14")
    batch = scans.take(house, scans.tiff(*[scans.picture(str(number)) for number in range(3)])).batch
    [whole] = scans.noted(house, batch, scans.SUMMARY, scans.FOLLOWING, scans.CONSENT)
    parts = [scanning.split_document(actor=technician, document_id=whole.id, number=number) for number in (3, 2)]
    scanning.merge_with_previous(actor=technician, document_id=parts[1].id)
    scanning.leave_out(actor=technician, document_id=parts[0].id, reason="A blank form")
    index = Index(patient_id=patient.id, type_code="18842-5", original="2026-03-05")
    for legible in (False, True):
        scanning.file_document(actor=technician, document_id=whole.id, index=index)
        answers = Answers(right_patient=True, complete=True, legible=legible, reason="Blurred")
        scanning.check_document(actor=house.actor("identity-specialist"), document_id=whole.id, answers=answers)
    today = clock.today()
    said = Destruction(on=today, how="Shredded", witness="Lena Brandt")
    scanning.certify_destruction(actor=technician, batch_id=batch.id, said=said, today=today)
    scans.adopt_scanning_rules(house, only=("scanning.lots",))
    [lone] = scans.noted(house, scans.take(house, scans.tiff(scans.picture("5"))).batch, "Dear colleague")
    scanning.file_document(
        actor=technician, document_id=lone.id, index=replace(index, type_code="11506-3", said="The ward list names her")
    )
    scanning.dismiss(actor=technician, batch_id=scans.take(house, b"no scan").batch.id, reason="Scanned again")
    scanning.stop(actor=technician, batch_id=scans.take(house, scans.tiff(scans.picture("4"))).batch.id)


def run(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.rowcount


def test_an_honest_busy_house_stands_as_its_events_say(busy: Any) -> None:
    found = verify()
    assert found.sound, found.breaks
    kept = {model._meta.db_table: model.objects.count() for model in witnessed_models()}
    assert all(kept.values()), kept
    assert found.rows == sum(kept.values())


def test_every_such_table_is_forged_here() -> None:
    assert sorted(FORGERIES) == TABLES


@pytest.mark.forges
@pytest.mark.parametrize(("table", "change"), CASES)
def test_each_change_past_the_actions_is_named(busy: Any, table: str, change: str) -> None:
    column = change.split(" =")[0]
    touched = run(
        f"UPDATE {table} SET {change} WHERE id = (SELECT id FROM {table} WHERE {column} IS DISTINCT FROM"
        f" ({change.split(' = ', 1)[1]}) ORDER BY id LIMIT 1)"
    )
    named = [str(one) for one in verify().breaks]
    assert touched == 1
    assert len(named) == 1
    assert named[0].startswith(f"{table}: row ")
    assert " is not as event " in named[0]


@pytest.mark.forges
@pytest.mark.parametrize("table", ADDED_TO)
def test_a_row_added_to_what_can_only_be_added_to_is_named(busy: Any, table: str) -> None:
    """Nobody checked that scan, said that there is no paper, was sent that letter: the row says so and no event does."""
    [model] = [one for one in witnessed_models() if one._meta.db_table == table]
    other = {"id": "gen_random_uuid()"} | UNIQUE.get(table, {})
    columns = [one.column for one in model._meta.concrete_fields]
    said = ", ".join(other.get(one, f'"{one}"') for one in columns)
    named = ", ".join(f'"{one}"' for one in columns)
    assert run(f"INSERT INTO {table} ({named}) SELECT {said} FROM {table} LIMIT 1") == 1
    [found] = [str(one) for one in verify().breaks]
    assert found.startswith(f"{table}: row ")
    assert found.endswith("was made by no event.")


@pytest.mark.forges
def test_a_row_made_by_nobody_is_named(busy: Any) -> None:
    run(
        "INSERT INTO identity_possible_match (id, first_id, second_id, agreements, state, reason, created_at)"
        " VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), '[]', 'open', '', now())"
    )
    assert [str(one).endswith("was made by no event.") for one in verify().breaks] == [True]


@pytest.mark.forges
def test_a_row_carried_off_is_named(busy: Any) -> None:
    run("UPDATE work_item SET id = gen_random_uuid() WHERE id = (SELECT id FROM work_item i WHERE NOT EXISTS"
        " (SELECT 1 FROM work_step WHERE item_id = i.id) LIMIT 1)")  # fmt: skip
    run(f"UPDATE identity_possible_match SET id = '{uuid4()}' WHERE id = (SELECT id FROM identity_possible_match LIMIT 1)")
    named = sorted(str(one).partition(": row ")[2].partition(" ")[2][:8] for one in verify().breaks)
    assert named == ["is gone;", "was made"]


@pytest.mark.forges
def test_put_back_as_it_once_was_it_is_named_too(busy: Any) -> None:
    """An earlier state is a state some event sealed; but not the last one."""
    from muniment.work import actions as work
    from muniment.work.models import WorkItem

    item = WorkItem.objects.filter(state="open").first()
    before = WorkItem.objects.filter(id=item.id).values().get()
    work.assign(actor=busy.actor("technician"), item_id=item.id, owner_id=busy.actor("technician").id)
    assert verify().sound
    WorkItem.objects.filter(id=item.id).update(**before)
    assert len(verify().breaks) == 1


def test_how_a_row_stands_is_the_same_written_and_read(busy: Any) -> None:
    for model in witnessed_models():
        names = [one.attname for one in fields_of(model)]
        for row in model.objects.all():
            assert said_of(row) == said_in(model, [getattr(row, name) for name in names])


def test_rows_without_an_event_are_refused(db: None) -> None:
    from muniment.work.models import WorkItem

    @action("test.stands", Lifecycle.WORK)
    def silent(*, actor: Any) -> None:
        stands(WorkItem(created_at=datetime.now(UTC), changed_at=datetime.now(UTC)))
        unchanged()

    with pytest.raises(AssertionError, match="no event to seal it with"):
        silent(actor=system_actor())
    with pytest.raises(AssertionError, match="only inside an action"):
        stands(WorkItem())


def test_an_event_keeps_how_its_rows_stand_beside_what_it_says(db: None) -> None:
    from muniment.audit.models import LifecycleEvent
    from muniment.work.models import WorkItem

    row = WorkItem(created_at=datetime.now(UTC), changed_at=datetime.now(UTC))

    @action("test.stands-beside", Lifecycle.WORK)
    def told(*, actor: Any) -> None:
        leave(subject=("test", 1), after={"n": 1})
        stands(row)

    told(actor=system_actor())
    assert LifecycleEvent.objects.get(name="test.stands-beside").after == {
        "n": 1,
        "stands": {"work_item": {str(row.id): said_of(row)}},
    }
