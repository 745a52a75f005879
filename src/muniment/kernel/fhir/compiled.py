"""The quick yes: for element names met often, a type's checks written out as one Python function and compiled.

``structure`` stays the judge. A function here says yes only where the judge finds nothing, and gathers the references on its
way; to anything else it says no, and the judge says what is wrong, if anything is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from muniment.kernel.fhir import primitives
from muniment.kernel.fhir.elements import Element
from muniment.kernel.fhir.primitives import Check

Met = list[dict[str, Any]]  # the Reference elements that name what they refer to
Quick = Callable[[dict[str, Any], Met], bool]
SIGHTINGS = 6  # of a set of element names before it is worth compiling
_MOST = 500  # compiled per type; as many again are counted: input decides how many there are

_SOLID = 'type({0}) is str and {0} and {0}.isprintable() and " " not in {0}'
_TEXT = "type({0}) is str and {0} and {0}.isprintable() and not {0}.isspace()"
# What can be seen at a glance; the rest is asked of the check itself.
_GLANCES: dict[Check, str] = {
    primitives.boolean: "{0} is True or {0} is False",
    primitives.code: _SOLID,
    primitives.decimal: "type({0}) is int or type({0}) is Decimal",
    primitives.reference: '(type({0}) is str and {0}.startswith("urn:uuid:") and len({0}) > 9 and {0}.isprintable() and " " not in {0})',
    primitives.string: _TEXT,
    primitives.uri: _SOLID,
}


class Shapes(dict[tuple[str, ...], Quick]):
    """The quick functions of one type, by the element names an object has, in order. Ask ``shapes[tuple(value)](value, met)``."""

    def __init__(self, write: Callable[[tuple[str, ...]], Quick | None]) -> None:
        super().__init__()
        self._write = write
        self._seen: dict[tuple[str, ...], int] = {}

    def __missing__(self, shape: tuple[str, ...]) -> Quick:
        if len(self) >= _MOST:
            return _unsure
        if len(self._seen) >= _MOST:
            self._seen.clear()
        seen = self._seen[shape] = self._seen.get(shape, 0) + 1
        if seen < SIGHTINGS:
            return _unsure
        quick = self[shape] = self._write(shape) or _unsure
        self._seen.pop(shape, None)
        return quick


def _unsure(value: dict[str, Any], met: Met) -> bool:
    return False


def write(
    elements: Sequence[Element | None], shapes_of: Callable[[type], Shapes], contained: Quick, *, is_reference: bool
) -> Quick:
    """The function for an object with these elements in this order; None stands for ``resourceType``.

    ``shapes_of`` gives the functions of another type, ``contained`` is the one for a contained resource.
    """
    names: dict[str, Any] = {"Decimal": Decimal, "contained": contained}
    lines = ["def quick(value, met):", f"    {''.join(f'v{place}, ' for place in range(len(elements)))} = value.values()"]
    for place, element in enumerate(elements):
        if element is not None:
            lines += _lines(element, f"v{place}", _test(element, place, names, shapes_of))
    if is_reference:
        lines.append("    met.append(value)")
    lines.append("    return True")
    exec("\n".join(lines), names)  # noqa: S102  # built from the element tables alone: no text of any input is in it
    quick: Quick = names["quick"]
    return quick


def _lines(element: Element, name: str, test: str) -> Iterator[str]:
    if not element.is_list:
        yield f"    if not ({test.format(name)}): return False"
        return
    yield f"    if type({name}) is not list or not {name}: return False"
    yield f"    for one in {name}:"
    yield f"        if not ({test.format('one')}): return False"


def _test(element: Element, place: int, names: dict[str, Any], shapes_of: Callable[[type], Shapes]) -> str:
    if element.check is not None:
        names[f"check{place}"] = element.check
        return f"{_GLANCES.get(element.check, 'False')} or check{place}({{0}}) is None"
    if element.kind.__name__ == "Resource":
        return "type({0}) is dict and contained({0}, met)"
    names[f"shapes{place}"] = shapes_of(element.kind)
    return f"type({{0}}) is dict and shapes{place}[tuple({{0}})]({{0}}, met)"
