"""Dates, ages and deadlines in the words the screens use. Pure."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import NamedTuple

from muniment.ui.shapes import Tone

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Deadline(NamedTuple):
    """A due date in words, and its tone."""

    words: str
    tone: Tone


def day(value: date) -> str:
    """``14 Mar 2026``."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime, zone: tzinfo | None = None) -> str:
    """``14 Mar 2026, 09:05``, in ``zone`` where one is given."""
    local = value.astimezone(zone) if zone else value
    return f"{day(local)}, {local:%H:%M}"


def partial(value: datetime, precision: str, zone: tzinfo | None = None) -> str:
    """A date no more exact than its source: ``2026``, ``Mar 2026``, ``14 Mar 2026`` or with the time.

    ``precision`` is one of year, month, day, hour, minute, second; an hour is shown as ``09 h``. Raises ValueError for another.
    """
    if precision not in ("year", "month", "day", "hour", "minute", "second"):
        raise ValueError(f"{precision!r} is not a precision")
    if precision == "year":
        return str(value.year)
    if precision == "month":
        return f"{_MONTHS[value.month - 1]} {value.year}"
    if precision == "day":
        return day(value)
    local = value.astimezone(zone) if zone else value
    return f"{day(local)}, {local:%H} h" if precision == "hour" else moment(local)


def age(born: date, on: date) -> str:
    """Age in the unit clinicians use: days to 4 weeks, weeks to 3 months, months to 2 years, then years."""
    days = (on - born).days
    if days < 0:
        return "not born yet"
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    if days < 28:
        return f"{days} d"
    if months < 3:
        return f"{days // 7} wk"
    return f"{months} mo" if months < 24 else f"{months // 12} y"


def deadline(due: date, today: date, *, soon: int = 3) -> Deadline:
    """A due date seen from ``today``: plain while far, due within ``soon`` days, late once it has passed."""
    left = (due - today).days
    if left < 0:
        return Deadline(f"late {_days(-left)}", Tone.LATE)
    if left == 0:
        return Deadline("due today", Tone.DUE)
    return Deadline(f"due in {_days(left)}", Tone.DUE if left <= soon else Tone.PLAIN)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count:,} days"
