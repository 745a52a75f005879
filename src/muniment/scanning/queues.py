"""The queues of scanned paper."""

from __future__ import annotations

INDEXING = "indexing"
QUALITY = "scan-quality"
EXCEPTIONS = "scan-exceptions"
POOL = ["technician", "identity-specialist"]

QUEUES = (
    {
        "code": EXCEPTIONS,
        "name": "Scan exceptions",
        "definition": "Scanned files that were refused, and documents whose separator sheet, page count or patient does not add up or that"
        " failed their check. Each says why.",
        "pools": POOL,
        "order": 12,
    },
    {
        "code": INDEXING,
        "name": "Indexing",
        "definition": "Scanned documents that wait for their patient, stay, type and date to be confirmed and for filing.",
        "pools": POOL,
        "order": 14,
    },
    {
        "code": QUALITY,
        "name": "Scan quality",
        "definition": "Filed scans drawn by the sampling plan: right patient, complete, legible? Their paper waits for it.",
        "pools": POOL,
        "order": 16,
    },
)
