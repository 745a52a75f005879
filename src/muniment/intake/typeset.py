"""The text of a message as pages, set by Typst with its own fonts: the same message, the same bytes."""

from __future__ import annotations

from pathlib import Path

from muniment.core.typeset import set_pdf
from muniment.intake.mail import Letter

TEMPLATE = Path(__file__).parent / "data" / "letter.typ"


def letter_pages(letter: Letter) -> bytes:
    sent = letter.dated or letter.received
    return set_pdf(TEMPLATE, {
        "sender": letter.sender or "a sender who is not named", "sent": f"{sent:%d %b %Y, %H:%M %z}" if sent else "not said",
        "id": letter.message_id or "none", "lines": letter.text.splitlines(),
    })  # fmt: skip
