"""What a page asks the database: one line a query, to be written down and held against."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

# begun and ended transactions are not counted: they carry no question
_PLUMBING = re.compile(r"(?:SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK|BEGIN|COMMIT)")
_TABLE = re.compile(r'(?:FROM|INTO|UPDATE) "?([a-z_]+)"?')


def asked(visit: Callable[[], Any]) -> list[str]:
    """The queries of a visit in short: ``SELECT record_entry``. The answer must be a success."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        answer = visit()
    assert answer.status_code == 200, answer.content
    return [_short(one["sql"]) for one in seen if not _PLUMBING.match(one["sql"])]


def _short(sql: str) -> str:
    verb = sql.split(None, 1)[0]
    found = _TABLE.search(sql)
    return f"{verb} {found[1]}" if found else sql


# the person, what they hold and their seal are one statement; the first table it names is the roles'
SIGNED_IN = ["SELECT django_session", "SELECT accounts_assignment"]
EVENT = ["SELECT audit_claim_lane", "INSERT audit_event"]
GOODBYE = ["UPDATE django_session"]
