"""What is typed into the rule book."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from muniment.rulebook.rules import SourceKind

DATES = ["%d %b %Y", "%d %B %Y", "%Y-%m-%d", "%m/%d/%Y"]
CODE = RegexValidator(
    r"^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$",
    "Write an area and a name in lower case, joined by a dot, like completion.discharge-summary.",
)


def day_field(label: str, *, required: bool = True, help_text: str = "Like 14 Mar 2026.") -> forms.DateField:
    """A date as people write it."""
    widget = forms.DateInput(format="%d %b %Y", attrs={"class": "date", "autocomplete": "off"})
    wrong = {"invalid": "This is not a date. Write it like 14 Mar 2026."}
    return forms.DateField(
        label=label, required=required, help_text=help_text, input_formats=DATES, widget=widget, error_messages=wrong
    )


class Lines(forms.CharField):
    """A list of texts, one a line."""

    def __init__(self, *, rows: int = 3, **more: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows, "spellcheck": "false"}), required=False, **more)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[Any]:
        return [one.strip() for one in str(super().clean(value)).splitlines() if one.strip()]


class NumberLines(Lines):
    """A list of whole numbers, one a line."""

    def clean(self, value: Any) -> list[int]:
        found = super().clean(value)
        wrong = next((one for one in found if not one.isascii() or not one.lstrip("-").isdigit() or len(one) > 9), None)
        if wrong is not None:
            raise forms.ValidationError(f"“{wrong[:40]}” is not a whole number. Write one a line.")
        return [int(one) for one in found]


class Parameters(forms.CharField):
    """What code reads from a rule, as a JSON object that people can read and change."""

    widget = forms.Textarea(attrs={"rows": 12, "class": "mono", "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else json.dumps(value or {}, indent=2, ensure_ascii=False)

    def clean(self, value: Any) -> dict[str, Any]:
        try:
            found = json.loads(super().clean(value) or "{}")
        except json.JSONDecodeError as error:
            raise forms.ValidationError(f"Line {error.lineno}, column {error.colno} can't be read: {error.msg}.") from error
        if not isinstance(found, dict):
            raise forms.ValidationError('Write names with their values inside braces, like {"days": 30}.')
        return found


class ProposeForm(forms.Form):
    """A rule, or the next version of one."""

    code = forms.CharField(
        label="Code",
        max_length=100,
        validators=[CODE],
        help_text="How software and people call it: completion.discharge-summary.",
    )
    title = forms.CharField(label="Title", max_length=200)
    statement = forms.CharField(
        label="Statement",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The rule in a sentence, as it is shown beside every answer.",
    )
    citation = forms.CharField(
        label="Citation",
        max_length=300,
        required=False,
        help_text="Where the rule comes from. Without it nobody can adopt the rule.",
    )
    source_kind = forms.ChoiceField(label="Kind of source", choices=[(one.value, one.value.capitalize()) for one in SourceKind])
    parameters = Parameters(
        label="Parameters", required=False, help_text="What the software reads, as JSON: names in quotes, values after a colon."
    )
    effective_from = day_field("Governs from")
    effective_to = day_field(
        "Ends on", required=False, help_text="The first day it no longer governs. Empty while no end is known."
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        begin, end = given.get("effective_from"), given.get("effective_to")
        if begin and end and end <= begin:
            self.add_error("effective_to", "It must end after the day it begins.")
        return given


class NextVersionForm(ProposeForm):
    """The next version keeps its rule's code. ``follows`` is the version that was read."""

    code = None  # type: ignore[assignment]
    follows = forms.IntegerField(required=False, widget=forms.HiddenInput)


class FieldsForm(NextVersionForm):
    """Of a version whose parameters are filled in beside it."""

    parameters = None  # type: ignore[assignment]


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Reason", max_length=400, help_text="One sentence; it stays in the rule's history.")


class EndForm(ReasonForm):
    on = day_field("From")
    field_order = ("on", "reason")


class VerifyForm(forms.Form):
    on = day_field("Read on", help_text="The day you held the rule against its primary text, like 14 Mar 2026.")
