"""How a medication is taken → FHIR Dosage: dose, rate, route, site, timing, as needed, and the words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from muniment.intake.ccda.datatypes import concept, concepts, limits, number, quantity
from muniment.intake.ccda.reading import Reading
from muniment.intake.ccda.tree import Element, attr, down, first_related, kid, kids, type_of, words

_T = "2.16.840.1.113883.10.20.22.4."
INSTRUCTION, SIG, PRECONDITION = _T + "20", _T + "147", _T + "25"
_UNITS = ("s", "min", "h", "d", "wk", "mo", "a")
_EVENTS = frozenset({"HS", "WAKE"} | {p + m for p in ("AC", "C", "PC") for m in ("", "D", "M", "V")})


def dosage(node: Element, r: Reading) -> dict[str, Any] | None:
    """The Dosage of a substance administration, or None where nothing is said of it."""
    timing = _timing(node)
    said: dict[str, Any] = {
        "text": _sig(node, r),
        "patientInstruction": _instruction(node, r),
        "timing": timing,
        "site": concept(kid(node, "approachSiteCode"), r),
        "route": concept(kid(node, "routeCode"), r),
        "doseAndRate": _amounts(node, r),
        "maxDosePerPeriod": _maximum(kid(node, "maxDoseQuantity"), r),
    }
    said |= _as_needed(node, r)
    return {name: each for name, each in said.items() if each} or None


def _sig(node: Element, r: Reading) -> str:
    free = first_related(node, SIG)
    return (r.narrative(free) if free is not None else "") or r.narrative(node)


def _instruction(node: Element, r: Reading) -> str:
    found = first_related(node, INSTRUCTION)
    return r.narrative(found) if found is not None else ""


def _amounts(node: Element, r: Reading) -> list[dict[str, Any]]:
    said = _amount("dose", kid(node, "doseQuantity"), r) | _amount("rate", kid(node, "rateQuantity"), r)
    return [said] if said else []


def _amount(name: str, node: Element | None, r: Reading) -> dict[str, Any]:
    exact = quantity(node, r)
    if exact:
        return {f"{name}Quantity": exact}
    span = limits(node, r)
    return {f"{name}Range": span} if span else {}


def _maximum(node: Element | None, r: Reading) -> dict[str, Any] | None:
    top, bottom = quantity(kid(node, "numerator"), r), quantity(kid(node, "denominator"), r)
    return {"numerator": top, "denominator": bottom} if top and bottom else None


def _as_needed(node: Element, r: Reading) -> dict[str, Any]:
    conditions = [kid(each, "criterion") for each in kids(node, "precondition")]
    if not conditions:
        return {}
    found = concepts((kid(each, "value") for each in conditions), r)
    if found:
        return {"asNeededCodeableConcept": found[0]}
    texts = [text for each in conditions if (text := r.said(kid(each, "text")) or words(down(each, "code", "originalText")))]
    return {"asNeededCodeableConcept": {"text": texts[0]}} if texts else {"asNeededBoolean": True}


def _timing(node: Element) -> dict[str, Any] | None:
    """The frequency (PIVL_TS) or event (EIVL_TS); two of them are left to the text, as FHIR has one repeat."""
    found = [each for each in kids(node, "effectiveTime") if type_of(each) in ("PIVL_TS", "EIVL_TS")]
    if len(found) != 1:
        return None
    repeat = _periodic(found[0]) if type_of(found[0]) == "PIVL_TS" else _event(found[0])
    return {"repeat": repeat} if repeat else None


def _event(node: Element) -> dict[str, Any]:
    code = attr(kid(node, "event"), "code")
    return {"when": [code]} if code in _EVENTS else {}


def _periodic(node: Element) -> dict[str, Any]:
    span = kid(node, "period")
    low, high = _every(span) or _every(kid(span, "low")), _every(kid(span, "high"))
    if not low:
        return {}
    said: dict[str, Any] = {"frequency": 1, "period": low[0], "periodUnit": low[1]}
    if high and high[1] == low[1]:
        said["periodMax"] = high[0]
    return said


def _every(node: Element | None) -> tuple[Decimal, str] | None:
    value, unit = number(attr(node, "value")), attr(node, "unit")
    return (value, unit) if value is not None and value > 0 and unit in _UNITS else None
