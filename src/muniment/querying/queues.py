"""The queues of clinician queries, as set-up defines them."""

from __future__ import annotations

from typing import Any

ANSWER = "query-answer"
ROUTING = "query-routing"
ESCALATED = "query-escalated"
SUBJECT = "clinician-query"

QUEUES: tuple[dict[str, Any], ...] = (
    {
        "code": ANSWER,
        "name": "Clinician queries",
        "definition": "Queries of the coding department that a clinician has to answer."
        " An item leaves by itself when the query is answered, withdrawn or given to another.",
        "pools": ["clinician"],
        "personal": True,
        "order": 21,
    },
    {
        "code": ROUTING,
        "name": "Queries without their clinician",
        "definition": "Queries whose clinician said that they are not theirs, or has no sign-in. Give them to another, or withdraw them.",
        "pools": ["coder", "administrator"],
        "personal": False,
        "order": 42,
    },
    {
        "code": ESCALATED,
        "name": "Unanswered queries",
        "definition": "Queries past their due date by the days the rule allows before they are put before an administrator."
        " Speak with the clinician, give it to another, or withdraw it.",
        "pools": ["administrator"],
        "personal": False,
        "order": 43,
    },
)
