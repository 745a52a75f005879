"""The place where features say what of theirs a rule's version judges again: before it is adopted, and afterwards how far that is."""

from __future__ import annotations

from muniment.core.slots import Slot
from muniment.rulebook.models import RuleVersion

JUDGED_AGAIN: Slot[RuleVersion] = Slot()

# Where the versions of a feature's rules are written with fields of their own: what their codes begin with → the URL name
# that takes a code. What stands in nobody's list is written as JSON.
EDITORS: dict[str, str] = {}
