"""Signing asks again who it is: by password, or because it was given moments ago (EHR-S FM RI.1.1.4)."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate, reauthenticate_by_password
from allauth.core import ratelimit

from muniment.completion.web.forms import SignForm
from muniment.core.request import ActorRequest


def form_for(request: ActorRequest, number: int) -> SignForm:
    """The sign form: bound when it was sent, and without a password field when none is needed."""
    said = request.POST if request.method == "POST" else None
    return SignForm(said, recently=did_recently_reauthenticate(request), initial={"number": number})


def confirmed(request: ActorRequest, form: SignForm) -> bool:
    """Whether it is who it should be. A wrong password becomes an error at its field; too many are refused for a while."""
    if not form.is_valid():
        return False
    if "password" not in form.fields:
        return True
    user: Any = request.user
    if not ratelimit.consume(request, action="reauthenticate", user=user):
        form.add_error("password", "Too many attempts. Wait a minute, then try again.")
        return False
    if not user.check_password(form.cleaned_data["password"]):
        form.add_error("password", "That is not your password.")
        return False
    reauthenticate_by_password(request)
    return True
