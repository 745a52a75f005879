"""The keys a resource is searched by (FHIR R4 §3.1.1): tokens, references, identifiers and words, each as a 64-bit hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import Any

from muniment.kernel.fhir.elements import elements_of, resource_model
from muniment.kernel.fhir.search_params import parameters_of

ANY_SYSTEM = "*"

Refers = Callable[[str], str]
_Emit = Callable[[list[int], str, Any, Refers], None]
_Indexer = tuple[_Emit, str, tuple[str, ...]]  # how to hash, the parameter, the steps below the top element


@lru_cache(maxsize=65536)
def key(param: str, system: str, code: str) -> int:
    """The search key of a parameter's value: signed 64 bits of BLAKE2b (RFC 7693).

    A token is filed under its system and under ``ANY_SYSTEM``; a reference under system "" and its text without a version
    (``Patient/123``); a string or name under system "" and each of its words in lower case.
    """
    digest = hashlib.blake2b(f"{param}\x1f{system}\x1f{code}".encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@lru_cache(maxsize=65536)
def _token_keys(param: str, system: str, code: str) -> tuple[int, int]:
    return key(param, system, code), key(param, ANY_SYSTEM, code)


def as_written(reference: str) -> str:
    return reference


def keys_of(resource: dict[str, Any], refers: Refers = as_written) -> list[int]:
    """The sorted, distinct keys of a valid resource. ``refers`` turns a reference into the one to index."""
    indexers = _indexers(resource["resourceType"])
    keys: list[int] = []
    for name, value in resource.items():
        for emit, param, steps in indexers.get(name, ()):
            if steps:
                for one in walk(value, steps) if len(steps) > 1 or type(value) is dict else _step(value, steps[0]):
                    emit(keys, param, one, refers)
            elif type(value) is list:
                for one in value:
                    emit(keys, param, one, refers)
            else:
                emit(keys, param, value, refers)
    return sorted(set(keys))


@cache
def _indexers(name: str) -> dict[str, tuple[_Indexer, ...]]:
    kind = known_model(name)
    found: dict[str, list[_Indexer]] = {}
    for param, path in parameters_of(name):
        top, *rest = path.split(".")
        emit = _emitter(param, kind_at(kind, (top, *rest)))
        if emit is not None:
            found.setdefault(top, []).append((emit, param, tuple(rest)))
    return {top: tuple(rows) for top, rows in found.items()}


def _emitter(param: str, kind: str) -> _Emit | None:
    if param in _PHRASES and kind == "str":
        return _emit_words
    return _emit_patient if param == "patient" else _EMITTERS.get(kind)


def known_model(name: str) -> type:
    """The type of a resource. Raises ValueError for one that FHIR R4 does not have."""
    kind = resource_model(name)
    if kind is None:
        raise ValueError("not a FHIR R4 resource type")
    return kind


def kind_at(kind: type, path: tuple[str, ...]) -> str:
    """The name of the type at a path below a type, "" where there is no such element."""
    for step in path:
        element = elements_of(kind).get(step) if hasattr(kind, "elementProperties") else None
        if element is None:
            return ""
        kind = element.kind
    return kind.__name__


def _step(values: list[Any], name: str) -> list[Any]:
    found = []
    for value in values:
        one = value.get(name)
        if type(one) is list:
            found += one
        elif one is not None:
            found.append(one)
    return found


def walk(value: Any, steps: tuple[str, ...]) -> Iterator[Any]:
    if type(value) is list:
        for one in value:
            yield from walk(one, steps)
    elif not steps:
        yield value
    elif type(value) is dict and steps[0] in value:
        yield from walk(value[steps[0]], steps[1:])


def _emit_concept(keys: list[int], param: str, value: Any, refers: Refers) -> None:
    for coding in value.get("coding", ()):
        _emit_coding(keys, param, coding, refers)


def _emit_coding(keys: list[int], param: str, value: Any, refers: Refers) -> None:
    code = value.get("code")
    if code:
        keys += _token_keys(param, value.get("system", ""), code)


def _emit_code(keys: list[int], param: str, value: Any, refers: Refers) -> None:
    if value is not None:
        keys.append(key(param, ANY_SYSTEM, ("true" if value else "false") if type(value) is bool else value))


def _emit_identifier(keys: list[int], param: str, value: Any, refers: Refers) -> None:
    text = value.get("value")
    if text:
        keys += _token_keys(param, value.get("system", ""), text)


def _emit_reference(keys: list[int], param: str, value: Any, refers: Refers) -> None:
    text = refers(value.get("reference", ""))
    if text:
        keys.append(key(param, "", text.partition("/_history/")[0]))


def _emit_patient(keys: list[int], param: str, value: Any, refers: Refers) -> None:
    """The parameter ``patient`` sees only those references that can be to a patient."""
    text = refers(value.get("reference", ""))
    if "/" not in text or "Patient/" in text:
        _emit_reference(keys, param, value, refers)


def _emit_telecom(keys: list[int], param: str, value: Any, refers: Refers) -> None:
    text = value.get("value")
    if text and param in ("telecom", value.get("system")):
        keys.append(key(param, ANY_SYSTEM, text))


def _emit_words(keys: list[int], param: str, value: Any, refers: Refers) -> None:
    keys.extend(key(param, "", word) for word in words(value or ""))


def _emit_name(keys: list[int], param: str, value: Any, refers: Refers) -> None:
    for part in (value.get("text"), value.get("family"), *value.get("given", ())):
        _emit_words(keys, param, part, refers)


def words(text: str) -> list[str]:
    """The words a string is filed under: case-folded, in order."""
    return text.casefold().split()


_PHRASES = frozenset(
    ["name", "family", "given", "title", "description", "lot-number", "address-city", "address-state", "address-postalcode"]
)
_EMITTERS: dict[str, _Emit] = {
    "CodeableConcept": _emit_concept,
    "Coding": _emit_coding,
    "ContactPoint": _emit_telecom,
    "FHIRReference": _emit_reference,
    "HumanName": _emit_name,
    "Identifier": _emit_identifier,
    "bool": _emit_code,
    "str": _emit_code,
}
