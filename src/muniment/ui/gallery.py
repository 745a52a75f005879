"""The list of specimens. /ui is made from it, so a component that is not listed is not there, and a test says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Specimen:
    """One component in all its states: a template of its own under ``templates/ui/gallery/``."""

    name: str
    title: str
    says: str
    group: str

    @property
    def template(self) -> str:
        return f"ui/gallery/{self.name}.html"


@dataclass(frozen=True, slots=True)
class Screen:
    """A specimen of one of the five kinds of screen."""

    kind: str
    title: str

    @property
    def template(self) -> str:
        return f"ui/gallery/screens/{self.kind}.html"


SPECIMENS: Sequence[Specimen] = (
    Specimen(
        "colours",
        "Colours",
        "Colour says what can be acted on and how things stand, always beside a word or a shape.",
        "Foundations",
    ),
    Specimen("type", "Type", "Three heading sizes, 14 px body, 13 px tables, tabular figures.", "Foundations"),
    Specimen("shapes", "Shapes and states", "A state is a word with its shape. Without colour it still reads.", "Foundations"),
    Specimen("keys", "Keys", "A key is declared where its action is; ? lists the keys of the screen.", "Foundations"),
    Specimen(
        "dates", "Dates and deadlines", "A deadline in words; the date in its title. Partial dates stay partial.", "Foundations"
    ),
    Specimen(
        "patient", "Patient banner", "Wherever a patient is. Sticky; the edge takes the gravest flag’s colour.", "Patient"
    ),
    Specimen("facts", "Facts", "A definition list. What is not known says so.", "Patient"),
    Specimen("timeline", "Timeline", "What happened, who, when, why.", "Patient"),
    Specimen("viewer", "Document viewer", "75 characters, headings recognised, columns kept, found words marked.", "Patient"),
    Specimen(
        "table", "Table", "32 px rows, hairlines, sticky head, numbers right. j and k move, Enter opens, x selects.", "Lists"
    ),
    Specimen("filters", "Filter sentence", "Each word with an arrow can be changed.", "Lists"),
    Specimen("pages", "Pages", "Earlier and later rows; the total where it is cheap to know.", "Lists"),
    Specimen("tabs", "Tabs", "Views of one thing, as links.", "Lists"),
    Specimen("empty", "Empty list", "Says what would be here and when.", "Lists"),
    Specimen("why", "Why?", "Beside everything computed: rule, citation, inputs, the date it was judged by.", "Answers"),
    Specimen("figures", "Figures", "A number leads to its list; its definition is under why.", "Answers"),
    Specimen("charts", "Charts", "Named at the lines, a dashed target, the table one key away (t).", "Answers"),
    Specimen("buttons", "Buttons", "The verb and its object. One primary action a screen.", "Acting"),
    Specimen("forms", "Forms", "Label above, hint below it, the sentence at the field, errors first.", "Acting"),
    Specimen("actionbar", "Action bar", "The primary action stands bottom right.", "Acting"),
    Specimen("split", "Split", "Read left, decide right. Drag the divider, or focus it and use the arrow keys.", "Acting"),
    Specimen("notices", "Notices", "What happened, to what, and what can be done.", "Telling"),
    Specimen("progress", "Progress", "Long work, with a count and a stop.", "Telling"),
    Specimen("toast", "Undo", "What was just done can be undone on the spot.", "Telling"),
    Specimen("dialog", "Dialog", "Native; for two-step acts that can’t be undone.", "Telling"),
)

SCREENS: Sequence[Screen] = (
    Screen("day", "Day"),
    Screen("queue", "Queue"),
    Screen("workspace", "Workspace"),
    Screen("record", "Record"),
    Screen("board", "Board"),
)
