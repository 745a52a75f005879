"""A text of elsewhere as it is given, and its suggestions as they are written. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from muniment.kernel.codes import dotted
from muniment.kernel.errors import Unreadable
from muniment.suggestions.learning.model import Model, suggest_by
from muniment.suggestions.learning.training import Example
from muniment.suggestions.scoring import suggest
from muniment.suggestions.vocabulary import Vocabulary

_CODE = re.compile(r"[A-Za-z][0-9][0-9A-Za-z](?:\.?[0-9A-Za-z]{1,4})?")
_CODES = 'Give them as {"id": …, "text": "…", "codes": ["I10", …]}.'
MOST = 1_000_000  # characters of a text


def read_text(said: Mapping[str, Any]) -> str:
    """Raises Unreadable where there is no text, or one that nobody wrote."""
    text = said.get("text")
    if not isinstance(text, str):
        raise Unreadable("There is no text.", where="text", remedy='Give it as {"id": …, "text": "…"}.')
    if len(text) > MOST:
        raise Unreadable(f"The text is longer than {MOST:,} characters.", where="text", remedy="Give each document by itself.")
    return text


def read_example(said: Mapping[str, Any]) -> Example:
    """A text with the codes finally assigned to it, each by itself or as {"code", "words"} with the words it was read off.

    ``patient`` says whose it is; without it each text is somebody's of their own. Raises Unreadable where there are no codes, or something
    that is no code.
    """
    codes = said.get("codes")
    if not isinstance(codes, list):
        raise Unreadable("There are no codes.", where="codes", remedy=_CODES)
    read, patient = [_code(one) for one in codes], said.get("patient", said.get("id"))
    marked: dict[str, list[str]] = {}
    for code, words in read:
        if words:
            marked.setdefault(code, []).append(words)
    return Example(str(patient), {"": read_text(said)}, frozenset(code for code, _ in read), marked)


def _code(said: Any) -> tuple[str, str]:
    """(code without its dot, words it was read off or "")."""
    code, words = (said.get("code"), said.get("words", "")) if isinstance(said, dict) else (said, "")
    if not (isinstance(code, str) and isinstance(words, str) and _CODE.fullmatch(code.strip())):
        raise Unreadable("One of the codes is no code.", where="codes", remedy=_CODES)
    return code.strip().upper().replace(".", ""), words


def suggested(text: str, vocabulary: Vocabulary, model: Model | None = None) -> dict[str, Any]:
    """Codes with their dots; places in characters of the text, the end not included. Without a model the terminology alone answers."""
    found = suggest_by(model, text, vocabulary) if model else suggest(text, vocabulary)
    return {
        "suggestions": [
            {
                "code": dotted(one.code), "score": round(one.score, 4),
                "evidence": [{"start": each.start, "end": each.end, "text": each.text} for each in one.evidence],
            } for one in found
        ]
    }  # fmt: skip
