"""Who a session or a password belongs to: nobody whose seal does not hold."""

from __future__ import annotations

from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend

from muniment.accounts import seals
from muniment.accounts.models import User


class SealedBackend(AuthenticationBackend):
    """The library's, with the seal asked at every request. The sign-in itself asks the adapter, which can say why."""

    def get_user(self, user_id: UUID) -> User | None:
        user = seals.trusted(user_id)
        return user if user and user.is_active else None
