"""The work that lies in the past when the demo begins: charts analysed, older ones coded. Done through the same actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from muniment.core.actions import action, leave
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle


@action("demo.finish", Lifecycle.CONFIGURE)
def finish(*, actor: Actor) -> None:
    """Say that the demo hospital is loaded."""
    leave(subject=("demo", "loaded"))


def work_off(actor: Actor, progress: Callable[[Any], None], processes: int) -> None:
    """What the department would have done by now."""
    finish(actor=actor)
