"""References between resources of one unit: from what the source wrote to what filing replaces."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_LOCAL = re.compile(r"([A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?")


class Directory:
    """What a unit calls its resources: by full URL and by ``Type/id``, each with the draft's key."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}

    def add(self, key: str, full_url: str) -> None:
        self._keys[key] = key
        if full_url:
            self._keys[full_url] = key

    def key_of(self, reference: str) -> str:
        """The key of what is referred to, whether it is in the unit or only named ``Type/id``.

        "" for what the unit can't resolve: a foreign URL, an unknown URN, a contained resource, a search.
        """
        found = self._keys.get(reference)
        if found is not None:
            return found
        local = _LOCAL.fullmatch(reference)
        if local:
            return self._keys.get(local[1], local[1])
        return self._keys.get(reference.partition("/_history/")[0], "")


def text_of(reference: Any) -> str:
    """The literal reference of a Reference; "" for one without, and for what is no Reference."""
    text = reference.get("reference") if type(reference) is dict else None
    return text if type(text) is str else ""


def rewrite(references: Iterable[dict[str, Any]], directory: Directory, owner: str) -> int:
    """Turn Reference elements into ``draft:`` ones, in place; ``owner`` is the patient's key or reference.

    Returns how many URNs stay as they are because nothing in the unit bears that name.
    """
    unresolved = 0
    for one in references:
        one["reference"] = written = _written(one["reference"], directory, owner)
        unresolved += written.startswith("urn:")
    return unresolved


def _written(text: str, directory: Directory, owner: str) -> str:
    key = directory.key_of(text)
    if owner and owner in (key, text):
        return "draft:patient"
    return f"draft:{key}" if key else text
