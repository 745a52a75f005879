"""What scanning announces."""

from __future__ import annotations

from dataclasses import dataclass

from muniment.scanning.models import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFiled:
    """A scanned document was filed as it stands in the row. ``codes`` is what the codes on its pages say, separator sheets apart."""

    document: Document
    codes: tuple[str, ...]
