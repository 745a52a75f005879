"""The sign-in form: the cursor waits in the user name."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["login"].label = "User name"
        self.fields["login"].widget.attrs["autofocus"] = True
