"""Whether a scanned document may be filed without a person: every doubt is a sentence, and one is enough to ask somebody. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from muniment.scanning.rules import draws, read_as

PARTS = {"patient": "patient", "encounter": "stay", "type": "kind of document", "date": "date"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """What the rule asks, per cent where nothing else is said; without parameters the strictest.

    ``agreeing`` identifiers in the text; ``reading`` of every page that carries one; ``counted``: the sheet must count the pages;
    ``checked_percent`` of what is filed so is drawn into the quality check. ``signed``: whether such paper comes signed ("yes", "no");
    anything else has a person look.
    """

    agreeing: int = 2
    patient: int = 95
    encounter: int = 97
    type: int = 95
    date: int = 90
    reading: int = 80
    counted: bool = True
    checked_percent: int = 100
    signed: str = "ask"

    @classmethod
    def read(cls, parameters: Mapping[str, Any]) -> Thresholds:
        return read_as(cls, parameters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a waiting document. ``confidence``: of each proposal, per cent; one that is missing was not made.

    ``reading`` is the least confidence of the pages on which identifiers stand, ``against`` what speaks against a proposal.
    """

    agreed: Sequence[str] = ()
    confidence: Mapping[str, int] = field(default_factory=dict)
    against: Sequence[str] = ()
    exception: str = ""
    failed_before: bool = False
    reading: int = 0
    unreadable: int = 0
    pages: int = 0
    expected: int = 0
    copies: int = 0


def doubts(known: Known, asked: Thresholds) -> list[str]:
    """Why a person decides, a sentence each; empty where the rule is met."""
    found = [known.exception] if known.exception else []
    found += ["It failed a check before."] if known.failed_before else []
    found += [f"{one[:1].upper()}{one[1:]}." for one in known.against]
    if len(known.agreed) < asked.agreeing:
        found.append(
            f"{len(known.agreed)} of the patient's identifiers agree with the text; the rule asks for {asked.agreeing}."
        )
    elif known.reading < asked.reading:
        found.append(f"The page they stand on was read with {known.reading} %; the rule asks for {asked.reading} %.")
    found += [sentence for part in PARTS if (sentence := _unsure(part, known, asked))]
    found += _of_pages(known, asked)
    found += ["The patient has a document of nearly the same text."] if known.copies else []
    found += [] if asked.signed in ("yes", "no") else ["Whether it is signed is for a person to see: the rule does not say."]
    return found


def _unsure(part: str, known: Known, asked: Thresholds) -> str:
    least, sure = getattr(asked, part), known.confidence.get(part)
    if sure is None:
        return f"No {PARTS[part]} is proposed."
    return f"The {PARTS[part]} is proposed with {sure} %; the rule asks for {least} %." if sure < least else ""


def _of_pages(known: Known, asked: Thresholds) -> list[str]:
    found = ["No page is left of it."] if not known.pages else []
    found += [f"{_count(known.unreadable)} could not be read."] if known.unreadable else []
    if asked.counted and not known.expected:
        found.append("No separator sheet counts its pages.")
    elif known.expected and known.expected != known.pages:
        found.append(f"Its sheet expects {_count(known.expected)}; {known.pages} came.")
    return found


def _count(pages: int) -> str:
    return f"{pages} {'page' if pages == 1 else 'pages'}"


def why_checked(document_id: UUID, asked: Thresholds) -> str:
    """Why one that was filed so is checked, in words; empty where its own rate leaves it out."""
    if asked.checked_percent >= 100:
        return "every document filed by rule is checked"
    return (
        f"drawn: {asked.checked_percent} % of what is filed by rule is checked"
        if draws(document_id, asked.checked_percent)
        else ""
    )
