"""What is typed about a review and a finding."""

from __future__ import annotations

from django import forms

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
