"""What is typed about absences and suspensions."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms

from muniment.accounts.models import Practitioner
from muniment.kernel.typed import typed_date


class DayField(forms.CharField):
    """A day as people write it; ``today`` is given to the form."""

    today: date

    def clean(self, value: Any) -> date:
        text = super().clean(value)
        day = typed_date(text, today=self.today)
        if day is None:
            raise forms.ValidationError("Write a day like 3/14/2026.")
        return day


class AbsenceForm(forms.Form):
    practitioner = forms.ChoiceField(label="Practitioner")
    kind = forms.ChoiceField(label="Kind")
    first = DayField(label="First day away", help_text="Like 3/14/2026, or today.")
    last = DayField(label="Last day away", help_text="It does not count either.")
    reason = forms.CharField(label="Reason", max_length=300, help_text="One sentence, such as who reported it. No diagnosis.")

    def __init__(self, *args: Any, practitioners: list[Practitioner], kinds: list[str], today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["practitioner"].choices = [(str(one.id), str(one)) for one in practitioners]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [(one, one.capitalize()) for one in kinds]  # type: ignore[attr-defined]
        for name in ("first", "last"):
            self.fields[name].today = today  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("first") and said.get("last") and said["last"] < said["first"]:
            self.add_error("last", "The last day is before the first.")
        return said


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Reason", max_length=300, help_text="One sentence; it stays in the history.")


class ProposeForm(ReasonForm):
    """``whom`` is a facility and a practitioner."""

    whom = forms.ChoiceField(label="Practitioner")
    field_order = ("whom", "reason")

    def __init__(self, *args: Any, owing: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["whom"].choices = owing  # type: ignore[attr-defined]

    @property
    def facility_id(self) -> UUID:
        return UUID(self.cleaned_data["whom"].split(":")[0])

    @property
    def practitioner_id(self) -> UUID:
        return UUID(self.cleaned_data["whom"].split(":")[1])
