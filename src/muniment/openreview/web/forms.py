"""What is typed about a review and a finding."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django import forms

from muniment.kernel.typed import typed_date
from muniment.openreview.rules import Step

WAYS = (
    (Step.MEND, "It is mended"),
    (Step.RETURN, "It is not: back to who owes it"),
    (Step.GIVE_UP, "It can’t be mended any more"),
)


class ReasonForm(forms.Form):
    """``revision`` is that of the row as it was shown."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(label="Reason", max_length=400, help_text="One sentence; it stays with the review for good.")


class SayForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    words = forms.CharField(
        label="What was done", max_length=400, help_text="Where the record can show it, it is asked every hour."
    )


class RecheckForm(forms.Form):
    """``ways`` are the steps that the finding's state allows."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    way = forms.ChoiceField(label="What you found", choices=WAYS, widget=forms.RadioSelect)
    reason = forms.CharField(label="What you saw", max_length=400)

    def __init__(self, *args: object, ways: list[Step], **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.fields["way"].choices = [(way, words) for way, words in WAYS if way in ways]  # type: ignore[attr-defined]


class DecideForm(forms.Form):
    """``today`` is the facility's. What is done about a question, by whom and until when."""

    question = forms.ChoiceField(label="Question")
    facility = forms.ChoiceField(label="Facility")
    what = forms.CharField(label="What is done", max_length=400, widget=forms.Textarea(attrs={"rows": 3}))
    owner = forms.ChoiceField(label="By whom", help_text="An administrator of the facility; it becomes an item of their work.")
    due_on = forms.CharField(
        label="By when",
        max_length=40,
        help_text="Like 3/14/2026, or +30 for a month.",
        widget=forms.TextInput(attrs={"data-width": "short"}),
    )

    def __init__(
        self, *args: object, today: date, questions: Mapping[str, str], facilities: Mapping[str, str], owners: Mapping[str, str], **more: object
    ) -> None:  # fmt: skip
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self._today = today
        for name, options in (("question", questions), ("facility", facilities), ("owner", owners)):
            self.fields[name].choices = list(options.items())  # type: ignore[attr-defined]

    def clean_due_on(self) -> date:
        day = typed_date(self.cleaned_data["due_on"], today=self._today)
        if day is None:
            raise forms.ValidationError("Write a day like 3/14/2026.")
        return day


class CarryOutForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    words = forms.CharField(label="What was done", max_length=400, help_text="From now on the answers are counted for it.")


class JudgeForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    effective = forms.ChoiceField(
        label="It was", choices=(("yes", "effective"), ("no", "not effective")), widget=forms.RadioSelect
    )
    reason = forms.CharField(label="What you conclude", max_length=400)
