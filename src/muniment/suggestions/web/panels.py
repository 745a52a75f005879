"""Suggested codes beside the documents of the coding workspace; drawn after the page, which waits for nothing."""

from __future__ import annotations

from django.template.loader import render_to_string

from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.core.actor import Actor
from muniment.core.slots import Panel
from muniment.encounters.models import Encounter

TITLE = "Suggested codes"


def workspace(actor: Actor, stay: Encounter) -> Panel | None:
    """Nothing for who may not read the chart or code it."""
    if not (can(actor, Category.RECORD) and can(actor, Category.CODING, Grade.WRITE)):
        return None
    return Panel(title=TITLE, html=render_to_string("suggestions/_panel.html", {"stay": stay}), order=20)
