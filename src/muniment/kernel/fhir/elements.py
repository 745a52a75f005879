"""The element tables of FHIR R4, as the installed package ``fhirclient`` (generated from FHIR 4.0.1) has them."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import NamedTuple

from muniment.kernel.fhir import primitives
from muniment.kernel.fhir.primitives import Check

_MODELS = "fhirclient.models"
_BY_KIND: dict[str, Check] = {
    "bool": primitives.boolean,
    "int": primitives.integer,
    "float": primitives.decimal,
    "str": primitives.string,
    "FHIRDate": primitives.calendar_date,
    "FHIRDateTime": primitives.date_time,
    "FHIRInstant": primitives.instant,
    "FHIRTime": primitives.clock_time,
}
# For many primitive types the tables say only "str" or "int". What is finer is told by the choice's suffix, the place or
# the name.
_BY_SUFFIX: dict[str, Check] = {
    "Base64Binary": primitives.base64_binary,
    "Canonical": primitives.uri,
    "Code": primitives.code,
    "Id": primitives.identifier,
    "Oid": primitives.oid,
    "PositiveInt": primitives.positive_int,
    "UnsignedInt": primitives.unsigned_int,
    "Uri": primitives.uri,
    "Url": primitives.uri,
    "Uuid": primitives.uuid,
}
_BY_PLACE: dict[tuple[str, str], Check] = {
    ("Attachment", "data"): primitives.base64_binary,
    ("Binary", "data"): primitives.base64_binary,
    ("ContactPoint", "system"): primitives.code,
    ("FHIRReference", "reference"): primitives.reference,
    ("Meta", "profile"): primitives.uri,
    ("Meta", "versionId"): primitives.identifier,
    ("Signature", "data"): primitives.base64_binary,
}
_BY_NAME: dict[str, Check] = {
    "code": primitives.code,
    "comparator": primitives.code,
    "contentType": primitives.code,
    "criticality": primitives.code,
    "docStatus": primitives.code,
    "fullUrl": primitives.uri,
    "gender": primitives.code,
    "implicitRules": primitives.uri,
    "instantiatesCanonical": primitives.uri,
    "instantiatesUri": primitives.uri,
    "intent": primitives.code,
    "language": primitives.code,
    "priority": primitives.code,
    "size": primitives.unsigned_int,
    "status": primitives.code,
    "system": primitives.uri,
    "total": primitives.unsigned_int,
    "url": primitives.uri,
    "use": primitives.code,
}


class Element(NamedTuple):
    name: str
    kind: type  # a fhirclient class, or bool, int, float, str
    is_list: bool
    choice: str  # "value" for valueQuantity, else ""
    required: bool
    check: Check | None  # of the primitive value; None for a complex type


@cache
def resource_model(name: str) -> type | None:
    """The fhirclient class of a concrete R4 resource type, or None. Never imports a module that input merely names."""
    if name.lower() not in _modules() or name in ("Resource", "DomainResource", "MetadataResource"):
        return None
    found = getattr(importlib.import_module(f"{_MODELS}.{name.lower()}"), name, None)
    return found if found is not None and issubclass(found, model("resource", "Resource")) else None


@cache
def model(module: str, name: str) -> type:
    found: type = getattr(importlib.import_module(f"{_MODELS}.{module}"), name)
    return found


@cache
def elements_of(kind: type) -> dict[str, Element]:
    """A type's elements by JSON name."""
    properties: list[tuple[str, str, type, bool, str | None, bool]]
    properties = kind().elementProperties()
    return {row[1]: _element(kind, row) for row in properties}


def _element(owner: type, row: tuple[str, str, type, bool, str | None, bool]) -> Element:
    _, name, kind, is_list, choice, required = row
    return Element(name, kind, is_list, choice or "", required, _primitive_check(owner, name, kind, choice))


def _primitive_check(owner: type, name: str, kind: type, choice: str | None) -> Check | None:
    general = _BY_KIND.get(kind.__name__)
    if general is None or kind.__name__.startswith("FHIR") or kind not in (int, str):
        return general
    if name == "id":
        return primitives.identifier if issubclass(owner, model("resource", "Resource")) else general
    if choice:
        return _BY_SUFFIX.get(name[len(choice) :], general)
    return _BY_PLACE.get((owner.__name__, name)) or _BY_NAME.get(name, general)


@cache
def _modules() -> frozenset[str]:
    return frozenset(module.name for module in pkgutil.iter_modules(importlib.import_module(_MODELS).__path__))
