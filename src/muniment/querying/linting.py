"""The compliance linter: what stops a query from being sent, why, and by which words. Pure.

It judges what can be judged from the text. Whether an indicator does support an option is the coder's own word, which is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from muniment.querying.parameters import Policy
from muniment.querying.rules import NO, OTHER, UNDETERMINED, YES, Form, Use, Written


class Check(StrEnum):
    INCOMPLETE = "incomplete"
    MONEY = "money words"
    QUALITY = "quality words"
    LEADING_TITLE = "leading title"
    LEADING_QUESTION = "leading question"
    NO_INDICATOR = "missing indicator"
    UNSUPPORTED = "unsupported option"
    FEW_OPTIONS = "too few options"
    YES_NO = "yes/no outside its uses"
    PRIOR = "prior encounter"
    OTHER_PATIENT = "another patient"


@dataclass(frozen=True, slots=True)
class Found:
    """One reason against sending. ``place`` is the field it is in, ``words`` the words that show it."""

    check: Check
    place: str
    words: str
    sentence: str


def lint(written: Written, policy: Policy) -> list[Found]:
    """Everything that stops this query, in the order of its fields; empty when it may be sent."""
    parts = (_incomplete, _words, _title, _question, _indicators, _options, _yes_no)
    return [found for part in parts for found in part(written, policy)]


def occurrences(text: str, words: Sequence[str]) -> list[str]:
    """Which of these words or phrases stand in the text, as they stand there. Whole words only."""
    found = (re.search(_pattern(one), text, 0 if one != one.lower() else re.IGNORECASE) for one in words if one.strip())
    return list(dict.fromkeys(match[0] for match in found if match))


def _pattern(phrase: str) -> str:
    return r"(?<!\w)" + r"\s+".join(re.escape(part) for part in phrase.split()) + r"(?!\w)"


def _incomplete(written: Written, policy: Policy) -> Iterator[Found]:
    if not written.title.strip():
        yield Found(Check.INCOMPLETE, "title", "", "Give the query a title that says what is to be clarified.")
    if not written.question.strip():
        yield Found(Check.INCOMPLETE, "question", "", "Write the question.")
    if written.verbal_by and not written.verbal_at:
        yield Found(Check.INCOMPLETE, "verbal", written.verbal_by, "Say when it was asked by word of mouth.")
    if written.verbal_at and not written.verbal_by:
        yield Found(Check.INCOMPLETE, "verbal", written.verbal_at, "Say who asked it by word of mouth.")


def _texts(written: Written) -> Iterator[tuple[str, str]]:
    """What the asker wrote; quotations of the record are the record's own words."""
    yield "title", written.title
    yield "question", written.question
    yield from (("options", one.text) for one in written.options)
    yield "prior_cause", written.prior_cause


def _words(written: Written, policy: Policy) -> Iterator[Found]:
    kinds = ((Check.MONEY, policy.money, "payment"), (Check.QUALITY, policy.quality, "quality figures"))
    for place, text in _texts(written):
        for check, words, what in kinds:
            for said in occurrences(text, words):
                yield Found(check, place, said, f"“{said}” speaks of {what}. A query never says what an answer does for them.")


def _title(written: Written, policy: Policy) -> Iterator[Found]:
    for said in occurrences(written.title, policy.leading):
        yield Found(Check.LEADING_TITLE, "title", said, f"“{said}” in the title leads to an answer. Name the matter only.")
    for said in occurrences(written.title, _diagnoses(written)):
        yield Found(
            Check.LEADING_TITLE, "title", said, f"The title says “{said}”, which is one of the answers. Name the matter only."
        )


def _question(written: Written, policy: Policy) -> Iterator[Found]:
    for said in occurrences(written.question, policy.leading):
        yield Found(
            Check.LEADING_QUESTION, "question", said, f"“{said}” leads to an answer. Ask what the clinician’s judgment is."
        )
    if written.form is Form.CHOICE:
        for said in occurrences(written.question, _undocumented(written)):
            sentence = f"The question says “{said}”, which is an answer and stands in no indicator. Leave it to the options."
            yield Found(Check.LEADING_QUESTION, "question", said, sentence)


def _diagnoses(written: Written) -> list[str]:
    return [one.text.lower() for one in written.options if one.text.strip()]


def _undocumented(written: Written) -> list[str]:
    quoted = " ".join(one.quote for one in written.indicators)
    return [one for one in _diagnoses(written) if not occurrences(quoted, [one])]


def _indicators(written: Written, policy: Policy) -> Iterator[Found]:
    if not written.indicators:
        yield Found(
            Check.NO_INDICATOR, "indicators", "", "No clinical indicator is quoted. Pick the lines of the chart that raise it."
        )
    for place, one in enumerate(written.indicators, 1):
        if not one.here:
            said = f"Indicator {place} is not of this patient’s record. Take it out."
            yield Found(Check.OTHER_PATIENT, "indicators", one.quote, said)
        elif one.prior and policy.prior_needs_cause and not written.prior_cause.strip():
            said = f"Indicator {place} is of another stay ({one.source}, {one.on}). Say why it is relevant to this one, or take it out."
            yield Found(Check.PRIOR, "prior_cause", one.quote, said)


def _options(written: Written, policy: Policy) -> Iterator[Found]:
    if written.form is not Form.CHOICE:
        return
    if len(written.options) < policy.least_options:
        said = f"A multiple choice has at least {policy.least_options} clinical options here; it has {len(written.options)}."
        yield Found(Check.FEW_OPTIONS, "options", "", f"{said} Add one the indicators support, or ask openly.")
    known = range(1, len(written.indicators) + 1)
    for one in written.options:
        if one.text.strip().lower() in {said.lower() for said in (OTHER, UNDETERMINED, YES, NO)}:
            yield Found(Check.INCOMPLETE, "options", one.text, f"“{one.text}” is always there; it is no option of your own.")
        elif not one.support or any(number not in known for number in one.support):
            said = f"No indicator supports “{one.text}”. Name the numbers of those that do, or leave the option out."
            yield Found(Check.UNSUPPORTED, "options", one.text, said)


def _yes_no(written: Written, policy: Policy) -> Iterator[Found]:
    if written.form is Form.YES_NO and (written.use is Use.NONE or written.use not in policy.yes_no):
        allowed = ", ".join(str(one) for one in policy.yes_no)
        yield Found(
            Check.YES_NO,
            "use",
            str(written.use),
            f"Yes or no is asked only about: {allowed}. Ask by multiple choice or openly.",
        )
