"""A version of an entry as it is to be set: blocks of text, or bytes whose pages are placed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from muniment.kernel.errors import Problem
from muniment.kernel.fhir.canonical import decode
from muniment.record import blobs, queries, viewers
from muniment.record.models import Signature, Version
from muniment.record.production.dossier import Dossier
from muniment.record.production.marked_up import Block, blocks_of
from muniment.record.production.selection import Item, when
from muniment.record.rules import Meaning, VersionKind, late_words
from muniment.ui.prose import prose

KINDS = {
    VersionKind.ORIGINAL: "original", VersionKind.UPDATE: "update by the source", VersionKind.AMENDMENT: "amendment",
    VersionKind.CORRECTION: "correction", VersionKind.ADDENDUM: "addendum", VersionKind.RETRACTION: "retraction",
}  # fmt: skip
_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\0", "image"),
    (b"MM\0*", "image"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """``blocks`` are set by us; else ``content`` is a PDF or image (``kind``) to be placed. ``apart`` is to be attached as it is."""

    blocks: list[Block] = field(default_factory=list)
    kind: str = "text"
    content: bytes = field(default=b"", repr=False)
    apart: bytes = field(default=b"", repr=False)
    media_type: str = ""


def of(item: Item, version: Version) -> Material:
    """Read a version. Never fails: what can't be read becomes a sentence that says so; so does what is another patient's."""
    if item.anothers:
        return Material(blocks=_anothers(version))
    made, said = _read(item, version), _described(item, version)
    if said and made.kind == "text":
        made.blocks.insert(1 if made.blocks[:1] and made.blocks[0]["k"] == "note" else 0, {"k": "small", "t": said})
    return made


def _anothers(version: Version) -> list[Block]:
    """A page in the place of what was in this chart in error: whoever gets one patient's record gets nothing of another's."""
    said = "This entry was in this chart in error. It belongs to another patient, in whose chart it is kept once it is filed there. What it says is no part of this record and is not disclosed here (45 CFR 164.502(a))."
    rows = [["SHA-256 of the version", bytes(version.sha256).hex()]]
    rows += [["SHA-256 of the document", bytes(version.document_sha256).hex()]] if version.document_sha256 else []
    return [{"k": "p", "t": said}, {"k": "facts", "rows": rows}]


def _described(item: Item, version: Version) -> str:
    """What its source says of the document beyond its title: that it is a late entry from downtime paper, say."""
    said = str(resource_of(version).get("description") or "") if item.is_document else ""
    return said if said.casefold() != item.facts.label.casefold() else ""


def _read(item: Item, version: Version) -> Material:
    if not version.document_sha256:
        return Material(blocks=_without_bytes(item, version))
    digest = bytes(version.document_sha256)
    media_type = version.media_type or queries.media_type_of(digest)
    try:
        content = blobs.get(digest)
        placed = _placed_kind(content, viewers.bare(media_type))
        if placed:
            return Material(kind=placed, content=content, media_type=media_type)
        rendered = viewers.render(media_type, content)
    except Problem as problem:
        return Material(blocks=unset(version, media_type, problem.what), media_type=media_type)
    if rendered is not None:
        plain = viewers.bare(media_type).startswith("text/") and viewers.bare(media_type) != "text/html"
        blocks = blocks_of(rendered.html, keep_breaks=plain) or [{"k": "small", "t": "This document is empty."}]
        return Material(blocks=blocks, media_type=media_type)
    blocks = unset(
        version, media_type, f"Documents of {viewers.bare(media_type) or 'an unknown type'} can't be shown as pages here."
    )
    return Material(blocks=blocks + _extracted(item, version), apart=content, media_type=media_type)


def _placed_kind(content: bytes, kind: str) -> str:
    """By the bytes themselves first: a wrong label does no harm."""
    by_bytes = next((found for magic, found in _MAGIC if content.startswith(magic)), "")
    if by_bytes:
        return by_bytes
    return "pdf" if kind == "application/pdf" else "image" if kind.startswith("image/") and kind != "image/svg+xml" else ""


def unset(version: Version, media_type: str, why: str, *, attached: bool = True) -> list[Block]:
    """A page that says what stands not here, why, and how to prove the bytes that are kept."""
    digest = bytes(version.document_sha256).hex() if version.document_sha256 else ""
    kept = "Its bytes are kept in the record as they were filed and are attached to this PDF as they are."
    return [
        {"k": "note", "t": f"{why} {kept if attached else 'Its bytes are kept in the record as they were filed.'}"},
        {"k": "facts", "rows": [["Media type", media_type or "not stated"], ["SHA-256", digest]]},
    ]


def _extracted(item: Item, version: Version) -> list[Block]:
    text = _text(item, version)
    if not text:
        return []
    said: list[Block] = [{"k": "h", "t": "The text that was read out of it"}]
    return said + blocks_of(prose(text), keep_breaks=True)


def _text(item: Item, version: Version) -> str:
    """The text that was kept with a version; the one kept now may be of a later version, so its digest decides."""
    kept = [one.text_sha256 for one in item.versions if one.number <= version.number and one.text_sha256 is not None]
    text = queries.text_of(item.patient_id, item.entry_id) if kept else ""
    return text if text and hashlib.sha256(text.encode()).digest() == bytes(kept[-1]) else ""


def _without_bytes(item: Item, version: Version) -> list[Block]:
    """The narrative of the resource, the text filed with it, else the resource itself as it is kept."""
    resource = decode(version.content.encode())
    narrative = resource.get("text", {}).get("div", "") if isinstance(resource.get("text"), dict) else ""
    if narrative:
        return blocks_of(viewers.html(narrative).html, keep_breaks=False)
    text = _text(item, version)
    if text:
        return blocks_of(prose(text), keep_breaks=True)
    return [
        {"k": "small", "t": "As it is kept (FHIR R4 JSON)"},
        {"k": "pre", "t": msgspec.json.format(version.content, indent=2)},
    ]


def is_intact(version: Version) -> bool:
    """Whether the content still has the hash it was filed with. Reads the content."""
    return hashlib.sha256(version.content.encode()).digest() == bytes(version.sha256)


def sub_lines(dossier: Dossier, item: Item, version: Version) -> list[str]:
    """Under a document's title: when and by whom, which version, who signed it."""
    facts = item.facts
    if item.anothers:
        return [recorded_words(dossier, item, version)]
    first = (
        when(facts, dossier.zone),
        facts.author,
        f"code {facts.code}" if facts.code else "",
        dossier.stay_words(version.encounter_id),
    )
    lines = [" · ".join(part for part in first if part), recorded_words(dossier, item, version)]
    lines += _replacement_words(dossier, item)
    return lines + [said for _, said in sorted(_acts(dossier, item, version.number), key=lambda act: act[0])]


def _replacement_words(dossier: Dossier, item: Item) -> Iterator[str]:
    """That a newer document stands in its place, or that it stands in an older one's; each with both dates."""
    mine = f"this one was recorded {dossier.moment(item.versions[0].recorded_at)}"
    later = dossier.replaced_by(item)
    if later:
        newer, filed = later
        which = f"“{newer.title}”" if newer else "a newer document, which is not in this copy"
        yield f"Replaced: in its place stands {which}, recorded {dossier.moment(filed)}; {mine}."
    for older in dossier.replaces(item):
        yield f"Replaces “{older.title}”, recorded {dossier.moment(older.versions[0].recorded_at)}; {mine}."


def _acts(dossier: Dossier, item: Item, number: int) -> Iterator[tuple[datetime, str]]:
    """Who signed a version, and who closed it without its author's signature; each with its moment."""
    for one in dossier.signatures.get(item.entry_id, []):
        if one.number == number:
            yield one.signed_at, f"Signed: {named(one)}, {one.meaning}, {received(one)}{dossier.clock(one.signed_at)}"
    for closure in dossier.closures.get(item.entry_id, []):
        if closure.number == number:
            said = f"Closed administratively, never authenticated by its author: {closure.closed_by}, {closure.role}"
            yield closure.closed_at, f"{said}, {dossier.clock(closure.closed_at)}. {closure.reason}"


def named(one: Signature) -> str:
    """The signer with credential."""
    shown = not one.credential or one.credential in one.printed_name
    return one.printed_name if shown else f"{one.printed_name}, {one.credential}"


def received(one: Signature) -> str:
    """Before the time of a signature: when another system told of it is not when somebody signed there."""
    return "received " if one.meaning == Meaning.SOURCE else ""


def recorded_words(dossier: Dossier, item: Item, version: Version) -> str:
    """When it came into the record, and how long after the time it states: the screen says so too."""
    late = late_words(version.recorded_at, item.facts.at) if version.kind == VersionKind.ORIGINAL else ""
    if len(item.versions) > 1:
        said = version_words(dossier, item, version)
    else:
        said = f"Recorded {dossier.moment(version.recorded_at)}"
    return f"{said}; {late}" if late else said


def version_words(dossier: Dossier, item: Item, version: Version) -> str:
    reason = f": {version.reason}" if version.reason else ""
    kind = KINDS.get(VersionKind(version.kind), version.kind)
    return f"Version {version.number} of {item.current.number}, {kind}, recorded {dossier.moment(version.recorded_at)}{reason}"


def heading(dossier: Dossier, item: Item, version: Version, anchor: str, *, title: str = "") -> Block:
    return {"k": "new", "id": anchor, "t": title or item.title, "sub": sub_lines(dossier, item, version)}


def foot(dossier: Dossier, item: Item, version: Version) -> str:
    """At the foot of each page of a document, of a placed one too, which has no heading of ours."""
    said = when(item.facts, dossier.zone)
    recorded = f"recorded {dossier.moment(version.recorded_at)}"
    which = f"version {version.number} of {item.current.number}" if len(item.versions) > 1 else ""
    instead = "replaced by a newer one" if dossier.replaced_by(item) else ""
    return " · ".join(part for part in (shortened(item.title, 60), said, recorded, which, instead) if part)


def shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def resource_of(version: Version) -> dict[str, Any]:
    return decode(version.content.encode())
