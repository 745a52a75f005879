"""How good suggestions are, beside the codes that were assigned: precision, recall, F1, mean average precision, calibration. Pure.

Manning, Raghavan, Schütze 2008, Introduction to information retrieval, chapter 8. A code counts as suggested from a probability of a half on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import msgspec

LIKELY = 0.5
BANDS = (0.0, 0.25, 0.5, 0.75, 0.9)  # lower ends of probability
Answer = Sequence[tuple[str, float]]  # code and probability


class Band(msgspec.Struct, frozen=True):
    """Suggestions from a probability of ``least`` on, below the next band: how many, how many right, the sum of their probabilities."""

    least: float
    made: int = 0
    right: int = 0
    expected: float = 0.0


class Measures(msgspec.Struct, frozen=True):
    """Over ``stays``. ``made``, ``right`` and ``wanted`` count codes at a half; ``average_precision`` is the mean over stays."""

    stays: int
    made: int
    right: int
    wanted: int
    average_precision: float
    bands: tuple[Band, ...] = ()

    @property
    def precision(self) -> float:
        return self.right / max(1, self.made)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.wanted)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, self.made + self.wanted)

    @property
    def off(self) -> float:
        """Expected calibration error: how far, on average, a probability is from how often it was right."""
        total = sum(one.made for one in self.bands)
        return sum(abs(one.expected - one.right) for one in self.bands) / max(1, total)


def measure(
    answers: Sequence[Answer], wanted: Sequence[Collection[str]], level: Callable[[str], str] = lambda code: code
) -> Measures:
    """Answers beside what was assigned, stay by stay; ``level`` makes of a code what is compared (its category, for example)."""
    made = right = total = 0
    precision = 0.0
    bands = {least: Band(least) for least in BANDS}
    for answer, codes in zip(answers, wanted, strict=True):
        best, gold = _best(answer, level), {level(code) for code in codes}
        likely = {code for code, score in best if score >= LIKELY}
        made, right, total = made + len(likely), right + len(likely & gold), total + len(gold)
        precision += average_precision([code for code, _ in best], gold)
        for code, score in best:
            least = max(one for one in BANDS if one <= score)
            bands[least] = _with(bands[least], score, code in gold)
    return Measures(len(answers), made, right, total, round(precision / max(1, len(answers)), 4), tuple(bands.values()))


def _with(band: Band, score: float, right: bool) -> Band:
    return Band(band.least, band.made + 1, band.right + right, round(band.expected + score, 6))


def _best(answer: Answer, level: Callable[[str], str]) -> list[tuple[str, float]]:
    best: dict[str, float] = {}
    for code, score in answer:
        best[level(code)] = max(score, best.get(level(code), 0.0))
    return sorted(best.items(), key=lambda one: (-one[1], one[0]))


def average_precision(ranked: Sequence[str], wanted: Collection[str]) -> float:
    """The mean of the precision at each code that was assigned; those that are not named count as 0."""
    right, total = 0, 0.0
    for place, code in enumerate(ranked, 1):
        if code in wanted:
            right += 1
            total += right / place
    return total / max(1, len(wanted))
