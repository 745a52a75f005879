"""Suggestions as a coder reads them: the code, its title, how probable it is, and its sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from muniment.encounters.models import Encounter
from muniment.kernel.codes import dotted
from muniment.record.models import Entry
from muniment.record.web.presenters import title_of
from muniment.suggestions.charts import places
from muniment.suggestions.mentions import sentence_at
from muniment.suggestions.models import Mute
from muniment.suggestions.scoring import Found, learned
from muniment.suggestions.wording import key
from muniment.ui.shapes import Input, Why

LIKELY, MOST = 0.5, 6  # so many at a time: who decides on one sees the next
_AROUND = 90  # characters on either side of the words
_ALONE = (
    "The words are a term of the release, or everyday words for one, in a sentence that does not deny them. The probability is what coders of published case "
    "reports made of such mentions, and is moved by what coders decided here. It knows no guideline: whether the code is assigned is yours to say."
)
_TRAINED = (
    "The words are a term of the release, or a phrase that stood in the documents of at least five patients with this code, in a sentence that does not deny "
    "them. The probability is how often such words led to the code in this department’s final codings, on stays the model had not learned from, and is moved by "
    "what coders decided here. It knows no guideline: whether the code is assigned is yours to say."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A sentence with the words in it, and where it stands."""

    before: str
    words: str
    after: str
    source: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    code: str
    written: str
    title: str
    percent: int
    words: str
    quotes: Sequence[Quote]
    why: Why


def ranked(found: Sequence[Found], lessons: Mapping[str, tuple[int, int]], hidden: set[str]) -> list[tuple[Found, float]]:
    """Those that are not drafted or refused, by their probability after what the department has decided."""
    shown = [(one, learned(one.score, *lessons.get(one.code, (0, 0)))) for one in found if one.code not in hidden]
    return sorted(shown, key=lambda one: (-one[1], one[0].code))


def heard(found: Sequence[Found], quiet: Sequence[Mute]) -> list[Found]:
    """Those whose words this coder has not muted for their code."""
    muted = {(one.code, one.words) for one in quiet}
    return [one for one in found if (one.code, " ".join(sorted(key(one.words)))[:200]) not in muted]


def lines(
    stay: Encounter, some: Sequence[tuple[Found, float]], titles: Mapping[str, str], entries: Mapping[UUID, Entry], texts: Mapping[UUID, str],
    lessons: Mapping[str, tuple[int, int]], model: int,
) -> list[Line]:  # fmt: skip
    """Only what the release of the day of discharge has a title for."""
    return [
        _line(stay, one, score, titles[one.code], entries, texts, lessons, model) for one, score in some if one.code in titles
    ]


def _line(
    stay: Encounter, found: Found, score: float, title: str, entries: Mapping[UUID, Entry], texts: Mapping[UUID, str],
    lessons: Mapping[str, tuple[int, int]], model: int,
) -> Line:  # fmt: skip
    taken, refused = lessons.get(found.code, (0, 0))
    why = Why(
        rule=_TRAINED if model else _ALONE,
        inputs=[
            Input("Who speaks", f"model {model}" if model else "the terminology alone"), Input("By the words alone", f"{round(found.score * 100)} %"), Input("Mentions", str(len(found.places))),
            Input("Taken here before", str(taken)), Input("Refused here before", str(refused)),
        ],
    )  # fmt: skip
    quotes = [
        _quote(stay, entries[at], texts[at], start, end)
        for at, start, end in places(found)
        if at in entries and end <= len(texts.get(at, ""))
    ]
    return Line(
        code=found.code,
        written=dotted(found.code),
        title=title,
        percent=round(score * 100),
        words=found.words,
        quotes=quotes,
        why=why,
    )


def _quote(stay: Encounter, entry: Entry, text: str, start: int, end: int) -> Quote:
    first, last = sentence_at(text, start)
    begin, stop = max(first, start - _AROUND), min(last, end + _AROUND)
    return Quote(
        before=("… " if begin > first else "") + " ".join(text[begin:start].split()) + (" " if text[start - 1 : start].isspace() else ""),
        words=text[start:end], after=text[end:stop].rstrip() + (" …" if stop < last else ""), source=title_of(entry),
        url=f"{reverse('record-document', args=[stay.id, entry.entry_id])}?{urlencode({'find': text[start:end]})}",
    )  # fmt: skip
