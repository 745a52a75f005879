"""How a channel is set up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms

from muniment.channels.rules import WORDS


class ChannelForm(forms.Form):
    name = forms.CharField(
        label="Name", max_length=40, help_text="What it brings stands under this name for good. It can't be changed later."
    )  # fmt: skip
    kind = forms.ChoiceField(label="Kind", choices=[(kind.value, words) for kind, words in WORDS.items()])
    folder = forms.CharField(
        label="Folder", max_length=80, required=False, help_text="Its name under MUNIMENT_CHANNELS. Only for channels with a folder."
    )  # fmt: skip
    facility = forms.ChoiceField(
        label="Facility", required=False, help_text="Where all it brings belongs to one. Fax and mail must name it."
    )  # fmt: skip
    origin = forms.CharField(
        label="Whose records it brings", max_length=200, required=False,
        help_text="Only where they are not our own: they stay apart until somebody accepts them. Mail never brings our own.",
    )  # fmt: skip
    sender_is_origin = forms.BooleanField(label="Of mail: each sender’s own", required=False)
    expected = forms.IntegerField(
        label="Something comes at least every … minutes", required=False, min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-width": "short", "autocomplete": "off"}),
        error_messages={"invalid": "Write a whole number of minutes, like 60."},
        help_text="Silent for longer, it is put before you. Empty: nobody watches it.",
    )  # fmt: skip
    active = forms.BooleanField(label="Switched on", required=False, initial=True)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, facilities: dict[UUID, str], is_new: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [("", "As each input says itself"), *((str(one), name) for one, name in facilities.items())]
        self.fields["facility"].choices = choices  # type: ignore[attr-defined]
        if not is_new:
            del self.fields["name"]
