"""The queue of downtime recovery."""

from __future__ import annotations

from typing import Any

RECOVERY = "downtime-recovery"

QUEUES: tuple[dict[str, Any], ...] = (
    {
        "code": RECOVERY,
        "name": "Downtime recovery",
        "definition": "Downtimes that are over and whose paper is not reconciled yet: its documents are entered, and each stay that was in house has some"
        " or somebody said that it has none.",
        "pools": ["technician", "administrator"],
        "order": 69,
    },
)
