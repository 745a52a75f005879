"""The place where features say what of theirs a rule's version judges again: before it is adopted, and afterwards how far that is."""

from __future__ import annotations

from dataclasses import dataclass

from muniment.core.slots import Slot
from muniment.rulebook.models import RuleVersion

JUDGED_AGAIN: Slot[RuleVersion] = Slot()


@dataclass(frozen=True, slots=True)
class Editor:
    """A form with fields for the rules of a feature: the URL names of a rule's next version (it takes a code) and of a new one."""

    change: str
    begin: str
    says: str  # what the link to a new one says
    alone: bool = False  # there is one such rule only, so that its address takes no code


# What the codes of its rules begin with → a feature's own form. What stands in nobody's list is written as JSON.
EDITORS: dict[str, Editor] = {}
