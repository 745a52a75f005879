"""What is typed about paper: a new volume, a request, a loan, a search."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms

from muniment.kernel.typed import typed_date


class DayField(forms.CharField):
    """A day as people type it: 3/14/2026, today, +7. Empty is None where it is not required."""

    def __init__(self, *, today: date, **more: Any) -> None:
        super().__init__(**more)
        self.today = today

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        day = typed_date(text, today=self.today)
        if day is None:
            raise forms.ValidationError("Write a day like 3/14/2026, today or +7.")
        return day


class ScanForm(forms.Form):
    number = forms.CharField(
        label="Scan or type a volume’s number", max_length=120, widget=forms.TextInput(attrs={"autofocus": True, "data-search": ""})
    )  # fmt: skip


class RegisterForm(forms.Form):
    facility = forms.ChoiceField(label="Facility")
    patient = forms.CharField(label="Patient", max_length=120, help_text="Record number, or name and birth date.")
    label = forms.CharField(label="What the volume holds", max_length=200, help_text="Like 2009 to 2015.")
    home = forms.CharField(label="Place in the file", max_length=120, help_text="Like Basement, bay 14, shelf 3.")

    def __init__(self, *args: Any, facilities: dict[UUID, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["facility"].choices = [(str(one), name) for one, name in facilities.items()]  # type: ignore[attr-defined]


class RequestForm(forms.Form):
    purpose = forms.CharField(label="What it is needed for", max_length=300)

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["wanted_on"] = DayField(
            label="Wanted by", today=today, initial="today", help_text="Like 3/14/2026, today, +2."
        )


class LoanForm(forms.Form):
    holder = forms.CharField(label="Who takes it", max_length=200, help_text="A person, with department or telephone.")
    place = forms.CharField(label="Where to", max_length=120, required=False)
    purpose = forms.CharField(label="What for", max_length=300, required=False)

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["due_on"] = DayField(
            label="Due back", today=today, required=False, help_text="Empty: as the rule says. Like +3 or 3/14/2026."
        )


class NoteForm(forms.Form):
    note = forms.CharField(label="Remark", max_length=300, required=False)


class HomeForm(forms.Form):
    home = forms.CharField(label="New place in the file", max_length=120)


class MissForm(forms.Form):
    reason = forms.CharField(label="How it was noticed", max_length=300)


class PlaceForm(forms.Form):
    """Where it was searched for, or found."""

    place = forms.CharField(label="Where", max_length=120)
    note = forms.CharField(label="Remark", max_length=300, required=False)

    def __init__(self, *args: Any, places: list[str] | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        if places:
            self.fields["place"].help_text = f"Still to be looked at by the rule: {', '.join(places)}."
            self.fields["place"].initial = places[0]
