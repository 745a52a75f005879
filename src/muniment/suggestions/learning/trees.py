"""Small boosted regression trees for a probability, in plain Python (Friedman 2001, Greedy function approximation: a gradient boosting machine).

Figures are cut into at most sixteen bins at training; a tree is three questions deep. Some ten thousand rows of thirty figures take tens of seconds.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_left
from collections.abc import Callable, Sequence

import msgspec

BINS, DEPTH, LEAST_ROWS, DAMPING = 16, 3, 25, 5.0


class Trees(msgspec.Struct, frozen=True):
    """Each tree is a list of nodes (figure, cut, left, right) or leaves (-1, value, 0, 0); a row goes left where its figure is at most the cut."""

    base: float
    trees: list[list[tuple[int, float, int, int]]]

    def probability(self, figures: Sequence[float]) -> float:
        total = self.base
        for tree in self.trees:
            at = 0
            while True:
                figure, cut, left, right = tree[at]
                if figure < 0:
                    total += cut
                    break
                at = left if figures[figure] <= cut else right
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def fit(
    rows: Sequence[Sequence[float]], right: Sequence[bool], *, rounds: int = 120, pace: float = 0.1, seed: int = 1,
    heard: Callable[[], None] = lambda: None,
) -> Trees:  # fmt: skip
    """The trees under whose probabilities the answers ``right`` are most likely. The same rows give the same trees."""
    if not rows:
        return Trees(-4.0, [])
    share = (sum(right) + 0.5) / (len(right) + 1)
    base = math.log(share / (1 - share))
    cuts = [_cuts([row[at] for row in rows]) for at in range(len(rows[0]))]
    columns = [bytes(bisect_left(cuts[at], row[at]) for row in rows) for at in range(len(rows[0]))]
    scores, trees, lot = [base] * len(rows), list[list[tuple[int, float, int, int]]](), random.Random(seed)
    for _ in range(rounds):
        heard()
        chances = [1 / (1 + math.exp(-score)) for score in scores]
        grower = _Grower(
            columns,
            cuts,
            [yes - chance for yes, chance in zip(right, chances, strict=True)],
            [chance * (1 - chance) for chance in chances],
            pace,
        )
        some = [at for at in range(len(rows)) if lot.random() < 0.6]
        trees.append(grower.grow(some))
        for at, row in enumerate(rows):
            scores[at] += _value(trees[-1], row)
    return Trees(round(base, 6), trees)


def _value(tree: list[tuple[int, float, int, int]], row: Sequence[float]) -> float:
    at = 0
    while tree[at][0] >= 0:
        figure, cut, left, right = tree[at]
        at = left if row[figure] <= cut else right
    return tree[at][1]


def _cuts(values: list[float]) -> list[float]:
    """Where a figure is cut: at its own values, about as many rows in each bin."""
    order = sorted(values)
    some = sorted({order[len(order) * part // BINS] for part in range(1, BINS)} | {order[0]})
    return some[:BINS]


class _Grower:
    def __init__(
        self,
        columns: Sequence[bytes],
        cuts: Sequence[Sequence[float]],
        slope: Sequence[float],
        bend: Sequence[float],
        pace: float,
    ) -> None:
        self._columns, self._cuts, self._slope, self._bend, self._pace = columns, cuts, slope, bend, pace
        self._tree: list[tuple[int, float, int, int]] = []

    def grow(self, rows: list[int], depth: int = DEPTH) -> list[tuple[int, float, int, int]]:
        self._node(rows, depth)
        return self._tree

    def _node(self, rows: list[int], depth: int) -> int:
        at = len(self._tree)
        self._tree.append((-1, self._leaf(rows), 0, 0))
        found = self._best(rows) if depth and len(rows) >= 2 * LEAST_ROWS else None
        if found:
            figure, bin_ = found
            column = self._columns[figure]
            left = self._node([one for one in rows if column[one] <= bin_], depth - 1)
            right = self._node([one for one in rows if column[one] > bin_], depth - 1)
            self._tree[at] = (figure, self._cuts[figure][bin_], left, right)
        return at

    def _leaf(self, rows: Sequence[int]) -> float:
        slope, bend = sum(self._slope[one] for one in rows), sum(self._bend[one] for one in rows)
        return round(self._pace * slope / (bend + DAMPING), 6)

    def _best(self, rows: Sequence[int]) -> tuple[int, int] | None:
        """(figure, bin) that parts the rows best, or None where nothing is gained."""
        slopes, bends = [self._slope[one] for one in rows], [self._bend[one] for one in rows]
        slope, bend = sum(slopes), sum(bends)
        least, found = slope * slope / (bend + DAMPING) + 1e-3, None
        for figure, column in enumerate(self._columns):
            if not self._cuts[figure]:
                continue
            gain, bin_ = _part([column[one] for one in rows], slopes, bends, slope, bend)
            if gain > least:
                least, found = gain, (figure, bin_)
        return found


def _part(bins: Sequence[int], slopes: Sequence[float], bends: Sequence[float], slope: float, bend: float) -> tuple[float, int]:
    """(gain, last bin to the left) of the best cut through one figure."""
    sums = [[0.0, 0.0, 0] for _ in range(BINS + 1)]
    for bin_, one, other in zip(bins, slopes, bends, strict=True):
        at = sums[bin_]
        at[0] += one
        at[1] += other
        at[2] += 1
    best, where, left, under, count = -1.0, 0, 0.0, 0.0, 0
    for bin_ in range(BINS):
        left, under, count = left + sums[bin_][0], under + sums[bin_][1], count + int(sums[bin_][2])
        if count < LEAST_ROWS or len(bins) - count < LEAST_ROWS:
            continue
        gain = left * left / (under + DAMPING) + (slope - left) ** 2 / (bend - under + DAMPING)
        if gain > best:
            best, where = gain, bin_
    return best, where
