"""Paper volumes through their life: every step kept, two people told of one another, nothing missing without a search."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from muniment.core import clock
from muniment.kernel.errors import Conflict, NotAllowedInState, Refused
from muniment.tracking import actions, queries
from muniment.tracking.models import Movement, Volume
from muniment.tracking.queues import RECALLS, REQUESTS, SEARCHES
from muniment.tracking.rules import State
from muniment.work.models import WorkItem
from support.charts import add_patient
from support.house import build_house


@pytest.fixture
def ada(house):
    return add_patient(house.hospital)


@pytest.fixture
def volume(house, ada):
    return register(house, ada)


def register(house, patient, label="2009 to 2015"):
    return actions.register(
        actor=house.actor("technician"), patient_id=patient.id, facility=house.hospital, label=label, home="Bay 14"
    )


def out(house, volume, **more):
    said = {"holder": "Dr Karen Smith, ext. 4410", "place": "Cardiology"} | more
    return actions.charge_out(actor=house.actor("technician"), volume_id=volume.id, **said)


def active(queue):
    return list(WorkItem.objects.filter(queue_id=queue, state__in=["open", "assigned"]).values_list("subject_id", flat=True))


def test_volumes_are_numbered_by_patient_and_facility(house, ada, volume):
    assert volume.number == "HOSP-0042213-01"
    assert register(house, ada, "2016 on").number == "HOSP-0042213-02"
    assert [one.step for one in queries.history(volume)] == ["register"]


def test_a_patient_without_a_number_of_the_facility_is_refused(house, ada):
    with pytest.raises(Refused, match="no record number of Test Clinic"):
        actions.register(actor=house.actor("technician"), patient_id=ada.id, facility=house.clinic, label="2009", home="Bay 1")


def test_a_request_waits_until_the_volume_is_handed_out(house, volume):
    actions.request(actor=house.actor("coder"), volume_id=volume.id, wanted_on=clock.today(), purpose="Coding audit")
    assert active(REQUESTS) == [str(volume.id)]
    out(house, volume)
    assert active(REQUESTS) == []
    assert [one.step for one in queries.history(volume)] == ["charge out", "request", "register"]


def test_a_loan_without_a_rule_is_due_the_next_day(house, volume):
    row = out(house, volume)
    assert (row.state, row.due_on, row.holder) == (State.OUT, clock.today() + timedelta(days=1), "Dr Karen Smith, ext. 4410")
    back = actions.take_in(actor=house.actor("technician"), volume_id=volume.id)
    assert (back.state, back.due_on, back.holder, back.place) == (State.IN_FILE, None, "", "")


def test_what_is_late_is_called_back_once_a_loan(house, volume):
    row = out(house, volume)
    late = row.due_on + timedelta(days=1)
    worker = house.actor("technician")
    assert actions.recall_late(actor=worker, today=row.due_on) == 0
    assert actions.recall_late(actor=worker, today=late) == 1
    assert actions.recall_late(actor=worker, today=late) == 0
    assert active(RECALLS) == [str(volume.id)]
    actions.transfer(actor=worker, volume_id=volume.id, holder="Ward clerk", place="4 West")
    assert active(RECALLS) == []
    assert actions.recall_late(actor=worker, today=late + timedelta(days=9)) == 1
    actions.take_in(actor=worker, volume_id=volume.id)
    assert active(RECALLS) == []


def test_a_missing_volume_is_searched_for_until_it_is_found(house, volume):
    worker = house.actor("technician")
    out(house, volume)
    actions.report_missing(actor=worker, volume_id=volume.id, reason="Not with its holder")
    assert active(SEARCHES) == [str(volume.id)]
    actions.note_search(actor=worker, volume_id=volume.id, place="its place in the file")
    assert queries.looked_at(volume) == {"its place in the file"}
    with pytest.raises(NotAllowedInState, match="missing"):
        actions.take_in(actor=worker, volume_id=volume.id)
    found = actions.find(actor=worker, volume_id=volume.id, place="Behind the shelf")
    assert (found.state, active(SEARCHES)) == (State.IN_FILE, [])
    actions.report_missing(actor=worker, volume_id=volume.id, reason="Gone again")
    assert queries.looked_at(volume) == set(), "an earlier search says nothing of this one"


def test_the_second_of_two_is_told(house, volume):
    read = volume.revision
    out(house, volume, revision=read)
    with pytest.raises(Conflict, match="Somebody moved"):
        actions.take_in(actor=house.actor("technician"), volume_id=volume.id, revision=read)


def test_only_those_who_may_move_paper_and_only_at_their_facility(house, volume):
    for role in ("coder", "clinician", "auditor"):
        with pytest.raises(Refused):
            actions.charge_out(actor=house.actor(role), volume_id=volume.id, holder="me", place="")
    with pytest.raises(Refused):
        actions.request(actor=house.actor("auditor"), volume_id=volume.id, wanted_on=clock.today(), purpose="x")
    assert Movement.objects.filter(volume=volume).count() == 1


def test_two_hand_out_one_volume_at_once(own_database):
    house = build_house()
    volume = register(house, add_patient(house.hospital))

    def take(name):
        try:
            return out(house, volume, holder=name, revision=1).holder
        except (Conflict, NotAllowedInState) as told:
            return told
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(take, ["one", "other"]))
    assert sum(isinstance(one, str) for one in said) == 1
    assert Movement.objects.filter(volume=volume, step="charge out").count() == 1
    assert Volume.objects.get(id=volume.id).holder in said
