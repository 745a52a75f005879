"""What the code on a page of one of the house's own forms says: which form, which version, what kind of document it makes. Pure.

``FRM1|number|version|type|seal``, sealed like a separator sheet's (HMAC-SHA-256, 80 bits, base 32). It begins no document: it only
says what the page it stands on is, so that the kind is proposed and the version can be held against the inventory of forms.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hmac import compare_digest
from urllib.parse import quote, unquote

from muniment.scanning.separators import seal

VERSION = "FRM1"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormCode:
    """``number`` is the form's in the inventory, ``type_code`` the LOINC code of what it makes."""

    number: str
    version: int
    type_code: str


def encode(form: FormCode, key: bytes) -> str:
    said = (form.number, form.version, form.type_code)
    body = "|".join([VERSION, *(quote(str(value), safe="") for value in said)])
    return f"{body}|{seal(body, key)}"


def decode(text: str, key: bytes) -> FormCode | None:
    """The form a code was printed for; None for every other code, another house's and one that was misread."""
    body, _, sealed = text.rpartition("|")
    parts = body.split("|")
    if parts[0] != VERSION or len(parts) != 4 or not compare_digest(sealed.encode(), seal(body, key).encode()):
        return None
    number, version, type_code = (unquote(part) for part in parts[1:])
    return FormCode(number=number, version=int(version), type_code=type_code)


def among(codes: Iterable[str], key: bytes) -> list[FormCode]:
    """Every form these codes name, each version of it once, in order."""
    found: dict[tuple[str, int], FormCode] = {}
    for text in codes:
        form = decode(text, key)
        if form:
            found.setdefault((form.number, form.version), form)
    return list(found.values())
