"""The places people go to, in groups by the work. A feature declares each of its own once, in its AppConfig's ``ready``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Group(StrEnum):
    """The headings of the list of places, in their order."""

    WORK = "My work"
    CHARTS = "Charts"
    DOCUMENTS = "Documents and scanning"
    DEPARTMENT = "Department and people"
    RULES = "Rules and security"
    SYSTEMS = "Interfaces and systems"


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A screen that people begin at. ``name`` is its URL's, ``key`` the letter that follows ``g``; within a group the lowest
    ``order`` stands first. Who may open it is what its view declares, and nowhere else."""

    label: str
    name: str
    key: str
    group: Group
    order: int = 100


_declared: dict[str, Destination] = {}
MENU = "m"  # after ``g``: the list of all places


def declare(*found: Destination) -> None:
    """Raises ValueError where another place has the key already."""
    for one in found:
        other = next((each for each in _declared.values() if each.key == one.key and each.name != one.name), None)
        if one.key == MENU or other:
            raise ValueError(f"“g {one.key}” leads to {other.label if other else 'all places'} already")
        _declared[one.name] = one


def destinations() -> list[Destination]:
    """Every place, group after group."""
    groups = list(Group)
    return sorted(_declared.values(), key=lambda one: (groups.index(one.group), one.order))
