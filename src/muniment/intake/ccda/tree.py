"""Walking a CDA tree. Every function takes None for "not there", so that paths need no checks on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

Element = etree._Element

V3 = "{urn:hl7-org:v3}"
SDTC = "{urn:hl7-org:sdtc}"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def kid(node: Element | None, name: str, space: str = V3) -> Element | None:
    """The first child of that name."""
    return None if node is None else next(node.iterchildren(space + name), None)


def kids(node: Element | None, name: str, space: str = V3) -> Iterable[Element]:
    return () if node is None else node.iterchildren(space + name)


def down(node: Element | None, *names: str) -> Element | None:
    """Follow the first child of each name in turn."""
    for name in names:
        node = kid(node, name)
    return node


def attr(node: Element | None, name: str) -> str:
    """The attribute with its white space collapsed; "" where there is none."""
    value = "" if node is None else node.get(name) or ""
    return value if value.isprintable() and " " not in value else " ".join(value.split())


def words(node: Element | None) -> str:
    """All text under the element on one line."""
    return "" if node is None else " ".join(" ".join(map(str, node.itertext())).split())


def true(node: Element | None, name: str) -> bool:
    return attr(node, name).lower() in ("true", "1")


def null(node: Element | None) -> str:
    """The null flavour (HL7 v3 NullFlavor) the element carries, or nothing."""
    return attr(node, "nullFlavor")


def type_of(node: Element) -> str:
    """The ``xsi:type`` without its prefix: ``PQ``, ``IVL_TS``, …"""
    return (node.get(XSI_TYPE) or "").split(":")[-1].strip()


def templates(node: Element | None) -> Iterator[str]:
    for template in kids(node, "templateId"):
        yield attr(template, "root")


def local(node: Element) -> str:
    return etree.QName(node).localname


def related(node: Element | None, *wanted: str) -> Iterator[Element]:
    """Statements inside ``entryRelationship`` that carry one of the template ids."""
    for link in kids(node, "entryRelationship"):
        for statement in link:
            if not set(wanted).isdisjoint(templates(statement)):
                yield statement


def first_related(node: Element | None, *wanted: str) -> Element | None:
    return next(related(node, *wanted), None)
