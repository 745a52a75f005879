"""What the application's database role may do: computed from the models, granted by the owner after every migration.

Default deny: a table that no installed model declares is not granted at all. Of a table of ours nothing is deleted unless its
model is ``erasable``. Indelible tables are SELECT and INSERT only, and a trigger refuses the rest even to the owner (who must
first, visibly, drop it). Where a model names its ``changing`` columns, the others are fixed in the same way.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connections

from muniment.core.models import erasable_tables, indelible_tables, our_models

APPLICATION = "muniment_app"
REFUSAL = """
CREATE OR REPLACE FUNCTION muniment_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record is indelible: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege', HINT = 'File a new version that says what it corrects.';
END $$
"""
MAINTAIN_FROM = 170000  # the first server that lets somebody else than the owner analyse a table; before it autovacuum does
OUR_FOREIGN_PREFIXES = ("procrastinate_", "core_cache")  # tables made by migrations without a model of ours


def settle(using: str = "owner") -> None:
    """Grant and refuse, idempotently, in the database behind ``using`` (the owner's login)."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(REFUSAL)
        present = set(connection.introspection.table_names(cursor))
        indelible = [table for table in indelible_tables() if table in present]
        for table in sorted(_changeable(present) - set(indelible)):
            cursor.execute(f'REVOKE ALL ON "{table}" FROM {APPLICATION}')
            cursor.execute(f'GRANT SELECT, INSERT, UPDATE{_changing(table)}{_erasing(table)} ON "{table}" TO {APPLICATION}')
        for table in indelible:
            cursor.execute(f'REVOKE ALL ON "{table}" FROM {APPLICATION}')
            cursor.execute(f'GRANT SELECT, INSERT ON "{table}" TO {APPLICATION}')
            _refuse(cursor, table, "UPDATE OR DELETE")
        for model in our_models():
            if model.changing and model._meta.db_table in present:
                fixed = [_quoted(str(one.column)) for one in model._meta.concrete_fields if one.column not in model.changing]
                _refuse(cursor, model._meta.db_table, f"DELETE OR UPDATE OF {', '.join(fixed)}")
        cursor.execute("SELECT current_setting('server_version_num')::int")
        maintainable = cursor.fetchone()[0] >= MAINTAIN_FROM
        for model in our_models():
            if maintainable and model.filled_at_once and model._meta.db_table in present:
                cursor.execute(f'GRANT MAINTAIN ON "{model._meta.db_table}" TO {APPLICATION}')
        cursor.execute(f"GRANT SELECT ON django_migrations TO {APPLICATION}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APPLICATION}")
        cursor.execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {APPLICATION}")


def _refuse(cursor: Any, table: str, what: str) -> None:
    for timing, name in ((what, "indelible_delete"), ("TRUNCATE", "indelible_truncate")):
        cursor.execute(
            f'CREATE OR REPLACE TRIGGER {name} BEFORE {timing} ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION muniment_refuse_change()"
        )


def _changing(table: str) -> str:
    """The columns an UPDATE may set, where only some may change."""
    found = next((model.changing for model in our_models() if model._meta.db_table == table), ())
    return f" ({', '.join(map(_quoted, found))})" if found else ""


def _quoted(column: str) -> str:
    return f'"{column}"'


def _erasing(table: str) -> str:
    """Of our own tables rows go only where the model says so; libraries keep house in theirs."""
    return "" if table in {model._meta.db_table for model in our_models()} - set(erasable_tables()) else ", DELETE"


def _changeable(present: set[str]) -> set[str]:
    declared = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    return {table for table in present if table in declared or table.startswith(OUR_FOREIGN_PREFIXES)}


def after_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    """``post_migrate`` of the last app: everything is there."""
    if using == "owner":
        settle(using)
