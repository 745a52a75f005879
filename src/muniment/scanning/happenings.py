"""What scanning announces."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from muniment.core.actor import Actor
from muniment.scanning.models import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFiled:
    """A scanned document was filed as it stands in the row. ``codes`` is what the codes on its pages say, separator sheets apart."""

    document: Document
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOfAnother:
    """A filed scan was found to be another patient's: ``entry_id`` of ``patient_id``, whose version ``number`` people have read, is out of use.

    ``document`` is as it stands now: filed in the chart it belongs to, or waiting to be indexed again, and then nobody knows yet whose it is.
    """

    actor: Actor
    document: Document
    patient_id: UUID
    entry_id: UUID
    number: int
    reason: str
