"""The bar: what a role's day is made of comes first; the rest stands in the menu, each place once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from muniment.accounts.rules import Role
from muniment.config.frame import FIRST, PLACES, frame


def shown(role: Role) -> Any:
    actor = SimpleNamespace(role=role.value, id="1", name="Somebody")
    return frame(SimpleNamespace(actor=actor, path="/", user=None, GET={}))["frame"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        (Role.TECHNICIAN, ["My day", "Work", "Deficiencies", "Arrivals", "Scans", "Paper"]),
        (Role.ADMINISTRATOR, ["My day", "Work", "Board", "Deficiencies", "Delinquency", "Rules"]),
        (Role.CLINICIAN, ["My day", "Inbox", "Work", "Deficiencies", "Paper", "Rules"]),
    ],
)
def test_the_bar_of_a_role(role: Role, labels: list[str]) -> None:
    assert [one.label for one in shown(role).places] == labels


@pytest.mark.parametrize("role", Role)
def test_no_place_is_lost_or_twice(role: Role) -> None:
    bar = shown(role)
    keys = [one.key for one in (*bar.places, *bar.more)]
    assert len(keys) == len(set(keys))
    assert set(FIRST.get(role, ())) <= {name for _, name, _, _ in PLACES}
