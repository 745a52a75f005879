"""TXA and the OBX after it → DocumentReference (HL7 v2.8 §9.6)."""

from __future__ import annotations

from typing import Any

from muniment.intake.hl7v2 import tables
from muniment.intake.hl7v2.contents import ENCAPSULATED, attachment, encapsulated, readable, text_document
from muniment.intake.hl7v2.context import Context
from muniment.intake.hl7v2.datatypes import concept, entity, entity_identifier, first_practitioner, person_reference
from muniment.intake.hl7v2.groups import Group
from muniment.intake.hl7v2.parse import Segment
from muniment.intake.submission import DocumentBytes, PractitionerFacts
from muniment.kernel.fhir.dictation import extension

ADDENDA = frozenset({"T05", "T06"})
REPLACEMENTS = frozenset({"T09", "T10"})
CANCEL = "T11"
DICTATED = "DI"  # TXA-17 (table 0271): dictated, not yet transcribed or signed
_URL = ("http://", "https://")


def document(group: Group, trigger: str, context: Context) -> None:
    """One document: a new version of the same entry when TXA-12 was heard before."""
    txa = group.lead
    assert txa is not None
    number = entity(txa.first(12)) or (entity(txa.first(16)) if txa[16] else "")
    if not number:
        context.remarks.append("TXA-12 gives the document no number; a later correction of it can't be recognised.")
    key = context.key("DOC", number or context.fallback)
    contents = _contents(group, txa, context)
    resource = _reference(txa, group, trigger, context)
    main = contents[0] if contents else None
    resource["content"] = [{"attachment": _attachment(group, main)}]
    author, signer = _people(txa, context)
    retracts = trigger == CANCEL or resource["status"] == "entered-in-error"
    context.add(key, resource, document=main, retracts=retracts, author=author, signed=_signed(txa, signer))
    for further in contents[1:]:
        _further(key, resource, further, retracts, author, context)


def _further(
    key: str,
    resource: dict[str, Any],
    content: DocumentBytes,
    retracts: bool,
    author: PractitionerFacts | None,
    context: Context,
) -> None:
    """A second encapsulated file of the same message: a document of its own beside the first."""
    beside = {name: said for name, said in resource.items() if name not in ("identifier", "masterIdentifier", "content")}
    beside["content"] = [{"attachment": attachment(content)}]
    context.add(context.key(key, "part"), beside, document=content, retracts=retracts, author=author)


def _reference(txa: Segment, group: Group, trigger: str, context: Context) -> dict[str, Any]:
    resource = context.about("DocumentReference")
    stay = resource.pop("encounter", None)
    availability = tables.AVAILABILITY.get(txa.text(19).upper(), "current")
    resource["status"] = "entered-in-error" if trigger == CANCEL else availability
    status, _ = tables.DOCUMENT_STATUS.get(txa.text(17).upper(), ("", False))
    if status:
        resource["docStatus"] = status
    resource["type"] = _type(txa, group)
    number = entity_identifier(txa.first(12))
    if number:
        resource["masterIdentifier"] = number
    orders = [entity_identifier(txa.first(place), kind) for place, kind in ((14, "PLAC"), (15, "FILL")) if txa[place]]
    if any(orders):
        resource["identifier"] = [order for order in orders if order]
    context.instant(resource, "date", txa, 6)
    if "date" not in resource:
        context.instant(resource, "date", txa, 4)
    title = txa.text(25) or _title(group)
    if title:
        resource["description"] = title
    label = tables.CONFIDENTIALITY.get(txa.text(18).upper())
    if label:
        resource["securityLabel"] = [{"coding": [{"system": tables.TERMINOLOGY + "v3-Confidentiality", "code": label}]}]
    _authors(resource, txa, context)
    _dictation(resource, txa, context)
    _relation(resource, txa, trigger)
    _setting(resource, txa, stay, context)
    return resource


def _type(txa: Segment, group: Group) -> dict[str, Any]:
    """TXA-2 with its LOINC; the LOINC of a document in OBX-3 comes first when the sender gave one."""
    said = txa.first(2)
    code = said[1].upper()
    codings: list[dict[str, Any]] = []
    for obx, _ in group.observations[:1]:
        if obx.text(3) in tables.DOCUMENT_LOINC:
            codings += (concept(obx.first(3)) or {}).get("coding", [])[:1]
            codings[0]["system"] = tables.LOINC
    if code in tables.DOCUMENT_TYPE and not codings:
        loinc, display = tables.DOCUMENT_TYPE[code]
        codings.append({"system": tables.LOINC, "code": loinc, "display": display})
    default = tables.TERMINOLOGY + "v2-0270" if code in tables.DOCUMENT_TYPE else ""
    given = concept(said, default) or {"text": "Document of a type not said"}
    return given | ({"coding": codings + given.get("coding", [])} if codings else {})


def _title(group: Group) -> str:
    for obx, _ in group.observations[:1]:
        label = obx.first(3)
        return label.whole(2)
    return ""


def _authors(resource: dict[str, Any], txa: Segment, context: Context) -> None:
    originator = first_practitioner(txa, 9, context.facility) or first_practitioner(txa, 5, context.facility)
    if originator:
        resource["author"] = [person_reference(originator)]
    signer = first_practitioner(txa, 22, context.facility)
    if signer:
        resource["authenticator"] = person_reference(signer)


def _dictation(resource: dict[str, Any], txa: Segment, context: Context) -> None:
    """What a transcription system tells of how the document came about; nothing where nobody dictated or transcribed it."""
    typist = first_practitioner(txa, 11, context.facility)
    if not (txa[7] or typist or txa.text(17).upper() == DICTATED):
        return
    said: dict[str, list[Any]] = {
        "dictated": _times(txa.text(6), "TXA-6", context), "transcribed": _times(txa.text(7), "TXA-7", context),
        "transcriptionist": [person_reference(typist)] if typist else [],
        "edited": [time for one in txa.repetitions(8) for time in _times(one[1], "TXA-8", context)],
        "authenticated": _times(txa.first(22)[15], "TXA-22.15", context), "system": [context.message.header.text(3)],
    }  # fmt: skip
    resource["extension"] = [extension({name: values for name, values in said.items() if any(values)})]


def _times(text: str, where: str, context: Context) -> list[str]:
    found = context.clock.read(text, where)
    return [found.to_fhir()] if found else []


def _people(txa: Segment, context: Context) -> tuple[PractitionerFacts | None, PractitionerFacts | None]:
    """Who wrote it (else performed or signed it), and who authenticated it."""
    by = context.facility
    signer = first_practitioner(txa, 22, by)
    return first_practitioner(txa, 9, by) or first_practitioner(txa, 5, by) or signer, signer


def _signed(txa: Segment, signer: PractitionerFacts | None) -> bool:
    """TXA-17 decides; when it is silent, an authenticator with a time (TXA-22.15) does."""
    said = txa.text(17).upper()
    if said:
        return tables.DOCUMENT_STATUS.get(said, ("", False))[1]
    return signer is not None and bool(txa.first(22)[15] or txa.text(23))


def _relation(resource: dict[str, Any], txa: Segment, trigger: str) -> None:
    parent = entity_identifier(txa.first(13)) if txa[13] else None
    code = "appends" if trigger in ADDENDA else "replaces" if trigger in REPLACEMENTS else ""
    if parent and code and txa[13] != txa[12]:
        target = {"type": "DocumentReference", "identifier": parent}
        resource["relatesTo"] = [{"code": code, "target": target}]


def parent_key(txa: Segment) -> str:
    """The draft key of the document that TXA-13 names; "" when it names none."""
    number = entity(txa.first(13)) if txa[13] else ""
    return f"DOC|{number}" if number else ""


def _setting(resource: dict[str, Any], txa: Segment, stay: dict[str, str] | None, context: Context) -> None:
    setting: dict[str, Any] = {}
    if stay:
        setting["encounter"] = [stay]
    happened = context.clock.field(txa, 4)
    if happened:
        setting["period"] = {"start": happened.to_fhir()}
    if setting:
        resource["context"] = setting


def _contents(group: Group, txa: Segment, context: Context) -> list[DocumentBytes]:
    """Encapsulated files first (the first carries the text lines for searching), else the lines as plain text."""
    lines = [readable(obx) for obx, _ in group.observations if obx.text(2).upper() not in ENCAPSULATED]
    text = text_document(lines)
    files = [
        found
        for obx, _ in group.observations
        if obx.text(2).upper() in ENCAPSULATED and not _pointer(obx)
        if (found := encapsulated(obx, context))
    ]
    name = txa.text(16)
    if not files:
        return [text] if text else []
    first = files[0]
    readable_text = first.text or (text.text if text else "")
    named = DocumentBytes(content=first.content, media_type=first.media_type, file_name=name, text=readable_text)
    return [named, *files[1:]]


def _pointer(obx: Segment) -> str:
    """RP-1 when it is an address rather than the data."""
    return obx.text(5) if obx.text(2).upper() == "RP" and obx.text(5).lower().startswith(_URL) else ""


def _attachment(group: Group, main: DocumentBytes | None) -> dict[str, str]:
    out = attachment(main)
    if main is None:
        addresses = [address for obx, _ in group.observations if (address := _pointer(obx))]
        if addresses:
            out["url"] = "".join(addresses[0].split())
    return out
