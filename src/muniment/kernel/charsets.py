"""Character sets that senders name: those that make text of bytes in one pass, and no others. Pure."""

from __future__ import annotations

import codecs

# Codecs of Python that are no character sets of documents: one always fails, others take the square of the time or read escapes.
_NONE = frozenset(
    ("undefined", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "unicode-escape", "raw-unicode-escape")
)


def known(name: str | None) -> str:
    """The character set of this name as Python calls it, "" for one that is none: an unknown word, a codec of something else."""
    try:
        found = codecs.lookup(name).name if name and name.isprintable() else ""
        b"a".decode(found or "ascii", "ignore")  # raises for codecs that make no text (gzip, base64)
    except (LookupError, ValueError):
        return ""
    return "" if found in _NONE else found
