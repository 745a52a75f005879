"""Names as people write them and as they are compared."""

from __future__ import annotations

import re
import unicodedata

_NOT_LETTERS = re.compile(r"[^a-z0-9 ]+")


def folded(text: str) -> str:
    """Lower case, without accents, apostrophes and hyphens; runs of space made one: for comparing, never for showing."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return " ".join(_NOT_LETTERS.sub("", plain.lower().replace("-", " ")).split())
