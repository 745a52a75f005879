"""What people get wrong on paper: a few charts contradict themselves, so that qualitative analysis has something to show.

Drawn apart from everything else: without them every other word of the demo is the same.
"""

from __future__ import annotations

import re
from dataclasses import replace

from muniment.demo.case import Case
from muniment.demo.draw import Draw
from muniment.demo.notes import Note

WRONG_SIDE, CARRIED_ON = 0.08, 0.02  # of consents that name a side; of the last progress notes of a stay
_OTHER = {"left": "right", "right": "left", "Left": "Right", "Right": "Left"}
_SIDE = re.compile(r"\b(?:[Ll]eft|[Rr]ight)\b(?! heart)")


def consent(case: Case, note: Note) -> Note:
    """Now and then the consent names the other side."""
    if not Draw(case.seed, "wrong side", case.visit).chance(WRONG_SIDE):
        return note
    return replace(note, text=_SIDE.sub(lambda found: _OTHER[found[0]], note.text))


def progress(case: Case, note: Note, *, last: bool) -> Note:
    """Now and then the history of the admission is carried on into the last progress note."""
    if not last or not Draw(case.seed, "carried on", case.visit).chance(CARRIED_ON):
        return note
    return replace(note, text=note.text.replace("SUBJECTIVE:\n", f"SUBJECTIVE:\n{case.facts['hpi']} ", 1))
