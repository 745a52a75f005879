"""A stay's class as a sentence begins with it."""

import pytest

from muniment.encounters.rules import stay_words


@pytest.mark.parametrize(
    ("code", "words"),
    [("IMP", "Inpatient stay"), ("SS", "Short stay"), ("EMER", "Emergency stay"), ("nobody knows", "Unclassified stay")],
)
def test_a_stay_is_said_to_be_one_once(code: str, words: str) -> None:
    assert stay_words(code) == words
