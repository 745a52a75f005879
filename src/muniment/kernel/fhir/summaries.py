"""Short readable text out of a resource, for lists: what it is called, what was found, whether it is abnormal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Self

MAX_TEXT = 200
MOVED_TO = "urn:muniment:fhir:moved-to"  # an extension: the entry was another patient's, and this is what it became
MOVED = "moved"  # what flags it
NOT_THEIRS = {
    "url": "urn:muniment:fhir:another-patients",
    "valueBoolean": True,
}  # an extension: it was found to be another patient's
ANOTHERS = "another's"  # what flags that
_CODES = ("code", "medicationCodeableConcept", "vaccineCode", "type", "class", "relationship", "category", "event", "modality")
_TITLES = ("title", "name", "description", "deviceName", "questionnaire")
_VALUES = (
    "valueQuantity",
    "valueCodeableConcept",
    "valueString",
    "valueInteger",
    "valueBoolean",
    "valueRange",
    "valueRatio",
    "valueDateTime",
    "valueTime",
    "valuePeriod",
)


class Concept(NamedTuple):
    """The first coding of a CodeableConcept or Coding, and its best label."""

    system: str = ""
    code: str = ""
    display: str = ""

    @classmethod
    def of(cls, value: Any) -> Self:
        if type(value) is list:
            value = value[0] if value else None
        if type(value) is not dict:
            return cls()
        codings = value.get("coding") or (value,)
        first = next((coding for coding in codings if coding.get("code")), codings[0])
        code = first.get("code", "")
        label = value.get("text") or first.get("display") or next((c["display"] for c in codings if c.get("display")), code)
        return cls(first.get("system", ""), code, _short(label))


def concept_of(resource: dict[str, Any]) -> Concept:
    """What the resource is about: its code, or for a medication that is referred to, how the reference names it."""
    for name in _CODES:
        value = resource.get(name)
        if value is not None and type(value) is not str:
            return Concept.of(value)
    if resource.get("resourceType") == "Provenance":
        return Concept.of(resource.get("activity"))
    medication = resource.get("medicationReference")
    return Concept(display=_short(medication.get("display", ""))) if type(medication) is dict else Concept()


def title_of(resource: dict[str, Any]) -> str:
    """A label for what has no code: a title, a person's or organisation's name, a description."""
    for name in _TITLES:
        value = resource.get(name)
        if type(value) is list:
            value = value[0]
        if type(value) is str:
            return _short(value)
        if type(value) is dict:
            return _name_text(value)
    return ""


def value_of(resource: dict[str, Any]) -> str:
    """What was found or ordered: "72.50 kg", "Positive", "Systolic 120 mmHg, diastolic 80 mmHg", a dosage, a conclusion."""
    own = _value_text(resource)
    if own:
        return own
    if "component" in resource:
        return _short(", ".join(_component_texts(resource["component"])))
    for name in ("dosageInstruction", "dosage"):
        if name in resource:
            return _short(_dosage_text(resource[name]))
    return _short(resource.get("conclusion", "") or Concept.of(resource.get("dataAbsentReason")).display)


def flag_of(resource: dict[str, Any]) -> str:
    """The interpretation code of an observation (HL7 v3 ObservationInterpretation: H, L, HH, LL, A, AA, N, POS, …).

    ``MOVED`` for an entry that was moved into another chart, ``ANOTHERS`` for one that was found to be another patient's.
    """
    if "extension" in resource:
        marks = {one.get("url") for one in resource["extension"] if type(one) is dict}
        if MOVED_TO in marks:
            return MOVED
        if NOT_THEIRS["url"] in marks:
            return ANOTHERS
    return Concept.of(resource.get("interpretation")).code if "interpretation" in resource else ""


def quantity_text(value: dict[str, Any]) -> str:
    """The number as it was written, with its comparator and unit."""
    unit = value.get("unit") or value.get("code", "")
    number = value.get("value", "")
    return f"{value.get('comparator', '')}{number}{' ' if unit and unit != '%' else ''}{unit}" if number != "" else ""


def _value_text(holder: dict[str, Any]) -> str:
    for name in _VALUES:
        if name in holder:
            return _short(_text_of(name, holder[name]))
    return ""


def _text_of(name: str, value: Any) -> str:
    if name == "valueQuantity":
        return quantity_text(value)
    if name == "valueCodeableConcept":
        return Concept.of(value).display
    if name == "valueBoolean":
        return "yes" if value else "no"
    if type(value) is dict:
        return _interval_text(value)
    return str(value)


def _interval_text(value: dict[str, Any]) -> str:
    if "numerator" in value or "denominator" in value:
        return ":".join(quantity_text(value.get(part, {})) for part in ("numerator", "denominator"))
    ends = [value.get("low", value.get("start", "")), value.get("high", value.get("end", ""))]
    return "–".join(quantity_text(end) if type(end) is dict else end for end in ends)


def _component_texts(components: list[Any]) -> Iterator[str]:
    for component in components:
        text = _value_text(component)
        if text:
            yield f"{Concept.of(component.get('code')).display} {text}"


def _dosage_text(value: Any) -> str:
    first = value[0] if type(value) is list else value
    text = first.get("text", "")
    return text if type(text) is str else ""


def _name_text(name: dict[str, Any]) -> str:
    if "text" in name:
        return _short(name["text"])
    given = " ".join(part for part in name.get("given", ()) if part)
    return _short(", ".join(part for part in (name.get("family", ""), given) if part))


def _short(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
