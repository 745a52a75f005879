"""Two texts of the same paper held side by side, however their lines are broken."""

from __future__ import annotations

import pytest

from muniment.scanning.comparing import sentences, side_by_side

TYPED = (
    "CONSULTATION\nPatient: Ada\nThank you for asking me to see this patient. The history was taken from her.\nLungs are clear."
)
READ = "[Page 1]\nCONSULTATION\n\nPatient: Ada\n\nThank you for asking me to see this patient. The history\nwas taken from her.\n\nLungs are clear.\n"


@pytest.mark.parametrize("text", [TYPED, READ])
def test_lines_broken_by_the_paper_are_put_together(text):
    assert sentences(text) == [
        "CONSULTATION", "Patient: Ada", "Thank you for asking me to see this patient.", "The history was taken from her.", "Lungs are clear.",
    ]  # fmt: skip


def test_only_what_differs_in_words_differs():
    pairs = side_by_side(TYPED, READ.replace("clear", "not clear"))
    assert [pair.kind for pair in pairs] == ["same", "same", "same", "same", "changed"]
    assert [piece.text for piece in pairs[-1].newer if piece.changed] == ["not "]


def test_an_empty_text_is_nothing():
    assert sentences("") == sentences("[Page 1]\n\n") == []
