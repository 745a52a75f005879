"""Read a CDA R2 document (C-CDA R1.1, R2.1, plain or unstructured) into a submission."""

from __future__ import annotations

import base64
import binascii
from typing import Any, cast

from lxml import etree

from muniment.intake.ccda import header
from muniment.intake.ccda.datatypes import Json, concept, identifiers
from muniment.intake.ccda.entries import read_section, sections
from muniment.intake.ccda.kinds import kind
from muniment.intake.ccda.narrative import plain_text
from muniment.intake.ccda.parties import author_of, organization_reference, reference
from muniment.intake.ccda.reading import ENCOUNTER, PATIENT, Reading, ids, shared_ids
from muniment.intake.ccda.tree import V3, Element, attr, down, kid, kids, words
from muniment.intake.ccda.xml import parse
from muniment.intake.submission import DocumentBytes, Draft, Submission, ZoneOf
from muniment.kernel.errors import Unfileable

_BY_ID = etree.XPath("//*[@ID]")


def root_of(data: bytes) -> Element:
    """Parse and insist on a CDA document. Raises Unreadable or Unfileable."""
    root = parse(data)
    if root.tag == V3 + "ClinicalDocument":
        return root
    name = etree.QName(root)
    if name.localname == "ClinicalDocument":
        problem = "The document is not in the HL7 version 3 namespace (urn:hl7-org:v3)."
    else:
        problem = f"This is no clinical document but a fragment or another format: its root is <{name.localname[:60]}>."
    raise Unfileable(problem, where="line 1", remedy="Send the whole CDA document, whose root is <ClinicalDocument>.")


def read(data: bytes, *, zone_of: ZoneOf, source: str = "") -> Submission:
    """One CDA R2 document as a submission: the document itself first, then what its entries say, as FHIR R4 drafts.

    ``zone_of`` gives the time zone for times without an offset, from the custodian's code. Raises
    :class:`~muniment.kernel.errors.Unreadable` for what is not safe, well-formed XML and
    :class:`~muniment.kernel.errors.Unfileable` for what is no CDA document or names no patient.
    """
    root = root_of(data)
    facility = header.facility_code(root)
    r = Reading(zone=zone_of(facility), document_key=document_key(root), author=author_of(root))
    r.texts = {str(each.get("ID")): each for each in cast(list[Element], _BY_ID(root))}
    patient, encounter = header.patient(root, r), header.encounter(root, r)
    r.has_encounter = encounter is not None
    body = down(root, "component", "structuredBody")
    parts, r.shared = sections(body), shared_ids(body)
    document = _document(root, data, parts, r)
    for path, section in parts:
        read_section(section, path, r)
    return Submission(
        format="ccda",
        kind=kind(root),
        source=source or words(kid(header.custodian(root), "name")),
        facility=facility,
        control_id="|".join(next(iter(ids(root)), ())),
        sent_at=r.moment(kid(root, "effectiveTime")),
        patient=patient,
        encounter=encounter,
        drafts=(document, *r.drafts),
        remarks=tuple(r.remarks),
        extra=_extra(root),
    )


def document_key(root: Element) -> str:
    """The set id, which all versions of a document share; else the document's own id."""
    own = next(iter(ids_of(kid(root, "setId"))), None) or next(iter(ids(root)), None)
    if own is None:
        raise Unfileable(
            "The document has no identifier, so a later version of it could not be told from another document.",
            where="ClinicalDocument/id",
            remedy="Ask the sender for a document with an id.",
        )
    return "DocumentReference/" + "|".join(own)


def ids_of(node: Element | None) -> list[tuple[str, ...]]:
    """One II that is no ``id`` child but stands for itself (setId)."""
    root, extension = attr(node, "root"), attr(node, "extension")
    if not root or attr(node, "nullFlavor"):
        return []
    return [(root, extension) if extension else (root,)]


def _extra(root: Element) -> dict[str, str]:
    said = {
        "version": attr(kid(root, "versionNumber"), "value"),
        "set_id": "|".join(next(iter(ids_of(kid(root, "setId"))), ())),
        "language": attr(kid(root, "languageCode"), "code"),
        "confidentiality": attr(kid(root, "confidentialityCode"), "code"),
        "custodian": words(kid(header.custodian(root), "name")),
        "custodian_roots": " ".join(one[0] for one in ids(header.custodian(root))),
    }
    return {name: each for name, each in said.items() if each}


def _document(root: Element, data: bytes, parts: list[tuple[str, Element]], r: Reading) -> Draft:
    """The whole document as a DocumentReference with its bytes."""
    content = _unstructured(root, r) or DocumentBytes(content=data, media_type="text/xml", text=plain_text(parts))
    own = identifiers(root)
    resource: Json = {
        "resourceType": "DocumentReference",
        "masterIdentifier": own[0] if own else None,
        "status": "current",
        "docStatus": "final" if header.signed(root) else None,
        "type": concept(kid(root, "code"), r),
        "subject": PATIENT,
        "author": _references(root, "author", "assignedAuthor"),
        "authenticator": next(iter(_references(root, "legalAuthenticator", "assignedEntity")), None),
        "custodian": organization_reference(header.custodian(root)),
        "relatesTo": header.replaced(root),
        "description": words(kid(root, "title")),
        "securityLabel": [found] if (found := concept(kid(root, "confidentialityCode"), r)) else None,
        "content": [{"attachment": _attachment(root, content, r)}],
        "context": _context(root, r),
    }
    sent = r.moment(kid(root, "effectiveTime"))
    if sent and sent.has_time:
        resource["date"] = sent.to_fhir()
    return Draft(
        key=r.document_key,
        resource={name: each for name, each in resource.items() if each},
        document=content,
        author=r.author,
        signed_by_source=header.signed(root),
    )


def _references(root: Element, role: str, entity: str) -> list[dict[str, Any]]:
    return [said for each in kids(root, role) if (said := reference(kid(each, entity)))]


def _attachment(root: Element, content: DocumentBytes, r: Reading) -> Json:
    said = {
        "contentType": content.media_type,
        "language": attr(kid(root, "languageCode"), "code"),
        "title": words(kid(root, "title")),
        "creation": r.date_time(kid(root, "effectiveTime")),
    }
    return {name: each for name, each in said.items() if each}


def _context(root: Element, r: Reading) -> Json:
    said = header.service(root, r)
    if r.has_encounter:
        said["encounter"] = [ENCOUNTER]
    return said


def _unstructured(root: Element, r: Reading) -> DocumentBytes | None:
    """The scan or text inside an unstructured document, or None where the body is structured or not embedded."""
    text = down(root, "component", "nonXMLBody", "text")
    if text is None:
        return None
    media_type = attr(text, "mediaType").lower() or "text/plain"
    if attr(text, "representation") != "B64":
        content = "".join(map(str, text.itertext())).strip()
        if not content:
            r.remark("the body is kept elsewhere by the sender and is not in the document.")
            return None
        return DocumentBytes(
            content=content.encode(), media_type=media_type, text=content if media_type == "text/plain" else ""
        )
    body = _decoded(text) if not attr(text, "compression") else None
    if not body:
        r.remark("the embedded body can't be decoded; the document is kept as it came.")
        return None
    readable = body.decode("utf-8", "replace") if media_type == "text/plain" else ""
    return DocumentBytes(content=body, media_type=media_type, text=readable)


def _decoded(text: Element) -> bytes | None:
    try:
        return base64.b64decode("".join("".join(map(str, text.itertext())).split()), validate=True)
    except (binascii.Error, ValueError):
        return None
