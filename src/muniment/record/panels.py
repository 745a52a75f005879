"""Places on the chart that higher features fill. They register in their AppConfig; the chart knows none of them."""

from __future__ import annotations

from muniment.core.slots import Slot
from muniment.encounters.models import Encounter
from muniment.record.models import Entry, Version

CHART: Slot[Encounter] = Slot()  # beside the stay's facts: its deficiencies, its coding summary
PROVENANCE: Slot[Version] = Slot()  # under a document: the message it came with
OVER: Slot[tuple[Entry, Version]] = Slot()  # over a document, before it is read: that it was in another chart
STEPS: Slot[Entry] = Slot()  # what can be done with an entry in its current version, as buttons
