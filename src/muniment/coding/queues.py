"""The queue of discharged stays to be coded."""

CODING = "coding"
SUBJECT = "encounter-coding"
QUEUES = (
    {
        "code": CODING,
        "name": "Coding",
        "definition": "Discharged stays of the classes that are coded, until their codes are final.",
        "pools": ["coder"],
        "order": 40,
    },
)
