"""The same act or injury at the same site, left in one place and right in another."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from muniment.kernel.negation import Said, said_of
from muniment.kernel.prose import Sentence
from muniment.qualitative.parameters import Laterality
from muniment.qualitative.rules import Chart, Evidence, Finding, Kind, named
from muniment.qualitative.tables import spoken_of

_SIDE = re.compile(r"(?<![\w-])(left|right|bilateral|bilaterally|both)(?:-sided)?(?![\w-])", re.IGNORECASE)
_SIDE_BEHIND = re.compile(r"[ ,(]*(left|right|bilateral|both)(?:-sided)?(?: side)?\)?(?:[.;,]|$)", re.IGNORECASE)
_CLAUSE = re.compile(r"[;.]\s|\s(?:and|with|without|then|but|versus|vs)\s", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"past|family|review of systems|physical exam|examination|surgical history|instructions|follow-?up|medication|allerg"
)
FARTHEST = 4  # words between a side and its site
BOTH = "both"


@dataclass(frozen=True, slots=True)
class Statement:
    """That an act is at a site, on a side, and where it says so."""

    side: str
    site: str
    act: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class _Mention:
    what: str
    start: int
    end: int


def check(chart: Chart, rule: Laterality) -> Iterator[Finding]:
    sources = [list(one) for one in _sources(chart, rule)]
    by_site: dict[str, dict[str, list[list[Statement]]]] = defaultdict(lambda: defaultdict(list))
    for statements in sources:
        for site, act in sorted({(one.site, one.act) for one in statements}):
            by_site[site][act].append([one for one in statements if (one.site, one.act) == (site, act)])
    for site in sorted(by_site):
        yield from _contradiction(site, by_site[site])


def _contradiction(site: str, acts: dict[str, list[list[Statement]]]) -> Iterator[Finding]:
    """One finding a site: whoever wrote the wrong side wrote it of all that was done there."""
    for act in sorted(acts):
        sides = [{one.side for one in statements} for statements in acts[act]]
        if any(len(one) > 1 or BOTH in one for one in sides) or len(set().union(*sides)) < 2:
            continue
        first = {side: next(group[0] for group in acts[act] if group[0].side == side) for side in ("left", "right")}
        left, right = first["left"].evidence, first["right"].evidence
        sentence = f"{act.capitalize()}, {site}: left in {named(left)}, right in {named(right)}."
        yield Finding(Kind.LATERALITY, sentence, (left, right))
        return


def _sources(chart: Chart, rule: Laterality) -> Iterator[Iterator[Statement]]:
    """What each document says, by time, then what the codes say."""
    for document in chart.in_order:
        if not rule.documents or document.code in rule.documents:
            yield (
                Statement(side, site, act, Evidence.at(document, one.start, one.end))
                for one in document.sentences
                for side, site, act in statements(one, rule.max_words)
            )
    for code in sorted(chart.codes, key=lambda one: (one.code, str(one.entry_id))):
        title = Sentence(0, len(code.title), code.title.replace(",", ""))
        yield (Statement(side, site, act, Evidence.of_code(code)) for side, site, act in statements(title, rule.max_words))


def statements(one: Sentence, max_words: int) -> Iterator[tuple[str, str, str]]:
    """(side, site, act) that a sentence asserts of now. An act belongs to its nearest site, a site to its nearest side."""
    if _ELSEWHERE.search(one.section):
        return
    for begin, end in pairwise([0, *(found.end() for found in _CLAUSE.finditer(one.text)), len(one.text)]):
        clause = one.text[begin:end]
        sites = [_Mention(what, begin + start, begin + stop) for what, start, stop in spoken_of("sites", "site", clause)]
        for act, start, stop in spoken_of("acts", "act", clause):
            here = _Mention(act, begin + start, begin + stop)
            near = _near(one.text, here, sites, max_words)
            sides = {side for site in near if (side := _side(one.text, site, sites, begin, end))}
            if sides and said_of(one.text, here.start, here.end, one.section) is Said.PRESENT:
                yield sides.pop() if len(sides) == 1 else BOTH, near[0].what, act


def _near(text: str, act: _Mention, sites: list[_Mention], max_words: int) -> list[_Mention]:
    """The mentions of the site that an act is nearest to."""
    near = sorted((gap, one.start) for one in sites if (gap := _gap(text, act, one)) <= max_words)
    by_place = {one.start: one for one in sites}
    return [by_place[at] for _, at in near if by_place[at].what == by_place[near[0][1]].what]


def _gap(text: str, one: _Mention, other: _Mention) -> int:
    """The words between two mentions."""
    first, second = sorted((one, other), key=lambda mention: mention.start)
    return len(text[first.end : second.start].split()) if first.end < second.start else 0


def _side(text: str, site: _Mention, sites: list[_Mention], begin: int, end: int) -> str:
    """The side of a site: the nearest word for one before it, no comma or other site between; else one that follows it or its clause."""
    others = [one.end for one in sites if one.what != site.what and one.end <= site.start]
    begin = max(begin, text.rfind(",", begin, site.start) + 1, *others)
    words = [_Mention(found[1].casefold(), found.start(), found.end()) for found in _SIDE.finditer(text, begin, site.start)]
    before = [one.what for one in words if _gap(text, one, site) <= FARTHEST]
    after = _SIDE_BEHIND.match(text, site.end) or _SIDE_BEHIND.match(text, end) or _alone_at_the_end(text)
    chosen = before[-1] if before else after[1].casefold() if after else ""
    return chosen if chosen in ("left", "right", "") else BOTH


def _alone_at_the_end(text: str) -> re.Match[str] | None:
    """ "Inguinal hernia repair with mesh, right": the only side of a sentence is that of all its sites."""
    sides = [one.start() for one in _SIDE.finditer(text)]
    alone = len(sides) == 1 and text[: sides[0]].rstrip().endswith(",")
    return _SIDE_BEHIND.match(text, sides[0]) if alone else None
