"""The narrative blocks of a document as plain text, for find-in-chart."""

from __future__ import annotations

from muniment.intake.ccda.tree import V3, Element, kid, words

_BREAKS = frozenset(V3 + name for name in ("paragraph", "list", "item", "table", "tr", "br", "caption", "footnote"))
# Marks from the private use area, so that white space can be collapsed in one go over the whole block.
_LINE, _CELL = "\ue000", "\ue001"
_CELLS = frozenset((V3 + "td", V3 + "th"))


def plain_text(sections: list[tuple[str, Element]]) -> str:
    """Titles and texts in document order, one block a line, cells apart by a tab."""
    lines: list[str] = []
    for _, section in sections:
        lines += [words(kid(section, "title")), *block_text(kid(section, "text")), ""]
    return "\n".join(lines).strip()


def block_text(node: Element | None) -> list[str]:
    """The lines of one narrative block."""
    if node is None:
        return []
    pieces: list[str] = []
    for each in node.iter():
        if each.tag in _BREAKS:
            pieces.append(_LINE)
        elif each.tag in _CELLS:
            pieces.append(_CELL)
        pieces.append(each.text or "")
        if each is not node:
            pieces.append(each.tail or "")
    flat = " ".join("".join(pieces).split())
    lines = ("\t".join(cell.strip() for cell in line.split(_CELL)).strip() for line in flat.split(_LINE))
    return [line for line in lines if line]
