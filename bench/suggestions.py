"""Codes suggested for published case reports: notes a second, micro-F1 and mean average precision beside their gold codes.

Needs the corpus ``codiesp`` (case reports with codes of an older vintage) in ../shared/corpora, or where MUNIMENT_CORPORA says.
Figures are of its development set: from the terminology alone, and by a model that the project's own code trains on the training set, as documents with
codes and without a marked word; ``python -m bench.suggestions --fit`` fits the weights of ``suggestions.scoring`` on its training set.
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.figures import Figure, Skipped

CORPORA = Path(os.environ.get("MUNIMENT_CORPORA", Path(__file__).resolve().parents[2] / "shared" / "corpora"))
Note = tuple[str, frozenset[str]]  # text, gold codes without dots


def notes(split: str) -> list[Note]:
    """Every report of a split with its gold codes, in capitals, as they were assigned."""
    folder = CORPORA / "codiesp" / split
    if not folder.is_dir():
        raise Skipped(f"the corpus {folder} is not here")
    gold: dict[str, set[str]] = {}
    for line in (folder / f"{split}D.tsv").read_text().splitlines():
        name, code = line.split("\t")[:2]
        gold.setdefault(name, set()).add(code.upper().replace(".", ""))
    return [((folder / "text_files_en" / f"{name}.txt").read_text(), frozenset(codes)) for name, codes in sorted(gold.items())]


def run(options: Any) -> list[Figure]:
    from muniment.suggestions.scoring import suggest
    from muniment.suggestions.vocabulary import packaged

    asked = notes("dev")
    begun = time.process_time()
    vocabulary = packaged()
    built = time.process_time() - begun
    begun = time.process_time()
    answers = [[(one.code, one.score) for one in suggest(text, vocabulary)] for text, _ in asked]
    pace = len(asked) / (time.process_time() - begun)
    gold, today = [codes for _, codes in asked], [_of_today(codes, vocabulary) for _, codes in asked]
    return [
        Figure("Notes a second of processor", pace, "notes/s"),
        Figure("The vocabulary, to build", built, "s"),
        *_of_trained(asked, vocabulary),
        *_figures("full code", answers, gold, lambda code: code, aim="≥ 0.45"),
        *_figures("full code, gold headings of today as their unspecified code", answers, today, lambda code: code),
        *_figures("category", answers, gold, lambda code: code[:3]),
    ]


def _of_trained(asked: Sequence[Note], vocabulary: Any) -> list[Figure]:
    """By a model of the training set. Denied findings speak too, as they are coded there, and every report is a patient's own."""
    from muniment.suggestions.learning.model import suggest_by
    from muniment.suggestions.learning.training import Example, Settings, train

    begun = time.process_time()
    learned = [Example(str(at), {"": text}, codes) for at, (text, codes) in enumerate(notes("train"))]
    model = train(lambda: learned, vocabulary, Settings(least=1, denied=True, held_out=0)).model
    trained = time.process_time() - begun
    begun = time.process_time()
    answers = [[(one.code, one.score) for one in suggest_by(model, text, vocabulary)] for text, _ in asked]
    pace = len(asked) / (time.process_time() - begun)
    gold = [codes for _, codes in asked]
    return [
        Figure("Training on 500 reports", trained, "s"), Figure("Notes a second of processor, trained", pace, "notes/s"),
        *_figures("full code", answers, gold, lambda code: code, aim="above 0.687", who="trained"),
        *_figures("category", answers, gold, lambda code: code[:3], who="trained"),
    ]  # fmt: skip


def _of_today(codes: frozenset[str], vocabulary: Any) -> frozenset[str]:
    """Codes that have become headings since, as the code that says the same today."""
    return frozenset(vocabulary.default(one) or one for one in codes)


def _figures(
    name: str, answers: Sequence[list[tuple[str, float]]], gold: Sequence[frozenset[str]], level: Callable[[str], str], aim: str = "",
    who: str = "from the terminology alone",
) -> list[Figure]:  # fmt: skip
    from muniment.suggestions.learning.measures import measure

    found = measure(answers, gold, level)
    return [
        Figure(f"Micro-F1 {who}, {name}", found.f1, "", aim=aim), Figure(f"Precision {who}, {name}", found.precision, ""),
        Figure(f"Recall {who}, {name}", found.recall, ""), Figure(f"Mean average precision {who}, {name}", found.average_precision, ""),
        Figure(f"Expected calibration error {who}, {name}", found.off, ""),
    ]  # fmt: skip


def fit(rounds: int = 400, pace: float = 0.5, damping: float = 1e-3) -> dict[str, float]:
    """The logistic weights that make the training set's gold codes most probable, by gradient descent."""
    from muniment.suggestions.scoring import by_code, facts
    from muniment.suggestions.vocabulary import packaged

    vocabulary = packaged()
    rows = [
        (list(facts(code, mine, vocabulary)), code in _of_today(gold, vocabulary))
        for text, gold in notes("train")
        for code, mine in by_code(text, vocabulary).items()
    ]
    weights = dict.fromkeys((name for names, _ in rows for name in names), 0.0)
    for _ in range(rounds):
        slope = dict.fromkeys(weights, 0.0)
        for names, right in rows:
            off = right - 1 / (1 + math.exp(-sum(weights[name] for name in names)))
            for name in names:
                slope[name] += off
        weights = {name: value + pace * (slope[name] / len(rows) * 4 - damping * value) for name, value in weights.items()}
    return {name: round(value, 2) for name, value in sorted(weights.items())}


if __name__ == "__main__":
    if "--fit" in sys.argv:
        for name, value in fit().items():
            print(f'    "{name}": {value},')
