"""The queues of what could not be filed, and of what others' records say."""

QUARANTINE = "quarantine"
OUTSIDE = "outside-records"
OUTSIDE_SUBJECT = "outside"
QUEUES = (
    {
        "code": QUARANTINE,
        "name": "Quarantine",
        "definition": "Messages, documents and resources that could not be filed. Each says what is wrong and what to do.",
        "pools": ["technician", "identity-specialist"],
        "order": 10,
    },
    {
        "code": OUTSIDE,
        "name": "Outside records",
        "definition": "Patients for whom another organisation’s record came, or one they brought: each line waits to be accepted"
        " into the chart, kept for reference, or found to be another patient’s.",
        "pools": ["technician"],
        "order": 12,
    },
)
