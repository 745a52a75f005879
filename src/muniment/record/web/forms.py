"""What is typed to ask for a production, and to propose a definition of the record."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms

from muniment.encounters.models import Encounter
from muniment.encounters.web import presenters as stays
from muniment.record.production.definition import LABELS, OUTSIDE, SETS, Mark
from muniment.record.production.order import Order, Uncovered
from muniment.rulebook.web.forms import day_field

TIMES = ("%d %b %Y, %H:%M", "%d %b %Y %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")


class OrderForm(forms.Form):
    """One production. The stays are those of the patient at the facility."""

    which = forms.ChoiceField(label="Set", choices=[(one.value, LABELS[one]) for one in SETS], widget=forms.RadioSelect)
    stays = forms.MultipleChoiceField(
        label="Stays",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: the whole record at this facility.",
    )
    first = day_field("From", required=False, help_text="The first day an entry may be dated, like 14 Mar 2026.")
    last = day_field("To", required=False, help_text="The last day.")
    as_of = forms.CharField(
        label="As the record stood on", required=False, max_length=30, help_text="Like 14 Mar 2026, 17:00, by the facility’s clock. Empty: as it stands now.",
        widget=forms.TextInput(attrs={"class": "date", "autocomplete": "off"}),
    )  # fmt: skip
    uncovered = forms.ChoiceField(
        label="Types the definition does not cover", required=False, widget=forms.RadioSelect,
        choices=[(Uncovered.REFUSE.value, "Not said: refuse where there are some"), (Uncovered.INCLUDE.value, "Include them"), (Uncovered.LEAVE_OUT.value, "Leave them out")],
    )  # fmt: skip
    part2 = forms.BooleanField(label="With Part 2 records, under the consent or order named as the reason", required=False)
    trail = forms.BooleanField(label="With the trail of who saw what", required=False)
    reason = forms.CharField(
        label="Reason", max_length=400, help_text="The request, subpoena or order this answers. It stands in the certificate.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(
        self, *args: Any, known: list[Encounter], zone: ZoneInfo, may_trail: bool, looking: bool = False, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.zone = zone
        self.fields["stays"].choices = [(str(stay.id), stay_label(stay)) for stay in known]  # type: ignore[attr-defined]
        if not may_trail:
            del self.fields["trail"]
        if looking:
            self.fields["reason"].required = False

    def clean_as_of(self) -> datetime | None:
        text = self.cleaned_data["as_of"].strip()
        for form in TIMES:
            try:
                return datetime.strptime(text, form).replace(tzinfo=self.zone).astimezone(UTC)
            except ValueError:
                continue
        if text:
            raise forms.ValidationError("This is not a time. Write it like 14 Mar 2026, 17:00.")
        return None

    def order(self) -> Order:
        """What was asked for; the form must be valid."""
        said = self.cleaned_data
        return Order(
            which=Mark(said["which"]), reason=said["reason"] or "not said yet", stays=tuple(UUID(one) for one in said["stays"]), first=said["first"],
            last=said["last"], as_of=said["as_of"], trail=said.get("trail", False), part2=said["part2"], uncovered=Uncovered(said["uncovered"]),
        )  # fmt: skip


def stay_label(stay: Encounter) -> str:
    return f"{stay.visit_number}, {stays.class_name(stay)}, {stays.interval(stay)}"


class DefinitionForm(forms.Form):
    """The next version of the definition, but for its rows."""

    statement = forms.CharField(
        label="Statement", widget=forms.Textarea(attrs={"rows": 2}), help_text="The rule in a sentence."
    )
    citation = forms.CharField(label="Citation", max_length=300, help_text="The house’s policy and the law it follows.")
    outside = forms.ChoiceField(
        label="Records of others", choices=[(one.value, words) for one, words in OUTSIDE.items()],
        help_text="What other organisations sent or the patient brought, where the row of its type belongs to the set.",
    )  # fmt: skip
    effective_from = day_field("Governs from")
