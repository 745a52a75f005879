"""What may exist only once, written by two at the same moment: the second is told so in a sentence.

An action asks first whether there is such a thing; of two that ask at once both hear "no", and the database refuses the second.
Which sentence that person reads follows from the constraint: a feature says it once, in its AppConfig. For all others there is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError
from psycopg.errors import UniqueViolation

from muniment.kernel.errors import Conflict

SOMETHING = "Somebody else has just written what may exist only once; nothing of yours was written."
REMEDY = "Look at it again, then decide."
_words: dict[str, tuple[str, str]] = {}


class Overtaken(Conflict, IntegrityError):
    """The database refused a second row of what exists once. Still an IntegrityError, for those who then try again."""


def say(constraint: str, what: str, remedy: str = REMEDY) -> None:
    """Have a person read ``what`` where ``constraint`` (its name in the database) refuses a row."""
    _words[constraint] = (what, remedy)


def in_a_sentence(error: IntegrityError) -> Overtaken | None:
    """The sentence for a row that was refused because there is one; None where it was refused for anything else."""
    if isinstance(error, Overtaken) or not isinstance(error.__cause__, UniqueViolation):
        return None
    what, remedy = _words.get(error.__cause__.diag.constraint_name or "", (SOMETHING, REMEDY))
    return Overtaken(what, remedy=remedy)


@contextmanager
def told() -> Iterator[None]:
    """Around a whole unit of work: raises Overtaken in place of the database's refusal of a second row."""
    try:
        yield
    except IntegrityError as error:
        overtaken = in_a_sentence(error)
        if overtaken is None:
            raise
        raise overtaken from error.__cause__
