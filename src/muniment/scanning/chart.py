"""What scanning adds to the chart: where the paper behind a document came from."""

from __future__ import annotations

from django.template.loader import render_to_string

from muniment.access.permissions import can
from muniment.access.rules import Category
from muniment.core.actor import Actor
from muniment.core.slots import Panel
from muniment.record.models import Version
from muniment.scanning.models import Document


def source(actor: Actor, version: Version) -> Panel | None:
    """The batch and pages of a scanned document; the link is shown to those who may open it."""
    row = Document.objects.select_related("batch", "lot").filter(id=version.source_id).first() if version.source_id else None
    if row is None:
        return None
    numbers = [one.number for one in row.page_set.all() if not one.dropped]
    shown = {"document": row, "batch": row.batch, "numbers": numbers, "may_open": can(actor, Category.INTAKE)}
    return Panel(title="Scanned paper", html=render_to_string("scanning/_source.html", shown))
