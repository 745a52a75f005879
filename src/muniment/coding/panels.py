"""A place on the coding workspace that higher features fill: beside the documents, what the coder should know of the chart."""

from __future__ import annotations

from muniment.core.slots import Slot
from muniment.encounters.models import Encounter

WORKSPACE: Slot[Encounter] = Slot()
