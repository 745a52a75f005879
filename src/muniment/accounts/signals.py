"""What happens at the door becomes events: sign-in, sign-out, refusal."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed
from django.contrib.auth import signals
from django.dispatch import receiver

from muniment.accounts import actions, queries
from muniment.accounts.models import User
from muniment.core.actor import Actor
from muniment.core.request import workstation


@receiver(signals.user_logged_in)
def signed_in(sender: Any, request: Any, user: User, **kwargs: Any) -> None:
    actions.record_sign_in(
        actor=queries.actor_for(user, workstation=workstation(request)), user_id=user.id, outcome="signed in"
    )


@receiver(signals.user_logged_out)
def signed_out(sender: Any, request: Any, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        actions.record_sign_in(
            actor=queries.actor_for(user, workstation=workstation(request)), user_id=user.id, outcome="signed out"
        )


@receiver(signals.user_login_failed)
def refused(sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
    user = User.objects.filter(username=str(credentials.get("username", "")).lower()).first()
    door = Actor.system("sign-in", organisation=queries.organisation_code(), workstation=workstation(request))
    actions.record_refusal(actor=door, user_id=user.id if user else None)


@receiver(password_changed)
def chose_password(sender: Any, request: Any, user: User, **kwargs: Any) -> None:
    actions.note_own_password(actor=queries.actor_for(user, workstation=workstation(request)), user=user)
