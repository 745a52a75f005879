"""Dates and times as sources know them: to the year, month, day, minute or second, with or without an offset."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache, total_ordering
from typing import Self

_HL7 = re.compile(
    r"(?P<y>\d{4})(?:(?P<mo>\d\d)(?:(?P<d>\d\d)(?:(?P<h>\d\d)(?:(?P<mi>\d\d)(?:(?P<s>\d\d)(?:\.(?P<f>\d{1,9}))?)?)?)?)?)?"
    r"(?P<z>[+-]\d{4}|Z)?",
    re.ASCII,  # digits of other scripts are none of either format
)
_FHIR = re.compile(
    r"(?P<y>\d{4})(?:-(?P<mo>\d\d)(?:-(?P<d>\d\d)(?:T(?P<h>\d\d):(?P<mi>\d\d)(?::(?P<s>\d\d)(?:\.(?P<f>\d+))?)?"
    r"(?P<z>Z|[+-]\d\d:?\d\d)?)?)?)?",
    re.ASCII,
)
_MINUTE = timedelta(minutes=1)
_EDGES = (date.min.year, date.max.year)
PRECISIONS = ("year", "month", "day", "hour", "minute", "second")


@total_ordering
@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time with its precision. Never more precise than the source; constructed only when it exists.

    ``value`` is aware; midnight UTC of the first possible day when ``precision`` is a day or coarser. Its offset is of whole
    minutes, as FHIR and HL7 v2 write it: of the local mean time of old zones (New York before 1883: -04:56:02) the seconds
    are dropped and the clock stays as it was written. Raises ValueError for what Python's calendar lacks, in UTC too.
    """

    value: datetime
    precision: str

    def __post_init__(self) -> None:
        if self.precision not in PRECISIONS:
            raise ValueError(f"{self.precision!r} is not a precision")
        if self.value.tzinfo is None:
            raise ValueError("a moment knows its offset")
        if self.value.utcoffset() % _MINUTE:  # type: ignore[operator]  # aware, as was just seen
            object.__setattr__(self, "value", self.value.replace(tzinfo=_whole_minutes(self.value)))
        if self.value.year in _EDGES:
            _check_in_calendar(self.value)

    @classmethod
    def from_hl7(cls, text: str, zone: tzinfo) -> Self | None:
        """Read an HL7 v2 DT/TS/DTM (HL7 v2.8 §2A.22). ``zone`` stands in where the source gives no offset.

        Returns None for an empty or null (``""``) value; raises ValueError for one that is no date.
        """
        text = text.strip()
        if text in ("", '""') or not text.strip("0"):
            return None
        return cls._read_hl7(text, zone)

    @classmethod
    @lru_cache(maxsize=4096)  # a message says the same times again and again; what is no date is not remembered
    def _read_hl7(cls, text: str, zone: tzinfo) -> Self:
        found = _HL7.fullmatch(text)
        if not found:
            raise ValueError(f"{text!r} is not an HL7 date or time")
        return cls._from_parts(found.groupdict(), zone)

    @classmethod
    def from_fhir(cls, text: str, zone: tzinfo = UTC) -> Self:
        """Read a FHIR date, dateTime or instant (R4 §2.24.0). Raises ValueError for one that does not exist."""
        found = _FHIR.fullmatch(text.strip())
        if not found:
            raise ValueError(f"{text!r} is not a FHIR date or time")
        return cls._from_parts(found.groupdict(), zone)

    @classmethod
    def of(cls, value: date | datetime) -> Self:
        """A full day for a date; to the second for an aware datetime."""
        if isinstance(value, datetime):
            return cls(value, "second")
        return cls(datetime(value.year, value.month, value.day, tzinfo=UTC), "day")

    @classmethod
    def _from_parts(cls, part: dict[str, str | None], zone: tzinfo) -> Self:
        names = ("y", "mo", "d", "h", "mi", "s")
        given = [int(part[name] or 0) for name in names if part[name] is not None]
        precision = PRECISIONS[len(given) - 1]
        year, month, day, *clock = given + [1] * max(0, 3 - len(given))
        hour, minute, second = [*clock, 0, 0, 0][:3]
        extra = timedelta(0)
        if (hour, minute, second) == (24, 0, 0):
            hour, extra = 0, timedelta(days=1)
        if second == 60:
            second, extra = 59, timedelta(seconds=1)
        micro = int(((part["f"] or "") + "000000")[:6])
        if precision in ("year", "month", "day"):
            return cls(datetime(year, month, day, tzinfo=UTC), precision)
        offset = _offset(part["z"]) if part["z"] else zone
        try:
            return cls(datetime(year, month, day, hour, minute, second, micro, tzinfo=offset) + extra, precision)
        except OverflowError as beyond:
            raise ValueError("the calendar ends with the year 9999") from beyond

    @property
    def has_time(self) -> bool:
        return self.precision in ("hour", "minute", "second")

    @property
    def date(self) -> date:
        """The first possible calendar day, where it was written."""
        return self.value.date()

    def at(self, zone: tzinfo) -> datetime:
        """The moment as an aware datetime; a bare date begins at midnight of ``zone``."""
        if self.has_time:
            return self.value.astimezone(zone)
        return datetime(self.value.year, self.value.month, self.value.day, tzinfo=zone)

    def to_fhir(self) -> str:
        """FHIR dateTime text of the same precision (an hour becomes a minute: FHIR has no bare hours)."""
        if self.precision == "year":
            return f"{self.value.year:04d}"
        if self.precision == "month":
            return f"{self.value.year:04d}-{self.value.month:02d}"
        if self.precision == "day":
            return self.value.date().isoformat()
        return self.value.isoformat(timespec="milliseconds" if self.value.microsecond else "seconds")

    def __str__(self) -> str:
        return self.to_fhir()

    def __lt__(self, other: Moment) -> bool:
        return (self.value, PRECISIONS.index(self.precision)) < (other.value, PRECISIONS.index(other.precision))


def _offset(text: str) -> tzinfo:
    if text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    digits = text[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if minutes > 59:
        raise ValueError(f"{text!r} is not an offset")
    return timezone(sign * timedelta(hours=hours, minutes=minutes))


def _whole_minutes(value: datetime) -> timezone:
    offset = value.utcoffset() or timedelta()
    towards_utc = abs(offset) // _MINUTE * _MINUTE
    return timezone(towards_utc if offset > timedelta() else -towards_utc)


def _check_in_calendar(value: datetime) -> None:
    try:
        value.astimezone(UTC)
    except OverflowError as beyond:
        raise ValueError("the calendar runs from the year 1 to 9999, in UTC") from beyond
