"""The queue of records that may be one person."""

QUEUES = (
    {
        "code": "possible-matches",
        "name": "Possible matches",
        "definition": "Two source records that may be one person. Nothing is linked until somebody decides.",
        "pools": ["identity-specialist"],
        "order": 20,
    },
)
