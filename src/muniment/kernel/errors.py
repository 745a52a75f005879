"""Errors that a person reads: what is wrong, where, and what to do."""

from __future__ import annotations


class Problem(Exception):
    """Something a person can act on.

    ``what`` is a plain sentence; ``where`` names the place (a segment, a field, a row); ``remedy`` says what to do.
    The text never carries patient data beyond what the reader of the surrounding page may see.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{self.what}{place}{remedy}"


class Unreadable(Problem):
    """The bytes can't be understood in their own format. The original goes to quarantine with this sentence."""


class Unfileable(Problem):
    """Understood, but can't be filed: it says which fact is missing or contradicts what is known."""


class Refused(Problem):
    """The actor may not do this; ``what`` is the reason a person reads."""


class Conflict(Problem):
    """Somebody else changed the thing in the meantime; nothing was written."""


class NotAllowedInState(Problem):
    """The thing is in a state that does not permit this transition."""
