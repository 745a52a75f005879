"""Identifiers: each new one greater than the last, whatever the clock does and however many ask at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from muniment.kernel import ids
from muniment.kernel.ids import derived_id, uuid7


@given(jumps=st.lists(st.integers(-5, 5), min_size=1, max_size=60), counter=st.sampled_from([0, (1 << 74) - 2]))
def test_each_is_greater_than_the_one_before(jumps: list[int], counter: int) -> None:
    """The clock may stand, jump ahead or be set back; the counter may run over."""
    with mock.patch.object(ids, "time") as clock, mock.patch.multiple(ids, _last_ms=1_700_000_000_000, _counter=counter):
        now, made = 1_700_000_000_000, []
        for jump in jumps:
            now += jump
            clock.time_ns.return_value = now * 1_000_000
            made.append(uuid7())
    assert made == sorted(set(made))
    assert all(one.version == 7 and one.variant == "specified in RFC 4122" for one in made)


def test_threads_never_get_the_same() -> None:
    begin = threading.Barrier(4)

    def some(_: int) -> list[object]:
        begin.wait()
        return [uuid7() for _ in range(4000)]

    with ThreadPoolExecutor(4) as pool:
        made = [one for lot in pool.map(some, range(4)) for one in lot]
    assert len(set(made)) == len(made)


@given(parts=st.lists(st.text(), min_size=1, max_size=4))
def test_the_same_names_give_the_same_identifier(parts: list[str]) -> None:
    assert derived_id(*parts) == derived_id(*parts)
    assert derived_id(*parts).version == 8
    assert derived_id(*parts, "more") != derived_id(*parts)
