"""What of the audit trail is asked for: typed above the table, read as a sentence, kept in the address."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.utils import timezone

from muniment.accounts.queries import staff
from muniment.core.actions import registry
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.identity.models import Patient
from muniment.kernel.errors import Unfileable
from muniment.operations import trail
from muniment.operations.trail import SENT, THE_SYSTEM, Sought
from muniment.ui import dates
from muniment.work.web.forms import TypedDate

SENT_WORDS = "sent or printed (disclose, output, transmit)"
KINDS = {SENT: SENT_WORDS}


class TrailForm(forms.Form):
    """Every field may stay empty. After ``is_valid``, ``records`` holds the source records of the patient that was named."""

    person = forms.ChoiceField(label="Who", required=False)
    patient = forms.CharField(label="Patient’s number", required=False, max_length=120)
    lifecycle = forms.ChoiceField(label="Kind", required=False)
    name = forms.CharField(label="Event", required=False, max_length=80, widget=forms.TextInput(attrs={"list": "event-names"}))
    since = TypedDate(label="From", required=False)
    until = TypedDate(label="To", required=False)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__({name: data.get(name, "") for name in self.base_fields}, auto_id="asked_%s")
        self.actor = actor
        self.people = {str(user.id): user.printed_name for user in staff(actor)}
        self.records: list[Patient] = []
        people = [("", "anybody"), (THE_SYSTEM, "the system itself"), *self.people.items()]
        self.fields["person"].choices = people  # type: ignore[attr-defined]
        kinds = [("", "any kind"), (SENT, SENT_WORDS), *((kind.value, kind.value) for kind in Lifecycle)]
        self.fields["lifecycle"].choices = kinds  # type: ignore[attr-defined]

    @property
    def names(self) -> list[str]:
        """The events this house knows, for the list under the field."""
        return sorted(registry)

    def clean_patient(self) -> str:
        text: str = self.cleaned_data["patient"].strip()
        if text:
            try:
                self.records = trail.records_named(self.actor, text)
            except Unfileable as problem:
                raise forms.ValidationError(problem.what) from None
        return text

    @property
    def sought(self) -> Sought:
        """Of a valid form."""
        said = self.cleaned_data
        person: UUID | str | None = said["person"] or None
        if person and person != THE_SYSTEM:
            person = UUID(str(person))
        until = said["until"]
        return Sought(
            person=person, patients=[row.id for row in self.records] if said["patient"] else None, lifecycle=said["lifecycle"],
            name=said["name"], since=_midnight(said["since"]), before=_midnight(until + timedelta(days=1)) if until else None,
        )  # fmt: skip

    @property
    def sentence(self) -> str:
        """The filter as it is read: "Events of Ada Stone, of the kind access, from 1 Mar 2026"."""
        said = self.cleaned_data
        who = {"": "", THE_SYSTEM: "of the system itself"}.get(said["person"], f"of {self.people.get(said['person'], '')}")
        parts = [
            who,
            "about this patient" if self.records else "",
            f"of the kind “{KINDS.get(said['lifecycle'], said['lifecycle'])}”" if said["lifecycle"] else "",
            f"named “{said['name']}”" if said["name"] else "",
            f"from {dates.day(said['since'])}" if said["since"] else "",
            f"to {dates.day(said['until'])}" if said["until"] else "",
        ]
        return "Events " + (", ".join(filter(None, parts)) or "of everybody, of every kind")

    def address(self, **more: object) -> str:
        said = {name: self.data.get(name, "") for name in self.fields} | more
        return "?" + urlencode({name: value for name, value in said.items() if value})


def _midnight(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time())) if day else None
