"""The queue of what could not be filed."""

from muniment.accounts.rules import Role

QUARANTINE = "quarantine"
QUEUES = (
    {
        "code": QUARANTINE,
        "name": "Quarantine",
        "definition": "Messages, documents and resources that could not be filed. Each says what is wrong and what to do.",
        "pools": [Role.TECHNICIAN, Role.IDENTITY_SPECIALIST],
        "order": 10,
    },
)
