"""The place where features say what of theirs a rule's version judges again: before it is adopted, and afterwards how far that is."""

from __future__ import annotations

from muniment.core.slots import Slot
from muniment.rulebook.models import RuleVersion

JUDGED_AGAIN: Slot[RuleVersion] = Slot()
