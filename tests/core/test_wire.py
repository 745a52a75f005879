"""Statements sent beneath the cursors behave as any others: in the transaction, watched, and refused with the same errors."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg.pq import TransactionStatus

from muniment.accounts.models import Organisation
from muniment.core.actions import unit_of_work
from muniment.core.bulk import at_close, later
from muniment.core.wire import send
from muniment.record import actions as record
from support.house import system_actor
from support.one_door import WrittenOutside

PATIENT = UUID(int=1)


def status():
    return connection.connection.pgconn.transaction_status


@pytest.mark.django_db(transaction=True)
def test_the_transaction_begins_with_what_is_sent_first_and_ends_with_it():
    connection.ensure_connection()
    with pytest.raises(RuntimeError), transaction.atomic():
        assert status() == TransactionStatus.IDLE
        (result,) = send("SELECT 7")
        assert result.get_value(0, 0) == b"7"
        assert status() == TransactionStatus.INTRANS
        raise RuntimeError
    assert status() == TransactionStatus.IDLE


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_begun():
    connection.ensure_connection()
    assert [one.get_value(0, 0) for one in send("SELECT 1;SELECT 2")] == [b"1", b"2"]
    assert status() == TransactionStatus.IDLE


@pytest.mark.django_db(transaction=True)
def test_an_event_on_its_own_is_two_statements_and_is_committed():
    with CaptureQueriesContext(connection) as seen:
        record.note_view(actor=system_actor(), patient_id=PATIENT, subject=("chart", "1"), shown="chart")
    sent = [one["sql"] for one in seen if not one["sql"].startswith(("BEGIN", "COMMIT"))]
    assert [one.split()[0] for one in sent] == ["SELECT", "INSERT"]
    assert status() == TransactionStatus.IDLE
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject_id FROM audit_event WHERE patient_id = %s", [PATIENT])
        assert cursor.fetchall() == [("1",)]


def test_what_the_database_refuses_raises_as_from_a_cursor(db):
    sql = "INSERT INTO bulk_trial VALUES (1); INSERT INTO bulk_trial VALUES (1)"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bulk_trial (key integer PRIMARY KEY)")
    with pytest.raises(IntegrityError), transaction.atomic(), unit_of_work():
        send(sql)
    with pytest.raises(DatabaseError, match="bulk_missing"), transaction.atomic():
        send("SELECT * FROM bulk_missing")


def test_whoever_watches_statements_sees_it(db):
    with pytest.raises(WrittenOutside):
        send("INSERT INTO accounts_organisation (code) VALUES ('x')")
    assert not Organisation.objects.exists()


def test_a_broken_transaction_takes_nothing_more(db):
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            send("SELECT 1")


@pytest.mark.parametrize("leaves_an_event", [True, False])
def test_what_is_left_for_the_close_sees_what_was_kept_back(db, leaves_an_event):
    told = []
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bulk_trial (key integer); CREATE TEMP TABLE bulk_second (key integer)")
    with unit_of_work():
        if leaves_an_event:
            record.note_view(actor=system_actor(), patient_id=PATIENT, subject=("chart", "1"), shown="chart")
        later("bulk_trial", ["key"], [(1,), (2,)])
        at_close("INSERT INTO bulk_second SELECT key FROM bulk_trial", told.append)
    assert told == [2]
