"""What leaves an event though nothing was written: a refused request, a list of patients on the screen."""

from __future__ import annotations

import pytest

from muniment.access import middleware
from muniment.audit.models import LifecycleEvent
from support.house import system_actor
from support.stays import StayMaker, practitioner
from support.web import client_of


@pytest.fixture(autouse=True)
def nothing_said_yet():
    middleware.refusals.forget()
    middleware.lists.forget()


def events(name):
    return list(LifecycleEvent.objects.filter(name=name).order_by("at", "id"))


@pytest.fixture
def waiting(house):
    """A patient whose stay waits in a queue of the coders'."""
    from muniment.work import actions
    from muniment.work.actions import NewItem

    maker = StayMaker(house, practitioner(house, "Stone"))
    maker.admit()
    actions.define_queue(actor=system_actor(), code="desk", name="Desk", definition="Questions.", pools=["technician"])
    item = NewItem(
        queue="desk", subject=("question", "1"), title="Question", reason="Asked", facility_id=house.hospital.id,
        patient_id=maker.patient.id,
    )  # fmt: skip
    actions.create(actor=system_actor(), items=[item, item])
    return maker


def test_a_role_that_may_not_leaves_one_event_however_often_it_tries(house):
    client = client_of(house.users["researcher"])
    assert [client.get("/work/").status_code for _ in range(3)] == [403, 403, 403]
    (one,) = events("access.refuse")
    assert (one.actor_id, one.lifecycle, one.subject_id) == (house.users["researcher"].id, "security", "work-queues")
    assert "Your role may not open" in one.reason
    client.post("/work/")
    assert len(events("access.refuse")) == 2


def test_another_facilitys_chart_asked_for_leaves_what_was_asked_and_why(house, waiting):
    from muniment.accounts import actions
    from muniment.accounts.rules import Role

    far = actions.add_user(actor=system_actor(), username="far", family="Far", given="Fay")
    actions.assign_role(actor=system_actor(), user=far, role=Role.CODER, facilities=[house.clinic])
    assert client_of(far).get(f"/people/{waiting.patient.person_id}/").status_code == 403
    (one,) = events("access.refuse")
    assert one.after["asked"] == {"person_id": str(waiting.patient.person_id)}
    assert one.reason


def test_a_list_of_patients_leaves_its_count_and_filter_once_in_a_quarter_hour(house, waiting):
    client = client_of(house.users["technician"])
    for _ in range(3):
        assert client.get("/work/desk/").status_code == 200
    (one,) = events("access.view-list")
    assert (one.subject_type, one.subject_id, one.lifecycle) == ("list", "desk", "access")
    assert one.after == {"persons": 1, "filter": {"whose": "all", "due": "any"}}
    client.get("/work/desk/?whose=unowned")
    assert [event.after["filter"]["whose"] for event in events("access.view-list")] == ["all", "unowned"]
    assert "Rowe" not in str([(event.after, event.reason, event.subject_id) for event in events("access.view-list")])


def test_a_list_that_names_nobody_leaves_none(house):
    assert client_of(house.users["technician"]).get("/work/quarantine/").status_code == 200
    assert events("access.view-list") == []


def test_every_list_that_names_patients_says_so():
    """Read off the source: a screen that shows rows of patients notes them."""
    from pathlib import Path

    import muniment

    source = Path(muniment.__file__).parent
    noting = {
        "work/web/views/queue.py", "work/web/views/mine.py", "completion/web/views/deficiencies.py", "completion/web/views/inbox.py",
        "completion/web/views/sign_opened.py",
        "coding/web/views/queue.py", "intake/web/views/arrivals.py", "intake/web/views/quarantine.py", "operations/web/views/day.py",
        "operations/web/views/discharges.py", "completion/web/views/charts.py", "record/web/views/productions.py",
        "tracking/web/views/lists.py", "tracking/web/views/volume.py",
        "qualitative/web/views/findings.py", "delinquency/web/views/letters.py", "delinquency/web/views/suspensions.py", "delinquency/web/views/charts.py",
        "misfiling/web/views/move.py", "misfiling/web/views/done.py", "misfiling/web/views/screening.py",
        "intake/web/views/outside.py", "transcription/web/views/documents.py",
        "forms/web/views/misuse.py", "downtime/web/views/one.py",
        "pending/web/views/documents.py", "pending/web/views/closed.py", "querying/web/views/listing.py", "dnfb/web/views/listing.py", "codingaudit/web/views/listing.py",
        "openreview/web/views/reviews.py", "openreview/web/views/findings.py", "openreview/web/views/answers.py", "openreview/web/views/stays.py",
        "openreview/web/views/draws.py", "codeupdates/web/views/charts.py", "codeupdates/web/views/year.py",
    }  # fmt: skip
    assert {
        str(one.relative_to(source)) for one in source.rglob("web/views/*.py") if "note_listed(" in one.read_text()
    } == noting
