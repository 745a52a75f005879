"""``muniment record verify | produce``"""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from muniment.cli.main import set_up
from muniment.kernel.errors import Problem, Unfileable


@click.group("record")
def command() -> None:
    """Verify what is kept; produce certified copies."""


@command.command()
def verify() -> None:
    """Hold every version, document and signature against its hash and seal. Exit code 1 when something does not match."""
    set_up()
    import sys

    from muniment.record.verify import verify as walk

    shown = sys.stderr.isatty()
    found = walk(lambda count: click.echo(f"\r{count:,} versions", nl=False, err=True) if shown else None)
    for sentence in found.faults:
        click.echo(sentence)
    click.echo(
        f"{found.versions:,} versions, {found.documents:,} documents, {found.signatures:,} signatures; {len(found.faults)} faults."
    )
    sys.exit(1 if found.faults else 0)


@command.command()
@click.argument("patient")
@click.option("--facility", "code", required=True, help="The facility whose record is produced, by its code.")
@click.option("--as", "username", required=True, help="The custodian in whose name it is produced and certified.")
@click.option("--reason", required=True, help="The request, subpoena or order it answers.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The PDF; its manifest is written beside it."
)
@click.option("--stay", "stays", multiple=True, help="Only this visit number; may be given several times.")
@click.option("--from", "first", default="", help="The first day, like 2026-03-14.")
@click.option("--to", "last", default="", help="The last day.")
@click.option(
    "--set",
    "which",
    type=click.Choice(["legal", "designated"]),
    default="legal",
    help="The legal health record, or the designated record set.",
)
@click.option("--as-of", default="", help="As the record stood then: 2026-03-14T17:00 at the facility, or a day, to its end.")
@click.option(
    "--uncovered",
    type=click.Choice(["include", "leave out"]),
    default=None,
    help="What becomes of types the definition does not cover; needed where there are some.",
)
@click.option("--part2", is_flag=True, help="Part 2 records too: under a consent or order that the reason names.")
@click.option("--trail", is_flag=True, help="With the trail of who saw what; for who may read the audit.")
def produce(patient: str, code: str, username: str, out: Path, **said: Any) -> None:  # fmt: skip
    """Make a certified production of a PATIENT's record (a record number, or the patient's id)."""
    set_up()
    from muniment.record import actions, blob_files, jobs

    facility = _facility(code)
    actor = _custodian(username)
    row = _patient(actor, patient, facility)
    order = _order(actor, row, facility, **said)
    asked = actions.ask_production(actor=actor, patient_id=row.id, facility_id=facility.id, order=order)
    made = jobs.carry_out(asked.id, _told)
    if made.pdf_sha256 is None or made.manifest_sha256 is None:
        raise Problem(made.problem or f"Production {made.number} was stopped.")
    beside = out.with_name(out.name.removesuffix(".pdf") + ".manifest.json")
    for name, digest, path in (("PDF", made.pdf_sha256, out), ("manifest", made.manifest_sha256, beside)):
        actions.fetch_production(actor=actor, production_id=made.id, what=name)
        blob_files.copy_out(bytes(digest), path)
    click.echo(_sentence(made, out, beside))


def _told(done: int, total: int) -> None:
    import sys

    if sys.stderr.isatty():
        click.echo(f"\r{done:,} of {total:,} entries", nl=done == total, err=True)


def _sentence(made: Any, out: Path, beside: Path) -> str:
    counts = ", ".join(f"{count:,} {name}" for name, count in made.counts.items() if count)
    return (
        f"Production {made.number}: {made.pages:,} pages ({counts}).\n{out}: SHA-256 {bytes(made.pdf_sha256).hex()}\n"
        f"{beside}: contents SHA-256 {made.contents_sha256}"
    )


def _facility(code: str) -> Any:
    from muniment.accounts.queries import facility_by_code

    found = facility_by_code(code)
    if found is None:
        raise Unfileable(f"There is no facility {code}.", remedy="“muniment facility list” shows them.")
    return found


def _custodian(username: str) -> Any:
    """The person under the first of their roles that may produce."""
    from muniment.access.permissions import can
    from muniment.access.rules import Category, Grade
    from muniment.accounts.models import User
    from muniment.accounts.queries import actor_for, roles_of

    user = User.objects.filter(username=username.lower(), is_active=True).first()
    if user is None:
        raise Unfileable(f"There is no sign-in {username}.", remedy="“muniment staff list” shows them.")
    actors = [actor_for(user, role=role.value, workstation="command line") for role in roles_of(user)]
    return next((one for one in actors if can(one, Category.RELEASE, Grade.WRITE)), actor_for(user))


def _patient(actor: Any, said: str, facility: Any) -> Any:
    """By id, else by a record number; one that several assigners use must be the facility's own."""
    from uuid import UUID

    from muniment.identity import queries
    from muniment.record.production.asking import patient_for

    try:
        return patient_for(actor, UUID(said))
    except ValueError:
        pass
    found = list(queries.seen_by(actor).filter(identifiers__value__iexact=said).distinct()[:20])
    own = [
        one
        for one in found
        if any(n.value.lower() == said.lower() and n.system == facility.code for n in one.identifiers.all())
    ]
    chosen = own if len(own) == 1 else found
    if len(chosen) != 1:
        what = "There is nobody with" if not chosen else f"{len(chosen)} patients have"
        raise Unfileable(
            f"{what} the number {said} at the facilities of this custodian.", remedy="Give the patient's id instead."
        )
    return chosen[0]


def _order(
    actor: Any,
    patient: Any,
    facility: Any,
    *,
    which: str,
    reason: str,
    stays: tuple[str, ...],
    first: str,
    last: str,
    as_of: str,
    **more: Any,
) -> Any:
    from muniment.record.production.asking import stays_of
    from muniment.record.production.definition import Mark
    from muniment.record.production.order import Order, Uncovered

    known = {stay.visit_number: stay.id for stay in stays_of(actor, patient, facility)} if stays else {}
    unknown = [one for one in stays if one not in known]
    if unknown:
        raise Unfileable(
            f"This patient has no stay {unknown[0]} at {facility.code}.", remedy="The visit numbers stand on the chart."
        )
    return Order(
        which=Mark(which), reason=reason, stays=tuple(known[one] for one in stays), first=_day(first), last=_day(last),
        as_of=_moment(as_of, ZoneInfo(facility.zone)), trail=more["trail"], part2=more["part2"],
        uncovered=Uncovered(more["uncovered"] or ""),
    )  # fmt: skip


def _day(text: str) -> Any:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise Unfileable(f"“{text}” is not a day.", remedy="Write it like 2026-03-14.") from None


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Unfileable(f"“{text}” is not a time.", remedy="Write it like 2026-03-14T17:00.") from None
    if len(text) == 10:
        found = datetime.combine(found, time(23, 59, 59))
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
