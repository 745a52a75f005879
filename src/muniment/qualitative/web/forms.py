"""What is typed about a finding."""

from __future__ import annotations

from django import forms

from muniment.completion.web.forms import Reasoned


class MuteForm(Reasoned):
    reason = forms.CharField(
        label="Why this is no contradiction", max_length=300,
        widget=forms.TextInput(attrs={"data-key": "m", "data-key-label": "Mute this finding"}),
        help_text="One sentence; it stands beside the finding for whoever looks next.",
    )  # fmt: skip
