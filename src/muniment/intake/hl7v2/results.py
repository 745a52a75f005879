"""OBR, OBX, NTE, SPM → DiagnosticReport, Observation, Specimen (HL7 v2.8 §7.4)."""

from __future__ import annotations

from typing import Any

from muniment.intake.hl7v2 import tables
from muniment.intake.hl7v2.contents import ENCAPSULATED, attachment, encapsulated, readable, text_document
from muniment.intake.hl7v2.context import Context, notes
from muniment.intake.hl7v2.datatypes import (
    coded,
    concept,
    concepts,
    entity,
    entity_identifier,
    first_practitioner,
    number,
    person_reference,
    practitioner,
    quantity,
)
from muniment.intake.hl7v2.groups import Group
from muniment.intake.hl7v2.parse import Segment
from muniment.intake.hl7v2.values import reference_range, repeated, value
from muniment.intake.submission import PractitionerFacts

_LONG_TEXT = 200
_SETTLED = frozenset({"final", "amended", "corrected"})


def report(group: Group, context: Context) -> None:
    """One OBR of a result message: a DiagnosticReport with its observations, or with its text when it reads like a note."""
    obr = group.lead
    if obr is None or obr.name != "OBR":
        observations(group, context, "")
        return
    order = context.order_number(group.orc, obr)
    service = _code(obr)
    key = context.key("OBR", order or context.fallback, service)
    resource = _report(obr, context)
    if group.orc is not None or obr[2] or obr[3]:
        resource["identifier"] = _order_identifiers(group.orc, obr) or None
    _link(resource, "specimen", _specimens(group, order, context))
    encapsulations = [obx for obx, _ in group.observations if obx.text(2).upper() in ENCAPSULATED]
    narrative = is_narrative(group)
    document = text_document(_lines(group)) if narrative else None
    if document:
        resource["presentedForm"] = [attachment(document)]
    elif group.observations:
        _link(resource, "result", observations(group, context, order))
    if group.notes and not document:
        resource["conclusion"] = "\n".join(note.narrative(3) for note in group.notes).strip() or None
    interpreter = _interpreter(obr, context)
    context.add(
        key,
        _tidy(resource),
        document=document,
        author=interpreter,
        signed=interpreter is not None and resource["status"] in _SETTLED,
    )
    for obx in encapsulations:
        _enclosed(obx, key, resource, order, context)


def _report(obr: Segment, context: Context) -> dict[str, Any]:
    resource = context.about("DiagnosticReport")
    resource["status"] = tables.REPORT_STATUS.get(obr.text(25).upper(), "unknown")
    resource["code"] = named(concept(obr.first(4)), "OBR-4", obr, context)
    section = obr.text(24)
    if section:
        resource["category"] = [coded(section, tables.TERMINOLOGY + "v2-0074")]
    _when(resource, obr, context)
    context.instant(resource, "issued", obr, 22)
    if obr[32]:
        interpreter = _interpreter(obr, context)
        if interpreter:
            resource["resultsInterpreter"] = [person_reference(interpreter)]
    return resource


def _when(resource: dict[str, Any], obr: Segment, context: Context) -> None:
    start = context.clock.field(obr, 7)
    end = context.clock.field(obr, 8)
    if start and end and end > start:
        resource["effectivePeriod"] = {"start": start.to_fhir(), "end": end.to_fhir()}
    elif start or end:
        resource["effectiveDateTime"] = (start or end).to_fhir()  # type: ignore[union-attr]


def named(said: dict[str, Any] | None, where: str, segment: Segment, context: Context) -> dict[str, Any]:
    """The concept, or one that says it is missing: FHIR wants a code wherever something was observed or ordered."""
    if said:
        return said
    context.remarks.append(f"{where}, line {segment.number}, does not say what this is.")
    return {"text": "Not said by the sender"}


def _code(obr: Segment) -> str:
    said = obr.first(4)
    return said.whole(1) or said.whole(2) or said.whole(4)


def _order_identifiers(orc: Segment | None, obr: Segment) -> list[dict[str, Any]]:
    found = []
    for place, kind in ((2, "PLAC"), (3, "FILL")):
        said = entity_identifier(obr.first(place), kind)
        if not said and orc is not None:
            said = entity_identifier(orc.first(place), kind)
        if said:
            found.append(said)
    return found


def _interpreter(obr: Segment, context: Context) -> PractitionerFacts | None:
    """OBR-32: NDL in 2.3 to 2.6, XCN as many send it."""
    if not obr[32]:
        return None
    said = obr.first(32)
    nested = said.sub(1)
    return practitioner(nested if len(nested) > 1 else said, context.facility)


def is_narrative(group: Group) -> bool:
    """Whether the observations are the lines of one written report rather than separate results."""
    kept = [obx for obx, _ in group.observations if obx.text(2).upper() not in ENCAPSULATED and obx[5]]
    if not kept or any(obx.text(2).upper() not in tables.TEXT_TYPES for obx in kept):
        return False
    obr = group.lead
    if obr is not None and (obr.text(4) in tables.DOCUMENT_LOINC or obr.first(4)[4] in tables.DOCUMENT_LOINC):
        return True
    if any(obx.text(2).upper() not in ("TX", "FT") for obx in kept):
        return False
    codes = {obx.text(3) for obx in kept}
    if len(kept) > 1:
        return len(codes) == 1 or len(kept) >= 3 * len(codes)
    return len(kept[0][5]) > _LONG_TEXT


def _lines(group: Group) -> list[str]:
    """The report's text. A new OBX-3 begins a part of its own, under its name."""
    lines: list[str] = []
    parts = {obx.text(3) for obx, _ in group.observations}
    part = None
    for obx, remarks in group.observations:
        if obx.text(2).upper() in ENCAPSULATED:
            continue
        if obx.text(3) != part and len(parts) > 1:
            label = obx.first(3)
            lines += ["", label.whole(2) or label.whole(1)] if lines else [label.whole(2) or label.whole(1)]
        part = obx.text(3)
        lines.append(readable(obx))
        lines += [note.narrative(3) for note in remarks]
    return lines + [note.narrative(3) for note in group.notes]


def _enclosed(obx: Segment, report_key: str, report_resource: dict[str, Any], order: str, context: Context) -> None:
    """A PDF or image under a report: a document of its own that points at the report."""
    document = encapsulated(obx, context)
    if document is None:
        return
    resource = context.about("DocumentReference")
    stay = resource.pop("encounter", None)
    resource["status"] = "entered-in-error" if obx.text(11).upper() in tables.RETRACTED else "current"
    resource["docStatus"] = "final" if report_resource["status"] in _SETTLED else "preliminary"
    resource["type"] = concept(obx.first(3)) or report_resource["code"]
    resource["content"] = [{"attachment": attachment(document)}]
    resource["context"] = {"related": [{"reference": f"draft:{report_key}"}]} | ({"encounter": [stay]} if stay else {})
    key = context.key("OBX", order or context.fallback, obx.text(3), obx.text(4))
    context.add(key, resource, document=document, retracts=obx.text(11).upper() in tables.RETRACTED)


def observations(group: Group, context: Context, order: str) -> list[str]:
    """The observations of a group as drafts; their keys."""
    obr = group.lead if group.lead is not None and group.lead.name == "OBR" else None
    scope = (order or context.fallback, _code(obr)) if obr is not None else (order or context.fallback,)
    shared: dict[str, Any] = {}
    if obr is not None:
        context.date(shared, "effectiveDateTime", obr, 7)
        category = _category(obr.text(24).upper())
        if category:
            shared["category"] = [category]
    keys = []
    for obx, remarks in group.observations:
        if obx.text(2).upper() not in ENCAPSULATED:
            keys.append(observation(obx, remarks, scope, shared, context))
    return keys


def _category(section: str) -> dict[str, Any] | None:
    if section in tables.LABORATORY:
        return coded("laboratory", tables.CATEGORY_SYSTEM)
    return coded("imaging", tables.CATEGORY_SYSTEM) if section in tables.IMAGING else None


def observation(obx: Segment, remarks: list[Segment], scope: tuple[str, ...], shared: dict[str, Any], context: Context) -> str:
    """One OBX as an Observation draft; its key. ``shared`` is what the OBR says for all of its observations."""
    resource = context.about("Observation")
    resource.update(shared)
    said = obx.text(11).upper()
    resource["status"] = tables.OBSERVATION_STATUS.get(said, "unknown")
    code = obx.first(3)
    resource["code"] = named(concept(code), "OBX-3", obx, context)
    found = value(obx, context)
    if found:
        resource[found[0]] = found[1]
        more = repeated(obx)
        if more:
            resource["component"] = [{"code": resource["code"], "valueCodeableConcept": each} for each in more]
    context.date(resource, "effectiveDateTime", obx, 14)
    _details(resource, obx, context)
    _add_notes(resource, remarks)
    key = context.key("OBX", *scope, code.whole(1) or code.whole(2), obx.text(4))
    context.add(key, resource, retracts=said in tables.RETRACTED)
    return key


def _details(resource: dict[str, Any], obx: Segment, context: Context) -> None:
    if obx[7]:
        ranges = reference_range(obx.first(7).text, obx.first(6))
        if ranges:
            resource["referenceRange"] = ranges
    if obx[8]:
        flags = [_interpretation(flag.whole(1), flag.whole(2)) for flag in obx.repetitions(8) if flag.whole(1)]
        if flags:
            resource["interpretation"] = flags
    if len(obx) < 15:
        return
    performers = [person_reference(who) for n in (16, 25) if (who := first_practitioner(obx, n, context.facility))]
    if obx[23] and obx.text(23):
        performers.append({"type": "Organization", "display": obx.text(23)})
    if performers:
        resource["performer"] = performers
    for place, element in ((17, "method"), (20, "bodySite")):
        said = concept(obx.first(place)) if obx[place] else None
        if said:
            resource[element] = said


def _interpretation(code: str, display: str) -> dict[str, Any]:
    if code in tables.INTERPRETATIONS:
        return coded(code, tables.INTERPRETATION_SYSTEM, display)
    return {"text": display or code}


def _add_notes(resource: dict[str, Any], remarks: list[Segment]) -> None:
    if remarks:
        found = notes(remarks)
        if found:
            resource["note"] = found


def _specimens(group: Group, order: str, context: Context) -> list[str]:
    return [key for spm in group.specimens if (key := specimen(spm, order, context))]


def specimen(spm: Segment, order: str, context: Context) -> str:
    """SPM → Specimen; its key."""
    resource = context.about("Specimen")
    resource.pop("encounter", None)
    said = concept(spm.first(4))
    if said:
        resource["type"] = said
    number_ = _specimen_number(spm)
    identifier = entity_identifier(spm.first(2).sub(2)) or entity_identifier(spm.first(2).sub(1))
    if identifier:
        resource["identifier"] = [identifier]
    context.date(resource, "receivedTime", spm, 18)
    collection = _collection(spm, context)
    if collection:
        resource["collection"] = collection
    text = spm.narrative(14).strip()
    if text:
        resource["note"] = [{"text": text}]
    conditions = concepts(spm, 24)
    if conditions:
        resource["condition"] = conditions
    key = context.key("SPM", number_ or f"{order or context.fallback}|{spm.text(1)}")
    context.add(key, resource)
    return key


def _specimen_number(spm: Segment) -> str:
    pair = spm.first(2)
    return entity(pair.sub(2)) or entity(pair.sub(1))


def _collection(spm: Segment, context: Context) -> dict[str, Any]:
    out: dict[str, Any] = {}
    period = spm.first(17)
    start = context.clock.read(period[1], "SPM-17")
    end = context.clock.read(period[2], "SPM-17")
    if start and end and end > start:
        out["collectedPeriod"] = {"start": start.to_fhir(), "end": end.to_fhir()}
    elif start:
        out["collectedDateTime"] = start.to_fhir()
    for place, element in ((7, "method"), (8, "bodySite")):
        said = concept(spm.first(place)) if spm[place] else None
        if said:
            out[element] = said
    amount = spm.first(12)
    exact = number(amount[1])
    if exact is not None:
        out["quantity"] = quantity(exact, amount.sub(2))
    return out


def _link(resource: dict[str, Any], element: str, keys: list[str]) -> None:
    if keys:
        resource[element] = [{"reference": f"draft:{key}"} for key in keys]


def _tidy(resource: dict[str, Any]) -> dict[str, Any]:
    return {name: said for name, said in resource.items() if said is not None}
