"""People as rows, facts and events: what templates place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from muniment.accounts.models import Assignment, User
from muniment.accounts.rules import LABELS, Role
from muniment.audit.models import LifecycleEvent
from muniment.ui import dates
from muniment.ui.shapes import Event, Fact, Tone

WORDS = {
    "accounts.add-user": "Sign-in made", "accounts.assign-role": "Role assigned", "accounts.end-role": "Role ended",
    "accounts.set-active": "Sign-in opened or closed", "accounts.give-password": "One-time password given",
    "accounts.choose-password": "Chose a password", "accounts.switch-role": "Switched role", "accounts.sign-in": "Sign-in",
    "accounts.refuse-sign-in": "Sign-in refused", "accounts.link-practitioner": "Linked to a practitioner",
    "accounts.unlink-practitioner": "Link to a practitioner taken away", "accounts.open-facility": "Opened",
    "accounts.name-facility": "Other codes changed", "accounts.set-keys": "Single-letter keys switched",
}  # fmt: skip
TOLD = ("outcome", "role", "active")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One person of the list: roles in words, each with where it is held."""

    user: User
    roles: list[tuple[str, str]]


def row(user: User) -> Row:
    return Row(user=user, roles=[(role.label, ", ".join(places)) for role, places in held(user).items()])


def held(user: User) -> dict[Role, list[str]]:
    """The roles held now, with the names of their facilities."""
    found: dict[Role, list[str]] = {}
    for one in user.assignments.all():
        if one.until is None:
            found.setdefault(Role(one.role), []).append(one.facility.name)
    return {role: found[role] for role in Role if role in found}


def facts(user: User) -> list[Fact]:
    return [
        Fact(label="User name", value=user.username),
        Fact(label="Printed under signatures", value=user.printed_name),
        Fact(label="Here since", value=_when(user.created_at)),
        Fact(label="Last signed in", value=_when(user.last_login) if user.last_login else "never"),
        Fact(label="Password", value=_password(user)),
    ]


def _password(user: User) -> str:
    if not user.has_usable_password():
        return "none: nobody can sign in with it"
    return "one-time, to be changed at the next sign-in" if user.password_is_one_time else "of their own"


def ended(user: User) -> list[Assignment]:
    return [one for one in user.assignments.all() if one.until is not None]


def events(rows: Sequence[LifecycleEvent]) -> list[Event]:
    return [Event(what=_what(row), who=row.actor_name, when=_when(row.at), why=row.reason, tone=_tone(row)) for row in rows]


def _what(row: LifecycleEvent) -> str:
    said = [str(row.after[name]) for name in TOLD if name in row.after]
    words = WORDS.get(row.name, row.name)
    if row.name == "accounts.set-active":
        return "Sign-in opened" if row.after.get("active") else "Sign-in closed"
    told = [LABELS[Role(one)] if one in tuple(Role) else one for one in said]
    return f"{words}: {', '.join(told)}" if told else words


def _tone(row: LifecycleEvent) -> Tone:
    return Tone.LATE if row.name == "accounts.refuse-sign-in" else Tone.PLAIN


def _when(value: object) -> str:
    return dates.moment(value, timezone.get_current_timezone())  # type: ignore[arg-type]
