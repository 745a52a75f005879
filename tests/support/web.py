"""A browserless client of the site, signed in as one of the house's people."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.test import Client


def client_of(user: Any) -> Client:
    """A client in a session of ``user``'s own."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client
