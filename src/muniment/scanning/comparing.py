"""A text as sentences, a line each, so that two scans of the same paper, or a scan and a typed note, can be held side by side. Pure."""

from __future__ import annotations

import re

from muniment.record.differences import Pair, compare

SHORT = 45  # characters: a line that ends sooner was not broken by the edge of the paper
_PAGE = re.compile(r"\[Page \d+\]")
_SENTENCE = re.compile(r"(?<=[.!?]) +")


def sentences(text: str) -> list[str]:
    """What the paper's width broke is put together again, whatever it was; headings and fields keep their own lines."""
    found, held = [], ""
    for line in (" ".join(one.split()) for one in text.splitlines() if not _PAGE.fullmatch(one.strip())):
        held = f"{held} {line}".strip()
        if held and (len(line) < SHORT or line.endswith((".", "!", "?", ":"))):
            found += _SENTENCE.split(held)
            held = ""
    return found + (_SENTENCE.split(held) if held else [])


def side_by_side(chart: str, scan: str) -> list[Pair]:
    """Both texts sentence by sentence, in order, with what differs marked."""
    return compare("\n".join(sentences(chart)), "\n".join(sentences(scan)))
