"""The application's database role owns nothing and can't touch what is indelible (ADR: separate database roles)."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection, connections, transaction
from django.db.utils import ProgrammingError

from muniment.core.models import indelible_tables, our_models
from muniment.core.privileges import APPLICATION

INDELIBLE = indelible_tables()


def scalar(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()[0]


def refused(sql):
    """Whether the application's login is refused this statement for want of privilege."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except ProgrammingError as error:
        return isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege)
    return False


def test_the_tests_themselves_run_under_the_applications_role(db):
    assert scalar("SELECT current_user") == APPLICATION
    assert (
        scalar("SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        is False
    )


def test_it_owns_nothing(db):
    owned = "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user"
    assert scalar(owned) == 0
    assert scalar("SELECT count(*) FROM pg_proc WHERE pg_get_userbyid(proowner) = current_user") == 0
    assert scalar("SELECT count(*) FROM pg_namespace WHERE pg_get_userbyid(nspowner) = current_user") == 0
    member_of_owner = "SELECT pg_has_role(current_user, relowner, 'MEMBER') FROM pg_class WHERE relname = 'record_version'"
    assert scalar(member_of_owner) is False


def test_there_are_indelible_tables():
    assert {"record_version", "audit_event", "work_step", "encounters_movement"} <= set(INDELIBLE)


@pytest.mark.forges
@pytest.mark.parametrize("table", INDELIBLE)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0}", "ALTER TABLE {0} ADD COLUMN x int", "DROP TABLE {0}",
        "ALTER TABLE {0} DISABLE TRIGGER ALL", "DROP TRIGGER indelible_delete ON {0}",
        "CREATE RULE r AS ON INSERT TO {0} DO INSTEAD NOTHING",
    ],
)  # fmt: skip
def test_what_is_indelible_can_only_be_added_to(db, table, statement):
    column = scalar(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position LIMIT 1", table
    )
    assert refused(statement.format(f'"{table}"', f'"{column}"'))


@pytest.mark.parametrize("table", INDELIBLE)
def test_the_triggers_that_refuse_even_the_owner_are_on(db, table):
    enabled = "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'indelible_%%' AND tgenabled = 'O'"
    assert scalar(enabled, table) == 2


@pytest.mark.forges
def test_it_makes_no_tables_and_becomes_nobody_else(db):
    assert refused("CREATE TABLE mine (a int)")
    assert refused("CREATE SCHEMA mine")
    assert refused("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    assert refused("SET session_replication_role = replica")
    assert refused("SET ROLE muniment_owner")


@pytest.mark.forges
@pytest.mark.parametrize(
    "statement",
    [
        "COPY (SELECT 1) TO PROGRAM 'true'", "COPY audit_event FROM '/etc/passwd'", "SELECT pg_read_file('/etc/passwd')",
        "SELECT lo_import('/etc/passwd')", "SELECT pg_reload_conf()",
        "CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION muniment_refuse_change()",
        "ALTER FUNCTION muniment_refuse_change() RENAME TO gone", "SET SESSION AUTHORIZATION postgres",
    ],
)  # fmt: skip
def test_it_reaches_neither_the_machine_nor_the_guards(db, statement):
    assert refused(statement)


def test_rows_leave_only_the_tables_that_say_so(db):
    ours = {model._meta.db_table for model in our_models()}
    going = {table for table in ours if scalar("SELECT has_table_privilege(%s, 'DELETE')", table)}
    assert going == {
        "coding_abstract_code", "coding_favourite", "coding_pending", "completion_chart", "completion_pending", "forms_type_in_use", "qualitative_pending",
        "transcription_document", "transcription_month", "transcription_pending",
    }  # fmt: skip
    assert [table for table in ours if scalar("SELECT has_table_privilege(%s, 'TRUNCATE, REFERENCES, TRIGGER')", table)] == []


def test_every_table_of_ours_can_be_read_and_none_of_another_kind_is_granted(db):
    ours = {model._meta.db_table for model in our_models()}
    for table in ours:
        assert scalar("SELECT has_table_privilege(%s, 'SELECT') AND has_table_privilege(%s, 'INSERT')", table, table), table
    changeable = [table for table in INDELIBLE if scalar("SELECT has_table_privilege(%s, 'UPDATE, DELETE, TRUNCATE')", table)]
    assert changeable == []
    assert scalar("SELECT has_table_privilege('django_migrations', 'INSERT, UPDATE, DELETE')") is False


RULE_FACTS = ("id", "rule_id", "number", "title", "statement", "parameters", "citation", "source_kind", "effective_from", "proposed_by_id", "proposed_at")  # fmt: skip


@pytest.mark.forges
@pytest.mark.parametrize("fact", RULE_FACTS)
def test_what_a_rule_version_says_can_not_be_changed(db, fact):
    assert refused(f"UPDATE rulebook_version SET {fact} = {fact}")


@pytest.mark.forges
def test_of_a_rule_version_only_its_steps_can_be_written_and_it_can_not_be_taken_away(db):
    assert not refused("UPDATE rulebook_version SET status = status, effective_to = effective_to, adopted_at = adopted_at")
    assert refused("DELETE FROM rulebook_version")
    assert refused("TRUNCATE rulebook_version")


@pytest.mark.parametrize("statement", ["UPDATE rulebook_version SET statement = ''", "DELETE FROM rulebook_version"])
def test_the_owner_is_refused_too_what_a_rule_version_says(own_database, statement):
    with pytest.raises(ProgrammingError, match="indelible"), connections["owner"].cursor() as cursor:
        cursor.execute(statement)
