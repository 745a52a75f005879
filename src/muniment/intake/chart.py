"""What intake adds to the chart: C-CDA made readable, and the message a version came with."""

from __future__ import annotations

from django.template.loader import render_to_string

from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.core.actor import Actor
from muniment.core.slots import Panel
from muniment.intake.ccda.render import render
from muniment.intake.models import Input
from muniment.kernel.errors import Problem
from muniment.record import queries as record
from muniment.record.models import Entry, Version
from muniment.record.rules import Acceptance
from muniment.record.viewers import Rendered, decoded, plain
from muniment.record.web.presenters import STANDINGS
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


def outside(actor: Actor, shown: tuple[Entry, Version]) -> Panel | None:
    """Over an entry of somebody else's record: whose it is, and what was decided about it."""
    entry, _ = shown
    if not entry.origin:
        return None
    last = record.decision(entry)
    may_decide = can(actor, Category.INTAKE, Grade.WRITE) and not entry.retracted
    said = {"entry": entry, "last": last, "may_decide": may_decide, "words": STANDINGS[Acceptance(entry.standing)]}
    return Panel(title="Outside record", html=render_to_string("intake/_outside.html", said), order=10)


def source(actor: Actor, version: Version) -> Panel | None:
    """The input that brought a version; the link is shown to those who may open it."""
    row = Input.objects.filter(id=version.source_id).first() if version.source_id else None
    if row is None:
        return None
    html = render_to_string("intake/_source.html", {"input": row, "may_open": can(actor, Category.INTAKE)})
    return Panel(title="The message it came with", html=html)
