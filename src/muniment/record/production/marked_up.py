"""HTML that was sanitised before (``viewers.render``) as blocks to be set: headings, paragraphs, lists, tables, fixed-width text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import html

Block = dict[str, Any]
MOST_COLUMNS = 9
LINE = "\u2028"  # XML has no control characters to spare
LONGEST = 20_000  # characters of one block: a longer paragraph is parted, so that it can stand in two chunks
_HEADINGS = {f"h{level}" for level in range(1, 7)} | {"caption", "dt"}
_BREAKING = {"p", "div", "blockquote", "dl", "dd", "section", "article", "hr", "col", "colgroup"}


def blocks_of(source: str, *, keep_breaks: bool) -> list[Block]:
    """The blocks of a piece of HTML, in order. ``keep_breaks``: a line break in the text is one (text that was plain)."""
    if not source.strip():
        return []
    root = html.fragment_fromstring(source.replace("\0", "\ufffd"), create_parent="div")
    walk = _Walk(keep_breaks)
    walk.into(root, 0)
    walk.flush()
    return [part for block in walk.blocks for part in _parted(block)]


@dataclass(slots=True)
class _Walk:
    keep_breaks: bool
    blocks: list[Block] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def into(self, element: Any, depth: int) -> None:
        self.say(element.text)
        for child in element:
            self.one(child, depth)
            self.say(child.tail)

    def one(self, child: Any, depth: int) -> None:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag == "br":
            self.text.append("\v")
        elif tag in _HEADINGS:
            self.apart({"k": "h", "t": _flat(child.text_content())})
        elif tag == "pre":
            self.apart({"k": "pre", "t": child.text_content().strip("\n")})
        elif tag in ("ul", "ol"):
            self.listed(child, depth)
        elif tag == "table":
            self.flush()
            self.blocks += _table(child)
        elif tag in _BREAKING:
            self.flush()
            self.into(child, depth)
            self.flush()
        elif tag:
            self.into(child, depth)

    def listed(self, element: Any, depth: int) -> None:
        self.flush()
        for place, item in enumerate(element.iterchildren("li"), 1):
            before = len(self.blocks)
            self.into(item, depth + 1)
            self.flush()
            if len(self.blocks) > before and self.blocks[before]["k"] == "p":
                mark = f"{place}." if element.tag == "ol" else "•"
                self.blocks[before] = {"k": "li", "t": self.blocks[before]["t"], "m": mark, "d": depth, "w": 8 + 6 * len(mark)}

    def say(self, text: str | None) -> None:
        if text:
            self.text.append(text)

    def apart(self, block: Block) -> None:
        self.flush()
        if block["t"]:
            self.blocks.append(block)

    def flush(self) -> None:
        joined, self.text = "".join(self.text), []
        lines = joined.replace("\n", "\v").split("\v") if self.keep_breaks else joined.split("\v")
        text = "\n".join(_flat(line) for line in lines).strip("\n")
        if text.strip():
            self.blocks.append({"k": "p", "t": text})


def _flat(text: str) -> str:
    return " ".join(text.split())


def _cell(element: Any) -> str:
    """A cell's text; what stands on lines of its own in it stays so."""
    for child in element.iter("br", "p", "li", "div", "tr"):
        child.tail = f"{LINE}{child.tail or ''}"
    return "\n".join(line for line in map(_flat, element.text_content().split(LINE)) if line)


def _table(element: Any) -> Iterator[Block]:
    caption = next(element.iter("caption"), None)
    if caption is not None:
        yield {"k": "h", "t": _flat(caption.text_content())}
    rows = [row for row in element.iter("tr") if next(row.iterancestors("table")) is element]
    cells = [[(cell.tag, _cell(cell)) for cell in row.iterchildren("td", "th")] for row in rows]
    cells = [row for row in cells if any(text for _, text in row)]
    if not cells:
        return
    count = max(len(row) for row in cells)
    head = [text for _, text in cells[0]] if all(tag == "th" for tag, _ in cells[0]) and len(cells) > 1 else []
    body = [[text for _, text in row] for row in (cells[1:] if head else cells)]
    if count > MOST_COLUMNS:
        yield from ({"k": "p", "t": " | ".join(row)} for row in ([head] if head else []) + body)
        return
    yield {
        "k": "table",
        "cols": _widths(count, [head, *body]),
        "head": head + [""] * (count - len(head)) if head else [],
        "rows": body,
    }


def _widths(count: int, rows: list[list[str]]) -> list[str]:
    """Shares of the width, by the longest text of each column, kept between 1 and 6."""
    longest = [max((len(row[place]) for row in rows if place < len(row)), default=1) for place in range(count)]
    return [str(min(6.0, max(1.0, round(length / 12, 1)))) for length in longest]


def _parted(block: Block) -> Iterator[Block]:
    """A block that is too long for one chunk as several; a table by its rows."""
    if block["k"] == "table":
        for first in range(0, max(1, len(block["rows"])), 300):
            yield block | {"rows": block["rows"][first : first + 300]}
    elif len(block["t"]) <= LONGEST:
        yield block
    else:
        yield from (block | {"t": part} for part in _pieces(block["t"]))


def _pieces(text: str) -> Iterator[str]:
    """At line ends, else at spaces, else anywhere; nothing is lost but the separator the part ends at."""
    while len(text) > LONGEST:
        at = max(text.rfind("\n", 0, LONGEST), 0) or max(text.rfind(" ", 0, LONGEST), 0) or LONGEST
        yield text[:at]
        text = re.sub(r"^[\n ]", "", text[at:], count=1)
    if text:
        yield text
