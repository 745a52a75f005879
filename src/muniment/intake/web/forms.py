"""What is typed at a quarantined input, and what is uploaded."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile

from muniment.intake.web.originals import MOST_TYPED, Text
from muniment.intake.web.words import size

MOST_FILES = 20
MOST_BYTES = 20 * 1024 * 1024


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Reason", max_length=400, help_text="One sentence; it stays in the history.")


class ReplayForm(ReasonForm):
    reason = forms.CharField(label="What was mended", max_length=400, help_text="For instance: the facility's alias was added.")


class TakeOutForm(ReasonForm):
    reason = forms.CharField(
        label="What its bytes are needed for", max_length=400, help_text="For instance: asked for by the security officer. It stays in the history."
    )  # fmt: skip


class CorrectForm(ReasonForm):
    """The whole input as text; ``cleaned_data["content"]`` is its bytes, in the sender's character set and with its line ends."""

    text = forms.CharField(
        label="Corrected text", max_length=2 * MOST_TYPED, strip=False,
        widget=forms.Textarea(attrs={"class": "original-text", "spellcheck": "false", "autocomplete": "off", "wrap": "off"}),
        help_text="The original stays as it came; what you write is filed in its place.",
    )  # fmt: skip
    reason = forms.CharField(label="What was corrected", max_length=400, help_text="One sentence; it stays in the history.")

    def __init__(self, *args: Any, original: Text, content: bytes, **more: Any) -> None:
        super().__init__(*args, **more)
        self.original, self.content = original, content

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        try:
            self.cleaned_data["content"] = self.original.encode(text)
        except UnicodeEncodeError as error:
            raise forms.ValidationError(
                f"The character “{text[error.start]}” does not exist in this input's character set ({self.original.encoding})."
            ) from None
        if self.cleaned_data["content"] == self.content:
            raise forms.ValidationError("The text is as it came. Correct it, or replay it as it is.")
        return text


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, list | tuple) else [data]
        files: list[UploadedFile] = [super(FilesField, self).clean(one, initial) for one in given or [None]]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(f"These are {len(files)} files; at most {MOST_FILES} are taken at a time.")
        large = [one for one in files if (one.size or 0) > MOST_BYTES]
        if large:
            raise forms.ValidationError(
                [
                    f"{one.name} has {size(one.size or 0)}; at most {size(MOST_BYTES)} are taken here. Use “muniment intake”."
                    for one in large
                ]
            )
        return files


class UploadForm(forms.Form):
    uploads = FilesField(
        label="Files", widget=ManyFiles, allow_empty_file=True,
        help_text=f"HL7 v2 messages, C-CDA documents, FHIR JSON or NDJSON; up to {MOST_FILES} files of {size(MOST_BYTES)} each.",
    )  # fmt: skip
    facility = forms.ChoiceField(
        label="Facility they belong to",
        required=False,
        help_text="Name it where the files do not say so themselves, as FHIR seldom does.",
    )

    origin = forms.CharField(
        label="Whose records they are", required=False, max_length=200,
        help_text="Only where they are not our own: the organisation, or “the patient”. They stay apart until they are accepted."
        " A document that names another custodian does so by itself.",
    )  # fmt: skip

    def __init__(self, *args: Any, facilities: dict[UUID, str], **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [("", "As each file says itself"), *((str(one), name) for one, name in facilities.items())]
        self.fields["facility"].choices = choices  # type: ignore[attr-defined]
