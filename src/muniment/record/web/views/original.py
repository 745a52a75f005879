"""The bytes of a document as they were filed: shown in the viewer's frame where a browser can, else downloaded. Both leave an event."""

from __future__ import annotations

import mimetypes
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Refused
from muniment.record import actions, blobs, queries, viewers
from muniment.record.web.desk import open_chart
from muniment.record.web.views.document import asked_version, entry_of

SEALED = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
# Chromium's reader of PDF is a plugin: under "sandbox" it shows nothing, so that one type goes without it.
PLUGIN = SEALED + "; object-src 'self'"


@needs(Category.RECORD)
@require_GET
def original(request: ActorRequest, encounter_id: UUID, entry_id: UUID) -> HttpResponse:
    opened = open_chart(request, encounter_id)
    entry = entry_of(request, opened, entry_id)
    version = queries.version(entry.patient_id, entry_id, asked_version(request, entry))
    if not version.document_sha256:
        raise Refused("This entry has no original bytes.", remedy="Its content is shown in full in the chart.")
    digest = bytes(version.document_sha256)
    kind = viewers.bare(queries.media_type_of(digest))
    inline = kind in viewers.INLINE and not request.GET.get("download")
    content = blobs.get(digest)
    actions.note_view(
        actor=request.actor, patient_id=entry.patient_id, subject=("entry", str(entry_id)), facility_id=entry.facility_id,
        shown=f"original of version {version.number}, {'shown' if inline else 'downloaded'}",
    )  # fmt: skip
    return _answer(content, kind, digest, inline=inline)


def _answer(content: bytes, kind: str, digest: bytes, *, inline: bool) -> HttpResponse:
    ending = mimetypes.guess_extension(kind) or ".bin"
    how = "inline" if inline else "attachment"
    return HttpResponse(
        content,
        content_type=kind if inline else "application/octet-stream",
        headers={
            "Content-Disposition": f'{how}; filename="document-{digest.hex()[:12]}{ending}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": PLUGIN if kind == "application/pdf" and inline else f"{SEALED}; sandbox",
            "Cache-Control": "no-store",
        },
    )
