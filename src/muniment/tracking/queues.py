"""The queues of paper charts."""

from __future__ import annotations

REQUESTS = "paper-requests"
RECALLS = "paper-recalls"
SEARCHES = "paper-searches"
POOL = ["technician", "roi-specialist"]

QUEUES = (
    {
        "code": REQUESTS,
        "name": "Paper requests",
        "definition": "Volumes of paper charts that somebody asked for and nobody has charged out to them yet.",
        "pools": POOL,
        "order": 60,
    },
    {
        "code": RECALLS,
        "name": "Paper recalls",
        "definition": "Volumes that were to be back by now. An item goes when its volume is back.",
        "pools": POOL,
        "order": 62,
    },
    {
        "code": SEARCHES,
        "name": "Missing paper",
        "definition": "Volumes that are missing, until they are found. Every place that was searched is kept.",
        "pools": POOL,
        "order": 64,
    },
)
