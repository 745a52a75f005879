"""The mark by which the access middleware knows what a work screen needs. The table lies above this layer, so it is named."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse

View = Callable[..., HttpResponse]
READ, WRITE = 1, 2


def needs_work(wanted: int = READ) -> Callable[[View], View]:
    """Declare that a view needs this grade of the category "work"."""

    def mark(view: View) -> View:
        view.needs = ("work", wanted)  # type: ignore[attr-defined]
        return view

    return mark
