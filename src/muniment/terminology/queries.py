"""Reads over the installed releases: which one governs a date, a code with all it inherits, search as one types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from muniment.core.actions import held
from muniment.kernel.codes import dotted
from muniment.kernel.errors import Problem
from muniment.terminology.models import CodeSystemRelease, Concept
from muniment.terminology.rules import Candidate, Question, System, Term, Unit, ask, rank

CANDIDATES = 250
MOST_REMEMBERED = 20_000
_concepts: dict[tuple[int, datetime, str], Concept] = {}  # a release never changes, so what was read of it holds


@dataclass(frozen=True, slots=True)
class Governing:
    """The release that answers for a date. ``stands_in``: none installed covers the date, so the nearest one answers."""

    release: CodeSystemRelease
    stands_in: bool

    @property
    def sentence(self) -> str:
        """What to show beside a fact from it."""
        if self.stands_in:
            return f"{self.release.title}, standing in: no installed release covers this date"
        return self.release.title


@dataclass(frozen=True, slots=True)
class Found:
    """A concept as of a date, with every note in force at it.

    ``notes`` is (heading code, kind of note, texts), from the chapter down to the code itself. ``valid`` says whether the
    code may be used on the date; a heading never is.
    """

    system: System
    code: str
    display: str
    billable: bool
    valid: bool
    valid_from: date | None
    valid_to: date | None
    ancestors: tuple[tuple[str, str], ...]
    notes: tuple[tuple[str, str, tuple[str, ...]], ...]
    seventh: dict[str, str]
    attributes: dict[str, Any]
    governing: Governing

    @property
    def written(self) -> str:
        """The code as people write it."""
        return dotted(self.code) if self.system is System.ICD10CM else self.code


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of a search answer."""

    system: System
    code: str
    display: str
    billable: bool

    @property
    def written(self) -> str:
        return dotted(self.code) if self.system is System.ICD10CM else self.code


def releases(system: System) -> list[CodeSystemRelease]:
    """The installed releases of a system, the newest first, and of one day the last revision. One query for all systems in a unit of work; outside of one, each time."""
    installed = held("releases", lambda: list(CodeSystemRelease.objects.order_by("-effective_from", "-id")))
    return [one for one in installed if one.system == system]


def release_on(system: System, on: date) -> Governing:
    """The release in force on a date, else the nearest earlier one, else the earliest. One query. Raises Problem: none."""
    installed = releases(system)
    if not installed:
        raise Problem(f"No release of {system.label} is installed.", remedy="Run the set-up, which installs the embedded one.")
    return governing(installed, on)


def governing(installed: list[CodeSystemRelease], on: date) -> Governing:
    """Which of a system's releases (the newest first, at least one) answers for a date."""
    begun = [release for release in installed if release.effective_from <= on]
    if not begun:
        return Governing(installed[-1], stands_in=True)
    ended = begun[0].effective_to is not None and begun[0].effective_to < on
    return Governing(begun[0], stands_in=ended)


def lookup(system: System, code: str, on: date) -> Found | None:
    """A code or heading as of a date, dot or no dot, any case. Three queries. None when the release does not have it."""
    plain = code.strip().upper().replace(".", "")
    return lookup_many(system, [plain], on).get(plain)


def lookup_many(system: System, codes: Iterable[str], on: date) -> dict[str, Found]:
    """Codes without dots as of a date, each with all it inherits. Three queries at most, however many there are."""
    governing = release_on(system, on)
    concepts = _read(governing.release, set(codes))
    above = _read(governing.release, {code for concept in concepts.values() for code in concept.ancestors})
    return {code: _found(system, concept, above, on, governing) for code, concept in concepts.items()}


def _read(release: CodeSystemRelease, codes: set[str]) -> dict[str, Concept]:
    """The concepts of a release that have these codes, from the database only where they were not read before."""
    if len(_concepts) > MOST_REMEMBERED:
        _concepts.clear()
    found = {code: known for code in codes if (known := _concepts.get((release.pk, release.loaded_at, code)))}
    if missing := codes - set(found):
        rows = Concept.objects.filter(release=release, code__in=missing).defer("lexemes")
        read = {row.code: row for row in rows}
        _concepts.update({(release.pk, release.loaded_at, code): row for code, row in read.items()})
        found |= read
    return found


def _found(system: System, concept: Concept, above: dict[str, Concept], on: date, governing: Governing) -> Found:
    path = [above[item] for item in concept.ancestors if item in above]
    return Found(
        system=system,
        code=concept.code,
        display=concept.display,
        billable=concept.billable,
        valid=concept.billable and _in_force(concept, on),
        valid_from=concept.valid_from,
        valid_to=concept.valid_to,
        ancestors=tuple((item.code, item.display) for item in path),
        notes=tuple((item.code, kind, tuple(texts)) for item in (*path, concept) for kind, texts in item.notes.items()),
        seventh=next((item.seventh for item in (concept, *reversed(path)) if item.seventh), {}),
        attributes=concept.attributes,
        governing=governing,
    )


def _in_force(concept: Concept, on: date) -> bool:
    begun = concept.valid_from is None or concept.valid_from <= on
    return begun and (concept.valid_to is None or concept.valid_to >= on)


def children(system: System, code: str, on: date) -> list[Concept]:
    """What the tabular list has directly below a heading, in its own order; the chapters for an empty code."""
    release = release_on(system, on).release
    return list(Concept.objects.filter(release=release, parent=code).defer("lexemes").order_by("position"))


def search(system: System, text: str, on: date, limit: int = 20, *, billable_only: bool = False) -> list[Hit]:
    """Concepts valid on a date that answer what somebody is typing, best first.

    Takes words in any order, unfinished words, common abbreviations, small misspellings, and the beginning of a code
    with or without its dot. At most four queries; an empty text finds nothing.
    """
    question = ask(text, system)
    if question.empty:
        return []
    scope = _Scope(release_on(system, on).release.pk, on, billable_only)
    hits = _by_code(scope, question.code, limit) if question.code else []
    if not hits and question.units:
        hits = _by_words(scope, question, limit)
    return [Hit(system, hit.code, hit.display, hit.billable) for hit in hits]


@dataclass(frozen=True, slots=True)
class _Scope:
    release: int
    on: date
    billable_only: bool

    @property
    def condition(self) -> str:
        only = " AND billable" if self.billable_only else ""
        return f"(valid_from IS NULL OR valid_from <= %s) AND (valid_to IS NULL OR valid_to >= %s){only}"


_COLUMNS = "SELECT code, display, billable, array_to_string(terms, chr(10)) FROM terminology_concept"


def _fetch(sql: str, values: list[Any]) -> list[Candidate]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [
            Candidate(code, display, billable, tuple(terms.split("\n")) if terms else ())
            for code, display, billable, terms in cursor.fetchall()
        ]


def _by_code(scope: _Scope, beginning: str, limit: int) -> list[Candidate]:
    """Served by the primary key: (release, code) in C order."""
    where = f"release_id = %s AND code >= %s AND code < %s AND kind = 'code' AND {scope.condition}"
    sql = f"{_COLUMNS} WHERE {where} ORDER BY code LIMIT %s"
    return _fetch(sql, [scope.release, beginning, beginning + "~", scope.on, scope.on, limit])


def _by_words(scope: _Scope, question: Question, limit: int) -> list[Candidate]:
    found = _matching(scope, question)
    if not found:
        question = _mended(scope, question)
        found = _matching(scope, question)
    if not found and len(question.units) > 1:
        found = _matching(scope, question, but_one=True)
    return rank(question, {item.code: item for item in found}.values(), limit)


def _matching(scope: _Scope, question: Question, *, but_one: bool = False) -> list[Candidate]:
    """Served by concept_words; the codes an index would give are looked at even where the answer is cut short."""
    wanted = _but_one(question.units) if but_one else matched(question.units)
    where = f"lexemes @@ %s::tsquery AND {scope.condition}"
    sql = f"({_COLUMNS} WHERE {where} LIMIT %s) UNION ALL ({_COLUMNS} WHERE release_id = %s AND code = ANY(%s) AND {where})"
    common = [f"'@{scope.release}' & ({wanted})", scope.on, scope.on]
    return _fetch(sql, [*common, CANDIDATES, scope.release, list(question.preferred), *common])


def matched(units: Iterable[Unit]) -> str:
    """The tsquery of texts that answer every unit."""
    return " & ".join(_unit(unit) for unit in units)


def _but_one(units: tuple[Unit, ...]) -> str:
    """Any question that leaves one unit out."""
    return " | ".join(f"({matched(units[:skip] + units[skip + 1 :])})" for skip in range(len(units)))


def _unit(unit: Unit) -> str:
    return "(" + " | ".join("(" + " & ".join(_lexeme(term) for term in terms) + ")" for terms in unit.alternatives) + ")"


def _lexeme(term: Term) -> str:
    """Terms are letters and digits only (rules.words), so quoting is enough."""
    return f"'{term.text}'" + (":*" if term.prefix else "")


def _mended(scope: _Scope, question: Question) -> Question:
    """The question with words that occur nowhere replaced by their nearest spellings."""
    single = {
        unit.alternatives[0][0].text for unit in question.units if len(unit.alternatives) == 1 == len(unit.alternatives[0])
    }
    near = similar_words([scope.release], sorted(single))
    return Question(tuple(_mended_unit(unit, near) for unit in question.units), question.code, question.preferred)


def _mended_unit(unit: Unit, near: dict[str, list[str]]) -> Unit:
    words = near.get(unit.alternatives[0][0].text, []) if len(unit.alternatives) == 1 else []
    return Unit((*unit.alternatives, *((Term(word, prefix=False),) for word in words)))


def similar_words(releases: list[int], words: list[str]) -> dict[str, list[str]]:
    """For each word with which no word of the releases begins, the four nearest. Served by word_trigrams. One query."""
    if not words:
        return {}
    sql = """
        SELECT asked.word, near.word
        FROM unnest(%s::text[]) AS asked(word)
        CROSS JOIN LATERAL (
            SELECT w.word FROM terminology_word w
            WHERE w.release_id = ANY(%s) AND w.word %% asked.word
            GROUP BY w.word
            ORDER BY similarity(w.word, asked.word) - 0.05 * abs(length(w.word) - length(asked.word)) DESC LIMIT 4
        ) AS near
        WHERE NOT EXISTS (
            SELECT FROM terminology_word w
            WHERE w.release_id = ANY(%s) AND w.word >= asked.word AND w.word < asked.word || '~'
        )
    """
    near: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, [words, releases, releases])
        for asked, word in cursor.fetchall():
            near.setdefault(asked, []).append(word)
    return near
