"""What happens at the door becomes events: sign-in, sign-out, refusal, second steps."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from django.contrib.auth import signals
from django.db.models.signals import post_delete, post_save
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


@receiver(post_save, sender="mfa.Authenticator")
def wrote_second_step(sender: Any, instance: Any, update_fields: Any = None, **kwargs: Any) -> None:
    if update_fields != frozenset({"last_used_at"}):
        _note(instance, changed=instance.pk)


@receiver(post_delete, sender="mfa.Authenticator")
def removed_second_step(sender: Any, instance: Any, **kwargs: Any) -> None:
    _note(instance, changed=None)


def _note(instance: Any, *, changed: int | None) -> None:
    person = queries.actor_for(instance.user, workstation=workstation(context.request))
    actions.note_second_step(actor=person, user_id=instance.user_id, changed=changed)
