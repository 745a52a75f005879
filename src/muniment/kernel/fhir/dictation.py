"""When a document was dictated, transcribed, edited and authenticated, by whom, and in which system (HL7 v2 TXA-6 to TXA-11, TXA-22).

FHIR R4 has an element of DocumentReference for the first of these only, so the rest is an extension of ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

DICTATION = "urn:muniment:fhir:dictation"
# A part of it → the element it is kept in, and its words.
PARTS = {
    "dictated": ("valueDateTime", "Dictated"),
    "transcribed": ("valueDateTime", "Transcribed"),
    "transcriptionist": ("valueReference", "Transcribed by"),
    "edited": ("valueDateTime", "Edited"),
    "authenticated": ("valueDateTime", "Authenticated there"),
    "system": ("valueString", "Transcription system"),
}


def extension(parts: Mapping[str, list[Any]]) -> dict[str, Any]:
    """The extension with these parts (FHIR values by the names of ``PARTS``), in their order."""
    said = [{"url": name, PARTS[name][0]: value} for name in PARTS for value in parts.get(name, ())]
    return {"url": DICTATION, "extension": said}


def parts_of(resource: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """(name, value) of what a resource says about its dictation."""
    for one in resource.get("extension", ()):
        if isinstance(one, dict) and one.get("url") == DICTATION:
            for part in one.get("extension", ()):
                name = part.get("url", "")
                if name in PARTS and PARTS[name][0] in part:
                    yield name, part[PARTS[name][0]]
