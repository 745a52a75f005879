"""The queues of what was in the wrong chart."""

SCREENING = "privacy-screening"
LOOK_AGAIN = "look-again"
CODING_AGAIN = "coding-review"
CAME_BACK = "misfiled-again"
ASTRAY = "outside-astray"
SUBJECT = "misfiling"
ASTRAY_SUBJECT = "misfiled-outside"

QUEUES = (
    {
        "code": SCREENING,
        "name": "Privacy screening",
        "definition": "Entries that were in the wrong patient’s chart and were moved: who saw them, who has been told,"
        " and what is concluded.",
        "pools": ["privacy-officer"],
        "order": 60,
    },
    {
        "code": CAME_BACK,
        "name": "In the wrong chart again",
        "definition": "Entries that were moved to the right patient and that their source has sent to the wrong one again.",
        "pools": ["technician", "identity-specialist"],
        "order": 11,
    },
    {
        "code": ASTRAY,
        "name": "Outside records of another patient",
        "definition": "Entries of an outside record that a technician found not to be this patient’s:"
        " find whose they are and move them there.",
        "pools": ["identity-specialist", "technician"],
        "order": 13,
    },
    {
        "code": LOOK_AGAIN,
        "name": "Look again",
        "definition": "You opened an entry that belonged to another patient. It is marked as erroneous now:"
        " look whether anything you did rests on it.",
        "pools": ["clinician", "coder"],
        "personal": True,
        "order": 24,
    },
    {
        "code": CODING_AGAIN,
        "name": "Coding to look at again",
        "definition": "Finally coded stays whose chart lost or gained an entry because it was in the wrong chart.",
        "pools": ["coder"],
        "order": 42,
    },
)
