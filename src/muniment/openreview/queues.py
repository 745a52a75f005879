"""The queues of open-record review, as set-up defines them."""

from __future__ import annotations

from typing import Any

REVIEWS = "open-record-review"
FINDINGS = "open-record-findings"
RECHECK = "open-record-recheck"
ACTIONS = "open-record-actions"
REVIEW, FINDING, ACTION = "open-review", "open-finding", "open-record-action"  # subjects

QUEUES: tuple[dict[str, Any], ...] = (
    {
        "code": REVIEWS,
        "name": "Open-record review",
        "definition": "Charts of patients in the house that the plan drew, or that somebody added, to be looked at by the worksheet."
        " An item leaves by itself when its review is finished or left out.",
        "pools": ["technician", "administrator"],
        "personal": False,
        "order": 14,
    },
    {
        "code": FINDINGS,
        "name": "Findings in open charts",
        "definition": "What a review found in the chart of a patient in the house, for whoever can mend it now."
        " An item leaves by itself when the record shows that it is mended, or its owner says so.",
        "pools": ["clinician"],
        "personal": True,
        "order": 21,
    },
    {
        "code": RECHECK,
        "name": "Findings to look at again",
        "definition": "Findings in open charts that are said to be mended, or whose owner has no sign-in here. Look, and say whether they are."
        " An item leaves by itself when the record shows that it is mended.",
        "pools": ["technician", "administrator"],
        "personal": False,
        "order": 15,
    },
    {
        "code": ACTIONS,
        "name": "Corrective actions",
        "definition": "What somebody has undertaken to do about a question of open-record review that is below its threshold, and, once it is"
        " carried out, whether it was effective. An item leaves when that is said.",
        "pools": ["administrator"],
        "personal": True,
        "order": 27,
    },
)
