"""The door: nobody signs up by themselves; accounts are made by an administrator."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from muniment.accounts import actions, queries, seals
from muniment.core.request import workstation
from muniment.kernel.errors import Refused


class ClosedDoor(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": "Too many wrong passwords. This name is closed for 15 minutes; try again then.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """By the name alone: the library adds the host the browser names, with any port, and each would have its own count."""
        return str(credentials.get("username", "")).lower()

    def login(self, request: HttpRequest, user: Any) -> None:
        """The last step of every kind of sign-in: by password, by passkey, after a second step."""
        if seals.trusted(user.id, whole=True) is None:
            raise Refused(seals.BROKEN, remedy=seals.REMEDY)
        super().login(request, user)

    def set_password(self, user: Any, password: str) -> None:
        actor = queries.actor_for(user, workstation=workstation(self.request))
        actions.choose_password(actor=actor, user=user, password=password)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """No mail leaves the house from the door."""
