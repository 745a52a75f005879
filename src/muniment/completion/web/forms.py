"""What is typed about a deficiency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from muniment.accounts.models import Practitioner
from muniment.completion.charts import AREA
from muniment.completion.opened import Opened
from muniment.completion.permissions import check_written
from muniment.kernel.errors import Refused
from muniment.rulebook.web.forms import NextVersionForm, ProposeForm

PASSWORD = {
    "autocomplete": "current-password",
    "data-width": "short",
    "data-key": "s",
    "data-key-label": "Give the password and sign",
}


class Confirmed(forms.Form):
    """The password is asked for unless it was given within the last minutes."""

    password = forms.CharField(
        label="Your password",
        widget=forms.PasswordInput(attrs=PASSWORD),
        help_text="It confirms that it is you who signs. It then holds for five minutes.",
    )

    def __init__(self, *args: Any, recently: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if recently:
            del self.fields["password"]


class SignForm(Confirmed):
    """``number`` is the version that was read."""

    number = forms.IntegerField(widget=forms.HiddenInput)


class SignOpenedForm(Confirmed):
    """``chosen``: deficiency and version of each document ticked, among those that were opened."""

    documents = forms.MultipleChoiceField(error_messages={
        "required": "Tick what you want to sign.",
        "invalid_choice": "One of them changed since you opened it, or was signed; it stands no longer among these.",
    })  # fmt: skip

    def __init__(self, *args: Any, offered: Sequence[Opened], **more: Any) -> None:
        super().__init__(*args, **more)
        values = [f"{one.deficiency.id}:{one.entry.number}" for one in offered]
        self.fields["documents"].choices = [(one, one) for one in values]  # type: ignore[attr-defined]
        self.ticked = self.data.getlist("documents") if self.is_bound else values  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[tuple[UUID, int]]:
        found = [one.partition(":") for one in self.cleaned_data["documents"]]
        return [(UUID(deficiency), int(number)) for deficiency, _, number in found]


class WriteForm(forms.Form):
    text = forms.CharField(
        label="Text",
        strip=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 28, "spellcheck": "true", "data-key": "e", "data-key-label": "Write"}),
        help_text="Lines in capitals are headings. What you type is kept in this window until it is filed.",
    )

    def clean_text(self) -> str:
        try:
            check_written(self.cleaned_data["text"])
        except Refused as error:
            raise forms.ValidationError(f"{error.what} {error.remedy}".strip()) from error
        return str(self.cleaned_data["text"])


class Reasoned(forms.Form):
    """``revision`` is the state that was read."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="Reason", max_length=300, help_text="One sentence; it stays in the history.")

    def check_unchanged(self, revision: int) -> None:
        """Refuse when somebody changed the thing since it was read."""
        if self.cleaned_data["revision"] != revision:
            raise Refused(
                "Somebody changed this in the meantime; nothing of yours was written.", remedy="Look again, then decide."
            )


class DeclineForm(Reasoned):
    reason = forms.CharField(
        label="Why it is not yours", max_length=300, help_text="The records department reads it to find whose it is."
    )


class ReassignForm(Reasoned):
    practitioner = forms.ChoiceField(label="Clinician")
    field_order = ("practitioner", "reason")

    def __init__(self, *args: Any, clinicians: list[Practitioner], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["practitioner"].choices = [("", "choose"), *((str(one.id), str(one)) for one in clinicians)]  # type: ignore[attr-defined]

    @property
    def practitioner_id(self) -> UUID:
        return UUID(self.cleaned_data["practitioner"])


class WaiveForm(Reasoned):
    authority = forms.CharField(
        label="Authority", max_length=90, help_text="The policy, committee decision or order that permits it, with its date."
    )
    field_order = ("reason", "authority")


class TakeBackForm(Reasoned):
    reason = forms.CharField(
        label="Why the waiver is taken back", max_length=300, help_text="One sentence; it stays in the history."
    )


class VersionForm(NextVersionForm):
    """What every rule has, beside what chart analysis reads from it."""

    parameters = None  # type: ignore[assignment]


class NewRuleForm(ProposeForm):
    parameters = None  # type: ignore[assignment]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not code.startswith(AREA):
            raise forms.ValidationError(f"Rules of chart analysis begin with {AREA}: write {AREA}{code.rpartition('.')[2]}.")
        return code


class ScopeForm(forms.Form):
    """The charts a version is tried on."""

    days = forms.IntegerField(
        label="Charts discharged in the last so many days", min_value=1, max_value=36_500, initial=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-width": "short", "autocomplete": "off"}),
        error_messages={"invalid": "Write a whole number, like 30."}, help_text="At your facilities.",
    )  # fmt: skip
    visits = forms.CharField(
        label="Or only these stays", required=False, widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text="Visit numbers, one a line, whenever they left.",
    )  # fmt: skip
