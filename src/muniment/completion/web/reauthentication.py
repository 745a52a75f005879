"""Signing asks again who it is: by password, or because it was given moments ago (EHR-S FM RI.1.1.4)."""

from __future__ import annotations

from typing import Any, TypeVar

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate, reauthenticate_by_password
from django.core.exceptions import ValidationError

from muniment.completion.web.forms import Confirmed
from muniment.core.request import ActorRequest

F = TypeVar("F", bound=Confirmed)


def form_for(request: ActorRequest, kind: type[F], **more: Any) -> F:
    """The form of something to be signed: bound when it was sent, and without a password field when none is needed."""
    said = request.POST if request.method == "POST" else None
    return kind(said, recently=did_recently_reauthenticate(request), **more)


def confirmed(request: ActorRequest, form: Confirmed) -> bool:
    """Whether it is who it should be. A wrong password becomes an error at its field; too many are refused for a while.

    It is the door that asks: a wrong password leaves the event of a refused sign-in and counts with those given at the sign-in, so that
    nobody guesses on at a screen somebody left.
    """
    if not form.is_valid():
        return False
    if "password" not in form.fields:
        return True
    try:
        is_theirs = get_adapter(request).reauthenticate(request.user, form.cleaned_data["password"])
    except ValidationError as told:
        form.add_error("password", told)
        return False
    if not is_theirs:
        form.add_error("password", "That is not your password.")
        return False
    reauthenticate_by_password(request)
    return True
