"""The manifest: what a production holds, with digests, as JSON for a program. Canonical, so that it can be hashed itself.

``contents`` depends on nothing but what was asked for, the definition and the record: the same order gives the same digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from muniment.record.production.appendices import Pages
from muniment.record.production.definition import RULE
from muniment.record.production.dossier import Dossier
from muniment.record.production.selection import Item, left_words

FORMAT = "muniment-production-1"


def contents_of(dossier: Dossier, pages: Pages, pictures: Mapping[Any, list[int]], unset: Mapping[Any, str]) -> dict[str, Any]:
    order = dossier.order.written()
    return {
        "patient": {"id": str(dossier.patient.id), "records": [str(one) for one in dossier.patients], "number": dossier.chief_number},
        "facility": dossier.facility.code, "asked_for": {name: value for name, value in order.items() if name not in ("reason", "as_of")},
        "as_of": dossier.at.isoformat(), "definition": {"rule": RULE, "version": dossier.definition.number},
        "left_out": [{"type": name, "because": why, "entries": count} for name, why, count in left_words(dossier.selection.left)],
        "entries": [_entry(dossier, item, pages, pictures, unset) for item in dossier.selection.items],
    }  # fmt: skip


def _entry(
    dossier: Dossier, item: Item, pages: Pages, pictures: Mapping[Any, list[int]], unset: Mapping[Any, str]
) -> dict[str, Any]:
    versions = []
    for one in item.versions:
        key = (item.entry_id, one.number)
        said: dict[str, Any] = {
            "number": one.number,
            "kind": one.kind,
            "sha256": bytes(one.sha256).hex(),
            "recorded_at": one.recorded_at.isoformat(),
        }
        if one.document_sha256:
            said["document_sha256"] = bytes(one.document_sha256).hex()
        if key in pages:
            said["pages"] = list(pages[key])
        if key in pictures:
            said["pages_as_pictures"] = pictures[key]
        if key in unset:
            said["not_set"] = unset[key]
        versions.append(said)
    signed = [
        {
            "version": one.number,
            "by": one.printed_name,
            "meaning": one.meaning,
            "at": one.signed_at.isoformat(),
            "zone": one.zone,
        }
        for one in dossier.signatures.get(item.entry_id, ())
    ]
    closed = [
        {"version": one.number, "by": one.closed_by, "at": one.closed_at.isoformat(), "reason": one.reason}
        for one in dossier.closures.get(item.entry_id, ())
    ]
    return {
        "entry": str(item.entry_id), "title": item.title, "category": item.facts.category, "code": item.facts.code, "type": item.type,
        "date": item.facts.time, "author": item.facts.author, "retracted": item.is_retracted, "versions": versions, "signatures": signed,
    } | ({"closed_administratively": closed} if closed else {}) | _replacing(dossier, item)  # fmt: skip


def _replacing(dossier: Dossier, item: Item) -> dict[str, Any]:
    """Which document stands in its place, and in whose it stands, of those this production holds."""
    newer, filed = dossier.replaced_by(item) or (None, None)
    said: dict[str, Any] = {"replaced": {"at": filed.isoformat(), "by": str(newer.entry_id) if newer else ""}} if filed else {}
    older = [str(one.entry_id) for one in dossier.replaces(item)]
    return said | ({"replaces": older} if older else {})


def whole(
    dossier: Dossier, contents: dict[str, Any], *, pages: int, pdf_sha256: str, counts: Mapping[str, int]
) -> dict[str, Any]:
    row = dossier.production
    return {
        "format": FORMAT,
        "production": {
            "number": row.number, "produced_at": row.asked_at.isoformat(), "produced_by": row.asked_by, "role": row.asked_role,
            "reason": dossier.order.reason, "pages": pages, "pdf_sha256": pdf_sha256, "counts": dict(counts),
        },
        "contents_sha256": digest_of(contents), "contents": contents,
    }  # fmt: skip


def canonical(said: Any) -> bytes:
    """Sorted names, no spaces, UTF-8: the same data, the same bytes."""
    return json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest_of(said: Any) -> str:
    return hashlib.sha256(canonical(said)).hexdigest()
