"""The queues of pending documents, as set-up defines them."""

from __future__ import annotations

from typing import Any

AUTHOR = "pending-author"
CLOSURE = "pending-closure"
SUBJECT = "pending-document"

QUEUES: tuple[dict[str, Any], ...] = (
    {
        "code": AUTHOR,
        "name": "Pending documents to sign",
        "definition": "Documents their author has left unsigned for longer than the rule about pending documents allows without a notice."
        " An item leaves by itself when the document is signed, discarded or closed.",
        "pools": ["clinician"],
        "personal": True,
        "order": 22,
    },
    {
        "code": CLOSURE,
        "name": "Administrative closure",
        "definition": "Documents past the time in which their author should have signed them. Close them, or give their author more time."
        " An item leaves by itself when the document is signed, discarded or closed.",
        "pools": ["administrator"],
        "personal": False,
        "order": 26,
    },
)
