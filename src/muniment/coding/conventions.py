"""The conventions of ICD-10-CM's tabular list as edits: sequence, seventh character, side, specificity. Pure.

They read the notes and titles of the release that answers for the discharge date; a note whose condition can't be judged by codes alone
is never more than information.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import combinations

from muniment.coding.findings import GUIDELINES, CodeFacts, Edit, Severity, Terms, excluded_by, references
from muniment.coding.rules import Claim
from muniment.kernel.codes import dotted

_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFORMATION
_SEVENTH = "ABCDEFGHJKMNPQRS0123456789"  # every seventh character the tabular list uses
_SIDED = re.compile(r"\b(?:right|left)\b")
_BOTH = re.compile(r"\bbilateral\b")
_ELSEWHERE = re.compile(r"diseases classified elsewhere", re.IGNORECASE)
_UNSPECIFIED = re.compile(r"\bunspecified\b", re.IGNORECASE)
_SHOWN = 3  # lines of a note that a sentence quotes


def seventh_character(code: str, terms: Terms) -> Edit | None:
    """For a code that is none: what is wrong with its seventh character or placeholder, where that makes it one (I.A.4, I.A.5)."""
    moved = code[:-1].ljust(6, "X") + code[-1]
    if 3 < len(code) < 7 and terms.usable({moved}):
        said = f"{dotted(code)} lacks its placeholders: the seventh character must stand seventh. Write {dotted(moved)}."
        return Edit("H13", _E, said, (code,), GUIDELINES.format("Section I.A.4 and I.A.5"))
    choices = sorted(terms.usable({code[:6].ljust(6, "X") + last for last in _SEVENTH}))
    if not choices:
        return None
    characters = ", ".join(one[-1] for one in choices)
    wrong = (
        f"has “{code[-1]}” as seventh character, which is not in its table" if len(code) == 7 else "needs a seventh character"
    )
    said = f"{dotted(code)} {wrong}. Choose one of {characters}, as in {dotted(choices[0])}."
    return Edit("H13", _E, said, (code,), GUIDELINES.format("Section I.A.5"))


def _known(claim: Claim, terms: Terms) -> dict[str, CodeFacts]:
    """The claim's usable diagnoses in their order, once each."""
    found = {one.code.value: terms.diagnosis(one.code.value) for one in claim.diagnoses}
    return {code: facts for code, facts in found.items() if facts is not None and facts.billable}


def _etiology_first(claim: Claim, terms: Terms) -> Iterator[Edit]:
    """A code that “code first” names stands before the one at which the note stands."""
    known, citation = _known(claim, terms), GUIDELINES.format("Section I.A.13")
    order = {code: place for place, code in enumerate(known)}
    for code, facts in known.items():
        for heading, note in facts.code_first:
            for other in known:
                if order[other] > order[code] and excluded_by(note, other):
                    said = (
                        f"{dotted(code)} stands before {dotted(other)}, which is to be coded first (note at {dotted(heading)}: "
                        f"“{note}”). Move {dotted(other)} above it, unless they are unrelated."
                    )
                    yield Edit("H14", _W, said, (code, other), citation)


def _manifestation_has_cause(claim: Claim, terms: Terms) -> Iterator[Edit]:
    """“In diseases classified elsewhere” is never used without the disease. Where the note leaves open which, it is only said."""
    known, citation = _known(claim, terms), GUIDELINES.format("Section I.A.13")
    for code, facts in known.items():
        if not _ELSEWHERE.search(facts.display) or not facts.code_first:
            continue
        others = [other for other in known if other != code and not _ELSEWHERE.search(known[other].display)]
        if any(excluded_by(note, other) for _, note in facts.code_first for other in others):
            continue
        closed = not others or not any(_is_open(note) for _, note in facts.code_first)
        said = f"{dotted(code)} is a manifestation. See that its cause is coded before it: {_quoted(facts.code_first)}."
        yield Edit("H15", _W if closed else _I, said, (code,), citation)


def _is_open(note: str) -> bool:
    """Whether a note's line names no codes, so that a disease it does not list may be meant."""
    return not references(note)


def _quoted(notes: tuple[tuple[str, str], ...]) -> str:
    texts = [text.rstrip(".") for _, text in notes[:_SHOWN]]
    lead, rest = texts[0], texts[1:]
    more = "; …" if len(notes) > _SHOWN else ""
    return f"“{lead}{' ' if lead.endswith(':') else '; ' if rest else ''}{'; '.join(rest)}{more}”"


def _both_sides(claim: Claim, terms: Terms) -> Iterator[Edit]:
    """One bilateral code instead of a right and a left one, where there is one."""
    for (right, facts), (left, opposite) in combinations(_known(claim, terms).items(), 2):
        place = _only_difference(right, left)
        if place is None or not _are_sides(facts.display, opposite.display):
            continue
        siblings = terms.usable({right[:place] + digit + right[place + 1 :] for digit in "0123456789"})
        both = sorted(code for code, one in siblings.items() if _BOTH.search(one.display))
        if both:
            said = f"{dotted(right)} and {dotted(left)} are the same condition on both sides. Code {dotted(both[0])}, which is bilateral."
            yield Edit("H16", _W, said, (right, left), GUIDELINES.format("Section I.B.13"))


def _only_difference(one: str, other: str) -> int | None:
    """The place of the only character in which two codes of one length differ."""
    places = [place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]]
    return places[0] if len(one) == len(other) and len(places) == 1 else None


def _are_sides(one: str, other: str) -> bool:
    """Whether two titles differ in nothing but right and left."""
    return one != other and bool(_SIDED.search(one)) and _SIDED.sub("side", one) == _SIDED.sub("side", other)


def _side_unspecified(claim: Claim, terms: Terms) -> Iterator[Edit]:
    """The unspecified side beside a right or left of the same condition."""
    known = _known(claim, terms)
    for vague, facts in known.items():
        for sided, other in known.items():
            same = _SIDED.sub("unspecified", other.display)
            if same != other.display and same == facts.display and _only_difference(vague, sided) is not None:
                said = f"{dotted(vague)} leaves the side open, yet {dotted(sided)} names it. Look in the record and keep the sided code."
                yield Edit("H17", _W, said, (vague, sided), GUIDELINES.format("Section I.B.13"))


def _unspecified(claim: Claim, terms: Terms) -> Iterator[Edit]:
    """An unspecified code beside a specific one of the same heading."""
    known = _known(claim, terms)
    for vague, facts in known.items():
        if not facts.parent or not _UNSPECIFIED.search(facts.display):
            continue
        for specific, other in known.items():
            if not specific.startswith(facts.parent) or _UNSPECIFIED.search(other.display) or _SIDED.search(other.display):
                continue
            said = f"{dotted(vague)} is unspecified, yet {dotted(specific)} says more under the same heading. Keep both only if they are two conditions."
            yield Edit("H18", _W, said, (vague, specific), GUIDELINES.format("Section I.A.9.b and I.B.18"))


def _additional(claim: Claim, terms: Terms) -> Iterator[Edit]:
    """A reminder of “use additional code”, once a heading, where no code it names is there. Notes of whole chapters are left out."""
    known, coded = _known(claim, terms), {one.code.value for one in claim.diagnoses}
    reminded: set[str] = set()
    for code, facts in known.items():
        for heading in dict.fromkeys(at for at, _ in facts.use_additional if at[:1].isalpha() and "-" not in at):
            notes = tuple(pair for pair in facts.use_additional if pair[0] == heading)
            named = [note for _, note in notes if references(note)]
            if heading in reminded or not named or any(excluded_by(note, other) for note in named for other in coded):
                continue
            reminded.add(heading)
            said = f"{dotted(code)} may need an additional code (note at {dotted(heading)}): {_quoted(notes)}. None of those named is coded."
            yield Edit("H19", _I, said, (code,), GUIDELINES.format("Section I.A.13 and I.B.7"))


CONVENTIONS: tuple[Callable[[Claim, Terms], Iterator[Edit]], ...] = (
    _etiology_first,
    _manifestation_has_cause,
    _both_sides,
    _side_unspecified,
    _unspecified,
    _additional,
)
