"""Documents inside resources: base64 comes out and becomes the document's bytes, with readable text where there is some."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from muniment.intake.submission import DocumentBytes
from muniment.kernel.errors import Unreadable

_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:\-]+)""", re.IGNORECASE)
_HOLDERS = {"DocumentReference": "content", "DiagnosticReport": "presentedForm", "Media": "content"}
_BLOCKS = frozenset(
    "address article blockquote br dd div dl dt footer h1 h2 h3 h4 h5 h6 header hr li ol p pre section table tr ul".split()  # noqa: SIM905
)


def attachments_of(resource: dict[str, Any]) -> list[dict[str, Any]]:
    """The attachments of a valid DocumentReference, DiagnosticReport or Media, in order."""
    holder = _HOLDERS.get(resource["resourceType"])
    if holder is None:
        return []
    held = resource.get(holder, [])
    held = held if isinstance(held, list) else [held]
    return [one.get("attachment", one) for one in held]


def take_document(resource: dict[str, Any]) -> DocumentBytes | None:
    """Move the first embedded document out of a valid resource; it keeps content type, hash and size.

    Further embedded documents stay where they are, so that nothing is lost. Raises Unreadable for broken base64.
    """
    if resource["resourceType"] == "Binary":
        return _take_binary(resource)
    for attachment in attachments_of(resource):
        if "data" in attachment:
            content = _decoded(attachment.pop("data"))
            attachment.pop("_data", None)
            attachment.setdefault("size", len(content))
            return _document(content, attachment.get("contentType"), attachment.get("title", ""))
    return None


def _take_binary(resource: dict[str, Any]) -> DocumentBytes | None:
    if "data" not in resource:
        return None
    return _document(_decoded(resource.pop("data")), resource.get("contentType"), "")


def _document(content: bytes, content_type: str | None, title: str) -> DocumentBytes:
    content_type = content_type or "application/octet-stream"
    media_type = content_type.partition(";")[0].strip().lower()
    charset = _CHARSET.search(content_type)
    text = _readable(content, media_type, charset[1] if charset else "utf-8")
    return DocumentBytes(content=content, media_type=media_type, file_name=title, text=text)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("The embedded document is not valid base64.", remedy="Send the document again.") from error


def _readable(content: bytes, media_type: str, charset: str) -> str:
    if media_type not in ("text/plain", "text/html", "application/xhtml+xml"):
        return ""
    try:
        text = content.decode(charset)
    except (ValueError, LookupError):
        text = content.decode("cp1252", errors="replace")
    text = text.replace("\x00", "")
    return text if media_type == "text/plain" else html_text(text)


def html_text(source: str) -> str:
    """The readable text of HTML, one line a block; scripts and styles left out."""
    parser = _Text()
    parser.feed(source)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n"))
    return "\n".join(line for line in lines if line)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._hidden += 1
        elif tag in _BLOCKS:
            self.parts.append("\n")
        elif tag in ("td", "th"):
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._hidden = max(0, self._hidden - 1)
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data.replace("\n", " "))


def linked_binaries(resource: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The attachments that point to a document elsewhere instead of holding it."""
    return (attachment for attachment in attachments_of(resource) if "url" in attachment and "data" not in attachment)
