"""The only writer of access: events that say who saw a list of patients, and what was refused to whom."""

from __future__ import annotations

from collections.abc import Mapping

from muniment.core.actions import action, leave
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle


@action("access.view-list", Lifecycle.ACCESS)
def note_list(*, actor: Actor, name: str, persons: int, chosen: Mapping[str, str]) -> None:
    """Somebody saw a list that names patients (45 CFR 164.312(b)): which list, how narrowed, how many people; never who."""
    leave(subject=("list", name), after={"persons": persons, "filter": dict(chosen)})


@action("access.refuse", Lifecycle.SECURITY)
def note_refusal(*, actor: Actor, screen: str, method: str, asked: Mapping[str, str], why: str) -> None:
    """A request was refused to somebody signed in: the screen, what its address asked for, and the reason they read."""
    leave(subject=("screen", screen), reason=why, after={"outcome": "refused", "method": method, "asked": dict(asked)})
