"""Proving the trail: every seal, sequence and anchor of the chain, whose first broken row is named; then every row it tells of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from muniment.audit import anchors, standing
from muniment.audit.chain import rows_of
from muniment.audit.rules import GENESIS, LANES, seal
from muniment.core import keys

MOST_NAMED = 1000  # rows


@dataclass(frozen=True, slots=True)
class Break:
    """The first place of a lane where the chain does not hold."""

    lane: int
    sequence: int
    event_id: str
    sentence: str

    def __str__(self) -> str:
        if self.lane < 0:
            return self.sentence
        event = f", event {self.event_id}" if self.event_id else ""
        return f"lane {self.lane}, row {self.sequence}{event}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Verification:
    events: int
    anchors: int
    breaks: tuple[Break, ...]
    rows: int = 0  # that were held against their last events

    @property
    def sound(self) -> bool:
        return not self.breaks


def verify(progress: Callable[[int], None] = lambda count: None) -> Verification:
    """Walk every lane from its beginning, hold the anchors outside the database against it, and then each row that may change.

    Detects edit, insertion, reordering and deletion by the seals, tail truncation by the anchors, and a row changed past the
    actions by the event that changed it last. ``progress`` is called with the number of events walked so far.
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
    rows = [0]
    breaks.extend(_named(standing.rows_astray(rows)))
    return Verification(total, anchors.count(), tuple(breaks), rows[0])


def _named(sentences: Iterator[str]) -> Iterator[Break]:
    """The first of them each; the others as a number."""
    for sentence in islice(sentences, MOST_NAMED):
        yield Break(-1, 0, "", sentence)
    if more := sum(1 for _ in sentences):
        yield Break(-1, 0, "", f"{more:,} more rows are not as their last events left them.")


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
