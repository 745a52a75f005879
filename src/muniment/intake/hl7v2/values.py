"""OBX-5 by the type OBX-2 names → Observation.value[x] (HL7 v2.8 §7.4.2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final

from muniment.intake.hl7v2.context import Context
from muniment.intake.hl7v2.datatypes import Clock, concept, concepts, number, quantity
from muniment.intake.hl7v2.parse import Composite, Segment

_COMPARED = re.compile(r"(<=|>=|<|>)\s*(\S+)")
_RANGE = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*-\s*([+-]?\d+(?:\.\d+)?)\s*")
_TIME = re.compile(r"([01]\d|2[0-3])([0-5]\d)(?:([0-5]\d)(\.\d+)?)?(?:[+-]\d{4})?")

Value = tuple[str, Any] | None


def value(obx: Segment, context: Context) -> Value:
    """The element name and its value, or None when OBX-5 says nothing."""
    raw = obx[5]
    if not raw or raw == '""' or raw.isspace():
        return None
    reader = READERS.get(obx.text(2).upper())
    if reader is None:
        return _text(obx)
    return reader(obx, context.clock)


def _text(obx: Segment) -> Value:
    text = obx.narrative(5).strip()
    return ("valueString", text) if text else None


def _string(obx: Segment, _clock: Clock) -> Value:
    return _text(obx)


def _numeric(obx: Segment, clock: Clock) -> Value:
    said = obx.first(5).text
    comparator = ""
    found = _COMPARED.fullmatch(said)
    if found:
        comparator, said = found.groups()
    exact = number(said)
    if exact is None:
        clock.remarks.append(f"OBX-5, line {obx.number}, is no number though OBX-2 says NM; it was kept as text.")
        return _text(obx)
    return "valueQuantity", quantity(exact, obx.first(6), comparator)


def _structured(obx: Segment, clock: Clock) -> Value:
    """SN: comparator, number, separator or suffix, number."""
    said = obx.first(5)
    comparator, separator = said[1], said[3]
    low, high = number(said[2]), number(said[4])
    units = obx.first(6)
    if low is not None and high is not None and separator in ("-", ":", "/") and comparator in ("", "="):
        return _pair(separator, quantity(low, units), quantity(high, units))
    if low is not None and not separator and high is None and comparator in ("", "=", "<", ">", "<=", ">="):
        return "valueQuantity", quantity(low, units, comparator.replace("=", "") if comparator == "=" else comparator)
    text = "".join(said[part] for part in (1, 2, 3, 4))
    return ("valueString", text) if text else None


def _pair(separator: str, first: dict[str, Any], second: dict[str, Any]) -> Value:
    if separator == "-":
        return "valueRange", {"low": first, "high": second}
    if not any(second["value"].as_tuple().digits):
        return "valueString", f"{first['value']}{separator}{second['value']}"
    return "valueRatio", {"numerator": {"value": first["value"]}, "denominator": {"value": second["value"]}}


def _coded(obx: Segment, _clock: Clock) -> Value:
    said = concept(obx.first(5))
    return ("valueCodeableConcept", said) if said else None


def repeated(obx: Segment) -> list[dict[str, Any]]:
    """The second and later codes of a coded observation: they have no place in value[x]."""
    if obx.delimiters.repetition not in obx[5] or READERS.get(obx.text(2).upper()) is not _coded:
        return []
    return concepts(obx, 5)[1:]


def _date(obx: Segment, clock: Clock) -> Value:
    moment = clock.read(obx.text(5), f"OBX-5, line {obx.number},")
    return ("valueDateTime", moment.to_fhir()) if moment else _text(obx)


def _time(obx: Segment, _clock: Clock) -> Value:
    found = _TIME.fullmatch(obx.text(5))
    if not found:
        return _text(obx)
    return "valueTime", f"{found[1]}:{found[2]}:{found[3] or '00'}{found[4] or ''}"


def _period(obx: Segment, clock: Clock) -> Value:
    said = obx.first(5)
    ends = {name: clock.read(said[part], f"OBX-5, line {obx.number},") for name, part in (("start", 1), ("end", 2))}
    period = {name: moment.to_fhir() for name, moment in ends.items() if moment}
    return ("valuePeriod", period) if period else _text(obx)


def _number_range(obx: Segment, _clock: Clock) -> Value:
    said = obx.first(5)
    ends = {name: number(said[part]) for name, part in (("low", 1), ("high", 2))}
    bounds = {name: quantity(exact, obx.first(6)) for name, exact in ends.items() if exact is not None}
    return ("valueRange", bounds) if bounds else _text(obx)


def _spoken(obx: Segment, _clock: Clock) -> Value:
    """Names, addresses, identifiers: what a person reads, part by part."""
    said = obx.first(5)
    text = " ".join(part for part in (said.whole(place) for place in range(1, min(len(said), 8) + 1)) if part)
    return ("valueString", text) if text else None


READERS: Final = MappingProxyType[str, Callable[[Segment, Clock], Value]](
    {
        "NM": _numeric,
        "SN": _structured,
        "NR": _number_range,
        **dict.fromkeys(("CE", "CWE", "CNE", "CF", "IS", "ID", "CM"), _coded),
        **dict.fromkeys(("DT", "TS", "DTM"), _date),
        "TM": _time,
        "DR": _period,
        **dict.fromkeys(("ST", "TX", "FT"), _string),
        **dict.fromkeys(("XPN", "PN", "XCN", "CN", "XAD", "AD", "XON", "XTN", "TN", "CX", "CK", "EI", "HD", "PL"), _spoken),
    }
)


def reference_range(text: str, units: Composite) -> list[dict[str, Any]]:
    """OBX-7 as text, and as low and high when it is plainly two numbers."""
    if not text:
        return []
    out: dict[str, Any] = {}
    found = _RANGE.fullmatch(text)
    bounds = [number(end) for end in found.groups()] if found else []
    if len(bounds) == 2 and bounds[0] is not None and bounds[1] is not None and bounds[0] <= bounds[1]:
        out["low"], out["high"] = quantity(bounds[0], units), quantity(bounds[1], units)
    out["text"] = text
    return [out]
