"""What is typed about people and their roles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from muniment.accounts.models import Facility, User
from muniment.accounts.rules import LABELS, Role

USERNAME = RegexValidator(r"^[a-z0-9][a-z0-9.-]{1,59}$", "Use small letters, figures, dots and hyphens, like k.smith.")


class AddForm(forms.Form):
    """Somebody new."""

    family = forms.CharField(label="Family name", max_length=80)
    given = forms.CharField(label="Given name", max_length=80)
    credential = forms.CharField(
        label="Credential", max_length=40, required=False, help_text="As it is printed with a signature: MD, RHIT."
    )
    username = forms.CharField(label="User name", validators=[USERNAME], help_text="Small letters, figures, dots and hyphens.")

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        if User.objects.filter(username=name).exists():
            raise forms.ValidationError(f"The user name {name} is taken. Choose another one.")
        return name


class AssignForm(forms.Form):
    role = forms.TypedChoiceField(label="Role", choices=[(one.value, LABELS[one]) for one in Role], coerce=Role)
    facilities = forms.MultipleChoiceField(label="Facilities", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, places: list[Facility], **more: Any) -> None:
        super().__init__(*args, **more)
        self.places = {str(one.id): one for one in places}
        self.fields["facilities"].choices = [(name, one.name) for name, one in self.places.items()]  # type: ignore[attr-defined]

    def clean_facilities(self) -> list[Facility]:
        return [self.places[name] for name in self.cleaned_data["facilities"]]


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Reason", max_length=400, help_text="One sentence; it stays in the person's history.")


class EndForm(ReasonForm):
    role = forms.TypedChoiceField(label="Role", choices=[], coerce=Role)
    field_order = ("role", "reason")

    def __init__(self, *args: Any, held: list[Role], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["role"].choices = [(one.value, one.label) for one in held]  # type: ignore[attr-defined]
