"""Proving the chain: every seal, every sequence, every anchor. Names the first broken row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from muniment.audit import anchors
from muniment.audit.chain import rows_of
from muniment.audit.rules import GENESIS, LANES, seal
from muniment.core import keys


@dataclass(frozen=True, slots=True)
class Break:
    """The first place of a lane where the chain does not hold."""

    lane: int
    sequence: int
    event_id: str
    sentence: str

    def __str__(self) -> str:
        event = f", event {self.event_id}" if self.event_id else ""
        return f"lane {self.lane}, row {self.sequence}{event}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Verification:
    events: int
    anchors: int
    breaks: tuple[Break, ...]

    @property
    def sound(self) -> bool:
        return not self.breaks


def verify(progress: Callable[[int], None] = lambda count: None) -> Verification:
    """Walk every lane from its beginning, then hold the anchors outside the database against it.

    Detects edit, insertion, reordering and deletion by the seals, tail truncation by the anchors. ``progress`` is called with
    the number of events walked so far.
    """
    total, breaks = 0, []
    wanted = anchors.expected()
    for lane in range(LANES):
        count, broken = _walk(lane, wanted.get(lane, {}), total, progress)
        total += count
        if broken:
            breaks.append(broken)
    trouble = anchors.trouble()
    if trouble:
        breaks.append(Break(-1, 0, "", trouble))
    return Verification(total, anchors.count(), tuple(breaks))


def _walk(lane: int, anchored: dict[int, bytes], before: int, progress: Callable[[int], None]) -> tuple[int, Break | None]:
    key, previous, expected = keys.named("audit"), GENESIS, 0
    for row, mac in rows_of(lane):
        expected += 1
        if row.sequence != expected:
            return expected, Break(lane, expected, "", f"missing; the next row kept is {row.sequence}")
        if seal(key, previous, row) != mac:
            return expected, Break(lane, row.sequence, row.id, "does not carry its seal: it was edited, inserted or moved")
        if expected in anchored and anchored[expected] != mac:
            return expected, Break(lane, row.sequence, row.id, "is not the row that was anchored: history was rewritten")
        previous = mac
        if expected % 5000 == 0:
            progress(before + expected)
    last = max(anchored, default=0)
    if last > expected:
        return expected, Break(lane, expected + 1, "", f"missing; row {last} was anchored, so the tail was cut off")
    return expected, None
