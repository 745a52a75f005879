"""A CDA document as a readable HTML fragment: our stylesheet, then a strict allow-list."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import nh3
from lxml import etree

from muniment.intake.ccda.read import root_of
from muniment.kernel.errors import Unreadable

MAX_GROWTH = 12  # times the document's size; ours stays below 3
_TAGS = {
    *(
        "a",
        "br",
        "caption",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "img",
        "li",
        "nav",
        "ol",
    ),
    *("p", "pre", "section", "span", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
}
_ATTRIBUTES = {
    "*": {"class", "id"},
    "a": {"href"},
    "img": {"src", "alt"},
    "nav": {"aria-label"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_IMAGE = re.compile(r"data:image/(png|jpeg);base64,[A-Za-z0-9+/]+={0,2}")


def render(data: bytes) -> str:
    """The document as an HTML fragment without scripts, styles, handlers, or anything fetched from elsewhere.

    Element ids and class names begin with ``cda-``; the classes are listed at the top of ``ccda.xsl``. Raises
    :class:`~muniment.kernel.errors.Unreadable` or :class:`~muniment.kernel.errors.Unfileable` as reading does.
    """
    root = root_of(data)
    try:
        html = str(_stylesheet()(root))
    except etree.XSLTApplyError:
        raise Unreadable("The document's layout can't be drawn.", remedy="Open the original instead.") from None
    if len(html) > MAX_GROWTH * len(data) + 100_000:
        raise Unreadable("The document grows too large when drawn.", remedy="Open the original instead.")
    return _cleaner("data:" in html).clean(html)


@cache
def _stylesheet() -> etree.XSLT:
    rights = ("read_file", "write_file", "create_dir", "read_network", "write_network")
    nothing = etree.XSLTAccessControl(**dict.fromkeys(rights, False))
    return etree.XSLT(etree.parse(Path(__file__).with_name("ccda.xsl")), access_control=nothing)


@cache
def _cleaner(with_images: bool) -> nh3.Cleaner:
    """Without an embedded image no URL has a scheme at all, and the costlier filter is not needed."""
    return nh3.Cleaner(
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"data"} if with_images else set(),
        url_relative=_inside,
        attribute_filter=_only_images if with_images else None,
        link_rel=None,
        strip_comments=True,
    )


def _inside(url: str) -> str | None:
    return url if url.startswith("#") else None


def _only_images(tag: str, name: str, value: str) -> str | None:
    """``data:`` URLs are for PNG and JPEG images alone."""
    if name == "src":
        return value if tag == "img" and _IMAGE.fullmatch(value) else None
    if name == "href":
        return value if value.startswith("#") else None
    return value
