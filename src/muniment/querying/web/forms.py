"""What is typed about a query."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict

from muniment.accounts.models import Practitioner
from muniment.completion.web.forms import Confirmed, Reasoned
from muniment.kernel.errors import Refused
from muniment.kernel.typed import typed_date
from muniment.querying.rules import Form, Indicator, Option, Use, Written

MOST = 20  # indicators or options of one query


def read_written(said: QueryDict) -> Written:
    """The query as the form has it; its indicators bare, to be looked up in the record. Raises Refused for what no form sends."""
    form, use = said.get("form", ""), said.get("use", "")
    if form not in list(Form) or use not in list(Use):
        raise Refused("This form of query is not known.", where="form")
    return Written(
        title=said.get("title", "").strip()[:120], question=said.get("question", "").strip()[:4000], form=Form(form),
        use=Use(use) if form == Form.YES_NO else Use.NONE, indicators=_indicators(said),
        options=_options(said) if form == Form.CHOICE else (), prior_cause=said.get("prior_cause", "").strip()[:400],
        verbal_at=said.get("verbal_at", "").strip()[:60], verbal_by=said.get("verbal_by", "").strip()[:120],
    )  # fmt: skip


def _indicators(said: QueryDict) -> tuple[Indicator, ...]:
    rows = list(zip(said.getlist("entry"), said.getlist("entry_version"), said.getlist("quote"), strict=False))[:MOST]
    try:
        return tuple(
            Indicator(entry_id=str(UUID(entry)), version=int(number), quote=quote[:2000]) for entry, number, quote in rows
        )
    except ValueError as error:
        raise Refused("An indicator names no entry of the chart.", remedy="Pick it from the chart again.") from error


def _options(said: QueryDict) -> tuple[Option, ...]:
    rows = list(zip(said.getlist("option"), said.getlist("support"), strict=False))[:MOST]
    return tuple(Option(text.strip()[:200], _numbers(support)) for text, support in rows if text.strip())


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(dict.fromkeys(int(one) for one in re.findall(r"\d{1,3}", text)))


def responsible_id(said: QueryDict) -> UUID:
    try:
        return UUID(said.get("responsible", ""))
    except ValueError as error:
        raise Refused("Choose the clinician who is asked.", where="responsible") from error


class AnswerForm(Confirmed):
    """``version`` is the text that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    choice = forms.CharField(max_length=400, required=False)
    words = forms.CharField(
        label="In your words", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4, "data-key": "e", "data-key-label": "Write"}),
        help_text="They stand in the chart as you write them.",
    )  # fmt: skip


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label="Why it is not yours", max_length=300, help_text="The coding department reads it to find whose it is."
    )


class DeferForm(forms.Form):
    """``today`` is the facility's, ``zone`` its clock."""

    until = forms.CharField(
        label="Until", max_length=40, help_text="Like 3/14/2026, or +2 for the day after tomorrow.", widget=forms.TextInput(attrs={"data-width": "short"})
    )  # fmt: skip
    reason = forms.CharField(label="Why it waits", max_length=300)

    def __init__(self, *args: Any, today: date, zone: ZoneInfo, **more: Any) -> None:
        super().__init__(*args, **more)
        self._today, self._zone = today, zone

    def clean_until(self) -> datetime:
        day = typed_date(self.cleaned_data["until"], today=self._today)
        if day is None or day <= self._today:
            raise forms.ValidationError("Write a day after today, like 3/14/2026.")
        return datetime.combine(day, time(6), self._zone)


class ReassignForm(Reasoned):
    practitioner = forms.ChoiceField(label="Clinician")
    field_order = ("practitioner", "reason")

    def __init__(self, *args: Any, clinicians: list[Practitioner], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["practitioner"].choices = [("", "choose"), *((str(one.id), str(one)) for one in clinicians)]  # type: ignore[attr-defined]


class WithdrawForm(Reasoned):
    reason = forms.CharField(label="Why it is withdrawn", max_length=300, help_text="It stays with the query for good.")
