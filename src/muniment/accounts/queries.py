"""Who somebody is and under which role they act; facilities and practitioners by the codes messages use."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from muniment.accounts import seals
from muniment.accounts.models import Assignment, Facility, Organisation, PractitionerIdentifier, User
from muniment.accounts.rules import Role
from muniment.core.actor import Actor
from muniment.kernel.errors import Refused
from muniment.work.models import Queue


def organisation_code() -> str:
    found = Organisation.objects.order_by("id").first()
    return found.code if found else ""


def only_demonstrations() -> bool:
    """Whether every organisation here is invented, and there is one."""
    kinds = set(Organisation.objects.values_list("demonstration", flat=True))
    return kinds == {True}


def roles_of(user: User) -> list[Role]:
    """The roles a user holds now, in the order of the list of roles."""
    held = set(Assignment.objects.filter(user=user, until__isnull=True).values_list("role", flat=True))
    return [role for role in Role if role in held]


def staff(actor: Actor) -> QuerySet[User]:
    """The people of the actor's facilities, and those without any role yet, with their assignments. Two queries."""
    found = User.objects.prefetch_related(
        Prefetch("assignments", Assignment.objects.select_related("facility").order_by("role", "since"))
    )
    if actor.is_system:
        return found.order_by("family", "given", "id")
    held = Assignment.objects.filter(user=OuterRef("id"), until__isnull=True)
    here = Exists(Assignment.objects.filter(user=OuterRef("id"), facility__in=actor.facilities))
    return found.filter(here | ~Exists(held)).order_by("family", "given", "id")


def person(actor: Actor, user_id: UUID) -> User:
    """One of the staff. Raises Refused alike for one who is not there and one of other facilities."""
    found = staff(actor).filter(id=user_id).first()
    if found is None:
        raise Refused("There is nobody here whom you may see.", remedy="They may work at other facilities.")
    return found


def facilities(actor: Actor) -> list[Facility]:
    """Where the actor works, by name."""
    found = Facility.objects.all()
    return list(found if actor.is_system else found.filter(id__in=actor.facilities))


@dataclass(frozen=True, slots=True)
class Standing:
    """Who a signed-in user is here: the actor, the names of the facilities they act at, and the clock they read."""

    actor: Actor
    facility_names: tuple[str, ...]
    zone: str


def standing(user: User, *, role: str = "", workstation: str = "") -> Standing:
    """The actor a signed-in user is, under ``role`` if they hold it, else under their first. No query for the request's user, else one.

    Somebody without any role, or whose seal does not hold, is an actor without role or facility: everything is refused to them.
    """
    known = user if user.is_trusted else seals.trusted(user.id)
    rows = known.granted if known and known.is_active else []
    held = [one for one in Role if any(row["role"] == one for row in rows)]
    acting = role if role in held else (held[0] if held else "")
    mine = [row for row in rows if row["role"] == acting]
    actor = Actor(
        id=user.id, name=user.printed_name, role=str(acting), organisation=mine[0]["organisation"] if mine else "",
        facilities=frozenset(UUID(row["facility"]) for row in mine), workstation=workstation,
    )  # fmt: skip
    return Standing(actor, tuple(row["name"] for row in mine), mine[0]["zone"] if mine else "UTC")


def actor_for(user: User, *, role: str = "", workstation: str = "") -> Actor:
    """The actor of ``standing``, where nothing else of it is wanted."""
    return standing(user, role=role, workstation=workstation).actor


def facility_by_code(code: str) -> Facility | None:
    """The facility a message means: by its code, else by an alias."""
    if not code:
        return None
    return Facility.objects.filter(code=code).first() or Facility.objects.filter(aliases__contains=[code]).first()


def assigners() -> dict[str, str]:
    """Every spelling of an assigner of ours (code, alias, OID with and without ``urn:oid:``) → the one it is filed under."""
    found: dict[str, str] = {}
    for kind in (Facility, Organisation):
        for code, aliases in kind.objects.values_list("code", "aliases"):
            for spelling in (code, *aliases):
                found |= {spelling: code, f"urn:oid:{spelling}": code}
    return found


def own_names() -> frozenset[str]:
    """The names of the organisation and its facilities, case folded."""
    names = [*Facility.objects.values_list("name", flat=True), *Organisation.objects.values_list("name", flat=True)]
    return frozenset(" ".join(name.casefold().split()) for name in names)


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


@dataclass(frozen=True, slots=True)
class Reach:
    """How far an actor sees: the names of their facilities, and every spelling of the others as an assigner of numbers.

    ``codes`` are of every facility.
    """

    names: dict[UUID, str]
    codes: dict[UUID, str]
    foreign: frozenset[str]

    def name(self, facility_id: UUID | None) -> str:
        return self.names.get(facility_id, "a facility you do not work for") if facility_id else ""


def reach(actor: Actor) -> Reach:
    """One query."""
    names, codes, foreign = {}, {}, set()
    for facility_id, name, code, aliases in Facility.objects.values_list("id", "name", "code", "aliases"):
        codes[facility_id] = code
        if actor.is_system or facility_id in actor.facilities:
            names[facility_id] = name
        else:
            foreign |= {form for spelling in (code, *aliases) for form in (spelling, f"urn:oid:{spelling}")}
    return Reach(names, codes, frozenset(foreign))


def colleagues(queue: Queue, facility_id: UUID | None) -> list[tuple[UUID, str]]:
    """Active people who hold one of a queue's roles (at ``facility_id``, where one is given): user id and printed name."""
    held = Assignment.objects.filter(role__in=queue.pools, until__isnull=True)
    if facility_id:
        held = held.filter(facility_id=facility_id)
    found = User.objects.filter(is_active=True, id__in=held.values("user_id"))
    return [(user.id, user.printed_name) for user in found]
