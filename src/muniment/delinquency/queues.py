"""The queue of delinquency, as set-up defines it."""

from __future__ import annotations

from typing import Any

LETTERS = "delinquency"

QUEUES: tuple[dict[str, Any], ...] = (
    {
        "code": LETTERS,
        "name": "Delinquency",
        "definition": "Letters that are due and suspensions that are proposed. An item leaves by itself when the letters are made or"
        " somebody has decided.",
        "pools": ["administrator"],
        "personal": False,
        "order": 25,
    },
)
