"""A text of elsewhere as it is given, and its suggestions as they are written. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from muniment.kernel.codes import dotted
from muniment.kernel.errors import Unreadable
from muniment.suggestions.scoring import suggest
from muniment.suggestions.vocabulary import Vocabulary

MOST = 1_000_000  # characters of a text


def read_text(said: Mapping[str, Any]) -> str:
    """Raises Unreadable where there is no text, or one that nobody wrote."""
    text = said.get("text")
    if not isinstance(text, str):
        raise Unreadable("There is no text.", where="text", remedy='Give it as {"id": …, "text": "…"}.')
    if len(text) > MOST:
        raise Unreadable(f"The text is longer than {MOST:,} characters.", where="text", remedy="Give each document by itself.")
    return text


def suggested(text: str, vocabulary: Vocabulary) -> dict[str, Any]:
    """Codes with their dots; places in characters of the text, the end not included."""
    return {
        "suggestions": [
            {
                "code": dotted(one.code), "score": round(one.score, 4),
                "evidence": [{"start": each.start, "end": each.end, "text": each.text} for each in one.evidence],
            } for one in suggest(text, vocabulary)
        ]
    }  # fmt: skip
