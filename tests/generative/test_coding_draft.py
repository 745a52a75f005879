"""Whatever a coder does in whatever order, an abstract stays one: at most one principal, no code lost, removal undone exactly."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from muniment.coding.drafting import Draft, Role, carry_out, put_command
from muniment.kernel.errors import Problem

CODES = ["I5023", "J9601", "N179", "I10", "K3580"]
commands = st.one_of(
    st.builds("add:{}:{}".format, st.sampled_from(["diagnosis", "admitting"]), st.sampled_from(CODES)),
    st.just("add:procedure:0DTJ4ZZ"),
    st.builds("{}:{}".format, st.sampled_from(["up", "down", "principal", "remove"]), st.integers(-1, 6)),
    st.text(alphabet="adepru:019-ç", max_size=12),
)


def run(steps: list[str]) -> Draft:
    draft = Draft()
    for step in steps:
        try:
            draft = carry_out(draft, step)
        except Problem:
            continue
    return draft


@given(st.lists(commands, max_size=25))
def test_any_sequence_leaves_a_sound_draft(steps: list[str]) -> None:
    draft = run(steps)
    assert len(draft.of(Role.PRINCIPAL)) <= 1
    assert len(draft.of(Role.ADMITTING)) <= 1
    order = [list(Role).index(one.role) for one in draft.codes]
    assert order == sorted(order)
    diagnoses = [one.code for one in draft.codes if one.role in (Role.PRINCIPAL, Role.SECONDARY)]
    assert len(diagnoses) == len(set(diagnoses))


@given(st.lists(commands, max_size=25), st.integers(0, 8))
def test_undo_of_a_removal_gives_the_draft_back(steps: list[str], place: int) -> None:
    draft = run(steps)
    if place >= len(draft.codes):
        return
    gone = draft.codes[place]
    assert carry_out(carry_out(draft, f"remove:{place}"), put_command(place, gone)) == draft


@given(st.lists(commands, max_size=25), st.integers(0, 8), st.sampled_from(["up", "down", "principal"]))
def test_moving_loses_no_code(steps: list[str], place: int, verb: str) -> None:
    draft = run(steps)
    try:
        moved = carry_out(draft, f"{verb}:{place}")
    except Problem:
        return
    assert sorted(one.code for one in moved.codes) == sorted(one.code for one in draft.codes)
