"""A place in the clinician's inbox that higher features fill: what else they owe, under the same keys."""

from __future__ import annotations

from muniment.core.actor import Actor
from muniment.core.slots import Slot

INBOX: Slot[Actor] = Slot()
