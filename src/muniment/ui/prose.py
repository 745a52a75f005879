"""Plain clinical text as something that reads well: headings recognised, columns kept, found words marked. Pure."""

from __future__ import annotations

import re
from html import escape
from itertools import groupby, pairwise

from django.utils.safestring import SafeString, mark_safe

_CAPITALS = re.compile(r"(?P<head>[A-Z][A-Z0-9 /&,()'\-]{2,60}?)\s*(?P<colon>:)(?P<rest>.*)")
_BARE_CAPITALS = re.compile(r"[A-Z][A-Z /&,()'\-]{3,60}")
_TITLE_CASE = re.compile(r"[A-Z][A-Za-z /&()'\-]{2,60}:")
_COLUMNS = re.compile(r"\S {3,}\S|\t")
_LISTED = re.compile(r"(?:[-*•·]|\d{1,2}[.)]) ")
_WRAPPED = 60  # a line at least this long, followed by another, was broken by a machine and not by its author


def prose(text: str, find: str = "") -> SafeString:
    """HTML of a plain-text document. A heading is a line of capitals, or a line that ends in a colon and stands alone.

    Lines with aligned columns stay in a fixed-width block, so a table of results keeps its shape; lines that were wrapped at a
    fixed width flow again, while short lines and lists keep their breaks. Each case-insensitive
    occurrence of ``find`` is marked. Everything is escaped; nothing of the text is dropped or reordered.
    """
    pieces = (piece for line in text.replace("\r\n", "\n").split("\n") for piece in _pieces(line.rstrip()))
    runs = groupby(pieces, key=lambda piece: piece[0])
    return mark_safe("".join(_render(kind, [body for _, body in run], find) for kind, run in runs))  # noqa: S308 escaped in _mark


def _pieces(line: str) -> list[tuple[str, str]]:
    stripped = line.strip()
    if not stripped:
        return [("gap", "")]
    inline = _CAPITALS.fullmatch(stripped)
    if inline:
        rest = inline["rest"].strip()
        return [("head", inline["head"]), *([("text", rest)] if rest else [])]
    if _BARE_CAPITALS.fullmatch(stripped) or _TITLE_CASE.fullmatch(stripped):
        return [("head", stripped.rstrip(":"))]
    return [("columns", line)] if _COLUMNS.search(stripped) else [("text", stripped)]


def _render(kind: str, bodies: list[str], find: str) -> str:
    if kind == "gap":
        return ""
    if kind == "head":
        return "".join(f"<h3>{_mark(body, find)}</h3>" for body in bodies)
    joined = _mark("\n".join(bodies) if kind == "columns" else _reflow(bodies), find)
    return f'<pre tabindex="0">{joined}</pre>' if kind == "columns" else f"<p>{joined}</p>"


def _reflow(lines: list[str]) -> str:
    flowing = lines[0]
    for before, line in pairwise(lines):
        broken_by_machine = len(before) >= _WRAPPED and not _LISTED.match(line)
        flowing += (" " if broken_by_machine else "\n") + line
    return flowing


def _mark(text: str, find: str) -> str:
    if not find.strip():
        return escape(text)
    parts = re.split(f"({re.escape(find.strip())})", text, flags=re.IGNORECASE)
    return "".join(f"<mark>{escape(part)}</mark>" if index % 2 else escape(part) for index, part in enumerate(parts))
