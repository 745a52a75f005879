"""The same person registered twice, with the errors that registration desks make."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from muniment.demo.draw import Draw
from muniment.demo.names import AREA_CODES, NICKNAMES, STREETS
from muniment.demo.people import Person


def duplicate(person: Person, index: int, draw: Draw) -> Person:
    """Another registration of ``person``: it shares what the person lives with, but no number."""
    again = replace(person, index=index, alias_of=person.index)
    again.mrn_base = (611_953 + index * 104_729) % 1_000_000
    again.enterprise = f"E{900_000 + index * 7:07d}"
    if draw.chance(0.35):
        again.enterprise, again.only_facility = "", "HVPC"
    error = draw.weighted((("name", 0.34), ("birth", 0.26), ("maiden", 0.2), ("nickname", 0.2)))
    _ERRORS[error](again, draw)
    if draw.chance(0.35):
        again.street = f"{draw.between(2, 940)} {draw.pick(STREETS)}"
    if draw.chance(0.3):
        again.phone = f"({draw.pick(AREA_CODES)}) 555-01{draw.between(3, 99):02d}"
    return again


def misspelt(name: str, draw: Draw) -> str:
    """A name with two letters swapped, one doubled or one dropped."""
    if len(name) < 4:
        return name + name[-1]
    at = draw.between(1, len(name) - 3)
    kind = draw.pick(("swap", "double", "drop"))
    if kind == "swap" and name[at] != name[at + 1]:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    if kind == "double":
        return name[:at] + name[at] + name[at:]
    return name[:at] + name[at + 1 :]


def transposed(day: date) -> date:
    """A birth date keyed wrongly: day and month exchanged, or the figures of the year, whichever gives a date."""
    if day.day <= 12 and day.day != day.month:
        return date(day.year, day.day, day.month)
    year = int(f"{day.year // 100}{day.year % 10}{day.year // 10 % 10}")
    if year == day.year or year > 2024:
        year = day.year - 1
    return date(year, day.month, min(day.day, 28))


def _name(person: Person, draw: Draw) -> None:
    if draw.chance(0.6):
        person.family = misspelt(person.family, draw)
    else:
        person.given = misspelt(person.given, draw)


def _birth(person: Person, draw: Draw) -> None:
    person.born = transposed(person.born)


def _maiden(person: Person, draw: Draw) -> None:
    if person.maiden:
        person.family, person.maiden = person.maiden, ""
    else:
        _name(person, draw)


def _nickname(person: Person, draw: Draw) -> None:
    short = NICKNAMES.get(person.given)
    if short:
        person.given, person.middle = short, ""
    else:
        _name(person, draw)


_ERRORS = {"name": _name, "birth": _birth, "maiden": _maiden, "nickname": _nickname}
