"""Persons and organisations of a CDA document: names, addresses, telecoms, practitioners."""

from __future__ import annotations

from typing import Any

from muniment.intake.ccda import systems
from muniment.intake.ccda.datatypes import identifiers
from muniment.intake.ccda.reading import ids
from muniment.intake.ccda.tree import SDTC, Element, attr, down, kid, kids, null, words
from muniment.intake.submission import AddressFact, IdentifierFact, NameFact, PractitionerFacts, TelecomFact

_NAME_USES = {"P": "nickname", "A": "nickname", "ASGN": "usual", "OLD": "old"}
_ADDRESS_USES = {"WP": "work", "DIR": "work", "PUB": "work", "TMP": "temp", "BAD": "old", "OLD": "old"}
_TELECOM_USES = {"WP": "work", "DIR": "work", "PUB": "work", "MC": "mobile", "TMP": "temp", "BAD": "old"}
_TELECOM_SYSTEMS = {"tel": "phone", "mailto": "email", "fax": "fax", "x-text-fax": "fax", "sms": "sms"}


def fact(root: str, extension: str = "") -> IdentifierFact:
    if extension:
        return IdentifierFact(root, extension, systems.IDENTIFIER_TYPES.get(root, ""))
    return IdentifierFact(systems.URI_IDS, root)


def facts(node: Element | None) -> tuple[IdentifierFact, ...]:
    return tuple(fact(*each) for each in ids(node))


def names(node: Element | None) -> tuple[NameFact, ...]:
    return tuple(found for each in kids(node, "name") if (found := name(each)))


def name(node: Element | None) -> NameFact | None:
    """An EN or PN; one without parts is read as a family name, since nothing says what is what."""
    if node is None or null(node):
        return None
    families = [words(each) for each in kids(node, "family")]
    given = tuple(text for each in kids(node, "given") if (text := words(each)))
    family = " ".join(text for text in families if text)
    if not family and not given:
        family = words(node)
    if not family and not given:
        return None
    maiden = any(attr(each, "qualifier") == "BR" for each in kids(node, "family"))
    use = "maiden" if maiden else _NAME_USES.get(attr(node, "use").split(" ")[0], "official")
    return NameFact(family, given, _parts(node, "prefix"), _parts(node, "suffix"), use)


def _parts(node: Element, part: str) -> str:
    return " ".join(text for each in kids(node, part) if (text := words(each)))


def addresses(node: Element | None) -> tuple[AddressFact, ...]:
    return tuple(found for each in kids(node, "addr") if (found := _address(each)))


def _address(node: Element) -> AddressFact | None:
    if null(node):
        return None
    lines = tuple(text for each in kids(node, "streetAddressLine") if (text := words(each)))
    part = {each: words(kid(node, each)) for each in ("city", "state", "postalCode", "country")}
    if not lines and not any(part.values()):
        lines = (words(node),) if words(node) else ()
    if not lines and not any(part.values()):
        return None
    use = _ADDRESS_USES.get(attr(node, "use").split(" ")[0], "home")
    return AddressFact(lines, part["city"], part["state"], part["postalCode"], part["country"], use)


def telecoms(node: Element | None) -> tuple[TelecomFact, ...]:
    return tuple(found for each in kids(node, "telecom") if (found := _telecom(each)))


def _telecom(node: Element) -> TelecomFact | None:
    text = attr(node, "value")
    scheme, colon, rest = text.partition(":")
    if null(node) or not (rest.strip() if colon else text):
        return None
    use = _TELECOM_USES.get(attr(node, "use").split(" ")[0], "home")
    if scheme.lower() in ("http", "https", "ftp"):
        return TelecomFact(text, "url", use)
    if not colon:
        return TelecomFact(text, "email" if "@" in text else "phone", use)
    return TelecomFact(rest.strip(), _TELECOM_SYSTEMS.get(scheme.lower(), "other"), use)


def practitioner(entity: Element | None) -> PractitionerFacts | None:
    """An ``assignedEntity`` or ``assignedAuthor`` with a person; None for a device, or where nothing is said."""
    person = kid(entity, "assignedPerson")
    if entity is None or (person is None and kid(entity, "assignedAuthoringDevice") is not None):
        return None
    called = name(kid(person, "name"))
    known = facts(entity)
    return (
        PractitionerFacts(identifiers=known, name=called, credential=called.suffix if called else "")
        if called or known
        else None
    )


def author_of(statement: Element | None) -> PractitionerFacts | None:
    """The first human author of a statement, section or document."""
    found = (practitioner(kid(each, "assignedAuthor")) for each in kids(statement, "author"))
    return next((each for each in found if each), None)


def display(called: NameFact | None) -> str:
    return " ".join((called.prefix, *called.given, called.family, called.suffix)).strip() if called else ""


def reference(entity: Element | None) -> dict[str, Any] | None:
    """A logical reference (FHIR R4 §2.3.0): the party's name and identifier as the source gives them."""
    if entity is None:
        return None
    organization = kid(entity, "representedOrganization")
    text = " ".join(display(name(down(entity, "assignedPerson", "name"))).split()) or words(kid(organization, "name"))
    return _reference(text, identifiers(entity) or identifiers(organization))


def organization_reference(node: Element | None) -> dict[str, Any] | None:
    return None if node is None else _reference(words(kid(node, "name")), identifiers(node))


def _reference(text: str, known: list[dict[str, Any]]) -> dict[str, Any] | None:
    said: dict[str, Any] = {}
    if known:
        said["identifier"] = known[0]
    if text:
        said["display"] = text
    return said or None


def performers(statement: Element | None) -> list[dict[str, Any]]:
    """References to whoever performed it, each once."""
    found: list[dict[str, Any]] = []
    for each in kids(statement, "performer"):
        said = reference(kid(each, "assignedEntity"))
        if said and said not in found:
            found.append(said)
    return found


def sdtc(node: Element | None, name_: str) -> Element | None:
    return kid(node, name_, SDTC)
