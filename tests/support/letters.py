"""E-mail messages written for tests. Nobody in them exists."""

from __future__ import annotations

from email.message import EmailMessage

SENDER = "records@direct.sample-clinic.example"


def letter(*parts: tuple[str, str, bytes], text: str = "Please see the attachment.", **headers: str) -> EmailMessage:
    """``parts`` are (media type, name, bytes)."""
    message = EmailMessage()
    for name, value in ({
        "Received": "from hisp by mail.house.example; Sat, 14 Mar 2026 09:06:00 -0400", "From": f"Records <{SENDER}>",
        "To": "him@direct.house.example", "Subject": "Summary of Ada Okonjo", "Date": "Sat, 14 Mar 2026 09:05:00 -0400",
        "Message-ID": "<1@sample-clinic.example>",
    } | {key.replace("_", "-"): value for key, value in headers.items()}).items():  # fmt: skip
        message[name] = value
    message.set_content(text)
    for kind, name, content in parts:
        main, sub = kind.split("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message
