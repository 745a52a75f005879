"""A page of a list as the pager shows it: a keyset slice, or, where no key can follow the order, rows by their numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol
from urllib.parse import urlencode

from muniment.ui.shapes import Page


class Part(Protocol):
    """Rows of one page, the numbers of the first and the last, and the cursors of its neighbours ("" where there is none)."""

    @property
    def rows(self) -> Sequence[Any]: ...
    @property
    def first(self) -> int: ...
    @property
    def last(self) -> int: ...
    @property
    def previous(self) -> str: ...
    @property
    def next(self) -> str: ...


def page_of(found: Part, address: Callable[..., str], *, total: int | None = None) -> Page:
    """``address(at=cursor)`` gives the page's address, with whatever else it keeps."""
    return Page(
        first=found.first if found.rows else 0, last=found.last if found.rows else 0, total=total,
        previous_url=address(at=found.previous) if found.previous else "", next_url=address(at=found.next) if found.next else "",
    )  # fmt: skip


def plainly(**kept: str) -> Callable[..., str]:
    """Addresses that keep these parameters beside the cursor."""
    return lambda at: "?" + urlencode({name: value for name, value in kept.items() if value} | {"at": at})


def numbered(found: Any, text: str, address: Callable[..., str], *, size: int) -> tuple[list[Any], Page]:
    """The rows behind the first ``text`` of a query (two queries) or a list, and their page. ``address(**{"from": n})`` gives a page's address.

    For lists of hundreds in an order that may be empty or has many parts; a long one is paged by ``core.keyset``.
    """
    begun = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    rows, total = list(found[begun : begun + size]), len(found) if isinstance(found, (list, tuple)) else found.count()
    last = begun + len(rows)
    return rows, Page(
        first=begun + 1 if rows else 0, last=last, total=total,
        previous_url=address(**{"from": max(0, begun - size) or ""}) if begun else "",
        next_url=address(**{"from": last}) if rows and last < total else "",
    )  # fmt: skip
