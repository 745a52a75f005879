"""The blank form of a version as it is printed, whatever became of the version since."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from muniment.access.middleware import needs
from muniment.access.rules import Category
from muniment.core.request import ActorRequest
from muniment.forms import queries
from muniment.record.web.views.original import PLUGIN


@needs(Category.FORMS)
@require_GET
def blank(request: ActorRequest, version_id: UUID) -> HttpResponse:
    row = queries.version(request.actor, version_id)
    return HttpResponse(
        queries.blank(row), content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{row.form.number}-version-{row.number}.pdf"',
            "X-Content-Type-Options": "nosniff", "Content-Security-Policy": PLUGIN,
        },
    )  # fmt: skip
