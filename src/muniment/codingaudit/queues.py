"""The queues of coding audits, as set-up defines them."""

from __future__ import annotations

from typing import Any

from muniment.codingaudit.rules import State

AUDITS, REPLIES, RULINGS, DECISIONS = "coding-audit", "coding-audit-reply", "coding-audit-ruling", "coding-audit-decision"
RECODE = "coding-audit-recode"
SUBJECT = "coding-audit"
QUEUE_OF = {
    State.CODING: AUDITS, State.JUDGING: RULINGS, State.TOLD: REPLIES, State.RULING: RULINGS, State.THIRD: DECISIONS,
}  # fmt: skip

QUEUES: tuple[dict[str, Any], ...] = (
    {
        "code": AUDITS,
        "name": "Coding audits",
        "definition": "Final codings that were drawn for an audit. Whoever did not code the stay codes it afresh without seeing the first codes.",
        "pools": ["coder"],
        "personal": False,
        "order": 44,
    },
    {
        "code": REPLIES,
        "name": "Audit findings to answer",
        "definition": "Differences an auditor calls errors in a coding of yours. Agree, or dispute with a reason.",
        "pools": ["coder"],
        "personal": True,
        "order": 22,
    },
    {
        "code": RULINGS,
        "name": "Audits to judge",
        "definition": "Audits of yours: say which differences are errors, and uphold or yield what the coder disputes.",
        "pools": ["coder"],
        "personal": True,
        "order": 23,
    },
    {
        "code": DECISIONS,
        "name": "Audit disputes",
        "definition": "Findings that a coder disputes and the auditor upholds. Somebody who is neither decides.",
        "pools": ["coder", "administrator"],
        "personal": False,
        "order": 45,
    },
    {
        "code": RECODE,
        "name": "Recode after an audit",
        "definition": "Stays of yours whose final coding an audit found errors in. Code the stay again; the item leaves by itself when that is final.",
        "pools": ["coder"],
        "personal": True,
        "order": 24,
    },
)
