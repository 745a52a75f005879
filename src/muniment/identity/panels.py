"""Places on the screens of identity that higher features fill: a person's stays, for one."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from muniment.core.slots import Slot

PERSON: Slot[Sequence[UUID]] = Slot()  # about a person's source records the actor may see, by their ids
RECORD: Slot[UUID] = Slot()  # about one source record, beside another in a comparison
