"""Limits to hold a figure against: what the same PostgreSQL does when nothing but storing is asked of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from bench import house


def copy_rate(texts: Sequence[str], kind: str) -> float:
    """Rows/s of COPY of JSON texts into one table with one column of type ``kind``, committed, on one connection."""
    with house.admin() as connection:
        connection.execute("DROP TABLE IF EXISTS bench_peer")
        connection.execute(f"CREATE TABLE bench_peer (content {kind})")
        begun = time.perf_counter()
        with connection.cursor() as cursor, cursor.copy("COPY bench_peer FROM STDIN") as copy:
            for text in texts:
                copy.write_row([text])
        seconds = time.perf_counter() - begun
        connection.execute("DROP TABLE bench_peer")
    return len(texts) / seconds


def commit_rate(contents: Sequence[bytes], connections: int) -> float:
    """Rows/s of one INSERT and one commit a row, over that many connections."""
    with house.admin() as connection:
        connection.execute("DROP TABLE IF EXISTS bench_peer")
        connection.execute("CREATE TABLE bench_peer (id bigserial PRIMARY KEY, content bytea)")
    threads = [threading.Thread(target=_insert, args=(contents[place::connections],)) for place in range(connections)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    with house.admin() as connection:
        connection.execute("DROP TABLE bench_peer")
    return len(contents) / seconds


def _insert(contents: Sequence[bytes]) -> None:
    with house.admin() as connection:
        for content in contents:
            connection.execute("INSERT INTO bench_peer (content) VALUES (%s)", [content])
