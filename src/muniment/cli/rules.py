"""``muniment rules propose-shipped | list | at``"""

from __future__ import annotations

from datetime import date, datetime

import click

from muniment.cli.main import set_up
from muniment.core import clock
from muniment.kernel.errors import Unfileable


@click.group("rules")
def command() -> None:
    """Propose the shipped rules and list the book."""


@command.command("propose-shipped")
@click.option("--as", "username", required=True, help="The person in whose name they are proposed; somebody else adopts them.")
def propose_shipped(username: str) -> None:
    """Propose each shipped rule the book does not know yet. None governs before two people have adopted it."""
    set_up()
    from muniment.accounts.models import User
    from muniment.accounts.queries import actor_for
    from muniment.config.furnish import propose_rules

    user = User.objects.filter(username=username.lower()).first()
    if user is None:
        raise Unfileable(f"There is no sign-in {username}.", remedy="“muniment staff list” shows them.")
    made = propose_rules(_as_one_who_may(actor_for, user))
    click.echo(f"Proposed {len(made)} rules; somebody other than {user.username} adopts them at /rules/?status=proposed.")


def _as_one_who_may(actor_for, user):  # type: ignore[no-untyped-def]
    """The person under the first of their roles that may write rules; under their first role otherwise, to be refused."""
    from muniment.access.permissions import can
    from muniment.access.rules import Category, Grade
    from muniment.accounts.queries import roles_of

    actors = [actor_for(user, role=role.value) for role in roles_of(user)]
    return next((one for one in actors if can(one, Category.RULES, Grade.WRITE)), actor_for(user))


@command.command("list")
@click.option("--status", default="", help="Only this standing: proposed, adopted, stayed, vacated, superseded, withdrawn.")
def list_(status: str) -> None:
    """Every version, newest of each rule first."""
    set_up()
    from muniment.rulebook import queries

    for one in queries.book(status=status):
        until = f" until {one.effective_to}" if one.effective_to else ""
        verified = "" if one.verified_on else " (unverified)"
        click.echo(
            f"{one.rule_id:48} {one.number:3} {one.status:11} from {one.effective_from}{until}  {one.citation}{verified}"
        )


@command.command()
@click.argument("day", required=False)
def at(day: str | None) -> None:
    """What governs on DAY (2026-03-14); today without one."""
    set_up()
    from muniment.rulebook import queries

    book = queries.at(_day(day) if day else clock.today())
    for code, rule in sorted(book.rules.items()):
        click.echo(f"{code:48} {rule.number:3}  {rule.statement}  {rule.cited}")
    click.echo(f"{len(book.rules)} rules govern on {book.day}.")


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise Unfileable(f"“{text}” is not a day.", remedy="Write it like 2026-03-14.") from None
