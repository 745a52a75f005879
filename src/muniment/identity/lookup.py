"""What somebody typed to find a patient: words of a name, a birth date, a number, a telephone number, or several at once. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from muniment.kernel.names import folded
from muniment.kernel.typed import typed_date

_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{1,2}\.? [A-Za-z]{3,9}\.?,? \d{4}|[A-Za-z]{3,9}\.? \d{1,2},? \d{4}"
)
_PHONE = re.compile(r"[+(]?[\d][\d ().-]{5,}\d")
FEWEST = 2  # characters of a name; fewer find half the hospital


@dataclass(frozen=True, slots=True)
class Sought:
    """``words`` and ``born`` must both agree where both are given; ``number`` is the text as a whole, taken for an identifier."""

    words: tuple[str, ...] = ()
    born: date | None = None
    number: str = ""
    phone: str = ""

    @property
    def kind(self) -> str:
        """What kind of search it is: all that the audit trail keeps of it, beside the count."""
        digits = "number or telephone" if self.number else "telephone"
        parts = [name for name, there in (("name", self.words), ("birth date", self.born), (digits, self.phone)) if there]
        return " and ".join(parts) or ("number" if self.number else "nothing")

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.born or self.number or self.phone)


def read(text: str) -> Sought:
    """Read what was typed. Too little to search by (under two characters) reads as nothing."""
    text = " ".join(text.replace("\0", " ").split())[:200]
    if len(text) < FEWEST:
        return Sought()
    born, rest = _dated(text)
    number = "" if born else text
    digits = "".join(one for one in rest if one.isdigit())
    if digits and _PHONE.fullmatch(rest) and len(digits) >= 7:
        return Sought(born=born, number=number, phone=digits[-10:])
    words = tuple(word for word in folded(rest.replace(",", " ")).split() if not any(one.isdigit() for one in word))
    if sum(map(len, words)) < FEWEST:
        words = ()
    return Sought(words, born, number)


def _dated(text: str) -> tuple[date | None, str]:
    for found in _DATE.finditer(text):
        day = typed_date(found[0])
        if day:
            return day, " ".join((text[: found.start()] + " " + text[found.end() :]).replace(",", " ").split())
    return None, text
