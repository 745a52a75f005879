"""Dates as people type them. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FORMS = (
    re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})"),  # 1943-03-14
    re.compile(r"(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})[-/.](?P<y>\d{4})"),  # 3/14/1943: month first, as US desks write it
    re.compile(r"(?P<d>\d{1,2})\.? (?P<name>[a-z]{3,9})\.?,? (?P<y>\d{4})"),  # 14 Mar 1943
    re.compile(r"(?P<name>[a-z]{3,9})\.? (?P<d>\d{1,2}),? (?P<y>\d{4})"),  # March 14, 1943
)
_MONTH_NAMES = re.compile(
    r"jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?|dec(ember)?"
)


def typed_date(text: str, *, today: date | None = None) -> date | None:
    """The date somebody typed, or None when it is none or does not exist.

    Understood: ``1943-03-14``, ``3/14/1943`` (month first), ``14 Mar 1943``, ``March 14, 1943``; with ``today`` also
    ``today``, ``tomorrow`` and ``+3`` (days from today).
    """
    plain = " ".join(text.lower().split())
    if today is not None and (near := _from_today(plain, today)):
        return near
    for form in _FORMS:
        if found := form.fullmatch(plain):
            return _existing(found.groupdict())
    return None


def _from_today(plain: str, today: date) -> date | None:
    if plain in ("today", "tomorrow"):
        return today + timedelta(days=plain == "tomorrow")
    ahead = re.fullmatch(r"\+(\d{1,3})( days?)?", plain)
    return today + timedelta(days=int(ahead[1])) if ahead else None


def _existing(part: dict[str, str]) -> date | None:
    name = part.get("name")
    if name and not _MONTH_NAMES.fullmatch(name):
        return None
    month = _MONTHS.index(name[:3]) + 1 if name else int(part["m"])
    try:
        return date(int(part["y"]), month, int(part["d"]))
    except ValueError:
        return None
