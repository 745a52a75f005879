"""How bytes become something to read: a renderer per media type. Higher layers register theirs (C-CDA) in their AppConfig."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from html import escape, unescape

import nh3

from muniment.kernel import charsets
from muniment.ui.prose import prose

INLINE = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"})  # what a browser shows itself
_TAGS = {
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "ins",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
}
_CELLS = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}}
_BREAKS = re.compile(r"</(?:p|div|li|tr|h[1-6]|table|dt|dd)>|<br ?/?>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """``html`` is sanitised and ready to stand in a page; ``text`` is the same to be compared and searched."""

    html: str = ""
    text: str = ""


Renderer = Callable[[bytes], Rendered]
_renderers: dict[str, Renderer] = {}


def register(media_type: str, renderer: Renderer) -> None:
    """Have documents of ``media_type`` (without parameters, lower case) rendered by ``renderer``. Its HTML must be sanitised."""
    _renderers[media_type] = renderer


def bare(media_type: str) -> str:
    """``text/plain; charset=utf-8`` without its parameters."""
    return media_type.partition(";")[0].strip().lower()


def render(media_type: str, content: bytes) -> Rendered | None:
    """What there is to read of ``content``; None where its type has no renderer (or only the browser has one: ``INLINE``)."""
    kind = bare(media_type)
    if kind in _renderers:
        return _renderers[kind](content)
    if kind in ("text/html", "application/xhtml+xml"):
        return html(decoded(content, media_type))
    if kind.startswith("text/") and kind not in ("text/xml", "text/rtf"):
        text = decoded(content, media_type)
        return Rendered(html=prose(text), text=text)
    return None


def html(source: str) -> Rendered:
    """HTML of others: only harmless tags stay; no script, style, link target, image or form."""
    clean = nh3.clean(source, tags=_TAGS, attributes=_CELLS, url_schemes=set(), link_rel=None)
    return Rendered(html=clean, text=plain(clean))


def plain(clean: str) -> str:
    """The text of sanitised HTML, a line for each block."""
    lines = unescape(nh3.clean(_BREAKS.sub("\n", clean), tags=set())).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines if line.strip())


def decoded(content: bytes, media_type: str = "") -> str:
    """Text in the character set the media type names; else UTF-8; else Windows-1252, as old systems send it."""
    header = Message()
    header["Content-Type"] = media_type or "text/plain"
    named = charsets.known(header.get_content_charset())
    for charset in (named, "utf-8-sig", "cp1252"):
        try:
            return content.decode(charset) if charset else content.decode()
        except ValueError:
            continue
    return content.decode("latin-1")


def marked(clean: str, words: str) -> str:
    """Sanitised HTML with each occurrence of ``words`` marked; the first is the anchor ``found``. Tags are left alone."""
    wanted = escape(" ".join(words.split()), quote=False)
    if not wanted:
        return clean
    pattern = re.compile(re.escape(wanted).replace(r"\ ", r"\s+"), re.IGNORECASE)
    pieces = re.split(r"(<[^>]*>)", clean)
    marked = "".join(
        piece if piece.startswith("<") else pattern.sub(lambda found: f"<mark>{found[0]}</mark>", piece) for piece in pieces
    )
    return marked.replace("<mark>", '<mark id="found">', 1)
