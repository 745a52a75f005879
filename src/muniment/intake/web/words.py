"""The department's words for what intake keeps as codes."""

from muniment.intake.rules import FORMAT_WORDS, Status
from muniment.ui.shapes import Tone

FORMATS = FORMAT_WORDS
STATES = {
    Status.FILED: ("Filed", Tone.OK),
    Status.QUARANTINED: ("In quarantine", Tone.LATE),
    Status.CORRECTED: ("Corrected", Tone.OK),
    Status.DISMISSED: ("Dismissed", Tone.PLAIN),
}
EVENTS = {
    "intake.file": "Filed",
    "intake.keep-package": "Package kept",
    "intake.keep-letter": "Message kept",
    "intake.quarantine": "Kept in quarantine",
    "intake.settle": "Settled",
    "intake.view": "Original seen",
    "intake.take-out-infected": "Infected bytes taken out",
}


def size(count: int) -> str:
    """``412 bytes``, ``1.4 MB``."""
    for unit, step in (("MB", 1024**2), ("KB", 1024)):
        if count >= step:
            return f"{count / step:,.1f} {unit}"
    return f"{count:,} byte{'' if count == 1 else 's'}"
