"""The chain holds, and every kind of tampering shows, with the row it begins at."""

from __future__ import annotations

import psycopg
import pytest

from muniment.audit import anchors
from muniment.audit.chain import append
from muniment.audit.models import LifecycleEvent
from muniment.audit.verify import verify
from muniment.core.actions import action, leave, unit_of_work
from muniment.core.lifecycle import Lifecycle
from support.house import system_actor


@action("test.note", Lifecycle.WORK)
def note(*, actor, number):
    leave(
        subject=("test", number),
        reason=f"number {number} – “ünï”",
        after={"n": number, "list": [1, 2.5, None], "nested": {"b": 1, "a": 2}},
    )


def test_a_chain_of_events_verifies(db):
    for number in range(5):
        note(actor=system_actor(), number=number)
    with unit_of_work():
        for number in range(30):
            note(actor=system_actor(), number=number)
    found = verify()
    assert found.sound, found.breaks
    assert found.events == 35


def test_an_action_without_an_event_is_refused(db):
    @action("test.silent", Lifecycle.WORK)
    def silent(*, actor):
        return None

    with pytest.raises(AssertionError, match="left no event"):
        silent(actor=system_actor())


def test_an_action_that_fails_takes_its_unit_with_it(db):
    @action("test.fails", Lifecycle.WORK)
    def fails(*, actor):
        leave(subject=("test", 1))
        raise ValueError("no")

    note(actor=system_actor(), number=1)
    with pytest.raises(ValueError, match="no"), unit_of_work():
        note(actor=system_actor(), number=2)
        fails(actor=system_actor())
    assert LifecycleEvent.objects.count() == 1
    assert verify().sound


@pytest.mark.forges
def test_the_application_may_not_touch_what_is_written(db):
    from django.db import DatabaseError, connection, transaction

    note(actor=system_actor(), number=1)
    for statement in ("UPDATE audit_event SET reason = ''", "DELETE FROM audit_event", "TRUNCATE audit_event"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


TAMPERINGS = {
    "edit": ("UPDATE audit_event SET reason = 'never happened' WHERE sequence = 3", "row 3"),
    "edit of a pointer": ("UPDATE audit_event SET after = '{}' WHERE sequence = 4", "row 4"),
    "deletion": ("DELETE FROM audit_event WHERE sequence = 2", "row 2"),
    "tail truncation": ("DELETE FROM audit_event WHERE sequence > 3", "row 4"),
    "emptying": ("DELETE FROM audit_event", "row 1"),
    "reordering": (
        "UPDATE audit_event SET sequence = 100 WHERE sequence = 2; UPDATE audit_event SET sequence = 2 WHERE sequence = 3;"
        " UPDATE audit_event SET sequence = 3 WHERE sequence = 100",
        "row 2",
    ),
    "insertion": (
        "UPDATE audit_event SET sequence = sequence + 100 WHERE sequence >= 4; UPDATE audit_event SET sequence = sequence - 99 WHERE sequence > 100;"
        " INSERT INTO audit_event SELECT lane, 4, gen_random_uuid(), at, name, lifecycle, organisation, facility_id, actor_id, actor_name, role,"
        " subject_type, subject_id, patient_id, workstation, source_system, reason, before, after, key_number, mac FROM audit_event WHERE sequence = 1",
        "row 4",
    ),
}


@pytest.mark.parametrize("how", TAMPERINGS)
def test_tampering_shows_with_its_first_row(own_database, how):
    """As the superuser, triggers dropped: what an intruder with everything but the key could do."""
    from django.db import connection
    from psycopg.conninfo import make_conninfo

    from muniment.config.database import admin_dsn

    statement, place = TAMPERINGS[how]
    with psycopg.connect(make_conninfo(admin_dsn(), dbname=own_database), autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("DELETE FROM audit_event")
        anchors.path().unlink(missing_ok=True)
        with unit_of_work():
            for number in range(6):
                note(actor=system_actor(), number=number)
        anchors.drop()
        assert verify().sound
        admin.execute(statement)
    connection.close()
    found = verify()
    assert not found.sound
    assert place in str(found.breaks[0])


def test_a_forged_anchor_file_shows(own_database):
    anchors.path().unlink(missing_ok=True)
    note(actor=system_actor(), number=1)
    anchors.drop()
    text = anchors.path().read_text()
    anchors.path().write_text(text.replace('"at": "20', '"at": "19'))
    assert any("anchor file" in str(one) for one in verify().breaks)
    anchors.path().unlink()


def test_append_is_the_registered_sink():
    from muniment.core import actions

    assert append in actions._sinks


def test_a_spoilt_last_line_does_not_stop_the_reading_of_the_latest(settings, tmp_path):
    settings.MUNIMENT_ANCHORS = tmp_path / "anchors.jsonl"
    assert anchors.latest() is None
    anchors.path().write_text("[]\n")
    assert anchors.latest() is None
    anchors.path().write_text('{"at": "2026-')
    assert anchors.latest() is None
