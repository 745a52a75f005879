"""Public holidays somebody may want to close a calendar on, out of the `holidays` library. Proposed only: a person ticks what counts."""

from __future__ import annotations

import re

from muniment.delinquency.closures import ClosedDay
from muniment.kernel.errors import Refused

_CODE = re.compile(r"[A-Za-z]{2}")
_STATE = re.compile(r"[A-Za-z0-9]{0,3}")
YEARS = range(1990, 2101)


def candidates(country: str, state: str, year: int) -> list[ClosedDay]:
    """The public holidays of a country (ISO 3166-1) and of one of its states (ISO 3166-2, without the country) in a year, by day."""
    import holidays  # a table of every country's: read when it is asked for

    if not _CODE.fullmatch(country):
        raise Refused("A country is a code of two letters.", where="country", remedy="Write it like US.")
    if not _STATE.fullmatch(state) or year not in YEARS:
        raise Refused(
            "There is no such state or year.", where="state", remedy="Write the state like NY and the year like 2026."
        )
    place = "-".join(part for part in (country.upper(), state.upper()) if part)
    try:
        found = holidays.country_holidays(country.upper(), subdiv=state.upper() or None, years=year)
    except NotImplementedError as error:
        raise Refused(
            f"The library knows no holidays of {place}.", where="country", remedy="Write the days yourself."
        ) from error
    source = f"holidays {holidays.__version__}, {place}"
    return [ClosedDay(day, name, source) for day, name in sorted(found.items()) if day.year == year]
