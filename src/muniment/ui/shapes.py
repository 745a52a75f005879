"""What the components are given. A presenter builds these; a template only places them, and never decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Tone(StrEnum):
    """What a colour says. It is always accompanied by a word or a shape."""

    PLAIN = "plain"
    OK = "ok"
    INFO = "info"
    DUE = "due"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Input:
    """One thing a rule looked at: its name, what it was, and where it came from."""

    name: str
    value: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """How a computed answer came about.

    ``citation`` is the law, standard or policy the rule comes from; ``judged_on`` the date whose rules applied; ``verified``
    is False while nobody has checked the rule's text against its primary source.
    """

    rule: str
    citation: str = ""
    citation_url: str = ""
    inputs: Sequence[Input] = ()
    judged_on: date | None = None
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Flag:
    """A warning about a patient or a record, in words (``Part 2``, ``Legal hold``, ``Deceased 4 Mar 2026``)."""

    words: str
    tone: Tone = Tone.INFO
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What the banner shows. ``age`` and ``dates`` are already words; ``comparing`` says which half of a comparison this is."""

    family: str
    given: str
    born: str
    age: str
    sex: str
    mrn: str
    assigner: str
    url: str = ""
    encounter: str = ""
    encounter_url: str = ""
    encounter_class: str = ""
    dates: str = ""
    location: str = ""
    flags: Sequence[Flag] = ()
    comparing: str = ""

    @property
    def tone(self) -> Tone:
        """The gravest tone among the flags, for the coloured edge."""
        order = list(Tone)
        return max((flag.tone for flag in self.flags), key=order.index, default=Tone.PLAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line of a definition list. An empty value is shown as "not recorded", never as a blank."""

    label: str
    value: str
    url: str = ""
    why: Why | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened: what, who, when (as shown) and why."""

    what: str
    who: str
    when: str
    why: str = ""
    url: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number that leads to its list. ``spark`` is a trend, oldest first."""

    label: str
    value: str
    url: str
    why: Why
    unit: str = ""
    state: str = ""
    tone: Tone = Tone.PLAIN
    spark: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Option:
    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One word of the filter sentence: ``name`` is what is chosen, the current option is what is read."""

    name: str
    options: Sequence[Option]

    @property
    def chosen(self) -> str:
        """The label of the current option; the first one's when none is marked."""
        return next((option.label for option in self.options if option.current), self.options[0].label)


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A keyset page: rows ``first`` to ``last`` of ``total``. ``total`` is None where counting would cost too much."""

    first: int
    last: int
    total: int | None = None
    previous_url: str = ""
    next_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A clinical document to be read. ``text`` is plain; ``html`` is used instead where a sanitised rendering exists."""

    title: str
    author: str
    when: str
    text: str = ""
    html: str = ""
    state: str = ""
    tone: Tone = Tone.PLAIN
    find: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An entry of the top bar; ``key`` is the letter that follows ``g``."""

    label: str
    url: str
    key: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """A group of the menu of all places, under its heading."""

    name: str
    places: Sequence[Place]


MOST_PLACES = 6  # in the bar


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What surrounds every screen. A context processor of the site puts it into the context as ``frame``.

    ``session_seconds`` is how long an idle session lives (0: no warning); ``keep_url`` answers any GET by extending it.
    """

    facility: str = ""
    home_url: str = "/"
    places: Sequence[Place] = ()
    groups: Sequence[Places] = ()  # all the role may open, those of the bar among them, where it is more than the bar holds
    menu_key: str = ""  # the letter that opens the menu of them
    find_url: str = ""
    find_text: str = ""
    deadline: str = ""
    deadline_url: str = ""
    deadline_tone: Tone = Tone.PLAIN
    user_id: str = ""
    user_name: str = ""
    user_role: str = ""
    account_links: Sequence[Option] = ()
    sign_out_url: str = ""
    letter_keys: bool = True
    session_seconds: int = 0
    keep_url: str = ""

    def __post_init__(self) -> None:
        if len(self.places) > MOST_PLACES:
            raise ValueError("a role has at most six places in the top bar")
