"""The queue of what could not be filed."""

QUARANTINE = "quarantine"
QUEUES = (
    {
        "code": QUARANTINE,
        "name": "Quarantine",
        "definition": "Messages, documents and resources that could not be filed. Each says what is wrong and what to do.",
        "pools": ["technician", "identity-specialist"],
        "order": 10,
    },
)
