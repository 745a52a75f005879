"""Reads of the alphabetic indexes and tables: finding a term as one types, its page of the book, where “see” leads, what names a code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from muniment.terminology.models import CodeSystemRelease, IndexTerm
from muniment.terminology.publications import MAIN
from muniment.terminology.queries import Governing, governing, matched, similar_words
from muniment.terminology.rules import PUBLICATIONS, Candidate, Question, System, Term, Unit, ask, rank, stem

PAGE = 150  # terms shown whole, with all their sub-terms; of more, what stands directly below
MOST_BELOW = 600  # directly below one term; CDC's longest have some 500
CANDIDATES = 150
_ASIDE = re.compile(r"\s*(?:\([^)]*\)|\b(?:nec|nos)\b)")
_CATEGORY = re.compile(r"(?:sub)?categor(?:y|ies) ([A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{0,4})?)-?", re.IGNORECASE)
_COLUMNS = (
    "benign",
    "malignant",
    "primary",
    "secondary",
    "in situ",
    "uncertain behavior",
    "unspecified behavior",
)  # of the table of neoplasms
_CONNECTING = ("with", "in", "due to", "following")  # a “see” leaves such a term between two out
_TABLES = {"table of drug and chemical": System.CM_DRUGS, "neoplasm": System.CM_NEOPLASMS}
_CAUSES = re.compile(r"^(?:see )?index to external causes,? *", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class IndexHit:
    """A term that answers what somebody types."""

    system: System
    position: int
    path: str
    code: str
    see: str


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of the book. ``whole``: all below ``head`` stands in ``lines``; else what is directly below it. ``above``: (position, title), top first."""

    system: System
    governing: Governing
    head: IndexTerm
    lines: tuple[IndexTerm, ...]
    above: tuple[IndexTerm, ...]
    whole: bool
    at: int


@dataclass(frozen=True, slots=True)
class Target:
    """Where a “see” leads: a term (``position``) or a heading of the tabular list (``code``). ``exact`` False: as near as the book has it."""

    system: System
    position: int = 0
    code: str = ""
    exact: bool = True


def installed(on: date) -> dict[System, Governing]:
    """The publications that answer for a date. One query, however many there are; empty where none is installed."""
    rows = list(CodeSystemRelease.objects.filter(system__in=PUBLICATIONS).order_by("-effective_from", "-id"))
    of = {system: [one for one in rows if one.system == system] for system in PUBLICATIONS}
    return {system: governing(books, on) for system, books in of.items() if books}


def find(text: str, on: date, limit: int = 20) -> list[IndexHit]:
    """Terms of every installed publication whose path has these words, in any order, unfinished or slightly misspelt; main terms first.

    Two queries, and two more of a word no book has; an empty text finds nothing.
    """
    question = ask(text, System.CM_INDEX)
    books = {book.release.pk: system for system, book in installed(on).items()}
    if not question.units or not books:
        return []
    found = _matching(books, question)
    if not found:
        question = _mended(books, question)
        found = _matching(books, question)
    best = rank(Question(question.units), [Candidate(key, one.path, False, ()) for key, one in found.items()], limit)
    return [found[one.code] for one in best]


def _matching(books: dict[int, System], question: Question) -> dict[str, IndexHit]:
    """Served by index_term_words: main terms apart, so that an answer that is cut short has them. One query."""
    release = " | ".join(f"'@{release}'" for release in books)
    wanted = f"({release}) & {matched(question.units)}"
    columns = "SELECT release_id, position, path, code, see FROM terminology_index_term WHERE lexemes @@ %s::tsquery LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(f"({columns}) UNION ({columns})", [f"'{MAIN}' & {wanted}", CANDIDATES // 2, wanted, CANDIDATES])
        rows = cursor.fetchall()
    return {f"{row[0]:05d}{row[1]:07d}": IndexHit(books[row[0]], *row[1:]) for row in rows}


def _mended(books: Iterable[int], question: Question) -> Question:
    """Words no book has, by their nearest spellings. One query."""
    single = sorted({terms[0].text for unit in question.units for terms in unit.alternatives if len(terms) == 1})
    near = similar_words(list(books), single)
    return Question(tuple(_nearest(unit, near) for unit in question.units))


def _nearest(unit: Unit, near: dict[str, list[str]]) -> Unit:
    words = [word for terms in unit.alternatives if len(terms) == 1 for word in near.get(terms[0].text, ())]
    return Unit((*unit.alternatives, *((Term(word, prefix=False),) for word in dict.fromkeys(words))))


def page(system: System, position: int, on: date) -> Page | None:
    """The piece of the book that shows a term with its neighbours: the largest term around it of which all fits. None: no such term.

    Four queries.
    """
    book = installed(on).get(system)
    chain = _chain(book.release.pk, position) if book else []
    if not book or not chain:
        return None
    head = next((one for one in chain if one.last - one.position < PAGE), chain[-1])
    whole = head.last - head.position < PAGE
    above = tuple(chain[: chain.index(head)])
    return Page(system, book, head, tuple(_below(head, whole=whole)), above, whole, position)


def _chain(release: int, position: int) -> list[IndexTerm]:
    """A term with those above it, the main term first. Served by the primary key. Two queries."""
    up = """
        WITH RECURSIVE up AS (
            SELECT release_id, position, parent FROM terminology_index_term WHERE release_id = %s AND position = %s
            UNION ALL
            SELECT t.release_id, t.position, t.parent FROM terminology_index_term t JOIN up ON (t.release_id, t.position) = (up.release_id, up.parent)
        )
        SELECT position FROM up
    """
    with connection.cursor() as cursor:
        cursor.execute(up, [release, position])
        chain = [row[0] for row in cursor.fetchall()]
    return list(IndexTerm.objects.filter(release_id=release, position__in=chain).defer("lexemes").order_by("position"))


def _below(head: IndexTerm, *, whole: bool) -> list[IndexTerm]:
    """Served by the primary key, or by index_term_below. One query."""
    rows = IndexTerm.objects.filter(release_id=head.release_id).defer("lexemes").order_by("position")
    if whole:
        return list(rows.filter(position__gt=head.position, position__lte=head.last))
    return list(rows.filter(parent=head.position)[:MOST_BELOW])


def naming(code: str, on: date) -> tuple[System, int] | None:
    """The first term that leads to a code, or to the longest beginning of it that a book prints. Served by index_term_code. Two queries."""
    plain = code.strip().upper().replace(".", "")
    printed = {form: length for length in range(3, len(plain) + 1) for form in _printed(plain[:length])}
    books = {book.release.pk: system for system, book in installed(on).items()}
    rows = IndexTerm.objects.filter(release__in=list(books), code__in=list(printed)).values_list(
        "release_id", "position", "code"
    )
    best = min(rows, key=lambda row: (-printed[row[2]], list(books).index(row[0]), row[1]), default=None)
    return (books[best[0]], best[1]) if best else None


def _printed(plain: str) -> tuple[str, ...]:
    dotted = plain if len(plain) <= 3 else f"{plain[:3]}.{plain[3:]}"
    return (dotted, f"{dotted}-", f"{dotted}.-") if len(plain) == 3 else (dotted, f"{dotted}-")


def follow(system: System, see: str, on: date) -> Target | None:
    """Where the words of a “see” or “see also” lead: “Pain, abdominal”, “category I01”, “Neoplasm, breast, malignant”.

    None where they name no term: “condition” asks to look under the name of the condition. At most three queries.
    """
    if category := _CATEGORY.search(see):
        return Target(System.ICD10CM, code=category[1].replace(".", ""))
    named = _CAUSES.sub("", see)
    first = System.CM_CAUSES if named != see else system
    parts = [part for part in _forms(named) if part and not part.startswith("by ")]
    if not parts:
        return None
    books = installed(on)
    wanted = _TABLES.get(parts[0], first)
    if wanted is System.CM_DRUGS:
        parts = parts[1:]
    if wanted is System.CM_NEOPLASMS:
        parts = [part for part in parts if part not in _COLUMNS]
    return _target(books, wanted if wanted in books else first, parts)


def _target(books: dict[System, Governing], system: System, parts: list[str]) -> Target | None:
    if system not in books or not parts:
        return None
    release = books[system].release.pk
    mains = [one for one in _mains(release, parts) if _taken(one.title, parts)]
    reached = [_descend(one, parts) for one in mains]
    if not reached:
        return None
    position, left = min(reached, key=lambda one: (one[1], one[0]))
    return Target(system, position, exact=not left)


def _mains(release: int, parts: list[str]) -> list[IndexTerm]:
    """Main terms with the first word of the first part. Served by index_term_words. One query."""
    units = ask(parts[0].split()[0], System.CM_INDEX).units
    if not units:
        return []
    wanted = f"'@{release}' & '{MAIN}' & {matched(units)}"
    answering = RawSQL("lexemes @@ %s::tsquery", [wanted], output_field=BooleanField())
    return list(IndexTerm.objects.filter(answering).defer("lexemes").order_by("position")[:200])


def _taken(title: str, parts: list[str]) -> int:
    """How many of the parts a title answers: all its own in their order, else one of its forms the first part."""
    forms = _forms(title)
    if forms == parts[: len(forms)]:
        return len(forms)
    return 1 if parts and parts[0] in forms else 0


def _forms(text: str) -> list[str]:
    """What stands between the commas, in small letters and the singular, without NEC, NOS and words in parentheses."""
    return [" ".join(stem(word) for word in form.split()) for form in _ASIDE.sub("", text.casefold()).split(",")]


def _descend(main: IndexTerm, parts: list[str]) -> tuple[int, int]:
    """(position reached, parts not answered) from a main term down. One query for all below it."""
    at, left = main.position, parts[_taken(main.title, parts) :]
    if not left:
        return at, 0
    rows = IndexTerm.objects.filter(release_id=main.release_id, position__gt=main.position, position__lte=main.last)
    below: dict[int, list[tuple[int, str]]] = {}
    for position, parent, title in rows.order_by("position").values_list("position", "parent", "title"):
        below.setdefault(parent, []).append((position, title))
    while left:
        near = below.get(at, [])
        between = [one for position, title in near if _forms(title)[0] in _CONNECTING for one in below.get(position, ())]
        step = max(((_taken(title, left), -position) for position, title in (*near, *between)), default=(0, 0))
        if not step[0]:
            break
        at, left = -step[1], left[step[0] :]
    return at, len(left)
