"""A calendar of closed days as it is typed: weekdays to tick, a day a line, and candidates to tick."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from django import forms

from muniment.delinquency.closures import WEEKDAYS, Calendar, ClosedDay
from muniment.kernel.typed import typed_date
from muniment.rulebook.rules import SourceKind
from muniment.rulebook.web.forms import day_field
from muniment.ui import dates

EXAMPLE = "25 Dec 2026; Christmas Day; 5 U.S.C. 6103(a)"


class DaysField(forms.CharField):
    """Closed days, one a line: the day; its name; who says so."""

    def __init__(self, **more: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 14, "spellcheck": "false"})
        super().__init__(widget=widget, required=False, **more)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(line, value)) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[ClosedDay]:
        rows = [one.strip() for one in str(super().clean(value) or "").splitlines()]
        found = [_day(number, row) for number, row in enumerate(rows, 1) if row]
        twice = next((one.day for one in found if sum(other.day == one.day for other in found) > 1), None)
        if twice:
            raise forms.ValidationError(f"{dates.day(twice)} stands there twice. Take one of the two out.")
        return sorted(found, key=lambda one: one.day)


def line(one: ClosedDay) -> str:
    return "; ".join(part for part in (dates.day(one.day), one.name, one.source) if part)


def _day(number: int, text: str) -> ClosedDay:
    said, _, rest = text.partition(";")
    name, _, source = rest.partition(";")
    day = typed_date(said.strip())
    if day is None or not name.strip():
        raise forms.ValidationError(f"Line {number} is not a day and its name. Write it like {EXAMPLE}.")
    return ClosedDay(day, name.strip()[:120], source.strip()[:200])


class CalendarForm(forms.Form):
    """``offered`` are the candidates that were shown: only what is ticked of them is taken."""

    weekdays = forms.MultipleChoiceField(
        label="Weekdays that never count", required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(str(number), name) for number, name in enumerate(WEEKDAYS, 1)],
    )  # fmt: skip
    days = DaysField(label="Days that do not count", help_text=f"One a line: the day; its name; who says so. Like {EXAMPLE}.")
    take = forms.MultipleChoiceField(
        label="Candidates",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Nothing of these counts unless you tick it.",
    )
    citation = forms.CharField(
        label="Citation", max_length=300, help_text="Where the calendar comes from. Without it nobody can adopt it."
    )
    source_kind = forms.ChoiceField(label="Kind of source", choices=[(one.value, one.value.capitalize()) for one in SourceKind])
    effective_from = day_field("Governs from", help_text="It closes days from then on. Like 1 Jan 2027.")
    follows = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, offered: Sequence[ClosedDay] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        taken = self.data.getlist("take") if self.is_bound and hasattr(self.data, "getlist") else []
        values = dict.fromkeys([*map(_token, offered), *taken])
        self.fields["take"].choices = [(one, _words(one)) for one in values if _read(one)]  # type: ignore[attr-defined]

    def clean_weekdays(self) -> list[int]:
        chosen = [int(one) for one in self.cleaned_data["weekdays"]]
        if len(chosen) == len(WEEKDAYS):
            raise forms.ValidationError("A calendar that closes every weekday stops the clock. Leave one open.")
        return chosen

    def calendar(self) -> Calendar:
        """What was typed and ticked. A ticked day that stands in the lines already is taken as it is written there."""
        written = {one.day: one for one in self.cleaned_data["days"]}
        ticked = [found for one in self.cleaned_data["take"] if (found := _read(one))]
        days = {one.day: one for one in ticked} | written
        return Calendar(tuple(self.cleaned_data["weekdays"]), tuple(days[day] for day in sorted(days)))


class WhereForm(forms.Form):
    """Whose public holidays are proposed."""

    country = forms.CharField(label="Country", max_length=2, required=False, help_text="Two letters, like US.")
    state = forms.CharField(label="State", max_length=3, required=False, help_text="Like NY. Empty: of the whole country.")
    year = forms.IntegerField(
        label="Year", required=False, widget=forms.TextInput(attrs={"inputmode": "numeric", "data-width": "short"})
    )


def _token(one: ClosedDay) -> str:
    return msgspec.json.encode(one).decode()


def _read(token: str) -> ClosedDay | None:
    try:
        return msgspec.json.decode(token, type=ClosedDay)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None


def _words(token: str) -> str:
    found = _read(token)
    return f"{WEEKDAYS[found.day.weekday()]}, {dates.day(found.day)}: {found.name}" if found else ""


def initial(calendar: Calendar, today: date) -> dict[str, Any]:
    return {"weekdays": [str(one) for one in calendar.weekdays], "days": list(calendar.days), "effective_from": today}
