"""RFC 5322 messages (e-mail, and Direct messages as a HISP drops them) → who sent what. Pure: no database, no network.

Python's own reader, with its ``email.policy.EmailPolicy``; bounded in size, depth, number of parts and length of header fields. Nothing is decrypted: that is
the business of the HISP (Applicability Statement for Secure Health Transport 1.2).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import errors
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.policy import EmailPolicy
from typing import Any, cast

from muniment.intake.fhir_json.attachments import html_text
from muniment.kernel import charsets
from muniment.kernel.errors import Problem, Unfileable, Unreadable

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 12
MAX_PARTS = 200
MOST_TEXT = 1024 * 1024  # characters
MAX_FIELD = 2000  # characters of a header field that is read; the library takes the square of the time for one
READ = frozenset(
    "from sender date subject received message-id mime-version content-type content-disposition content-transfer-encoding content-id".split()  # noqa: SIM905
)
ENCRYPTED = ("application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted")
SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")


@dataclass(frozen=True, slots=True)
class Attachment:
    """One part that carries something: its name and media type as sent, its bytes decoded. ``where`` counts parts from 1."""

    where: str
    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message opened. ``subject_sha256``: subjects name patients, so only their digest is kept outside the bytes.

    ``sender`` is an address without its name, in lower case. ``text`` is the body, empty where there is none.
    """

    message_id: str
    sender: str
    subject_sha256: str
    dated: datetime | None
    received: datetime | None
    attachments: tuple[Attachment, ...]
    problems: tuple[tuple[str, Problem], ...]  # parts that can't be decoded: where, and why
    text: str = field(repr=False, default="")


class _Bounded(EmailPolicy):
    """Looks at the length of each header field before anything of it is parsed. A field nobody reads may be of any length."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        if name.lower() in READ and len(value) > MAX_FIELD:
            raise Unreadable(
                f"A header field of the message ({name[:40]}) is longer than {MAX_FIELD:,} characters.", remedy="Have it sent again, with a shorter one."
            )  # fmt: skip
        return name, value


_POLICY = _Bounded()


def read(content: bytes) -> Letter:
    """Raises Unreadable for what is too large, too deep or no message, Unfileable for one that is encrypted."""
    if len(content) > MAX_BYTES:
        raise Unreadable(
            f"The message is larger than {MAX_BYTES // 1048576} MiB.", remedy="Ask the sender to send less at a time."
        )
    try:
        message = cast(EmailMessage, BytesParser(policy=_POLICY).parsebytes(content))
        parts = list(_parts(message))
        _check_open(message, [part for _, part in parts])
        attachments, problems, text = _sorted(parts)
    except (errors.MessageError, RecursionError, LookupError, ValueError, TypeError, AttributeError, IndexError) as error:
        raise Unreadable("The message is damaged: its parts can't be told apart.", remedy="Have it delivered again.") from error
    return Letter(
        message_id=_header(message, "Message-ID")[:200], sender=_sender(message), dated=_moment(_header(message, "Date")),
        subject_sha256=hashlib.sha256(_header(message, "Subject").encode()).hexdigest(), received=_received(message),
        attachments=tuple(attachments), problems=tuple(problems), text=text,
    )  # fmt: skip


def _parts(message: MIMEPart, where: str = "", depth: int = 1) -> Iterator[tuple[str, MIMEPart]]:
    """Leaves, in order; a message inside a message is opened too. Raises Unreadable beyond the bounds."""
    if depth > MAX_DEPTH:
        raise Unreadable(
            f"The message is nested deeper than {MAX_DEPTH} levels.", remedy="Ask the sender for the attachments by themselves."
        )
    held: Any = message.get_payload() if message.is_multipart() else None
    if held is None or message.get_content_type() in ENCRYPTED:
        yield where or "1", message
        return
    if len(held) > MAX_PARTS:
        raise _too_many()
    count = 0
    for number, part in enumerate(held, 1):
        for found in _parts(part, f"{where}.{number}" if where else str(number), depth + 1):
            count += 1
            if count > MAX_PARTS:
                raise _too_many()
            yield found


def _too_many() -> Unreadable:
    return Unreadable(f"The message has more than {MAX_PARTS} parts.", remedy="Ask the sender to send less at a time.")


def _check_open(message: EmailMessage, parts: list[MIMEPart]) -> None:
    for part in (message, *parts):
        kind, smime = part.get_content_type(), str(part.get_param("smime-type", "") or "").lower()
        if kind in ENCRYPTED and smime not in ("signed-data", "certs-only"):
            raise Unfileable(
                "The message is encrypted (S/MIME or PGP); it was not opened.", where="Content-Type",
                remedy="The HISP decrypts what it delivers: have it delivered again, decrypted.",
            )  # fmt: skip
        if kind in ENCRYPTED:
            raise Unfileable(
                "The message is wrapped in its signature (S/MIME signed-data); it was not opened.", where="Content-Type",
                remedy="The HISP checks signatures and delivers what they sign: have it delivered again, unwrapped.",
            )  # fmt: skip


def _sorted(parts: list[tuple[str, MIMEPart]]) -> tuple[list[Attachment], list[tuple[str, Problem]], str]:
    """Attachments, parts that are broken, and the body: the plain text of it before the HTML."""
    attachments: list[Attachment] = []
    problems: list[tuple[str, Problem]] = []
    bodies: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    for where, part in parts:
        kind = part.get_content_type()
        if kind in SIGNATURES:
            continue
        try:
            content = _decoded(part)
        except Problem as problem:
            problems.append((where, problem))
            continue
        if kind in bodies and not part.is_attachment() and not _name(part):
            bodies[kind].append(_text(content, part, kind))
        elif content and not (kind.startswith("image/") and part.get("Content-ID") and not part.is_attachment()):
            attachments.append(Attachment(where, _name(part), kind, content))  # a picture of the body's own is none
    text = "\n".join(bodies["text/plain"]) if any(map(str.strip, bodies["text/plain"])) else "\n".join(bodies["text/html"])
    return attachments, problems, text.strip()[:MOST_TEXT]


def _decoded(part: MIMEPart) -> bytes:
    content = part.get_payload(decode=True)
    broken = [one for one in part.defects if isinstance(one, errors.InvalidBase64CharactersDefect | errors.InvalidBase64LengthDefect | errors.InvalidBase64PaddingDefect)]  # fmt: skip
    if broken or not isinstance(content, bytes):
        raise Unreadable("An attachment is not valid base64.", remedy="Have the message sent again.")
    return content


def _text(content: bytes, part: MIMEPart, kind: str) -> str:
    text = content.decode(charsets.known(part.get_content_charset()) or "utf-8", "replace").replace("\x00", "")
    return html_text(text) if kind == "text/html" else text


def _name(part: MIMEPart) -> str:
    """Its last part only: a path in it is nobody's business here."""
    name = re.split(r"[/\\]", part.get_filename() or "")[-1]
    return _printable(name)[:120]


def _printable(text: str) -> str:
    return "".join(one if one.isprintable() else "\ufffd" for one in text)


def _header(message: EmailMessage, name: str) -> str:
    try:
        return _printable(" ".join(str(message.get(name) or "").split()))
    except Exception:  # the library's own parsers of headers fail in many ways on broken ones
        return ""


def _sender(message: EmailMessage) -> str:
    """Sender, else the first of From (RFC 5322 3.6.2), as an address."""
    return _address(message, "Sender") or _address(message, "From")


def _address(message: EmailMessage, name: str) -> str:
    try:
        found: tuple[Address, ...] = getattr(message.get(name), "addresses", ())
        return _printable(found[0].addr_spec).lower()[:200] if found and found[0].domain else ""
    except Exception:  # as in _header
        return ""


def _received(message: EmailMessage) -> datetime | None:
    """By the topmost Received field: our own server's (RFC 5321 4.4)."""
    return _moment(_header(message, "Received").rpartition(";")[2])


def _moment(text: str) -> datetime | None:
    from email.utils import parsedate_to_datetime

    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
