"""What is typed about a pending document."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from muniment.kernel.typed import typed_date


class Decision(forms.Form):
    """``number`` is the version that was read."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="Reason", max_length=400, help_text="One sentence; it stays with the document for good.")


class ExtendForm(Decision):
    """``today`` is the facility's."""

    until = forms.CharField(
        label="More time until",
        max_length=40,
        help_text="Like 3/14/2026, or +14 for two weeks.",
        widget=forms.TextInput(attrs={"data-width": "short"}),
    )
    field_order = ("until", "reason")

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self._today = today

    def clean_until(self) -> date:
        day = typed_date(self.cleaned_data["until"], today=self._today)
        if day is None:
            raise forms.ValidationError("Write a day like 3/14/2026.")
        return day
