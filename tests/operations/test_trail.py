"""The audit trail on screen: found, scoped, proved; and reading it is itself an event."""

from __future__ import annotations

import pytest
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from muniment.access.rules import Category, Grade, grade
from muniment.accounts.rules import Role
from muniment.audit import anchors, queries
from muniment.audit.models import LifecycleEvent
from muniment.identity.models import Patient, PatientIdentifier
from muniment.intake.desk import Desk
from muniment.kernel.errors import Conflict
from muniment.operations import jobs, trail
from muniment.operations.models import Verification
from muniment.operations.web import trail_words
from muniment.operations.web.views import trail as screen
from muniment.record import actions as record
from support.house import system_actor
from support.messages import build


@pytest.fixture(autouse=True)
def own_anchors(settings, folder):
    """What is anchored here is rolled back: the run's own file must not know of it."""
    settings.MUNIMENT_ANCHORS = folder / "anchors.jsonl"


@pytest.fixture
def busy(house):
    """A house in which things have happened."""
    for one in build(9):
        Desk(actor=system_actor(), source="line").take(one.content)
    for one in build(2, facility="CLIN", prefix="C"):
        Desk(actor=system_actor(), source="line").take(one.content)
    return house


@pytest.fixture
def officer(busy, client):
    client.force_login(busy.users["privacy-officer"])
    return client


def rows(page):
    return [row.event for row in page.context["rows"]]


def test_newest_first_over_all_pages(officer, busy, monkeypatch):
    monkeypatch.setattr(screen, "PAGE", 20)
    wanted = set(LifecycleEvent.objects.filter(trail.within(busy.actor("privacy-officer"))).values_list("id", flat=True))
    url, seen = reverse("operations-audit"), []
    page = officer.get(url)
    while True:
        seen += rows(page)
        if not page.context["page"].next_url:
            break
        page = officer.get(url + page.context["page"].next_url)
    assert [one.at for one in seen] == sorted((one.at for one in seen), reverse=True)
    assert {one.id for one in seen} == wanted
    assert len(seen) == len(wanted)


def test_other_facilities_events_are_not_shown(officer, busy):
    elsewhere = LifecycleEvent.objects.filter(facility_id=busy.clinic.id)
    assert elsewhere.exists()
    found = trail.events(busy.actor("privacy-officer"), trail.Sought())
    assert not found.filter(facility_id=busy.clinic.id).exists()
    one = elsewhere.first()
    assert officer.get(reverse("operations-audit-event", args=[one.lane, one.sequence])).status_code == 403


def test_reading_the_trail_is_an_event_for_each_page(officer, busy):
    before = LifecycleEvent.objects.filter(name="audit.read-trail").count()
    officer.get(reverse("operations-audit"))
    officer.get(reverse("operations-audit") + "?lifecycle=receive")
    one = LifecycleEvent.objects.filter(facility_id=busy.hospital.id).first()
    officer.get(reverse("operations-audit-event", args=[one.lane, one.sequence]))
    read = LifecycleEvent.objects.filter(name="audit.read-trail")
    assert read.count() == before + 3
    assert {event.actor_id for event in read} == {busy.users["privacy-officer"].id}


def test_each_field_of_the_filter_narrows(officer, busy):
    url = reverse("operations-audit")
    assert {one.lifecycle for one in rows(officer.get(url + "?lifecycle=receive"))} == {"receive"}
    assert {one.name for one in rows(officer.get(url + "?name=intake.file"))} == {"intake.file"}
    assert {one.actor_id for one in rows(officer.get(url + "?person=system"))} == {None}
    own = officer.get(url + f"?person={busy.users['privacy-officer'].id}")
    assert {one.name for one in rows(own)} <= {"audit.read-trail", "accounts.sign-in"}
    assert not rows(officer.get(url + "?until=1 Jan 2020"))
    assert rows(officer.get(url + "?since=1 Jan 2020"))
    refused = officer.get(url + "?since=nonsense")
    assert refused.status_code == 422
    assert "is not a date" in refused.content.decode()


def test_one_patients_trail_says_who_saw_the_record(officer, busy):
    number = PatientIdentifier.objects.filter(patient__facility_id=busy.hospital.id, type="MR").first()
    clinician = busy.actor("clinician")
    for _ in range(2):
        record.note_view(
            actor=clinician,
            patient_id=number.patient_id,
            subject=("entry", "x"),
            shown="document",
            facility_id=busy.hospital.id,
        )
    page = officer.get(reverse("operations-audit") + f"?patient={number.value}")
    assert page.status_code == 200
    seers = {one.name: one.times for one, _ in page.context["seers"]}
    assert seers[clinician.name] == 2
    assert {one.patient_id for one in rows(page)} == {number.patient_id}
    left = LifecycleEvent.objects.filter(name="audit.read-trail").order_by("-at").first()
    assert left.patient_id == number.patient_id
    assert officer.get(reverse("operations-audit") + f"?patient={number.patient_id}").context["seers"]


def test_a_patient_of_another_facility_is_nobody(officer, busy):
    other = Patient.objects.filter(facility_id=busy.clinic.id).first()
    page = officer.get(reverse("operations-audit") + f"?patient={other.id}")
    assert page.status_code == 422
    assert "No patient of your facilities" in page.content.decode()


def test_verifying_shows_its_progress_and_its_result(officer, busy):
    assert "not been verified" in officer.get(reverse("operations-audit")).content.decode()
    officer.post(reverse("operations-verify"))
    asked = Verification.objects.get()
    assert (asked.standing, asked.asked_by) == ("waiting", "Test Officer, RHIT")
    job = ProcrastinateJob.objects.get(task_name=jobs.NAME)
    assert "waiting for the worker" in officer.get(reverse("operations-standing")).content.decode()
    with pytest.raises(Conflict):
        jobs.verify_soon(busy.actor("auditor"))
    officer.post(reverse("operations-verify"))
    assert Verification.objects.count() == 1
    anchors.drop()
    jobs.verify(**job.args)
    asked.refresh_from_db()
    assert (asked.standing, asked.breaks) == ("sound", [])
    assert asked.walked >= asked.total > 50
    assert "The chain holds" in officer.get(reverse("operations-standing")).content.decode()
    one = LifecycleEvent.objects.filter(name="intake.file", facility_id=busy.hospital.id).first()
    page = officer.get(reverse("operations-audit-event", args=[one.lane, one.sequence]))
    said = {fact.label: fact.value for fact in page.context["position"]}
    assert said["Walked by the last verification"] == "yes"
    assert said["Its seal"] == "holds, read just now"


@pytest.mark.forges
def test_a_broken_chain_is_said_on_the_page_and_at_the_row(officer, busy):
    forged = LifecycleEvent.objects.filter(name="intake.file", facility_id=busy.hospital.id).first()
    forged.sequence, forged.mac = queries.heads()[forged.lane] + 1, bytes(32)
    forged.save(force_insert=True)
    jobs.verify(verification_id=str(jobs.verify_soon(busy.actor("auditor")).id))
    assert Verification.objects.get().standing == "broken"
    text = officer.get(reverse("operations-audit")).content.decode()
    assert "The trail does not hold" in text
    assert f"row {forged.sequence}" in text
    page = officer.get(reverse("operations-audit-event", args=[forged.lane, forged.sequence]))
    assert "does not hold" in page.content.decode()


@pytest.mark.forges
def test_a_forged_sign_in_is_named_by_the_nightly_walk(officer, busy):
    jobs.verify(verification_id=str(jobs.verify_soon(busy.actor("auditor")).id))
    assert Verification.objects.get().breaks == []
    forged = busy.users["coder"]
    type(forged).objects.filter(id=forged.id).update(password="known")
    jobs.nightly(timestamp=0)
    jobs.verify(**ProcrastinateJob.objects.filter(task_name=jobs.NAME).latest("id").args)
    last = Verification.objects.latest("asked_at")
    assert (last.standing, last.breaks) == ("broken", [f"The sign-in {forged.id} does not carry its seal."])
    assert str(forged.id) in officer.get(reverse("operations-audit")).content.decode()


@pytest.mark.parametrize("role", list(Role))
def test_who_may_read_it_is_what_the_table_says(house, client, role):
    client.force_login(house.users[role.value])
    expected = 200 if grade(role, Category.AUDIT) >= Grade.READ else 403
    assert client.get(reverse("operations-audit")).status_code == expected
    assert client.get(reverse("operations-standing")).status_code == expected


def test_an_event_of_no_facility_names_no_patient_of_another(officer, busy):
    foreign = Patient.objects.filter(facility_id=busy.clinic.id).first()
    own = Patient.objects.filter(facility_id=busy.hospital.id).first()
    for row in (foreign, own):
        record.note_view(actor=system_actor(), patient_id=row.id, subject=("entry", "x"), shown="document")
    page = officer.get(reverse("operations-audit") + "?name=record.view")
    assert {row.patient for row in page.context["rows"]} == {"a patient", own.display_name}


def test_what_an_event_wrote_is_a_table_and_no_json(officer, busy):
    seen = LifecycleEvent.objects.filter(trail.within(busy.actor("privacy-officer"))).order_by("-at")
    event = next(one for one in seen if one.after.get("stands"))
    answer = officer.get(reverse("operations-audit-event", args=[event.lane, event.sequence]))
    table, rows = next(iter(event.after["stands"].items()))
    row, said = next(iter(rows.items()))
    shown = next(one for one in answer.context["stands"] if one.id == row)
    assert shown.digest == said.partition(":")[2]
    body = answer.content.decode()
    assert shown.kind in body
    assert table not in body
    assert "{&quot;" not in body


def test_what_holds_further_names_is_opened():
    event = LifecycleEvent(
        before={"closed": False}, after={"filter": {"age": "any", "kinds": ["a", "b"]}, "closed": True, "stands": {}}
    )
    assert trail_words.changes(event) == [("closed", "no", "yes"), ("filter: age", "", "any"), ("filter: kinds", "", "a; b")]
