"""Rows kept back to the end of a unit of work: written once, in time for whoever reads them, as they were given."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from muniment.core.actions import unit_of_work
from muniment.core.bulk import FEW, Known, copy_in, later

COLUMNS = ("key", "text", "bytes", "whole", "flag", "at", "day", "list", "json")
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
ROWS = st.tuples(
    st.uuids(), TEXTS | st.none(), st.binary(), st.integers(-(2**63), 2**63 - 1), st.booleans(),
    st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)), st.dates(date(1800, 1, 1)),
    st.lists(st.integers(-(2**63), 2**63 - 1)), st.recursive(st.none() | TEXTS, lambda of: st.lists(of) | st.dictionaries(TEXTS, of)),
)  # fmt: skip


@pytest.fixture
def table(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE bulk_trial (key uuid PRIMARY KEY, text text, bytes bytea, whole bigint, flag boolean, at timestamptz,"
            " day date, list bigint[], json jsonb)"
        )
    return "bulk_trial"


def stored(key):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM bulk_trial WHERE key = %s", [key])
        row = cursor.fetchone()
        cursor.execute("DELETE FROM bulk_trial")
    return (*row[:2], bytes(row[2]), *row[3:8], json.loads(row[8]))


@settings(max_examples=60)
@given(ROWS)
def test_every_value_comes_back_by_insert_and_by_copy(table, row):
    for way in (later, copy_in):
        with unit_of_work():
            way(table, COLUMNS, [(*row[:8], Jsonb(row[8]))])
            assert stored(row[0]) == row


@pytest.mark.parametrize("text", ["'; DROP TABLE bulk_trial; --", "\\'", "%s", "E'\\x41'", "$$", "a\0b"])
def test_text_stays_text(table, text):
    key = uuid.uuid4()
    with unit_of_work():
        later(table, ["key", "text"], [(key, text)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM bulk_trial")
        assert cursor.fetchall() == [(text.replace("\0", ""),)]


def texts():
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM bulk_trial ORDER BY text")
        return [text for (text,) in cursor.fetchall()]


@pytest.mark.parametrize("count", [1, FEW, FEW + 1, 3 * FEW])
def test_what_is_kept_back_is_there_for_whoever_reads_it(table, count):
    keys = [uuid.uuid4() for _ in range(count)]
    with unit_of_work():
        later(table, ["key", "text"], [(key, "first") for key in keys], key=1)
        assert texts() == ["first"] * count
        later(table, ["key", "text"], [(key, "second") for key in keys], key=1, known=Known.REPLACED)
        later(table, ["key", "text"], [(key, "third") for key in keys], key=1, known=Known.KEPT)
    assert texts() == ["second"] * count


def test_of_two_rows_with_one_key_the_later_is_written(table):
    key = uuid.uuid4()
    with unit_of_work():
        later(table, ["key", "text"], [(key, "first")], key=1)
        later(table, ["key", "text"], [(key, "second")], key=1, known=Known.REPLACED)
    assert texts() == ["second"]


def test_a_unit_that_fails_writes_nothing_then_or_later(table):
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT before")
    with pytest.raises(RuntimeError), unit_of_work():
        later(table, ["key", "text"], [(uuid.uuid4(), "lost")])
        raise RuntimeError
    connection.needs_rollback = False
    with connection.cursor() as cursor:
        cursor.execute("ROLLBACK TO SAVEPOINT before")
    with unit_of_work():
        pass
    assert texts() == []


def test_outside_a_unit_nothing_is_kept_back(table):
    with pytest.raises(AssertionError, match="unit of work"):
        later(table, ["key", "text"], [(uuid.uuid4(), "nowhere")])
