"""What a sentence says of a term in it, and where sentences and sections are."""

from __future__ import annotations

import pytest

from muniment.kernel.negation import Said, said_of
from muniment.kernel.prose import sentences

# (sentence, with the term in braces; what it says of it)
TABLE = [
    ("He has {pneumonia}.", Said.PRESENT),
    ("Right lower lobe {pneumonia}", Said.PRESENT),
    ("No {pneumonia}.", Said.ABSENT),
    ("Chest radiograph shows no evidence of {pneumonia}.", Said.ABSENT),
    ("Denies fever, chills, cough or {pneumonia}.", Said.ABSENT),
    ("{Pneumonia} was ruled out by CT.", Said.ABSENT),
    ("{Pulmonary embolism} excluded.", Said.ABSENT),
    ("{Pneumonia} is unlikely.", Said.ABSENT),
    ("COPD rather than {pneumonia}.", Said.ABSENT),
    ("Does not have {pneumonia}.", Said.ABSENT),
    ("No fever but {pneumonia} on the radiograph.", Said.PRESENT),
    ("No fever; {pneumonia} on the radiograph.", Said.PRESENT),
    ("Without fever, has {pneumonia}.", Said.PRESENT),
    ("No further {pneumonia}.", Said.PRESENT),
    ("No longer hypoxic, {pneumonia} improving.", Said.PRESENT),
    ("Gram-negative {pneumonia}.", Said.PRESENT),
    ("Possible {pneumonia}.", Said.POSSIBLE),
    ("Rule out {pneumonia}.", Said.POSSIBLE),
    ("{Pneumonia} cannot be excluded.", Said.POSSIBLE),
    ("{Pneumonia} was not ruled out.", Said.POSSIBLE),
    ("{Pneumonia} versus atelectasis.", Said.POSSIBLE),
    ("History of {pneumonia}.", Said.PAST),
    ("No history of {pneumonia}.", Said.PAST),
    ("Had {pneumonia} three years ago.", Said.PAST),
    ("Status post {pneumonia} in 2019.", Said.PAST),
    ("Mother had {pneumonia}.", Said.FAMILY),
    ("Return for fever or {pneumonia}.", Said.IF),
    ("At risk of {pneumonia}.", Said.IF),
]


@pytest.mark.parametrize(("marked", "expected"), TABLE, ids=[one for one, _ in TABLE])
def test_what_a_sentence_says_of_a_term(marked, expected):
    start, end = marked.index("{"), marked.index("}") - 1
    assert said_of(marked.replace("{", "").replace("}", ""), start, end) is expected


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("discharge diagnoses", Said.PRESENT), ("past medical history", Said.PAST), ("family history", Said.FAMILY),
        ("family and social history", Said.FAMILY), ("discharge instructions", Said.IF), ("indication", Said.IF),
    ],
)  # fmt: skip
def test_a_section_decides_before_any_cue(section, expected):
    assert said_of("Pneumonia", 0, 9, section) is expected


TEXT = """HARBOR HOSPITAL
Patient: Rowe, Alba

HISTORY OF PRESENT ILLNESS:
Seen by Dr. Stone. Coughs; no fever.
PHYSICAL EXAMINATION:
Heart: regular.
Follow-up:
1. Clinic in two weeks.
PLAN: Home today.
"""


def test_sentences_know_their_place_and_their_section():
    found = sentences(TEXT)
    assert [(one.section, one.text) for one in found] == [
        ("", "HARBOR HOSPITAL"), ("", "Patient: Rowe, Alba"), ("history of present illness", "Seen by Dr. Stone."),
        ("history of present illness", "Coughs"), ("history of present illness", "no fever."), ("physical examination", "Heart: regular."),
        ("follow-up", "Clinic in two weeks."), ("plan", "Home today."),
    ]  # fmt: skip
    assert all(TEXT[one.start : one.end].rstrip(";") == one.text for one in found)
