"""The queues of chart completion, as set-up defines them."""

from __future__ import annotations

from typing import Any

INBOX = "completion"
ANALYSIS = "chart-analysis"

QUEUES: tuple[dict[str, Any], ...] = (
    {
        "code": INBOX,
        "name": "Chart completion",
        "definition": "Documents and signatures of discharged stays that a clinician owes."
        " An item leaves by itself when the document is filed or signed.",
        "pools": ["clinician"],
        "personal": True,
        "order": 20,
    },
    {
        "code": ANALYSIS,
        "name": "Chart analysis",
        "definition": "Deficiencies nobody can work on yet: the responsible clinician is unknown, has no sign-in, or declined."
        " Reassign them or have them waived.",
        "pools": ["technician", "administrator"],
        "personal": False,
        "order": 10,
    },
)
