"""What is typed on an item's page."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone

from muniment.core import clock
from muniment.kernel.typed import typed_date
from muniment.work.web.presenters import PRIORITIES


class TypedDate(forms.CharField):
    """A date as people write it."""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"class": "date", "autocomplete": "off"}), **more)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = typed_date(text, today=clock.today())
        if found is None:
            raise forms.ValidationError(
                f"“{text}” is not a date. Write it like 14 Mar 2026, 3/14/2026 or +3 for in three days."
            )
        return found


class Reasoned(forms.Form):
    """Every act on an item can say why; ``revision`` is the state that was read."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="Reason", max_length=400, help_text="One sentence; it stays in the item's history.")


class ReleaseForm(Reasoned):
    reason = forms.CharField(label="Reason", max_length=400, required=False)


class CompleteForm(Reasoned):
    reason = forms.CharField(label="What was done", max_length=400, help_text="One sentence; it stays in the item's history.")


class DeferForm(Reasoned):
    until = TypedDate(label="Comes back on", help_text="Like 14 Mar 2026, 3/14/2026, tomorrow or +3.")
    field_order = ("until", "reason")

    def clean_until(self) -> datetime:
        day: date = self.cleaned_data["until"]
        if day <= clock.today():
            raise forms.ValidationError("The day it comes back must lie ahead.")
        return timezone.make_aware(datetime.combine(day, time(6)))


class AssignForm(Reasoned):
    owner = forms.ChoiceField(label="Colleague")
    reason = forms.CharField(label="Reason", max_length=400, required=False)
    field_order = ("owner", "reason")

    def __init__(self, *args: Any, colleagues: list[tuple[UUID, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["owner"].choices = [(str(one), name) for one, name in colleagues]  # type: ignore[attr-defined]


class PriorityForm(Reasoned):
    priority = forms.TypedChoiceField(label="Priority", choices=list(PRIORITIES.items()), coerce=int)
    due = TypedDate(label="New due date", required=False, help_text="Leave it empty to keep the date it has.")
    field_order = ("priority", "due", "reason")

    def clean_due(self) -> datetime | None:
        day = self.cleaned_data["due"]
        return timezone.make_aware(datetime.combine(day, time(23, 59))) if day else None
