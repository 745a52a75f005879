"""The queue of what is wrong with interfaces."""

from __future__ import annotations

INTERFACES = "interfaces"
SILENT, WAITING, SCANNER, FILE = "channel", "channel-quarantine", "malware-scanner", "channel-file"  # what an item is about

QUEUES = (
    {
        "code": INTERFACES,
        "name": "Interfaces",
        "definition": "Channels that have been silent longer than expected, channels whose inputs wait in quarantine longer than the rule"
        " allows, files that lie in a channel's folder because they broke what takes them, and a malware scanner that does not answer."
        " An item goes when its cause is gone.",
        "pools": ["database-administrator", "administrator"],
        "order": 90,
    },
)
