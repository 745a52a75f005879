"""How large a demo hospital is loaded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    persons: int
    encounters: int


FULL = Size(2000, 6000)
SMALL = Size(200, 500)  # for tests and for a quick look
