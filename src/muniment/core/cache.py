"""The shared cache in the database, its values as JSON.

Django's own keeps them as pickles: whoever can write that table runs code in the web server, and so reads the keys that lie
outside the database. JSON holds no code.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection

FOREVER = datetime.max.replace(tzinfo=UTC)
_SET = (
    "INSERT INTO core_cache AS kept (cache_key, value, expires) VALUES (%s, %s, %s)"
    " ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires"
)
_CULL = (
    "DELETE FROM core_cache WHERE cache_key IN"
    " (SELECT cache_key FROM core_cache WHERE expires < clock_timestamp() LIMIT 100 FOR UPDATE SKIP LOCKED)"
)


class JsonCache(BaseCache):
    """``LOCATION`` is not used: the table is ``core_cache``. Values are what JSON can hold."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT value FROM core_cache WHERE cache_key = %s AND expires >= clock_timestamp()", [self._key(key, version)]
            )
            found = cursor.fetchone()
        return json.loads(found[0]) if found else default

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_CULL)
            cursor.execute(_SET, self._row(key, value, timeout, version))

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Whether it was not there, or had expired: of two at once, one is told yes."""
        with connection.cursor() as cursor:
            cursor.execute(f"{_SET} WHERE kept.expires < clock_timestamp()", self._row(key, value, timeout, version))
            return cursor.rowcount == 1

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE core_cache SET expires = %s WHERE cache_key = %s AND expires >= clock_timestamp()",
                [self._expires(timeout), self._key(key, version)],
            )
            return cursor.rowcount == 1

    def delete(self, key: str, version: int | None = None) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM core_cache WHERE cache_key = %s", [self._key(key, version)])
            return cursor.rowcount == 1

    def clear(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM core_cache")

    def _row(self, key: str, value: Any, timeout: Any, version: int | None) -> list[Any]:
        return [self._key(key, version), json.dumps(value), self._expires(timeout)]

    def _key(self, key: str, version: int | None) -> str:
        return self.make_and_validate_key(key, version=version)

    def _expires(self, timeout: Any) -> datetime:
        seconds = self.get_backend_timeout(timeout)
        return FOREVER if seconds is None else datetime.fromtimestamp(seconds, UTC)
