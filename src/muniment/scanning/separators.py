"""What a separator sheet's code says: short signed text, so that nothing misread or foreign is ever taken for ours. Pure.

``MUN1|facility|assigner|number|visit|type|pages|serial|seal``: fields percent-encoded, the seal the first 80 bits of an
HMAC-SHA-256 over what precedes it, in base 32.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import asdict, dataclass
from urllib.parse import quote, unquote

from muniment.kernel.errors import Unreadable

MARK = "MUN"
VERSION = "MUN1"
TITLE = "Muniment separator sheet"  # printed on every sheet: a sheet whose code can't be read is known by it
_SEAL_BYTES = 10
_AGAIN = "Look at the pages behind it and index them by hand."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What one sheet says of the pages behind it. All but the facility may be empty; ``pages`` 0 means: not counted."""

    facility: str
    assigner: str = ""
    number: str = ""
    visit: str = ""
    type_code: str = ""
    pages: int = 0
    serial: str = ""

    def __post_init__(self) -> None:
        if not self.facility or not 0 <= self.pages <= 9999:
            raise ValueError("a sheet names its facility and expects at most 9999 pages")


def is_ours(text: str) -> bool:
    """Whether a code claims to be a separator of this system, whoever printed it."""
    return text.startswith(MARK)


def encode(sheet: Sheet, key: bytes) -> str:
    body = "|".join([VERSION, *(quote(str(value), safe="") for value in asdict(sheet).values())])
    return f"{body}|{seal(body, key)}"


def decode(text: str, key: bytes) -> Sheet:
    """The sheet a code was printed for. Raises Unreadable for another version, another house's code and an altered one."""
    body, _, sealed = text.rpartition("|")
    parts = body.split("|")
    if parts[0] != VERSION or len(parts) != 8:
        raise Unreadable("The separator sheet's code is of another version or cut short.", remedy=_AGAIN)
    if not hmac.compare_digest(sealed.encode(), seal(body, key).encode()):
        raise Unreadable("The separator sheet's code was misread, altered, or printed by another house.", remedy=_AGAIN)
    facility, assigner, number, visit, type_code, pages, serial = (unquote(part) for part in parts[1:])
    return Sheet(
        facility=facility, assigner=assigner, number=number, visit=visit, type_code=type_code, pages=int(pages), serial=serial
    )


def seal(body: str, key: bytes) -> str:
    """The seal under what one of our codes says: 80 bits of HMAC-SHA-256, base 32."""
    digest = hmac.digest(key, body.encode(), hashlib.sha256)[:_SEAL_BYTES]
    return base64.b32encode(digest).decode()
