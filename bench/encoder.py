"""The encoder: how often the code stands among the first ten, how long a keystroke takes, how many keys lead to a code.

Queries are made by rule from the release itself: inclusion terms of the tabular list, the same with one letter left out of the longest word, and our own
table of short forms with the codes an index gives. Inclusion terms stand in our search and in both peers' texts, so that they favour nobody; the misspelt
ones favour trigrams. Peers in the same run: a scan for the words in the texts of ``simple-icd-10-cm``, which has no search of its own,
and PostgreSQL's trigram distance over titles and inclusion terms.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from bench import house
from bench.figures import Figure, percentile

ON = date(2026, 5, 1)
SAMPLE = 200
TYPED = 40  # queries that are typed letter by letter
FIRST = 10
SEED = 20_261_201
Query = tuple[str, frozenset[str]]  # what is typed, and the codes one of which is meant
Search = Callable[[str], list[str]]


def run(options: Any) -> list[Figure]:
    new = house.prepare(keep=True)
    from muniment.terminology.actions import install_embedded

    if new:
        house.furnish()
        install_embedded(actor=house.system_actor("set-up"))
    sets = {"inclusion terms": _inclusion_terms(), "short forms": _short_forms()}
    sets["inclusion terms, a letter left out"] = [(_misspelt(text), codes) for text, codes in sets["inclusion terms"]]
    peers = {"trigrams": _trigrams(), "scan of simple-icd-10-cm": _scan()}
    figures = []
    for name, queries in sets.items():
        for peer, search in peers.items():
            figures.append(Figure(f"recall@10, {name}", _recall(_ours, queries), "", f"{peer}", _recall(search, queries)))
    return [*figures, *_keystrokes(sets["inclusion terms"], peers["trigrams"])]


def _inclusion_terms() -> list[Query]:
    from muniment.terminology.models import Concept
    from muniment.terminology.queries import release_on
    from muniment.terminology.rules import System

    rows = Concept.objects.filter(release=release_on(System.ICD10CM, ON).release, billable=True).exclude(terms=[])
    found = [(term, frozenset([code])) for code, terms in rows.order_by("code").values_list("code", "terms") for term in terms]
    return random.Random(SEED).sample(found, SAMPLE)


def _short_forms() -> list[Query]:
    from muniment.terminology.rules import _table

    return [
        (row["short"], frozenset(row["codes"].replace(".", "").split()))
        for row in _table("short_forms.csv")
        if row["codes"].strip()
    ]


def _misspelt(text: str) -> str:
    """The longest word without its middle letter."""
    longest = max(text.split(), key=len)
    middle = len(longest) // 2
    return text.replace(longest, longest[:middle] + longest[middle + 1 :], 1)


def _ours(text: str) -> list[str]:
    from muniment.terminology import queries
    from muniment.terminology.rules import System

    return [hit.code for hit in queries.search(System.ICD10CM, text, ON, FIRST, billable_only=True)]


def _trigrams() -> Search:
    from django.db import connection

    from muniment.terminology.queries import release_on
    from muniment.terminology.rules import System

    release = release_on(System.ICD10CM, ON).release.pk
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_texts")
        cursor.execute(
            "CREATE TEMPORARY TABLE bench_texts AS SELECT code, text FROM terminology_concept, unnest(array_append(terms, display)) AS text"
            " WHERE release_id = %s AND billable", [release]
        )  # fmt: skip
        cursor.execute("CREATE INDEX ON bench_texts USING gist (text gist_trgm_ops)")
        cursor.execute("ANALYZE bench_texts")

    def search(text: str) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT code FROM bench_texts ORDER BY text <-> %s LIMIT %s", [text, FIRST])
            return [row[0] for row in cursor.fetchall()]

    return search


def _scan() -> Search:
    """Codes whose texts have all words, in the order of the list."""
    import simple_icd_10_cm as icd

    texts = [
        (code, " ".join((icd.get_description(code), *icd.get_inclusion_term(code))).lower())
        for code in icd.get_all_codes(with_dots=False)
        if icd.is_leaf(code)
    ]

    def search(text: str) -> list[str]:
        words = text.lower().split()
        found = (code for code, said in texts if all(word in said for word in words))
        return [code for code, _ in zip(found, range(FIRST), strict=False)]

    return search


def _recall(search: Search, queries: Sequence[Query]) -> float:
    """The share of queries of which one of the first ten is a code meant, or stands below a heading meant."""
    return sum(any(found.startswith(tuple(codes)) for found in search(text)) for text, codes in queries) / len(queries)


def _keystrokes(queries: Sequence[Query], trigrams: Search) -> list[Figure]:
    waits: list[float] = []
    keys = [_typed(text, codes, waits) for text, codes in queries[:TYPED]]
    beside: list[float] = []
    for text, _ in queries[:TYPED]:
        begun = time.perf_counter()
        trigrams(text)
        beside.append((time.perf_counter() - begun) * 1000)
    reached = [one for one in keys if one]
    return [
        Figure("a keystroke at the server, p50", percentile(waits, 0.5), "ms", "trigrams, the whole term", percentile(beside, 0.5)),
        Figure("a keystroke at the server, p95", percentile(waits, 0.95), "ms", "trigrams, the whole term", percentile(beside, 0.95), "≤ 20"),
        Figure("keys to a code by an inclusion term, median", percentile(reached, 0.5), "keys", "typing all of it", _median_length(queries)),
        Figure("of them reached before the end of the term", len(reached) / len(keys), ""),
    ]  # fmt: skip


def _median_length(queries: Sequence[Query]) -> float:
    return percentile([len(text) + 1 for text, _ in queries[:TYPED]], 0.5)


def _typed(text: str, codes: frozenset[str], waits: list[float]) -> int:
    """Letters typed until the code is among the first ten, arrows down to it, and Enter; 0 where it never is."""
    for typed in range(1, len(text) + 1):
        begun = time.perf_counter()
        found = _ours(text[:typed])
        waits.append((time.perf_counter() - begun) * 1000)
        place = next((place for place, code in enumerate(found) if code in codes), None)
        if place is not None:
            return typed + place + 1
    return 0
