"""``muniment staff add | assign | list | close | verify | reseal``"""

from __future__ import annotations

import sys
from typing import Any

import click

from muniment.accounts.rules import LABELS, Role
from muniment.cli.main import set_up, system_actor
from muniment.kernel.errors import Unfileable

ROLE = click.Choice([one.value for one in Role])


@click.group("staff")
def command() -> None:
    """Add people and give them roles."""


@command.command()
@click.argument("username")
@click.option("--family", required=True, help="Family name.")
@click.option("--given", required=True, help="Given name.")
@click.option("--credential", default="", help="As printed with a signature: MD, RHIT.")
def add(username: str, family: str, given: str, credential: str) -> None:
    """Make a sign-in and print its one-time password, once."""
    set_up()
    from muniment.accounts import actions
    from muniment.accounts.passwords import one_time_password

    password = one_time_password()
    user = actions.add_user(
        actor=system_actor("command line"), username=username, family=family, given=given, credential=credential,
        password=password, one_time=True
    )  # fmt: skip
    click.echo(f"Added {user.printed_name} as {user.username}. One-time password: {password}")


@command.command()
@click.argument("username")
@click.argument("role", type=ROLE)
@click.argument("facilities", nargs=-1, required=True)
def assign(username: str, role: str, facilities: tuple[str, ...]) -> None:
    """Give USERNAME the ROLE at FACILITIES (their codes)."""
    set_up()
    from muniment.accounts import actions

    places = [_facility(code) for code in facilities]
    made = actions.assign_role(actor=system_actor("command line"), user=_user(username), role=Role(role), facilities=places)
    click.echo(
        f"{len(made)} new: {LABELS[Role(role)]} at {', '.join(one.facility.name for one in made)}."
        if made
        else "They hold it already."
    )


@command.command("list")
def list_() -> None:
    """Everybody with their roles."""
    set_up()
    from muniment.accounts import queries

    for user in queries.staff(system_actor("command line")):
        roles = ", ".join(f"{one.role}@{one.facility.code}" for one in user.assignments.all() if one.until is None)
        click.echo(f"{user.username:24} {user.printed_name:32} {'open' if user.is_active else 'closed':7} {roles or 'no role'}")


@command.command()
@click.argument("username")
@click.option("--reason", required=True, help="Why, in a sentence; it stays in the person's history.")
def close(username: str, reason: str) -> None:
    """Close a sign-in; open sessions end at once."""
    set_up()
    from muniment.accounts import actions

    user = _user(username)
    actions.set_active(actor=system_actor("command line"), user=user, active=False, reason=reason)
    click.echo(f"Closed the sign-in of {user.printed_name}.")


@command.command()
def verify() -> None:
    """Name every sign-in that was changed outside Muniment. Exit code 1 when there is one."""
    set_up()
    from muniment.accounts import seals

    found = list(seals.faults())
    for user, trouble in found:
        click.echo(f"accounts_user {user.id} ({user.username}) {trouble}.")
    if found:
        sys.exit(1)
    click.echo("Every sign-in carries its seal.")


@command.command()
@click.argument("username")
@click.option("--reason", required=True, help="What you found, in a sentence; it stays in the person's history.")
def reseal(username: str, reason: str) -> None:
    """Seal a sign-in as it stands now, once you know why its seal did not hold. Then look at its roles and give a new password."""
    set_up()
    from muniment.accounts import actions

    user = _user(username)
    actions.seal_again(actor=system_actor("command line"), user=user, reason=reason)
    click.echo(f"Sealed the sign-in of {user.printed_name} as it stands.")


def _user(username: str) -> Any:
    from muniment.accounts.models import User

    found = User.objects.filter(username=username.lower()).first()
    if found is None:
        raise Unfileable(f"There is no sign-in {username}.", remedy="“muniment staff list” shows them.")
    return found


def _facility(code: str) -> Any:
    from muniment.accounts.models import Facility
    from muniment.accounts.queries import facility_by_code

    found = facility_by_code(code)
    if found is None:
        known = ", ".join(Facility.objects.values_list("code", flat=True)) or "none yet"
        raise Unfileable(f"There is no facility {code}.", remedy=f"These are: {known}.")
    return found
