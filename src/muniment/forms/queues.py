"""The queues of forms control."""

from __future__ import annotations

from typing import Any

APPROVALS = "form-approvals"
REVIEWS = "form-reviews"
FLAGGED = "form-flags"

QUEUES: tuple[dict[str, Any], ...] = (
    {
        "code": APPROVALS,
        "name": "Forms to approve",
        "definition": "Versions of forms that somebody proposed and nobody else has approved or withdrawn yet.",
        "pools": ["administrator"],
        "order": 66,
    },
    {
        "code": REVIEWS,
        "name": "Form reviews",
        "definition": "Forms in force whose review is due by the rule. An item goes when the form was reviewed, replaced or retired.",
        "pools": ["technician", "administrator"],
        "order": 67,
    },
    {
        "code": FLAGGED,
        "name": "Scans of old forms",
        "definition": "Filed scans whose pages carry the code of a form that was not in force on the day they were written, or that nobody"
        " here knows. The scan stays filed; somebody finds out where the old paper comes from.",
        "pools": ["technician"],
        "order": 68,
    },
)
