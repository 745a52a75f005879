"""Where an item is worked. The feature that knows a subject registers its screen; what nobody claims is worked on its own page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from muniment.work.models import WorkItem


@dataclass(frozen=True, slots=True)
class Place:
    """The screen for items about one kind of subject; ``verb`` is the next action in words ("Decide if one person")."""

    verb: str | Callable[[WorkItem], str]
    url: Callable[[WorkItem], str]


_places: dict[str, Place] = {}


def register(subject_type: str, *, verb: str | Callable[[WorkItem], str], url: Callable[[WorkItem], str]) -> None:
    """Say where items about ``subject_type`` are worked. Called once, in an AppConfig's ``ready``."""
    _places[subject_type] = Place(verb, url)


def is_generic(item: WorkItem) -> bool:
    """Whether the item is worked, and completed, on its own page."""
    return item.subject_type not in _places


def url_of(item: WorkItem) -> str:
    place = _places.get(item.subject_type)
    return place.url(item) if place else reverse("work-item", args=[item.id])


def verb_of(item: WorkItem) -> str:
    place = _places.get(item.subject_type)
    if place is None:
        return "Open the item"
    return place.verb if isinstance(place.verb, str) else place.verb(item)
