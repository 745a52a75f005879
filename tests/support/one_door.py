"""Nothing writes but an action: every statement of the application's login that writes is looked at, in every test and thread."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db.backends.signals import connection_created

WRITES = re.compile(
    r'\s*(?:WITH\b.*?\)\s*)?(INSERT\s+INTO|UPDATE|DELETE\s+FROM|MERGE\s+INTO|COPY|TRUNCATE(?:\s+TABLE)?)\s+(?:ONLY\s+)?"?([a-z_0-9]+)',
    re.I | re.S,
)
# Written by libraries, outside the record and the department's work; each with what keeps account of it.
LIBRARIES = {
    "django_session": "sessions; signing in and out leaves a SECURITY event",
    "core_cache": "the cache, which also counts failed sign-ins",
    "mfa_authenticator": "the sign-in library's own second steps; each change is sealed and leaves a SECURITY event",
}
PREFIXES = ("procrastinate_",)  # jobs, which call actions
DOOR = ("allauth.", "django.contrib.auth.")  # the sign-in library: a person's last sign-in and own password
armed = True


class WrittenOutside(AssertionError):
    """Something was written by no action."""


def check(sql: str) -> None:
    """Raise WrittenOutside for a statement that writes where no action runs."""
    from muniment.core.actions import acting

    found = WRITES.match(sql)
    if not armed or found is None or acting():
        return
    table = found.group(2).lower()
    if table in LIBRARIES or table.startswith(PREFIXES) or re.match(r"\s*COPY\s*\(", sql, re.I):
        return
    if table == "accounts_user" and _at_the_door():
        return
    raise WrittenOutside(f"no action runs, yet this writes: {sql[:200]}")


def _at_the_door() -> bool:
    frame = sys._getframe(1)
    while frame is not None:
        if str(frame.f_globals.get("__name__", "")).startswith(DOOR):
            return True
        frame = frame.f_back
    return False


def watch(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """A Django execute wrapper."""
    check(str(sql))
    return execute(sql, params, many, context)


def _connected(connection: Any, **kwargs: Any) -> None:
    if connection.alias == "default" and watch not in connection.execute_wrappers:
        connection.execute_wrappers.append(watch)


connection_created.connect(_connected)
_copy = psycopg.Cursor.copy


def _watched_copy(self: Any, statement: Any, *args: Any, **kwargs: Any) -> Any:
    if type(self).__module__.startswith("django."):
        check(str(statement))
    return _copy(self, statement, *args, **kwargs)


psycopg.Cursor.copy = _watched_copy  # COPY does not pass Django's wrappers


@pytest.fixture(autouse=True)
def one_door(request: pytest.FixtureRequest) -> Iterator[None]:
    """Armed for every test but those marked ``forges``, which write past the door on purpose."""
    global armed
    armed = request.node.get_closest_marker("forges") is None
    yield
    armed = True
