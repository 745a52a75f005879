"""Who somebody is and under which role they act; facilities and practitioners by the codes messages use."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from muniment.accounts.models import Assignment, Facility, Organisation, PractitionerIdentifier, User
from muniment.accounts.rules import Role
from muniment.core.actor import Actor
from muniment.work.models import Queue


def organisation_code() -> str:
    found = Organisation.objects.order_by("id").first()
    return found.code if found else ""


def roles_of(user: User) -> list[Role]:
    """The roles a user holds now, in the order of the list of roles."""
    held = set(Assignment.objects.filter(user=user, until__isnull=True).values_list("role", flat=True))
    return [role for role in Role if role in held]


def actor_for(user: User, *, role: str = "", workstation: str = "") -> Actor:
    """The actor a signed-in user is, under ``role`` if they hold it, else under their first. One query.

    Somebody without any role is an actor without role or facility: everything is refused to them.
    """
    rows = list(
        Assignment.objects.filter(user=user, until__isnull=True)
        .values_list("role", "facility_id", "facility__organisation__code")
        .order_by("since")
    )
    held = [one for one in Role if any(row[0] == one for row in rows)]
    acting = role if role in held else (held[0] if held else "")
    mine = [row for row in rows if row[0] == acting]
    return Actor(
        id=user.id, name=user.printed_name, role=str(acting), organisation=mine[0][2] if mine else "",
        facilities=frozenset(row[1] for row in mine) if user.is_active else frozenset(), workstation=workstation,
    )  # fmt: skip


def facility_by_code(code: str) -> Facility | None:
    """The facility a message means: by its code, else by an alias."""
    if not code:
        return None
    return Facility.objects.filter(code=code).first() or Facility.objects.filter(aliases__contains=[code]).first()


def assigners() -> dict[str, str]:
    """Every spelling of an assigner of ours (code, alias, OID with and without ``urn:oid:``) → the one it is filed under."""
    found = {}
    for kind in (Facility, Organisation):
        for code, aliases in kind.objects.values_list("code", "aliases"):
            for spelling in (code, *aliases):
                found |= {spelling: code, f"urn:oid:{spelling}": code}
    return found


def zone_of(code: str) -> ZoneInfo:
    """The time zone of the facility that ``code`` names; of the organisation's first facility otherwise."""
    facility = facility_by_code(code) or Facility.objects.order_by("id").first()
    return ZoneInfo(facility.zone if facility else "UTC")


def practitioner_ids(numbers: list[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
    """(system, value) → practitioner id for those that are known."""
    found = PractitionerIdentifier.objects.filter(value__in=[value for _, value in numbers])
    wanted = set(numbers)
    return {(row.system, row.value): row.practitioner_id for row in found if (row.system, row.value) in wanted}


def facility_names() -> dict[UUID, str]:
    """Every facility's name by its id."""
    return dict(Facility.objects.order_by("name").values_list("id", "name"))


def colleagues(queue: Queue, facility_id: UUID | None) -> list[tuple[UUID, str]]:
    """Active people who hold one of a queue's roles (at ``facility_id``, where one is given): user id and printed name."""
    held = Assignment.objects.filter(role__in=queue.pools, until__isnull=True)
    if facility_id:
        held = held.filter(facility_id=facility_id)
    found = User.objects.filter(is_active=True, id__in=held.values("user_id"))
    return [(user.id, user.printed_name) for user in found]
