"""Statements beneath the driver's cursors, for what every unit of work ends with: a cursor costs more than the database's part."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import connection
from psycopg.errors import error_from_result
from psycopg.generators import execute as until_done
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult


def send(sql: str) -> list[PGresult]:
    """Execute statements, with their values written out, in one round trip; the result of each.

    Whoever watches a connection's statements sees these as all others, and what is refused raises as from a cursor. Where
    nothing was asked in the transaction yet, it begins with the same round trip.
    """
    if connection.queries_logged:
        connection.queries_log.append({"sql": sql, "time": "0.000"})
    run = _send
    for wrapper in reversed(connection.execute_wrappers):
        run = partial(wrapper, run)
    return run(sql, None, False, {"connection": connection, "cursor": None})


def _send(sql: str, *_: Any) -> list[PGresult]:
    connection.validate_no_broken_transaction()
    driver = connection.connection
    begins = connection.in_atomic_block and driver.pgconn.transaction_status == TransactionStatus.IDLE
    with connection.wrap_database_errors:
        driver.pgconn.send_query(f"BEGIN;{sql}".encode() if begins else sql.encode())
        results: list[PGresult] = driver.wait(until_done(driver.pgconn))
        for result in results:
            if result.status == ExecStatus.FATAL_ERROR:
                raise error_from_result(result, encoding="utf-8")
    return results[1:] if begins else results
