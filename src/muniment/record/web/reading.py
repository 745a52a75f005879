"""A version of an entry made readable: its words, who signed it and whether that verifies, where it came from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.safestring import mark_safe

from muniment.accounts.models import Practitioner
from muniment.core.actor import Actor
from muniment.kernel.errors import Problem
from muniment.kernel.fhir.canonical import decode
from muniment.kernel.fhir.descriptions import Description, describe
from muniment.kernel.fhir.dictation import PARTS, parts_of
from muniment.kernel.fhir.order_provenance import as_text, tells_of_an_order, unnamed
from muniment.record import blobs, panels, queries, verify, viewers
from muniment.record.models import Closure, Entry, Signature, Version
from muniment.record.replacing import Replacing, replacing
from muniment.record.rules import Category, VersionKind
from muniment.record.web import presenters
from muniment.record.web.desk import Chart
from muniment.ui import dates
from muniment.ui.prose import prose
from muniment.ui.shapes import Document, Fact, Tone
from muniment.ui.words import with_units


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What is shown of a version: ``html`` (sanitised), or a frame or image of the original, or only a sentence."""

    html: str = ""
    text: str = ""
    media_type: str = ""
    shown: str = "text"  # text, frame, image, none
    note: str = ""


def body(entry: Entry, version: Version) -> Body:
    """Read a version. What can't be rendered falls back on the text that was extracted; damaged bytes are said to be damaged."""
    if not version.document_sha256:
        return _without_bytes(entry, version)
    digest = bytes(version.document_sha256)
    media_type = queries.media_type_of(digest)
    kind = viewers.bare(media_type)
    try:
        content = blobs.get(digest)
        if kind in viewers.INLINE:
            return Body(media_type=media_type, shown="image" if kind.startswith("image/") else "frame")
        rendered = viewers.render(media_type, content)
    except Problem as problem:
        return Body(media_type=media_type, shown="none", note=str(problem))
    if rendered is not None:
        return Body(html=mark_safe(rendered.html), text=rendered.text, media_type=media_type)  # noqa: S308 sanitised by its renderer
    return _extracted(entry, version, media_type)


def _without_bytes(entry: Entry, version: Version) -> Body:
    resource = decode(version.content.encode()) if version.resource_type == "Provenance" else {}
    if tells_of_an_order(resource):
        text = as_text(resource, queries.labels(entry.patient_id, unnamed(resource)))
    else:
        text = queries.text_of(entry.patient_id, entry.entry_id) if version.number == entry.number else ""
    return Body(html=prose(text), text=text) if text else Body(shown="facts")


def _extracted(entry: Entry, version: Version, media_type: str) -> Body:
    text = queries.text_of(entry.patient_id, entry.entry_id) if version.number == entry.number else ""
    kind = viewers.bare(media_type) or "an unknown type"
    if text:
        return Body(
            html=prose(text), text=text, media_type=media_type, note=f"This is the text read out of the original ({kind})."
        )
    return Body(
        media_type=media_type, shown="none", note=f"Documents of {kind} can't be shown here. Download the original to read it."
    )


def words_of(entry: Entry, version: Version) -> str:
    """A version as lines to be compared: its text, or the resource itself where it has none."""
    return body(entry, version).text or pretty(version)


def pretty(version: Version) -> str:
    """The resource as it is kept, indented."""
    return msgspec.json.format(version.content, indent=2)


def facts(said: Description, author: str, when: str) -> list[Fact]:
    kinds = presenters.KINDS
    shown = [
        Fact(label="Kind", value=next((words for one, words in kinds.items() if one == said.category), "Other")),
        Fact(label="What", value=said.display),
        Fact(label="Code", value=f"{said.code} ({said.system})" if said.system else said.code),
        Fact(label="Value", value=with_units(said.value)),
        Fact(label="Interpretation", value=presenters.FLAGS.get(said.flag, (said.flag, Tone.PLAIN))[0]),
        Fact(label="Status", value=said.status),
        Fact(label="When", value=when),
        Fact(label="By", value=author),
    ]
    return [fact for fact in shown if fact.value]


def dictation(resource: dict[str, Any], chart: Chart) -> list[Fact]:
    """When it was dictated, transcribed, edited and authenticated in the system it came from, and by whom."""
    return [Fact(label=PARTS[name][1], value=_dictated(name, value, chart)) for name, value in parts_of(resource)]


def _dictated(name: str, value: Any, chart: Chart) -> str:
    if PARTS[name][0] == "valueReference":
        return str(value.get("display") or value.get("identifier", {}).get("value", ""))
    return presenters.shown_time(value, chart.zone) if PARTS[name][0] == "valueDateTime" else str(value)


KIND_WORDS = {
    VersionKind.ORIGINAL: "Original",
    VersionKind.UPDATE: "Update by the source",
    VersionKind.AMENDMENT: "Amendment",
    VersionKind.CORRECTION: "Correction",
    VersionKind.ADDENDUM: "Addendum",
    VersionKind.RETRACTION: "Retraction",
}


def reader(actor: Actor, chart: Chart, entry: Entry, number: int, find: str) -> dict[str, Any]:
    """Everything the reading pane shows of one version."""
    version = queries.version(entry.patient_id, entry.entry_id, number)
    read = body(entry, version)
    said = describe(decode(version.content.encode()))
    signatures, closures = queries.signatures(entry.patient_id, entry.entry_id), closed(entry)
    lines = [presenters.signed(one, sound=_sound(one, version)) for one in signatures]
    state, tone = _state(entry, number, signatures)
    author, when = _said_by(entry, version), presenters.shown_time(said.time, chart.zone)
    html = viewers.marked(read.html, find) if read.html and find else read.html
    url = chart.url("record-document", entry.entry_id)
    found = replacing(actor, chart.patients) if entry.category == Category.DOCUMENT else Replacing()
    newest = found.newest.get(entry.entry_id)
    return {
        "entry": entry,
        "version": version,
        "body": read,
        "find": find,
        "has_found": 'id="found"' in html,
        "document": Document(
            title=presenters.title_of(entry) if number == entry.number else said.display or "Entry",
            author=author or "author not stated",
            when=when or "no date",
            html=html,
            state=state,
            tone=tone,
        ),
        "facts": [*facts(said, author, when), *dictation(decode(version.content.encode()), chart)],
        "pretty": pretty(version),
        "json_url": url,
        "original_url": chart.url("record-original", entry.entry_id, version=number if number != entry.number else None),
        "versions": _versions(chart, entry, number),
        "signatures": presenters.in_order(signatures, lines, closures, chart.zone),
        "closures": [presenters.shut(one, signatures, chart.zone) for one in closures if one.number == number],
        "intact": _intact(version),
        "provenance": provenance(version, chart),
        "sources": panels.PROVENANCE.panels(actor, version),
        "over": panels.OVER.panels(actor, (entry, version)),
        "steps": panels.STEPS.panels(actor, entry) if number == entry.number and not entry.retracted else [],
        "is_current": number == entry.number,
        "current_url": url,
        "compare_url": chart.url("record-compare", entry.entry_id),
        "proof_url": chart.url("record-proof", entry.entry_id, version=number if number != entry.number else None),
        "newest": presenters.link(chart, newest) if newest else None,
        "older": [presenters.link(chart, one) for one in found.older.get(entry.entry_id, ())],
        "elsewhere": entry.encounter_id != chart.stay.id,
    }


def closed(entry: Entry) -> list[Closure]:
    """Its administrative closures. A query only where there may be one: for a document that was ever closed, or has later versions."""
    return queries.closures(entry.patient_id, entry.entry_id) if entry.closed_at or entry.number > 1 else []


def _state(entry: Entry, number: int, signatures: list[Signature]) -> tuple[str, Tone]:
    """A document's state as its signatures prove it: the index, which lists read, only says so."""
    if number != entry.number:
        return "Earlier version", Tone.INFO
    if entry.signed_at and not entry.retracted and not verify.signed_by(signatures, number):
        return "Signature does not verify", Tone.LATE
    return presenters.state_of(entry)


def _said_by(entry: Entry, version: Version) -> str:
    """The author of this version, who need not be that of the current one."""
    if version.number == entry.number:
        return entry.author_name
    author = Practitioner.objects.filter(id=version.author_id).first() if version.author_id else None
    return str(author) if author else _named(decode(version.content.encode()))


def _named(resource: dict[str, Any]) -> str:
    authors = resource.get("author") or []
    first = authors[0] if isinstance(authors, list) and authors else authors
    return str(first.get("display", "")) if isinstance(first, dict) else ""


def _versions(chart: Chart, entry: Entry, number: int) -> list[dict[str, Any]]:
    return [
        {
            "number": one.number,
            "kind": KIND_WORDS.get(VersionKind(one.kind), one.kind),
            "when": dates.moment(one.recorded_at, chart.zone),
            "reason": one.reason,
            "url": chart.url("record-document", entry.entry_id, version=one.number),
            "current": one.number == number,
            "compare_url": chart.url("record-compare", entry.entry_id, older=one.number - 1, newer=one.number)
            if one.number > 1
            else "",
        }
        for one in reversed(queries.versions(entry.patient_id, entry.entry_id))
    ]


def _intact(version: Version) -> bool:
    """Whether the content still has the hash under which it was filed."""
    return hashlib.sha256(version.content.encode()).digest() == bytes(version.sha256)


def _sound(signature: Signature, version: Version) -> bool:
    """Seal and hash: the seal holds, and where it signs the version that is read, that version is what was signed."""
    return verify.sound(signature) and (signature.number != version.number or _intact(version))


def provenance(version: Version, chart: Chart) -> list[Fact]:
    document = bytes(version.document_sha256).hex() if version.document_sha256 else ""
    return [
        Fact(label="Filed", value=dates.moment(version.recorded_at, chart.zone)),
        Fact(label="Version", value=f"{version.number}, {KIND_WORDS.get(VersionKind(version.kind), version.kind).lower()}"),
        *([Fact(label="Reason", value=version.reason)] if version.reason else []),
        Fact(label="Came with input", value=str(version.source_id or "")),
        Fact(label="SHA-256 of the entry", value=bytes(version.sha256).hex()),
        *([Fact(label="SHA-256 of the document", value=document)] if document else []),
    ]
