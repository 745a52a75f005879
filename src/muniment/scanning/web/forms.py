"""What is typed about scans: a file and where it belongs, a document's index, the answers of a check, a destruction."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.files.uploadedfile import UploadedFile

from muniment.kernel.typed import typed_date
from muniment.scanning import clues
from muniment.scanning.rules import MOST_BYTES

MOST_FILES = 20
NO_STAY = "none"
_TIME = re.compile(r"(.+?)[ ,T]+(\d{1,2}):(\d{2})")
_YEAR = re.compile(r"(\d{4})(?:-(\d{2}))?", re.ASCII)  # it is kept as it is typed


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, list | tuple) else [data]
        files: list[UploadedFile] = [super(FilesField, self).clean(one, initial) for one in given or [None]]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(f"These are {len(files)} files; at most {MOST_FILES} are taken at a time.")
        large = [one.name for one in files if (one.size or 0) > MOST_BYTES]
        if large:
            raise forms.ValidationError(
                f"{', '.join(map(str, large))}: at most {MOST_BYTES // 2**20} MB are taken. Scan in smaller batches."
            )
        return files


class UploadForm(forms.Form):
    uploads = FilesField(
        label="Scanned files", widget=ManyFiles(attrs={"accept": ".pdf,.tif,.tiff,.jpg,.jpeg,.png"}), allow_empty_file=True,
        help_text=f"PDF or TIFF, or pictures of single pages (JPEG, PNG), up to {MOST_FILES} files. The bytes decide, not the name.",
    )  # fmt: skip
    facility = forms.ChoiceField(label="Facility the paper belongs to")
    scanned_on = forms.CharField(label="Scanned on", help_text="Like 3/14/2026, or today.")
    paper = forms.CharField(
        label="Where the paper lies",
        required=False,
        max_length=120,
        help_text="Like Box 12. The certificate of destruction names it.",
    )

    def __init__(self, *args: Any, facilities: dict[UUID, str], today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today
        self.fields["facility"].choices = [(str(one), name) for one, name in facilities.items()]  # type: ignore[attr-defined]

    def clean_scanned_on(self) -> date:
        return past_day(self.cleaned_data["scanned_on"], self.today)


def past_day(text: str, today: date) -> date:
    day = typed_date(text, today=today)
    if day is None:
        raise forms.ValidationError("Write a day like 3/14/2026.")
    if day > today:
        raise forms.ValidationError("This day lies ahead.")
    return day


class IndexForm(forms.Form):
    """``cleaned_data["original"]`` is FHIR text, as exact as what was typed."""

    patient = forms.CharField(
        label="Patient",
        max_length=120,
        help_text="Record number, name or birth date.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    type = forms.ChoiceField(label="Kind of document")
    date = forms.CharField(
        label="Date of the original", max_length=40, help_text="Like 3/14/2026, 3/14/2026 14:05, 2026-03 or 1998.", widget=forms.TextInput(attrs={"autocomplete": "off"})
    )  # fmt: skip
    signed_by = forms.CharField(
        label="Signed on the paper by", required=False, max_length=200, help_text="Name and credential, where there is a signature. Empty: its signature is still asked for.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    downtime = forms.BooleanField(label="Written during downtime: give the time of the act itself", required=False)
    said = forms.CharField(
        label="By what you know the patient", required=False, max_length=400, help_text="Needed where too few identifiers stand in the text. It stays in the history."
    )  # fmt: skip

    def __init__(self, *args: Any, zone: ZoneInfo, **more: Any) -> None:
        super().__init__(*args, **more)
        self.zone = zone
        self.fields["type"].choices = [("", "choose"), *clues.vocabulary().items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("date"):
            said["original"] = original_of(said["date"], self.zone)
            if not said["original"]:
                self.add_error("date", "Write a date like 3/14/2026, with the time where it is known; a year alone will do.")
        return said


def original_of(text: str, zone: ZoneInfo) -> str:
    """FHIR text of what was typed, by the facility's clock; "" for none."""
    plain = " ".join(text.split())
    if _YEAR.fullmatch(plain):
        return plain
    timed = _TIME.fullmatch(plain)
    day = typed_date(timed[1] if timed else plain)
    if day is None:
        return ""
    if not timed:
        return day.isoformat()
    hour, minute = int(timed[2]), int(timed[3])
    if hour > 23 or minute > 59:
        return ""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).isoformat()


def typed_of(original: str, zone: ZoneInfo) -> str:
    """What is typed to say what ``original`` says, by the facility's clock: ``original_of`` reads it again."""
    if "T" not in original:
        return original
    return f"{datetime.fromisoformat(original).astimezone(zone):%Y-%m-%d %H:%M}"


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Reason", max_length=400, help_text="One sentence; it stays in the history.")


class TakeOutForm(ReasonForm):
    anothers = forms.BooleanField(
        label="It is another patient’s", required=False,
        help_text="Whoever has read it here is listed and told, and the privacy officer screens it. The same happens when you file it to another patient.",
    )  # fmt: skip


class DestroyForm(forms.Form):
    on = forms.CharField(label="Destroyed on", help_text="Like 3/14/2026, or today.")
    how = forms.CharField(label="How", max_length=200, help_text="Like: cross-cut shredded by the contractor, ticket 4711.")
    witness = forms.CharField(label="Witness", max_length=120)

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today

    def clean_on(self) -> date:
        return past_day(self.cleaned_data["on"], self.today)


class SheetsForm(forms.Form):
    facility = forms.ChoiceField(label="Facility")
    patient = forms.CharField(
        label="Record number",
        required=False,
        max_length=120,
        help_text="Empty: the sheets only say where a document begins and what it is.",
    )
    visit = forms.CharField(label="Visit number", required=False, max_length=120)
    types = forms.MultipleChoiceField(label="One sheet for each", required=False, widget=forms.CheckboxSelectMultiple)
    pages = forms.IntegerField(
        label="Pages behind each sheet", required=False, min_value=0, max_value=9999, help_text="Empty: not counted.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-width": "short", "autocomplete": "off"}),
        error_messages={"invalid": "Write a whole number, like 12."},
    )  # fmt: skip
    paper = forms.ChoiceField(label="Paper", choices=[("us-letter", "Letter"), ("a4", "A4")])

    def __init__(self, *args: Any, facilities: dict[UUID, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["facility"].choices = [(str(one), name) for one, name in facilities.items()]  # type: ignore[attr-defined]
        self.fields["types"].choices = list(clues.types().items())  # type: ignore[attr-defined]
