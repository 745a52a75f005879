"""HL7 v3 data types (Data Types R1) as FHIR R4 ones. Nothing is rounded, completed or guessed."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from muniment.intake.ccda import systems
from muniment.intake.ccda.reading import Reading, ids
from muniment.intake.ccda.tree import Element, attr, kid, kids, null, type_of, words

Json = dict[str, Any]

ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_ABSENT_REASONS = {
    "ASKU": "asked-unknown",
    "NASK": "not-asked",
    "NAV": "temp-unknown",
    "MSK": "masked",
    "NA": "not-applicable",
    "NINF": "negative-infinity",
    "PINF": "positive-infinity",
    "OTH": "unsupported",
    "TRC": "unsupported",
    "NP": "unknown",
}


def unsaid(flavor: str = "") -> Json:
    """The concept "absent, and why", for elements that FHIR requires and the source leaves null."""
    return {"coding": [{"system": ABSENT, "code": _ABSENT_REASONS.get(flavor, "unknown")}]}


def identifiers(node: Element | None) -> list[Json]:
    return [_identifier(*each) for each in ids(node)]


def _identifier(root: str, extension: str = "") -> Json:
    if extension:
        system = systems.uri(root, systems.IDENTIFIER_SYSTEMS)
        return {"system": system, "value": extension} if system else {"value": f"{root}|{extension}"}
    return {"system": systems.URI_IDS, "value": systems.uri(root, {}) or root}


def coding(node: Element | None) -> Json | None:
    """One coding of a CD; None where there is no code."""
    code = attr(node, "code")
    if not code:
        return None
    fields = {
        "system": systems.uri(attr(node, "codeSystem")),
        "version": attr(node, "codeSystemVersion"),
        "code": code,
        "display": attr(node, "displayName"),
    }
    return {name: value for name, value in fields.items() if value}


def concept(node: Element | None, r: Reading) -> Json | None:
    """A CD with all its codings (translations too) and its original text, or None where it says nothing."""
    if node is None:
        return None
    codings = [found for each in (node, *kids(node, "translation")) if (found := coding(each))]
    text = r.said(kid(node, "originalText")) or _qualified(node) or ("" if codings else attr(node, "displayName"))
    said: Json = {}
    if codings:
        said["coding"] = [each for n, each in enumerate(codings) if each not in codings[:n]]
    if text:
        said["text"] = text
    return said or None


def _qualified(node: Element) -> str:
    """Post-coordination (``qualifier``) in words: FHIR has no place for it in a coding."""
    parts = [attr(kid(each, "value"), "displayName") for each in kids(node, "qualifier")]
    said = ", ".join(part for part in parts if part)
    return f"{attr(node, 'displayName')} ({said})" if said else ""


def required(node: Element | None, r: Reading, otherwise: str = "") -> Json:
    """A concept for an element FHIR requires: what is said, else the words given, else why it is absent."""
    return concept(node, r) or ({"text": otherwise} if otherwise else unsaid(null(node)))


def concepts(nodes: Any, r: Reading) -> list[Json]:
    return [found for node in nodes if (found := concept(node, r))]


def number(text: str) -> Decimal | None:
    """The decimal exactly as written, or None for what is no finite decimal."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value.adjusted()) < 40 and len(text) < 60 else None


def quantity(node: Element | None, r: Reading) -> Json | None:
    """A PQ. Where its value is null, its first usable translation stands in (a unit outside UCUM)."""
    if node is None:
        return None
    for each in (node, *kids(node, "translation")):
        text = attr(each, "value")
        value = number(text) if text else None
        if value is not None:
            return {"value": value} | _unit(each, r)
        if text:
            r.remark("a quantity that is no number was left out.")
    return None


def _unit(node: Element, r: Reading) -> Json:
    unit, code = attr(node, "unit"), attr(node, "code")
    if unit:
        return {"unit": unit} if " " in unit else {"unit": unit, "system": systems.UCUM, "code": unit}
    name = r.said(kid(node, "originalText")) or attr(node, "displayName") or code
    system = systems.uri(attr(node, "codeSystem"))
    return ({"unit": name} if name else {}) | ({"system": system, "code": code} if code and system else {})


def limits(node: Element | None, r: Reading) -> Json:
    """``low`` and ``high`` of an IVL_PQ as a FHIR Range, or nothing."""
    low, high = quantity(kid(node, "low"), r), quantity(kid(node, "high"), r)
    return ({"low": low} if low else {}) | ({"high": high} if high else {})


def _interval(node: Element, r: Reading) -> tuple[str, Any] | None:
    found = limits(node, r)
    if len(found) == 2:
        return "Range", found
    if not found:
        point = quantity(node, r) or quantity(kid(node, "center"), r)
        return ("Quantity", point) if point else None
    [(side, said)] = found.items()
    sign = ">" if side == "low" else "<"
    closed = attr(kid(node, side), "inclusive").lower() != "false"
    return "Quantity", said | {"comparator": sign + ("=" if closed else "")}


def _ratio(node: Element, r: Reading) -> tuple[str, Any] | None:
    top, bottom = quantity(kid(node, "numerator"), r), quantity(kid(node, "denominator"), r)
    return ("Ratio", {"numerator": top, "denominator": bottom}) if top and bottom else None


def _integer(node: Element, r: Reading) -> tuple[str, Any] | None:
    text = attr(node, "value")
    try:
        value = int(text)
    except ValueError:
        return ("String", text) if text else None
    return ("Integer", value) if abs(value) < 2**31 else ("String", text)


def _real(node: Element, r: Reading) -> tuple[str, Any] | None:
    said = quantity(node, r)
    return ("Quantity", said) if said else None


def _boolean(node: Element, r: Reading) -> tuple[str, Any] | None:
    text = attr(node, "value").lower()
    return ("Boolean", text in ("true", "1")) if text in ("true", "false", "1", "0") else None


def _coded(node: Element, r: Reading) -> tuple[str, Any] | None:
    said = concept(node, r)
    return ("CodeableConcept", said) if said else None


def _text(node: Element, r: Reading) -> tuple[str, Any] | None:
    said = "" if attr(node, "representation") == "B64" else r.said(node)
    return ("String", said) if said else None


def _physical(node: Element, r: Reading) -> tuple[str, Any] | None:
    said = quantity(node, r)
    if said:
        return "Quantity", said
    return ("String", text) if (text := attr(node, "value") or r.said(kid(node, "originalText"))) else None


def _time(node: Element, r: Reading) -> tuple[str, Any] | None:
    return when(node, r)


_VALUES = {
    "PQ": _physical,
    "IVL_PQ": _interval,
    "IVL_INT": _interval,
    "IVL_REAL": _interval,
    "RTO": _ratio,
    "RTO_PQ_PQ": _ratio,
    "RTO_QTY_QTY": _ratio,
    "INT": _integer,
    "REAL": _real,
    "MO": _real,
    "BL": _boolean,
    "TS": _time,
    "IVL_TS": _time,
    "ST": _text,
    "ED": _text,
    "SC": _text,
}


def value(node: Element | None, r: Reading) -> tuple[str, Any] | None:
    """An observation's value: the suffix of FHIR's ``value[x]`` and its content, or None where nothing is said."""
    if node is None:
        return None
    kind = type_of(node)
    if not kind:
        kind = "PQ" if attr(node, "value") else "CD" if attr(node, "code") or null(node) else "ST"
    found = _VALUES.get(kind, _coded)(node, r)
    if found is None and not null(node) and words(node):
        return "String", words(node)
    return found


def period(node: Element | None, r: Reading) -> Json | None:
    """An IVL_TS as a Period. An interval that ends before it begins is left out with a remark."""
    low, high = r.moment(kid(node, "low")), r.moment(kid(node, "high"))
    if low and high and high.value < low.value and high.to_fhir() < low.to_fhir():
        r.remark("an interval that ends before it begins was left out.")
        return None
    said = {"start": low.to_fhir() if low else "", "end": high.to_fhir() if high else ""}
    return {name: each for name, each in said.items() if each} or None


def when(node: Element | None, r: Reading) -> tuple[str, Any] | None:
    """A TS or IVL_TS: ``("DateTime", text)`` or ``("Period", {...})``."""
    if node is None or null(node):
        return None
    point = r.date_time(node) or r.date_time(kid(node, "center"))
    if point:
        return "DateTime", point
    span = period(node, r)
    return ("Period", span) if span else None


def begins(node: Element | None, r: Reading) -> str:
    """The first moment of a TS or IVL_TS."""
    return r.date_time(node) or r.date_time(kid(node, "low")) or r.date_time(kid(node, "center"))


def choice(name: str, found: tuple[str, Any] | None) -> Json:
    """A FHIR choice element: ``{"valueQuantity": …}``, or nothing."""
    return {name + found[0]: found[1]} if found else {}
