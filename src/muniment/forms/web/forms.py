"""What is typed about forms."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms

from muniment.forms.making import MOST_BYTES, Said
from muniment.forms.models import FormVersion
from muniment.forms.rules import Medium
from muniment.kernel.typed import typed_date
from muniment.rulebook.web.forms import day_field
from muniment.scanning import clues

LAYOUT = "One part a line: “# Heading”, “Label:” a line to write on, “Label: 5” five lines, “Question? yes | no” boxes to tick, anything else is printed."
HOUSE = "all"


class VersionForm(forms.Form):
    """The next version of a form. ``follows`` is the version that was read."""

    follows = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    title = forms.CharField(label="Title", max_length=200)
    type_code = forms.ChoiceField(label="Type of document it makes")
    medium = forms.ChoiceField(label="Made by", choices=[(one.value, one.value.capitalize()) for one in Medium])
    owner = forms.CharField(label="Owner", max_length=200, help_text="The person or department that answers for it.")
    used_in = forms.CharField(
        label="Used in", required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="Units, one a line. Empty: everywhere."
    )  # fmt: skip
    downtime = forms.BooleanField(label="Part of the downtime pack", required=False)
    upload = forms.FileField(
        label="Blank form, a PDF", required=False, widget=forms.FileInput(attrs={"accept": ".pdf"}),
        help_text="It is set into a frame with number, version, patient box and code.",
    )  # fmt: skip
    layout = forms.CharField(
        label="Or set the form here", required=False, strip=False, max_length=20_000, help_text=LAYOUT,
        widget=forms.Textarea(attrs={"rows": 14, "class": "mono", "spellcheck": "true"}),
    )  # fmt: skip
    changes = forms.CharField(label="What is new in it, and why", max_length=600, widget=forms.Textarea(attrs={"rows": 2}))
    effective_from = day_field("In force from")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        types = [(code, f"{name} ({code})") for code, name in clues.vocabulary().items()]
        self.fields["type_code"].choices = [("", "choose"), *types]  # type: ignore[attr-defined]

    def clean_upload(self) -> Any:
        given = self.cleaned_data["upload"]
        if given and (given.size or 0) > MOST_BYTES:
            raise forms.ValidationError("The file is over 10 MB. Bring the form as it is set, not as pictures of it.")
        return given

    def said(self) -> Said:
        given = self.cleaned_data
        units = dict.fromkeys(line.strip()[:80] for line in given["used_in"].splitlines() if line.strip())
        return Said(
            title=given["title"], type_code=given["type_code"], medium=Medium(given["medium"]), owner=given["owner"], changes=given["changes"],
            effective_from=given["effective_from"], used_in=tuple(units), downtime=given["downtime"], layout=given["layout"],
            upload=given["upload"].read() if given["upload"] else b"",
        )  # fmt: skip


class NewForm(VersionForm):
    number = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9.-]{1,39}$", label="Number", help_text="As it stands on the form, like HIM-112.",
        error_messages={"invalid": "Write letters, digits, hyphens and points, like HIM-112."},
    )  # fmt: skip
    facility = forms.ChoiceField(label="Whose form it is")
    field_order = ("number", "facility")

    def __init__(self, *args: Any, facilities: dict[UUID, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["facility"].choices = [(HOUSE, "All facilities"), *((str(one), name) for one, name in facilities.items())]  # type: ignore[attr-defined]


def as_typed(row: FormVersion) -> dict[str, Any]:
    """A version as the form for the next one begins with it."""
    return {
        "follows": row.number, "title": row.title, "type_code": row.type_code, "medium": row.medium, "owner": row.owner,
        "used_in": "\n".join(row.used_in), "downtime": row.downtime, "layout": row.layout,
    }  # fmt: skip


class ApproveForm(forms.Form):
    pass


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Why", max_length=400, help_text="One sentence; it stays in the history.")


class ReviewForm(forms.Form):
    remark = forms.CharField(label="What was looked at, and with whom", max_length=400, help_text="It stays in the history.")


class RetireForm(ReasonForm):
    on = forms.CharField(
        label="Not begun any more from", max_length=40, initial="today", help_text="Like 3/14/2026, today, +30."
    )
    field_order = ("on", "reason")

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today

    def clean_on(self) -> date:
        day = typed_date(self.cleaned_data["on"], today=self.today)
        if day is None:
            raise forms.ValidationError("Write a day like 3/14/2026, today or +30.")
        return day
