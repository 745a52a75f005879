"""Sessions a reader or writer of the database can neither take nor make.

The cookie holds the key; the table holds a keyed hash of it, so a copy of the table opens no session. The data is signed with
``SECRET_KEY``, which lies outside the database, for its own row and for as long as a session may rest: another session's data
under one's own key, or a row left over from yesterday, is refused.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import structlog
from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.core import signing

from muniment.accounts.seals import refuse_seal
from muniment.core.actor import Actor
from muniment.core.throttle import Throttle

log = structlog.get_logger("muniment.seals")
KEPT = 40  # characters of the column: 160 bits of the keyed hash
GRACE = 2  # seconds: the signature's clock counts whole ones
_said = Throttle(seconds=60)


def kept_as(key: str | None) -> str:
    """What the table holds of a key."""
    found = hmac.new(settings.SECRET_KEY.encode(), b"muniment session\0" + (key or "").encode(), hashlib.sha256)
    return found.hexdigest()[:KEPT]


class SessionStore(db.SessionStore):
    """Django's table and its rules, the key hashed on its way in."""

    @classmethod
    def get_model_class(cls) -> Any:
        from django.contrib.sessions.models import Session

        return Session

    @property
    def key_salt(self) -> str:
        return f"muniment.session.{kept_as(self.session_key)}"

    def _get_session_from_db(self) -> Any:
        key, self._session_key = self.session_key, kept_as(self.session_key)
        found = super()._get_session_from_db()  # type: ignore[misc]
        self._session_key = key if found else None
        return found

    def exists(self, session_key: str) -> bool:
        return super().exists(kept_as(session_key))

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            super().delete(kept_as(key))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        made = super().create_model_instance(data)
        made.session_key = kept_as(made.session_key)
        return made

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        try:
            age = settings.SESSION_COOKIE_AGE + GRACE
            return dict(signing.loads(str(session_data), salt=self.key_salt, serializer=self.serializer, max_age=age))
        except signing.SignatureExpired:
            return {}
        except signing.BadSignature:
            _alarm()
            return {}


def _alarm() -> None:
    log.critical("a session does not carry its signature")
    if _said.first("session"):
        refuse_seal(actor=Actor.system("sign-in", organisation=""), subject=("session", "unknown"), why="is not signed by us")


__all__ = ["SessionStore", "UpdateError", "kept_as"]
