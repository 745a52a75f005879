"""What a clinical sentence says of a term in it: that it is there, is not, may be, was, is a relative's, or should it come. Pure.

Cues before a term reach to the end of their clause, cues after it a few words. A section decides before any cue: what stands
under "family history" is a relative's. In doubt the answer is the one that claims less.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Said(StrEnum):
    PRESENT = "present"
    ABSENT = "absent"
    POSSIBLE = "possible"
    PAST = "past"
    FAMILY = "a relative's"
    IF = "should it come"


def _words(*cues: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(cues)})(?![\w-])", re.IGNORECASE)


# Say "no" and mean something else: they are taken out before cues are looked for.
_OTHERWISE = _words(
    r"no (?:further|longer|more|new|recurrent|residual|significant change|change|increase|interval)(?: in| of)?", "no other",
    r"not only", r"without (?:difficulty|complications?|incident)", r"gram[- ]negative", "non-?negative", "no doubt",
)  # fmt: skip
_PAST_NO = _words(
    r"(?:no|denies|without)(?: any)?(?: known| prior| previous| past| personal)* (?:history|hx) of", r"no prior", r"no previous"
)
_ABSENT = _words(
    r"no", r"not", r"nor", r"neither", r"without", r"denies", r"denied", r"denying", r"negative for", r"absence of", r"free of",
    r"(?:does|do|did|is|was) not (?:have|show|reveal|demonstrate|suggest|represent)", r"ruled out for", r"rules? out (?=for)", r"excluded", r"excludes",
    r"rather than", r"instead of", r"never had",
)  # fmt: skip
_POSSIBLE = _words(
    r"possibl[ey]", r"probabl[ey]", r"likely", r"suspect(?:ed|s)?", r"suspicio(?:n of|us for)", r"concern(?:s|ed|ing)? (?:for|of|about)",
    r"question of", r"questionable", r"rule out", r"r/o", r"to exclude", r"evaluat(?:e|ed|ion) for", r"vs\.?", r"versus", r"(?:can ?not|could not|can't) (?:be )?exclude",
    r"may (?:have|be|represent)", r"might (?:have|be|represent)", r"presum(?:ed|ptive)", r"worrisome for", r"differential(?: diagnosis)?(?: includes)?",
    r"screen(?:ed|ing)? for", r"work-?up for", r"consider(?:ed|ing)?",
)  # fmt: skip
_PAST = _words(
    r"(?:history|hx|h/o) of", r"h/o", r"prior", r"previous(?:ly)?", r"status post", r"s/p", r"old", r"remote", r"former", r"healed", r"past",
)  # fmt: skip
_PAST_AFTER = _words(r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|several|many) (?:years?|months?) ago", r"in (?:19|20)\d\d", r"in childhood", r"years ago")  # fmt: skip
_IF = _words(
    r"if", r"in case of", r"return for", r"call for", r"watch for", r"monitor(?:ing)? for", r"risks?", r"prevent(?:ion of|s)?", r"prophyla(?:xis|ctic)",
    r"precautions?", r"signs? and symptoms? of", r"should", r"until", r"such as", r"including",
)  # fmt: skip
_FAMILY = _words(
    r"mother(?:'s)?", r"father(?:'s)?", r"brothers?", r"sisters?", r"siblings?", r"parents?", r"aunts?", r"uncles?", r"grand(?:mother|father|parents?)", r"cousins?",
    r"wife", r"husband", r"partner", r"daughters?", r"sons?", r"maternal", r"paternal", r"family history", r"runs in the family",
)  # fmt: skip
_ENDS = _words(
    r"but", r"however", r"although", r"though", r"except", r"apart from", r"aside from", r"which", r"who", r"now", r"then", r"because", r"due to",
    r"secondary to", r"with", r"for which", r"consistent with", r"is", r"are", r"was", r"were", r"has", r"have", r"had", r"shows?", r"showed", r"presents?", r"developed", r"found",
)  # fmt: skip
_STOP = re.compile(r"[;:()]|\. ")
_AFTER_POSSIBLE = re.compile(
    r"^[^;:.,]{0,40}?(?<![\w-])(?:(?:is|was|remains?)? ?(?:possible|suspected|questionable|not (?:been )?(?:ruled out|excluded)|being ruled out|to be ruled out)"
    r"|(?:can ?not|could not|can't) be (?:ruled out|excluded)|vs\.?|versus)(?![\w-])|^ ?\?",
    re.IGNORECASE,
)  # fmt: skip
_AFTER_ABSENT = re.compile(
    r"^[^;:.,]{0,40}?(?<![\w-])(?:(?:was|were|is|are|has been|have been|had been) )?(?:ruled out|excluded|absent|unlikely|negative"
    r"|not (?:seen|found|present|identified|demonstrated|evident|confirmed|supported))(?![\w-])",
    re.IGNORECASE,
)  # fmt: skip
_PAST_SECTIONS = re.compile(r"\b(?:past|prior|previous|surgical history|medical history|problem list|medications?|allerg)")
_IF_SECTIONS = re.compile(
    r"\b(?:instructions?|follow-?up|statement|education|precautions|indication|reason for (?:exam|study))"
)


def said_of(text: str, start: int, end: int, section: str = "") -> Said:
    """What ``text``, one sentence, says of the term ``text[start:end]``. ``section``: its heading in small letters."""
    if "family" in section and "social" not in section.replace("family and social", ""):
        return Said.FAMILY
    plain = _OTHERWISE.sub(lambda found: " " * len(found[0]), text)
    before, after = plain[:start], plain[end:]
    if _FAMILY.search(before):
        return Said.FAMILY
    if _IF_SECTIONS.search(section) or _IF.search(before):
        return Said.IF
    return _cued(before, after, section)


def _cued(before: str, after: str, section: str) -> Said:
    clause = _clause(before)
    if _AFTER_POSSIBLE.search(after) or (_POSSIBLE.search(clause) and not _PAST_NO.search(clause)):
        return Said.POSSIBLE
    if _PAST_NO.search(clause):
        return Said.PAST
    if _ABSENT.search(clause) or _AFTER_ABSENT.search(after):
        return Said.ABSENT
    past = _PAST.search(clause) or _PAST_AFTER.search(re.split(r"[;.]", after)[0]) or _PAST_SECTIONS.search(section)
    return Said.PAST if past else Said.PRESENT


def _clause(before: str) -> str:
    """What stands before the term in its own clause; a cue that itself holds a closing word stays whole."""
    cut = max((found.end() for pattern in (_STOP, _ENDS) for found in pattern.finditer(before)), default=0)
    for cue in (*_ABSENT.finditer(before), *_PAST_NO.finditer(before), *_POSSIBLE.finditer(before)):
        if cue.start() < cut < cue.end() or cue.end() >= cut >= cue.start():
            cut = cue.start()
    return before[cut:]
