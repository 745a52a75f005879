"""Documents inside resources: base64 comes out and becomes the document's bytes, with readable text where there is some."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from muniment.intake.submission import DocumentBytes
from muniment.kernel import charsets
from muniment.kernel.errors import Unreadable

_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:\-]+)""", re.IGNORECASE)
_DAMAGED = "It was damaged or mixed up on its way. Send the document again."
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

    It is embedded in the attachment itself or in a contained Binary that the attachment points to. Further embedded documents stay
    where they are, so that nothing is lost. Raises Unreadable for broken base64, and for a document, the first or another, whose
    bytes are not of the size and hash that its attachment says (FHIR R4 §2.24.0.3: bytes, SHA-1).
    """
    if resource["resourceType"] == "Binary":
        return _take_binary(resource)
    found: DocumentBytes | None = None
    for place, attachment in enumerate(attachments_of(resource)):
        if "data" in attachment:
            content, content_type = _decoded(attachment["data"]), attachment.get("contentType")
        elif binary := _contained_binary(resource, attachment.get("url", "")):
            content, content_type = _decoded(binary["data"]), attachment.get("contentType") or binary["contentType"]
        else:
            continue
        check_bytes(attachment, content)
        if found is None:
            found = _document(content, content_type, attachment.get("title", ""), place)
            _taken_out(resource, attachment, len(content))
    return found


def _contained_binary(resource: dict[str, Any], url: str) -> dict[str, Any] | None:
    """The contained Binary that ``#id`` names, where it holds bytes (FHIR R4 §2.36.3)."""
    if not url.startswith("#"):
        return None
    held = (one for one in resource.get("contained", ()) if one["resourceType"] == "Binary" and one.get("id") == url[1:])
    return next((one for one in held if "data" in one), None)


def _taken_out(resource: dict[str, Any], attachment: dict[str, Any], size: int) -> None:
    """The bytes are kept beside the resource: their base64 leaves it, unless another attachment means the same contained Binary."""
    attachment.setdefault("size", size)
    for name in ("data", "_data"):
        attachment.pop(name, None)
    url = attachment.get("url", "")
    binary = _contained_binary(resource, url)
    if binary and sum(one.get("url") == url for one in attachments_of(resource)) == 1:
        binary.pop("data")


def check_bytes(attachment: dict[str, Any], content: bytes) -> None:
    """Raises Unreadable where bytes are not of the size or hash that an Attachment says they are."""
    size = attachment.get("size")
    if size is not None and int(size) != len(content):
        raise Unreadable(
            f"The document has {len(content):,} bytes; its attachment says {int(size):,}.",
            where="attachment.size",
            remedy=_DAMAGED,
        )
    said = attachment.get("hash")
    if said is not None and "".join(said.split()) not in _spellings(content):
        raise Unreadable(
            "The document is not the one whose hash its attachment says.", where="attachment.hash", remedy=_DAMAGED
        )


def _spellings(content: bytes) -> Iterator[str]:
    """FHIR R4 means SHA-1 in base64. Senders write SHA-256 too, and either in hexadecimal, as XDS does."""
    for digest in (hashlib.sha1(content, usedforsecurity=False).digest(), hashlib.sha256(content).digest()):
        for text in (digest.hex(), digest.hex().upper()):
            yield text
            yield base64.b64encode(text.encode()).decode()
        yield base64.b64encode(digest).decode()


def _take_binary(resource: dict[str, Any]) -> DocumentBytes | None:
    if "data" not in resource:
        return None
    return _document(_decoded(resource.pop("data")), resource.get("contentType"), "")


def _document(content: bytes, content_type: str | None, title: str, place: int = 0) -> DocumentBytes:
    content_type = content_type or "application/octet-stream"
    media_type = content_type.partition(";")[0].strip().lower()
    charset = _CHARSET.search(content_type)
    text = _readable(content, media_type, charset[1] if charset else "utf-8")
    return DocumentBytes(content=content, media_type=media_type, file_name=title, text=text, place=place)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("The embedded document is not valid base64.", remedy="Send the document again.") from error


def _readable(content: bytes, media_type: str, charset: str) -> str:
    if media_type not in ("text/plain", "text/html", "application/xhtml+xml"):
        return ""
    try:
        text = content.decode(charsets.known(charset) or "utf-8")
    except ValueError:
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


def linked_binaries(resource: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """(place, attachment) of the attachments that point to a document elsewhere instead of holding it."""
    found = enumerate(attachments_of(resource))
    return ((place, one) for place, one in found if "url" in one and "data" not in one and not one["url"].startswith("#"))
