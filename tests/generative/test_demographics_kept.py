"""What is kept of a patient's demographics is read back as it was said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from muniment.identity.statements import Demographics

WORDS = st.text(max_size=20)
NAMES = st.lists(st.fixed_dictionaries({"family": WORDS, "given": st.lists(WORDS, max_size=2)}), max_size=3).map(tuple)


@given(
    names=NAMES, birth=WORDS, sex=WORDS, deceased=st.sampled_from([None, True, False]), flags=st.frozensets(WORDS, max_size=3)
)
def test_a_statement_is_read_as_it_was_written(names, birth, sex, deceased, flags):
    said = Demographics(names=names, birth=birth, sex=sex, deceased=deceased, flags=flags)
    assert Demographics.read(said.canonical().decode()) == said
