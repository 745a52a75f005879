"""Who may sign in to the demo hospital."""

from __future__ import annotations

from muniment.accounts.rules import Role
from muniment.demo.staff import Staff, staff

PASSWORD = "harbor-valley-demo"  # noqa: S105 the demo holds nobody's record


def one_per_role() -> list[tuple[str, str, str]]:
    """(role, printed name, user name) of one person per role."""
    found: dict[str, Staff] = {}
    for person in staff():
        found.setdefault(person.role, person)
    return [
        (Role(role).label, f"{one.given} {one.family}, {one.credential}".rstrip(", "), one.username)
        for role, one in found.items()
    ]
