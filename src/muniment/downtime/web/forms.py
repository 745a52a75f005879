"""What is typed about downtimes: when and why, a document off its paper, why a stay has none."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms

from muniment.scanning import clues
from muniment.scanning.web.forms import original_of

TIME = "Like 3/14/2026 14:05, by the facility's clock."


class TimeField(forms.CharField):
    """A day and a time as people type them. ``zone`` is set by the form; empty is None where it is not required."""

    zone: ZoneInfo

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        said = original_of(text, self.zone)
        if "T" not in said:
            raise forms.ValidationError("Write day and time, like 3/14/2026 14:05.")
        return datetime.fromisoformat(said)


def in_zone(form: forms.Form, zone: ZoneInfo) -> None:
    for one in form.fields.values():
        if isinstance(one, TimeField):
            one.zone = zone


class DeclareForm(forms.Form):
    facility = forms.ChoiceField(label="Facility")
    what = forms.CharField(label="What was down", max_length=200, help_text="Like: the electronic record, all units.")
    began = TimeField(label="From", help_text=TIME)
    ended = TimeField(label="Until", required=False, help_text="Empty: systems are still down.")
    reason = forms.CharField(label="Why", max_length=400, help_text="Like: planned upgrade, ticket 4711.")

    def __init__(self, *args: Any, zones: dict[UUID, tuple[str, str]], **more: Any) -> None:
        """``zones``: facility → its name and zone."""
        super().__init__(*args, **more)
        self.fields["facility"].choices = [(str(one), name) for one, (name, _) in zones.items()]  # type: ignore[attr-defined]
        chosen = next((zone for one, (_, zone) in zones.items() if str(one) == self.data.get("facility")), "UTC")
        in_zone(self, ZoneInfo(chosen))


class EndForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    ended = TimeField(label="Systems are back since", help_text=TIME)

    def __init__(self, *args: Any, zone: ZoneInfo, **more: Any) -> None:
        super().__init__(*args, **more)
        in_zone(self, zone)


class ReconcileForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)


class ReopenForm(ReconcileForm):
    reason = forms.CharField(label="What turned up", max_length=400)


class NoneForm(forms.Form):
    stay = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(label="How you know that there is none", max_length=400)


class EnterForm(forms.Form):
    visit = forms.CharField(label="Visit number", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    type_code = forms.ChoiceField(label="Kind of document")
    acted = TimeField(label="Time of the act, as on the paper", help_text=TIME)
    author = forms.CharField(label="Author, as on the paper", max_length=200, help_text="With credential, like Lena Ortiz, RN.")
    text = forms.CharField(
        label="Text", strip=False, max_length=200_000, widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "true"}),
        help_text="Word for word. What can't be read is written as [illegible].",
    )  # fmt: skip

    def __init__(self, *args: Any, zone: ZoneInfo, **more: Any) -> None:
        super().__init__(*args, **more)
        types = [(code, f"{name} ({code})") for code, name in clues.vocabulary().items()]
        self.fields["type_code"].choices = [("", "choose"), *types]  # type: ignore[attr-defined]
        in_zone(self, zone)
