"""Parse XML nobody vouches for: no DTD, no entities, no network; size, depth and node count bounded."""

from __future__ import annotations

import re
from typing import cast

from lxml import etree

from muniment.kernel.errors import Unreadable

Element = etree._Element

MAX_BYTES = 32 * 1024 * 1024
MAX_DEPTH = 128
MAX_ELEMENTS = 500_000
# libxml2 refuses text nodes above 10 MB unless told to expect large input; an embedded scan may be larger.
_LARGE = 9_000_000
_TOO_DEEP = etree.XPath("boolean(/" + "/".join("*" * (MAX_DEPTH + 1)) + ")")
_COUNT = etree.XPath("count(//*)")
_PROLOG = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def parse(data: bytes, *, max_bytes: int = MAX_BYTES) -> Element:
    """The root element of ``data`` (XML 1.0, 5th edition), without comments and processing instructions.

    Raises :class:`Unreadable`, with the line where there is one, for anything that is not well-formed, declares a DTD, or is
    larger than ``max_bytes``, deeper than 128 elements or richer than 500,000 elements.
    """
    _check_bytes(data, max_bytes)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=len(data) > _LARGE,
    )
    try:
        root = etree.fromstring(data if data.startswith(_BOMS) else data.lstrip(), parser)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        raise _not_well_formed(error) from None
    _check_tree(root)
    return root


def _check_bytes(data: bytes, max_bytes: int) -> None:
    if len(data) > max_bytes:
        raise Unreadable(
            f"The document is larger than {max_bytes // (1024 * 1024)} MiB.", remedy="Ask the sender to split or shrink it."
        )
    if not data.strip():
        raise Unreadable("The document is empty.", remedy="Ask the sender to send it again.")
    _refuse_dtd(data)
    if b"<" not in data[:4096]:
        raise Unreadable("This is not XML.", where="line 1", remedy="Check that the right file was sent.")


def _refuse_dtd(data: bytes) -> None:
    """A document type may only stand before the root, so only the prolog is read (NULs dropped, for UTF-16)."""
    head = data.lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"")
    found = _PROLOG.match(head)
    if found and head[found.end() : found.end() + 9].upper() == b"<!DOCTYPE":
        raise _has_dtd(head.count(b"\n", 0, found.end()) + 1)


def _has_dtd(line: int = 1) -> Unreadable:
    return Unreadable(
        "The document declares a document type (DTD), which may define entities and is never accepted.",
        where=f"line {line}",
        remedy="Ask the sender for the document without <!DOCTYPE>.",
    )


def _not_well_formed(error: Exception) -> Unreadable:
    if not isinstance(error, etree.XMLSyntaxError):
        return Unreadable("The document's character encoding is not known.", where="line 1", remedy="Ask for it as UTF-8.")
    line = error.lineno or 1
    said = str(error.msg or "").split(", line")[0]
    if "encod" in said.lower() or "utf-8" in said.lower():
        return Unreadable(
            "The bytes are not in the encoding the document declares.", where=f"line {line}", remedy="Ask for it as UTF-8."
        )
    if said.startswith("Namespace prefix"):
        prefix = said.split()[2]
        return Unreadable(
            f"The namespace prefix {prefix[:30]} is used but not declared.",
            where=f"line {line}",
            remedy="Send the whole document, not a fragment of it.",
        )
    return Unreadable(
        "The document is not well-formed XML; it may be cut short or damaged.",
        where=f"line {line}",
        remedy="Ask the sender to send it again.",
    )


def _check_tree(root: Element) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise _has_dtd()
    if _TOO_DEEP(root):
        raise Unreadable(f"The document nests deeper than {MAX_DEPTH} elements.", remedy="Ask the sender to check it.")
    if cast(float, _COUNT(root)) > MAX_ELEMENTS:
        raise Unreadable(f"The document has more than {MAX_ELEMENTS:,} elements.", remedy="Ask the sender to split it.")
