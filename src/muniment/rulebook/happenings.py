"""What the rule book announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChanged:
    """A rule was adopted or ended; cases from ``since`` on may be judged differently."""

    code: str
    since: date
