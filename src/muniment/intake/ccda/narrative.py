"""The narrative blocks of a document as plain text, for find-in-chart."""

from __future__ import annotations

from muniment.intake.ccda.tree import V3, Element, kid, words

_BREAKS = frozenset(V3 + name for name in ("paragraph", "list", "item", "table", "tr", "br", "caption", "footnote"))
_CELLS = frozenset((V3 + "td", V3 + "th"))


def plain_text(sections: list[tuple[str, Element]]) -> str:
    """Titles and texts in document order, one block a line, cells apart by a tab."""
    lines: list[str] = []
    for _, section in sections:
        lines += [words(kid(section, "title")), *block_text(kid(section, "text")), ""]
    return "\n".join(lines).strip()


def block_text(node: Element | None) -> list[str]:
    if node is None:
        return []
    pieces: list[str] = []
    for each in node.iter():
        if each.tag in _BREAKS:
            pieces.append("\n")
        elif each.tag in _CELLS:
            pieces.append("\t")
        if each.text:
            pieces.append(_flat(each.text))
        if each.tail and each is not node:
            pieces.append(_flat(each.tail))
    lines = (line.strip(" ") for line in "".join(pieces).split("\n"))
    return [line.removeprefix("\t").strip() for line in lines if line.strip()]


def _flat(text: str) -> str:
    inner = " ".join(text.split())
    if not inner:
        return " "
    return (" " if text[0].isspace() else "") + inner + (" " if text[-1].isspace() else "")
