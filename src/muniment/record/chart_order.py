"""The order in which a chart's documents stand: one order for everybody, by document type (AHIMA, universal chart order). Pure."""

from __future__ import annotations

from typing import NamedTuple


class Section(NamedTuple):
    """A group of document types: LOINC codes that belong to it, and the words in a title that do where the code is local."""

    name: str
    codes: frozenset[str]
    words: tuple[str, ...]


SECTIONS = (
    Section(
        "Discharge summaries",
        frozenset({"18842-5", "11490-0", "28655-9", "29761-4", "34105-7", "34106-5"}),
        ("discharge summ",),
    ),
    Section(
        "Emergency care",
        frozenset({"34878-9", "34111-5", "51846-4", "28568-4", "59258-4", "54094-8"}),
        ("emergency", "ed note", "triage"),
    ),
    Section(
        "History and physical",
        frozenset({"34117-2", "11492-6", "34774-0", "34763-3", "47039-3", "28626-0"}),
        ("history and phys", "h&p", "admission note"),
    ),
    Section("Consultations", frozenset({"11488-4", "34104-0", "34100-8", "51845-6"}), ("consult",)),
    Section(
        "Operative and procedure reports",
        frozenset({"11504-8", "28570-0", "8724-7", "10213-7", "34874-8", "18836-7", "59776-5"}),
        ("operati", "procedure", "anesthes", "anaesthes", "delivery"),
    ),
    Section(
        "Progress notes",
        frozenset({"11506-3", "34130-5", "28569-2", "34131-3"}),
        ("progress", "soap", "daily note", "therapy note"),
    ),
    Section("Orders", frozenset({"57833-6", "46209-3"}), ("order", "prescription")),
    Section(
        "Diagnostic reports",
        frozenset(
            {"18748-4", "11502-2", "11526-1", "18745-0", "18746-8", "18782-3", "11524-6", "11525-3", "68604-8", "60568-3"}
        ),
        (
            "radiolog",
            "imaging",
            "x-ray",
            "ct ",
            "mri",
            "ultrasound",
            "echocard",
            "ecg",
            "ekg",
            "patholog",
            "laborator",
            "report",
        ),
    ),
    Section("Nursing", frozenset({"34119-8", "28651-8", "34746-8", "28575-9"}), ("nurs", "flowsheet", "care plan", "vital")),
    Section(
        "Consents and directives",
        frozenset({"59284-0", "42348-3", "61358-8", "61359-6", "64293-4"}),
        ("consent", "directive", "advance care", "authoriz"),
    ),
    Section(
        "Summaries from elsewhere",
        frozenset({"34133-9", "57133-1", "18761-7", "60591-5"}),
        ("continuity", "summary of", "transfer", "referral", "patient summary"),
    ),
    Section(
        "Correspondence and administration",
        frozenset({"51852-2", "51851-4", "64290-0"}),
        ("letter", "correspond", "face sheet", "insurance"),
    ),
)
OTHER = "Other documents"


def section_of(code: str, title: str) -> int:
    """The place of a document's section in the order; the number of sections for what fits none."""
    for place, section in enumerate(SECTIONS):
        if code and code in section.codes:
            return place
    folded = title.lower()
    return next(
        (place for place, section in enumerate(SECTIONS) if any(word in folded for word in section.words)), len(SECTIONS)
    )


def name_of(place: int) -> str:
    return SECTIONS[place].name if place < len(SECTIONS) else OTHER
