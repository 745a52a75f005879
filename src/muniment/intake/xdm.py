"""IHE XDM packages (ITI TF-2 3.32, ZIP as in DICOM PS3.12 Annex V) → documents with their metadata (ebRIM, ITI TF-3 4.2.3). Pure.

Provide and Register (XDS.b, ITI-41) over SOAP is not spoken: packages come as files, uploads and attachments.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import PurePosixPath
from typing import Any

from lxml import etree

from muniment.intake.ccda import systems
from muniment.intake.ccda.xml import parse
from muniment.intake.submission import (
    DocumentBytes,
    Draft,
    IdentifierFact,
    NameFact,
    PatientFacts,
    PractitionerFacts,
    Submission,
)
from muniment.kernel.errors import Problem, Unfileable, Unreadable
from muniment.kernel.moments import Moment
from muniment.kernel.zips import open_zip

RIM = {"rim": "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"}
TYPE_CODE = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"
CLASS_CODE = "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a"
AUTHOR = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"
PATIENT_ID = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
UNIQUE_ID = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
SEX = {"M": "male", "F": "female", "O": "other", "U": "unknown"}
MOST_DOCUMENTS = 500
_ZIP = b"PK\x03\x04"
_PIECE = re.compile(r"([0-9]{1,6})\|(.*)", re.DOTALL)  # a long URI comes in numbered pieces (ITI TF-3 4.2.3.2.27)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One document of a package: its path in it, its bytes, and what its metadata say; ``problem`` where it can't be taken."""

    path: str
    content: bytes = field(repr=False)
    media_type: str = ""
    submission: Submission | None = None
    problem: Problem | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Package:
    entries: list[Entry]
    remarks: list[str]


def read(content: bytes) -> Package:
    """Raises Problem for a ZIP that is none, leads out of itself or is beyond the bounds, and for one without XDM metadata."""
    files = open_zip(content)
    subsets = sorted(path for path in files if PurePosixPath(path).name.upper() == "METADATA.XML")
    if not subsets:
        raise Unfileable(
            "This ZIP is no XDM package: it holds no IHE_XDM/…/METADATA.XML.",
            remedy="Bring in what it holds by itself, or ask the sender for an XDM package.",
        )
    named_before: set[str] = set()
    entries = [entry for path in subsets for entry in _subset(path, files, named_before)]
    if not entries:
        raise Unfileable(
            "The package's metadata name no document.", where=subsets[0], remedy="Ask the sender for another package."
        )
    named = {entry.path.upper() for entry in entries} | {path.upper() for path in subsets}
    left = [path for path in files if "IHE_XDM/" in path.upper() and path.upper() not in named]
    return Package(entries, [f"{path[-100:]}: no metadata name it; it was left to the package." for path in left])


def _subset(path: str, files: dict[str, bytes], named_before: set[str]) -> list[Entry]:
    root = parse(files[path])
    found = root.findall(".//rim:ExtrinsicObject", RIM)
    if len(found) > MOST_DOCUMENTS:
        raise Unreadable(
            f"The metadata name more than {MOST_DOCUMENTS} documents.", where=path, remedy="Ask for smaller packages."
        )
    by_name = {name.upper(): name for name in files}
    return [_entry(one, PurePosixPath(path).parent, by_name, files, named_before) for one in found]


def _entry(
    node: etree._Element, folder: PurePosixPath, by_name: dict[str, str], files: dict[str, bytes], named_before: set[str]
) -> Entry:
    uri = _uri(node)
    path = by_name.get(str(folder / uri).upper(), "") if uri and ".." not in PurePosixPath(uri).parts else ""
    if not path:
        missing = Unfileable("The package does not hold a document that its metadata name.", where=uri[:100] or "URI", remedy="Ask the sender for the whole package.")  # fmt: skip
        return Entry(path=str(folder / (uri or "?"))[-200:], content=b"", problem=missing)
    if path in named_before:  # else a small package makes us look through a large file half a million times
        twice = Unfileable("Two documents of the package’s metadata name the same file.", where=path[-100:], remedy="Ask the sender for another package.")  # fmt: skip
        return Entry(path=path[-200:], content=b"", problem=twice)
    named_before.add(path)
    content, media_type = files[path], (node.get("mimeType") or "application/octet-stream").lower()
    try:
        remarks = _checked(node, content)
        return Entry(
            path=path, content=content, media_type=media_type, submission=_submission(node, content, media_type, path, remarks)
        )
    except Problem as problem:
        return Entry(path=path, content=content, media_type=media_type, problem=problem)


def _checked(node: etree._Element, content: bytes) -> list[str]:
    """Hash (SHA-1, hexadecimal) and size as the metadata say them (ITI TF-3 4.2.3.2.9, .25). Returns what could not be checked."""
    if content.startswith(_ZIP):
        raise Unfileable("A package inside a package is not read.", remedy="Bring it in by itself.")
    size, digest = _slot(node, "size"), _slot(node, "hash").lower()
    if size and size != str(len(content)):
        raise Unreadable(f"The document has {len(content):,} bytes; its metadata say {size[:20]}.", where="size", remedy="It was damaged on its way. Ask for it again.")  # fmt: skip
    if digest and digest != hashlib.sha1(content, usedforsecurity=False).hexdigest():
        raise Unreadable("The document is not the one whose hash its metadata say.", where="hash", remedy="It was damaged or mixed up on its way. Ask for it again.")  # fmt: skip
    return [] if size and digest else ["Its metadata name no hash or no size; it could not be held against them."]


def _submission(node: etree._Element, content: bytes, media_type: str, path: str, remarks: list[str]) -> Submission:
    number = _external(node, UNIQUE_ID) or hashlib.sha256(content).hexdigest()
    institution, root = _institution(node)
    author = _author(node)
    document = DocumentBytes(
        content=content, media_type=media_type, file_name=PurePosixPath(path).name,
        text=content.decode("utf-8", "replace").replace("\0", "") if media_type == "text/plain" else "",
    )  # fmt: skip
    return Submission(
        format="xdm", kind="XDM document", source="xdm", control_id=number[:200], sent_at=_time(_slot(node, "creationTime")),
        patient=_patient(node), drafts=(Draft(key=f"XDM|{number}", resource=_resource(node, document, number, author), document=document, author=author),),
        remarks=tuple(remarks), extra={"custodian": institution, "custodian_roots": root},
    )  # fmt: skip


def _resource(node: etree._Element, document: DocumentBytes, number: str, author: PractitionerFacts | None) -> dict[str, Any]:
    created = _time(_slot(node, "creationTime"))
    title = _title(node) or document.file_name
    said: dict[str, Any] = {
        "resourceType": "DocumentReference", "status": "current", "subject": {"reference": "draft:patient"},
        "masterIdentifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:oid:{number}" if re.fullmatch(r"[0-2](\.\d+)+", number) else number},
        "type": _coded(node, TYPE_CODE) or {"text": title}, "description": title,
        "content": [{"attachment": {"contentType": document.media_type, "title": document.file_name or title}}],
    }  # fmt: skip
    if category := _coded(node, CLASS_CODE):
        said["category"] = [category]
    if created and created.has_time:
        said["date"] = created.to_fhir()
    started = _time(_slot(node, "serviceStartTime")) or created
    if started:
        said["context"] = {"period": {"start": started.to_fhir()}}
    if author and author.name:
        said["author"] = [{"display": " ".join([*author.name.given, author.name.family]).strip()}]
    return said


def _patient(node: etree._Element) -> PatientFacts:
    """The sender's own number before that of the exchange, and what sourcePatientInfo says (PID-5, -7, -8)."""
    numbers = [found for text in (_slot(node, "sourcePatientId"), _external(node, PATIENT_ID)) if (found := _cx(text))]
    said = dict(text.split("|", 1) for text in _slots(node, "sourcePatientInfo") if "|" in text)
    name = said.get("PID-5", "").split("^") + [""] * 3
    return PatientFacts(
        identifiers=tuple(dict.fromkeys(numbers)), birth=_time(said.get("PID-7", "")), sex=SEX.get(said.get("PID-8", "")[:1].upper(), ""),
        names=(NameFact(name[0], tuple(filter(None, (name[1], name[2])))),) if name[0] or name[1] else (),
    )  # fmt: skip


def _cx(text: str) -> IdentifierFact | None:
    """``4711^^^&1.2.3&ISO`` (HL7 v2 CX as ITI TF-3 table 4.2.3.1.7-2 has it)."""
    parts = text.split("^") + [""] * 5
    authority = parts[3].split("&") + [""] * 2
    value = parts[0].strip()
    return IdentifierFact(authority[1].strip() or authority[0].strip(), value, parts[4].strip() or "PI") if value else None


def _author(node: etree._Element) -> PractitionerFacts | None:
    """The first authorPerson (XCN); its number counts with its assigner only."""
    for group in _classified(node, AUTHOR):
        parts = next(iter(_slots(group, "authorPerson")), "").split("^") + [""] * 10
        authority = parts[8].split("&") + [""] * 2
        if parts[1] or parts[2] or parts[0]:
            number = IdentifierFact(systems.uri(authority[1], systems.IDENTIFIER_SYSTEMS) or authority[1], parts[0]) if parts[0] and authority[1] else None  # fmt: skip
            return PractitionerFacts(
                identifiers=(number,) if number else (), name=NameFact(parts[1], tuple(filter(None, parts[2:4])))
            )
    return None


def _institution(node: etree._Element) -> tuple[str, str]:
    """(name, root) of the first authorInstitution (XON): who keeps it, as far as the metadata say."""
    for group in _classified(node, AUTHOR):
        for text in _slots(group, "authorInstitution"):
            parts = text.split("^") + [""] * 10
            authority = parts[5].split("&") + [""] * 2
            return parts[0].strip(), authority[1] or (parts[9] if re.fullmatch(r"[0-2](\.\d+)+", parts[9]) else "")
    return "", ""


def _coded(node: etree._Element, scheme: str) -> dict[str, Any] | None:
    for found in _classified(node, scheme):
        code, root, display = (found.get("nodeRepresentation") or "").strip(), _slot(found, "codingScheme"), _title(found)
        if not code:
            return None
        system = systems.uri(root)
        coding = {"system": system, "code": code, "display": display}
        said: dict[str, Any] = {"coding": [{name: text for name, text in coding.items() if text}]}
        return said | ({"text": display} if display else {})
    return None


def _classified(node: etree._Element, scheme: str) -> list[etree._Element]:
    return [one for one in node.findall("rim:Classification", RIM) if one.get("classificationScheme") == scheme]


def _external(node: etree._Element, scheme: str) -> str:
    found = (one for one in node.findall("rim:ExternalIdentifier", RIM) if one.get("identificationScheme") == scheme)
    return next((one.get("value") or "" for one in found), "").strip()


def _slots(node: etree._Element, name: str) -> list[str]:
    return [
        (value.text or "").strip() for slot in node.findall("rim:Slot", RIM) if slot.get("name") == name for value in slot.findall("rim:ValueList/rim:Value", RIM)
    ]  # fmt: skip


def _slot(node: etree._Element, name: str) -> str:
    return next(iter(_slots(node, name)), "")


def _uri(node: etree._Element) -> str:
    values = _slots(node, "URI")
    pieces = [found for value in values if (found := _PIECE.fullmatch(value))]
    if pieces and len(pieces) == len(values):
        return "".join(one[2] for one in sorted(pieces, key=lambda one: int(one[1])))
    return next(iter(values), "")


def _title(node: etree._Element) -> str:
    found = node.find("rim:Name/rim:LocalizedString", RIM)
    return " ".join((found.get("value") or "").split())[:200] if found is not None else ""


def _time(text: str) -> Moment | None:
    """DTM of the metadata: in UTC (ITI TF-3 table 4.2.3.1.7-2)."""
    try:
        return Moment.from_hl7(text, UTC) if text else None
    except ValueError:
        return None
