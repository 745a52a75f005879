"""What intake adds to the chart: C-CDA made readable, and the message a version came with."""

from __future__ import annotations

from django.template.loader import render_to_string

from muniment.access.permissions import can
from muniment.access.rules import Category
from muniment.core.actor import Actor
from muniment.core.slots import Panel
from muniment.intake.ccda.render import render
from muniment.intake.models import Input
from muniment.kernel.errors import Problem
from muniment.record.models import Version
from muniment.record.viewers import Rendered, decoded, plain
from muniment.ui.prose import prose

CCDA_TYPES = ("text/xml", "application/xml", "application/cda+xml", "application/hl7-v3+xml")


def ccda(content: bytes) -> Rendered:
    """A C-CDA document by our stylesheet; other XML as the text it is."""
    try:
        html = render(content)
    except Problem:
        text = decoded(content)
        return Rendered(html=prose(text), text=text)
    return Rendered(html=html, text=plain(html))


def source(actor: Actor, version: Version) -> Panel | None:
    """The input that brought a version; the link is shown to those who may open it."""
    row = Input.objects.filter(id=version.source_id).first() if version.source_id else None
    if row is None:
        return None
    html = render_to_string("intake/_source.html", {"input": row, "may_open": can(actor, Category.INTAKE)})
    return Panel(title="The message it came with", html=html)
