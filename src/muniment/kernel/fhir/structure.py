"""Is it FHIR R4? Elements, cardinality, choices of type and primitive values, checked against the element tables of R4.

Each type's table is read once, on first use, and each distinct set of element names is judged once and remembered, so
that a resource of a familiar shape costs only the checks of its values; ``compiled`` answers for the shapes met often.

Not checked: bindings to value sets, profiles, and invariants other than ext-1 (an extension has a value or extensions),
dom-2 (no nesting of contained resources) and ele-1 (no empty element).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from muniment.kernel.fhir import compiled
from muniment.kernel.fhir.compiled import Met
from muniment.kernel.fhir.elements import Element, elements_of, model, resource_model

MAX_ISSUES = 100
_MAX_SHAPES = 2000  # remembered per type; strangers beyond that are judged anew each time, so memory is bounded


@dataclass(frozen=True, slots=True)
class Issue:
    """``path`` in FHIRPath style (Patient.name[0].family); ``message`` a plain sentence that does not repeat the value."""

    path: str
    message: str
    severity: str = "error"  # or "warning"

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class _Finding(NamedTuple):
    path: str  # below the checked value: ".name[0].family"
    message: str
    severity: str = "error"


_Findings = list[_Finding]
_Checker = Callable[[Any], "_Findings | str | None"]
_Verdict = tuple[tuple[_Checker, ...], tuple[_Finding, ...]]  # the checks of a shape's values; what is wrong with the shape


def validate(resource: Any, met: Met | None = None) -> list[Issue]:
    """What is wrong with a decoded resource, at most ``MAX_ISSUES``; [] for a valid one.

    Numbers must be int or Decimal (never float), and nesting no deeper than ``canonical.decode`` lets through. ``met`` is
    given the Reference elements of a resource without errors, those with a literal reference, wherever they are in it.
    """
    gathered: Met = []
    if _is_surely_valid(resource, gathered):
        if met is not None:
            met += gathered
        return []
    issues = judge(resource)
    if met is not None and all(issue.severity != "error" for issue in issues):
        met += _references_in(resource)
    return issues


def judge(resource: Any) -> list[Issue]:
    """As ``validate``, without its short cut."""
    found = _check_resource(resource)
    if found is None:
        return []
    name = resource.get("resourceType") if type(resource) is dict else None
    root = name if isinstance(name, str) and is_resource_type(name) else "Resource"
    return [Issue(root + path, message, severity) for path, message, severity in found[:MAX_ISSUES]]


def _is_surely_valid(resource: Any, met: Met) -> bool:
    try:
        shapes = _RESOURCES[resource["resourceType"]].shapes
    except (KeyError, TypeError):  # no object, no type, or a type that the judge has not met yet
        return False
    return shapes[tuple(resource)](resource, met)


def _is_surely_contained(resource: dict[str, Any], met: Met) -> bool:
    return "id" in resource and "contained" not in resource and _is_surely_valid(resource, met)


def _shapes_of(kind: type) -> compiled.Shapes:
    return _structure(kind).shapes


def _references_in(resource: dict[str, Any]) -> Iterator[dict[str, Any]]:
    todo: list[Any] = [resource]
    for one in todo:  # grows as it is walked; only the type Reference has a text element named reference
        for child in one if type(one) is list else one.values():
            if type(child) is dict or type(child) is list:
                todo.append(child)
        if type(one) is dict and type(one.get("reference")) is str:
            yield one


def is_resource_type(name: str) -> bool:
    """Whether FHIR R4 has a concrete resource type of this name."""
    return name in _RESOURCES or (len(name) < 64 and name.isascii() and resource_model(name) is not None)


class _Structure:
    """The compiled table of one type: a complex type, a backbone element or a resource."""

    __slots__ = ("_is_resource", "_kind", "_shapes", "shapes")

    def __init__(self, kind: type) -> None:
        self._kind = kind
        self._is_resource = issubclass(kind, model("resource", "Resource"))
        self._shapes: dict[tuple[str, ...], _Verdict] = {}
        self.shapes = compiled.Shapes(self._quick)

    def check(self, value: Any) -> _Findings | None:
        if type(value) is not dict:
            return [_Finding("", "It must be a JSON object.")]
        shape = tuple(value)
        try:
            checks, wrong = self._shapes[shape]
        except KeyError:
            checks, wrong = self._judge(shape)
        found: _Findings | None = list(wrong) if wrong else None
        for check, one in zip(checks, value.values()):  # noqa: B905
            if check(one) is not None:
                return (found or []) + self._details(shape, checks, value)
        return found

    def _details(self, shape: tuple[str, ...], checks: tuple[_Checker, ...], value: dict[str, Any]) -> _Findings:
        named = zip(shape, checks, value.values(), strict=True)
        return [finding for name, check, one in named for finding in _below(f".{name[:64]}", check(one))]

    def _judge(self, shape: tuple[str, ...]) -> _Verdict:
        elements = elements_of(self._kind)
        checks = tuple(self._checker(name, shape) for name in shape)
        wrong = tuple(_shape_findings(self._kind.__name__, elements, frozenset(shape)))
        if len(self._shapes) < _MAX_SHAPES:
            self._shapes[shape] = checks, wrong
        return checks, wrong

    def _quick(self, shape: tuple[str, ...]) -> compiled.Quick | None:
        """None where only the judge can tell: extensions of primitives, entries of a bundle, names that are wrong as such."""
        _, wrong = self._judge(shape)
        elements = [elements_of(self._kind).get(name) for name in shape]
        if wrong or any(not self._is_plain(name, element) for name, element in zip(shape, elements, strict=True)):
            return None
        is_reference = self._kind.__name__ == "FHIRReference" and "reference" in shape
        return compiled.write(elements, _shapes_of, _is_surely_contained, is_reference=is_reference)

    def _is_plain(self, name: str, element: Element | None) -> bool:
        if element is None:
            return name == "resourceType" and self._is_resource
        return element.kind is not model("resource", "Resource") or name == "contained"

    def _checker(self, name: str, shape: tuple[str, ...]) -> _Checker:
        if name == "resourceType" and self._is_resource:
            return _accept
        elements = elements_of(self._kind)
        element, companion = elements.get(name), elements.get(name[1:]) if name.startswith("_") else None
        if element is not None:
            return _element_checker(element, padded="_" + name in shape)
        if companion is not None and companion.check:
            return _companion_checker(companion)
        return _unknown


def _check_resource(value: Any) -> _Findings | None:
    try:
        structure = _RESOURCES[value["resourceType"]]
    except (KeyError, TypeError):
        if type(value) is not dict:
            return [_Finding("", "A resource must be a JSON object.")]
        name = value.get("resourceType")
        if not isinstance(name, str):
            return [_Finding("", "The object does not say which resource it is (resourceType).")]
        kind = resource_model(name) if is_resource_type(name) else None
        if kind is None:
            return [_Finding(".resourceType", "FHIR R4 has no resource of this type.")]
        structure = _RESOURCES.setdefault(name, _structure(kind))
    return structure.check(value)


def _check_contained(value: Any) -> _Findings | None:
    found = _check_resource(value) or []
    if type(value) is dict and "contained" in value:
        found.append(_Finding(".contained", "A contained resource can't contain others."))
    if type(value) is dict and "id" not in value:
        found.append(_Finding("", "A contained resource needs an id, or nothing can refer to it.", "warning"))
    return found or None


def _element_checker(element: Element, *, padded: bool) -> _Checker:
    check: _Checker
    if element.check is not None:
        check = _or_null(element.check) if padded and element.is_list else element.check
    elif element.kind is model("resource", "Resource"):
        check = _check_contained if element.name == "contained" else _check_resource
    else:
        check = _structure(element.kind).check
    return _many(check) if element.is_list else check


def _companion_checker(element: Element) -> _Checker:
    """For ``_birthDate`` beside ``birthDate``: the id and extensions of a primitive (FHIR R4 §2.6.2.3)."""
    check = _structure(model("element", "Element")).check
    return _many(_or_null(check)) if element.is_list else check


def _many(check: _Checker) -> _Checker:
    def check_all(values: Any) -> _Findings | str | None:
        if type(values) is not list:
            return "It repeats: it must be a JSON array."
        for one in values:
            if check(one) is not None:
                return [each for i, value in enumerate(values[:MAX_ISSUES]) for each in _below(f"[{i}]", check(value))] or (
                    f"One of the values after the first {MAX_ISSUES} is not valid."
                )
        return None if values else "An array can't be empty: leave the element out instead."

    return check_all


def _or_null(check: _Checker) -> _Checker:
    def check_unless_null(value: Any) -> _Findings | str | None:
        return None if value is None else check(value)

    return check_unless_null


def _below(step: str, bad: _Findings | str | None) -> Iterator[_Finding]:
    if isinstance(bad, str):
        yield _Finding(step, bad)
    for path, message, severity in bad if isinstance(bad, list) else ():
        yield _Finding(step + path, message, severity)


def _accept(value: Any) -> None:
    return None


def _unknown(value: Any) -> str:
    return "FHIR R4 has no such element here."


def _shape_findings(kind: str, elements: dict[str, Element], names: frozenset[str]) -> Iterator[_Finding]:
    """What the element names alone tell: what is missing, what is there twice in different types, what is empty."""
    given = {name.removeprefix("_") for name in names}
    if not given - {"resourceType"}:
        yield _Finding("", "An element can't be empty: leave it out instead.")
    yield from _choice_findings(elements, given)
    for element in elements.values():
        if element.required and not element.choice and element.name not in given:
            yield _Finding("." + element.name, "This element is required.")
    if kind == "Extension" and ("extension" in given) == any(name.startswith("value") for name in given):
        yield _Finding("", "An extension has either a value or extensions of its own.")


def _choice_findings(elements: dict[str, Element], given: set[str]) -> Iterator[_Finding]:
    for choice in {element.choice for element in elements.values() if element.choice}:
        options = [element for element in elements.values() if element.choice == choice]
        chosen = [element for element in options if element.name in given]
        if len(chosen) > 1:
            yield _Finding(f".{choice}[x]", "Only one type of this element can be given.")
        if not chosen and any(element.required for element in options):
            yield _Finding(f".{choice}[x]", "This element is required, in one of its types.")


@cache
def _structure(kind: type) -> _Structure:
    return _Structure(kind)


_RESOURCES: dict[str, _Structure] = {}
