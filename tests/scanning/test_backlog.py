"""The backlog clock: ages by channel and type, what it takes to index it in time, and batches not read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from muniment.scanning import actions, backlog, queries
from muniment.scanning.choosing import Index
from muniment.scanning.making import Arrival
from muniment.scanning.models import Document
from support import scans
from support.charts import add_patient, add_stay
from support.plans import indexes_of
from support.web import client_of

NOW = datetime(2026, 3, 20, 15, 0, tzinfo=UTC)  # a Friday


def bring(house, text, days, source="upload", name="x"):
    """A document of one page that came so many days before now."""
    actor, came = house.actor("technician"), NOW - timedelta(days=days)
    with scans.told_at(came):
        arrival = Arrival(
            content=scans.tiff(scans.picture(f"{source} {name} {days}")), name=f"{name}.tif", source=source, facility=house.hospital, operator_id=actor.id,
            operator_name=actor.name, received_at=came, scanned_on=came.date(),
        )  # fmt: skip
        from muniment.scanning import taking

        return scans.noted(house, taking.take(actor, arrival).batch, text)[0]


@pytest.fixture
def scene(house):
    """Waiting: two by upload (one late), one late by the watch folder. Filed last Wednesday and Thursday: three, by one person."""
    scans.adopt_scanning_rules(house, percent=0, first_documents=0)
    patient = add_patient(house.hospital)
    stay = add_stay(patient, house.hospital)
    bring(house, scans.CONSENT, 0)
    bring(house, scans.CONSENT, 6)
    bring(house, "Dear colleague", 7, source="watch folder")
    index = Index(
        patient_id=patient.id, encounter_id=stay.id, type_code="11506-3", original="2026-03-05", said="The ward list names her"
    )
    for days, name in ((2, "a"), (2, "b"), (1, "c")):
        row = bring(house, f"Progress note {name}", days, name=name)
        with scans.told_at(NOW - timedelta(days=days)):
            actions.file_document(actor=house.actor("technician"), document_id=row.id, index=index)


def read(house):
    with scans.told_at(NOW):
        policy = queries.in_force(NOW.date()).policy
        return backlog.clock(house.actor("technician"), policy, NOW, NOW.date())


def test_what_waits_is_counted_by_channel_and_by_type_at_three_ages(house, scene):
    found = read(house)
    assert {one.name: one.ages for one in found.channels} == {"Upload": (1, 0, 1), "Watch folder": (0, 0, 1)}
    assert {one.name: (one.code, one.ages) for one in found.kinds} == {
        "Consent to operation": ("61358-8", (1, 0, 1)), "Kind not known": ("", (0, 0, 1)), "Progress note": ("11506-3", (0, 0, 0)),
    }  # fmt: skip


def test_staff_needed_is_what_comes_by_what_one_person_files(house, scene):
    found = read(house)
    upload = next(one for one in found.channels if one.code == "upload")
    assert (found.staffing.filed, found.staffing.person_days, found.staffing.a_day) == (3, 2, 1.5)
    assert (upload.flow.arrived, upload.flow.filed, upload.flow.days) == (4, 3, 10)
    assert found.staffing.to_hold(upload.flow) == pytest.approx(0.4 / 1.5)
    assert found.staffing.to_clear(upload.flow, 5) == pytest.approx((0.4 + 2 / 5) / 1.5)
    assert upload.flow.until_done is None  # more comes than is filed


def test_batches_that_are_not_read_are_on_the_board(house, scene):
    with scans.told_at(NOW - timedelta(days=9)):
        row = scans.take(
            house, scans.tiff(scans.picture("unread")), name="unread.tif", received_at=NOW - timedelta(days=9)
        ).batch
        actions.stop(actor=house.actor("technician"), batch_id=row.id)
    assert [one.id for one in read(house).unread] == [row.id]


def test_every_count_leads_to_its_list(house, scene):
    client = client_of(house.users["technician"])
    with scans.told_at(NOW):
        page = client.get(reverse("scanning-backlog"))
        counted = [(count, url) for _, _, rows in page.context["tables"] for row in rows for count, url in row.ages]
        assert sum(count for count, _ in counted) == 3 * 4  # two tables, each with its sum
        for count, url in counted:
            assert client.get(url).context["total"] == count, url
        assert "nothing was filed" not in page.content.decode()


def test_the_board_costs_the_same_whatever_there_is(house, scene, django_assert_max_num_queries):
    with django_assert_max_num_queries(7), scans.told_at(NOW):
        read(house)


def test_an_empty_house_says_what_would_be_here(house):
    page = client_of(house.users["technician"]).get(reverse("scanning-backlog")).content.decode()
    assert "Nothing waits and nothing came" in page
    assert "no measure" in page


def test_what_grows_with_the_years_is_read_off_an_index(house, scene):
    """A board, a batch and a move cost the same with a million scans as with six."""
    actor, today = house.actor("technician"), NOW.date()
    document = Document.objects.exclude(entry_id=None)[0]
    asked = {
        "scan_doc_of_batch": Document.objects.filter(batch_id=document.batch_id),
        "scan_doc_by_entry": Document.objects.filter(entry_id__in=[document.entry_id]),
    }
    assert {name: indexes_of(found) for name, found in asked.items()} == {name: {name} for name in asked}
    with CaptureQueriesContext(connection) as told:
        read(house)
        queries.backlog(actor, queries.in_force(today).policy, NOW, today)
    wheres = [one["sql"].partition(" WHERE ")[2] for one in told if '"scanning_document"' in one["sql"]]
    assert len(wheres) > 5
    assert not [one for one in wheres if "AT TIME ZONE" in one]  # a day computed of each row is in no index
