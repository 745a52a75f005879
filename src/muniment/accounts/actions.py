"""The only writer of accounts: facilities, people, their roles, practitioners, and what happens at the door."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from uuid import UUID

from muniment.accounts import permissions, seals
from muniment.accounts.happenings import SignsAs
from muniment.accounts.models import Assignment, Facility, Organisation, Practitioner, PractitionerIdentifier, User
from muniment.accounts.rules import Role
from muniment.core import clock
from muniment.core.actions import action, leave, unchanged
from muniment.core.actor import Actor
from muniment.core.events import announce
from muniment.core.lifecycle import Lifecycle
from muniment.kernel.errors import NotAllowedInState, Refused, Unfileable


@action("accounts.found-organisation", Lifecycle.CONFIGURE)
def found_organisation(
    *, actor: Actor, code: str, name: str, aliases: Sequence[str] = (), demonstration: bool = False
) -> Organisation:
    """``demonstration``: the house is invented, and its past may be told with the clock set back (ADR 0015).

    What an organisation was founded as never changes.
    """
    organisation, made = Organisation.objects.get_or_create(
        code=code, defaults={"name": name, "aliases": list(aliases), "demonstration": demonstration}
    )
    if not made:
        unchanged()
        return organisation
    leave(subject=("organisation", organisation.id), after={"code": code, "demonstration": demonstration})
    return organisation


@action("accounts.open-facility", Lifecycle.CONFIGURE)
def open_facility(
    *, actor: Actor, organisation: Organisation, code: str, name: str, kind: str, zone: str, aliases: Sequence[str] = ()
) -> Facility:
    """Open a facility. ``zone`` is an IANA time zone; ``aliases`` are other codes that messages use for it."""
    facility, made = Facility.objects.get_or_create(
        code=code, defaults={"organisation": organisation, "name": name, "kind": kind, "zone": zone, "aliases": list(aliases)}
    )
    if not made:
        unchanged()
        return facility
    leave(subject=("facility", facility.id), facility_id=facility.id, after={"code": code, "zone": zone})
    return facility


@action("accounts.name-facility", Lifecycle.CONFIGURE)
def name_facility(*, actor: Actor, facility: Facility, aliases: Sequence[str]) -> Facility:
    """Say which other codes messages use for a facility. What waits in quarantine for want of one can then be replayed."""
    held = Facility.objects.select_for_update().get(id=facility.id)
    wanted = sorted({alias.strip() for alias in aliases if alias.strip()})
    if wanted == sorted(held.aliases):
        unchanged()
        return held
    before, held.aliases = held.aliases, wanted
    held.save(update_fields=["aliases"])
    leave(subject=("facility", held.id), facility_id=held.id, before={"aliases": before}, after={"aliases": wanted})
    return held


@action("accounts.add-user", Lifecycle.SECURITY)
def add_user(
    *, actor: Actor, username: str, family: str, given: str, credential: str = "", password: str | None = None,
    email: str = "", one_time: bool = False,
) -> User:  # fmt: skip
    """Make a sign-in. Without a password nobody can use it until one is set. Raises Unfileable when the name is taken.

    ``one_time``: the password opens nothing but the screen on which its owner chooses another.
    """
    if User.objects.filter(username=username.lower()).exists():
        raise Unfileable(f"The user name {username} is taken.", where="user name", remedy="Choose another one.")
    user = User(
        username=username, family=family, given=given, credential=credential, email=email, password_is_one_time=one_time
    )
    user.set_password(password)
    user.save()
    seals.seal_first(user.id)
    leave(subject=("user", user.id), after={"username": user.username})
    return user


@action("accounts.assign-role", Lifecycle.SECURITY)
def assign_role(*, actor: Actor, user: User, role: Role, facilities: Iterable[Facility]) -> list[Assignment]:
    """Let ``user`` work under ``role`` at these facilities from now on."""
    facilities = list(facilities)
    permissions.check_assign(actor, user, facilities)
    held = set(Assignment.objects.filter(user=user, role=role, until__isnull=True).values_list("facility_id", flat=True))
    now = clock.now()
    new = [Assignment(user=user, role=role, facility=facility, since=now) for facility in facilities if facility.id not in held]
    if not new:
        unchanged()
        return []
    with seals.changing(user.id):
        Assignment.objects.bulk_create(new)
    leave(subject=("user", user.id), after={"role": str(role), "facilities": [str(one.facility_id) for one in new]})
    return new


@action("accounts.end-role", Lifecycle.SECURITY)
def end_role(*, actor: Actor, user: User, role: Role, reason: str) -> int:
    """End every assignment of ``role`` at the actor's facilities now. Returns how many there were."""
    permissions.check_change(actor, user, "ends a role")
    held = Assignment.objects.filter(permissions.within(actor), user=user, role=role, until__isnull=True)
    with seals.changing(user.id):
        count = held.update(until=clock.now())
    if not count:
        unchanged()
        return 0
    leave(subject=("user", user.id), reason=reason, before={"role": str(role)}, after={"ended": count})
    return count


@action("accounts.set-active", Lifecycle.SECURITY)
def set_active(*, actor: Actor, user: User, active: bool, reason: str) -> None:
    """Close or re-open a sign-in; it works at once, on open sessions too."""
    permissions.check_change(actor, user, "closes or opens a sign-in")
    before, user.is_active = user.is_active, active
    with seals.changing(user.id):
        user.save(update_fields=["is_active"])
    leave(subject=("user", user.id), reason=reason, before={"active": before}, after={"active": active})
    signs_as = Practitioner.objects.filter(user=user).first()
    if signs_as and before != active:
        announce(SignsAs(practitioner_id=signs_as.id, actor=actor))


@action("accounts.give-password", Lifecycle.SECURITY)
def give_one_time_password(*, actor: Actor, user: User, password: str) -> None:
    """Replace a lost password. Open sessions end, and the new one must be changed at the next sign-in."""
    permissions.check_take_over(actor, user)
    _set_password(user, password, one_time=True)
    leave(subject=("user", user.id), after={"password": "one-time"})


@action("accounts.choose-password", Lifecycle.SECURITY)
def choose_password(*, actor: Actor, user: User, password: str) -> None:
    """The person chose a password of their own."""
    _set_password(user, password, one_time=False)
    leave(subject=("user", user.id), after={"password": "own"})


def _set_password(user: User, password: str, *, one_time: bool) -> None:
    user.set_password(password)
    user.password_is_one_time = one_time
    with seals.changing(user.id):
        user.save(update_fields=["password", "password_is_one_time"])


@action("accounts.change-second-step", Lifecycle.SECURITY)
def note_second_step(*, actor: Actor, user_id: UUID, changed: int | None) -> None:
    """The person set up, used up or removed (``changed`` is None) a second step: it is sealed with the rest."""
    counts = seals.seal_steps(user_id, changed)
    if counts is None:
        unchanged()
    else:
        leave(subject=("user", user_id), before={"second steps": counts[0]}, after={"second steps": counts[1]})


@action("accounts.seal-again", Lifecycle.SECURITY)
def seal_again(*, actor: Actor, user: User, reason: str) -> None:
    """Seal a sign-in as it stands now. Only from the command line, where the keys are; after somebody has looked at it."""
    if not actor.is_system:
        raise Refused("A sign-in is sealed again from the command line only.", remedy="“muniment staff reseal” does it.")
    seals.seal_again(user.id)
    leave(subject=("user", user.id), reason=reason, after={"seal": "again"})


@action("accounts.switch-role", Lifecycle.SECURITY)
def switch_role(*, actor: Actor, user: User, role: Role) -> None:
    """Act under another of one's roles from now on. Raises Refused for a role the person does not hold."""
    known = seals.trusted(user.id)
    if known is None or not any(one["role"] == role for one in known.granted):
        raise Refused(f"You do not hold the role “{role.label}”.", remedy="An administrator assigns roles.")
    leave(subject=("user", user.id), before={"role": actor.role}, after={"role": str(role)})


@action("accounts.set-keys", Lifecycle.CONFIGURE)
def set_single_keys(*, actor: Actor, user: User, on: bool) -> None:
    """Single-letter shortcuts on or off (WCAG 2.2 SC 2.1.4)."""
    before, user.single_keys = user.single_keys, on
    user.save(update_fields=["single_keys"])
    leave(subject=("user", user.id), before={"single_keys": before}, after={"single_keys": on})


@action("accounts.list-practitioner", Lifecycle.ORIGINATE)
def list_practitioner(
    *, actor: Actor, family: str, given: str, identifiers: Sequence[tuple[str, str]],
    credential: str = "", specialty: str = "", user: User | None = None,
) -> Practitioner:  # fmt: skip
    """Put a practitioner into the directory under these numbers, or add the numbers to the one who has one of them."""
    known = PractitionerIdentifier.objects.filter(value__in=[value for _, value in identifiers]).select_related("practitioner")
    found = next((row.practitioner for row in known if (row.system, row.value) in set(identifiers)), None)
    said = {"family": family, "given": given, "credential": credential, "specialty": specialty}
    practitioner = found or _new_practitioner(user, said)
    have = {(row.system, row.value) for row in known}
    new = [
        PractitionerIdentifier(practitioner=practitioner, system=system, value=value)
        for system, value in identifiers
        if (system, value) not in have
    ]
    PractitionerIdentifier.objects.bulk_create(new, ignore_conflicts=True)
    if found and not new:
        unchanged()
    else:
        leave(subject=("practitioner", practitioner.id), after={"identifiers": len(new), "new": found is None})
    return practitioner


def _new_practitioner(user: User | None, said: dict[str, str]) -> Practitioner:
    """Whose practitioner somebody is says what they may sign: it is sealed with the person."""
    with seals.changing(user.id) if user else nullcontext():
        return Practitioner.objects.create(user=user, **said)


@action("accounts.sign-in", Lifecycle.SECURITY)
def record_sign_in(*, actor: Actor, user_id: UUID, outcome: str) -> None:
    """What happened at the door: "signed in", "signed out", "refused". A refused name is never stored: it may be a password."""
    leave(subject=("user", user_id), after={"outcome": outcome})


@action("accounts.refuse-sign-in", Lifecycle.SECURITY)
def record_refusal(*, actor: Actor, user_id: UUID | None) -> None:
    leave(subject=("user", user_id or "unknown"), after={"outcome": "refused"})


@action("accounts.link-practitioner", Lifecycle.SECURITY)
def link_practitioner(*, actor: Actor, practitioner: Practitioner, user: User, reason: str) -> Practitioner:
    """Say that a sign-in is this practitioner: they sign as them, and what the practitioner owes comes to their inbox.

    Raises Refused for oneself; NotAllowedInState where either is linked already.
    """
    permissions.check_change(actor, user, "links a practitioner")
    held = Practitioner.objects.select_for_update().get(id=practitioner.id)
    if held.user_id == user.id:
        unchanged()
        return held
    other = Practitioner.objects.filter(user=user).first()
    if held.user_id or other:
        whose = f"{held} has another sign-in" if held.user_id else f"This sign-in is {other}"
        raise NotAllowedInState(f"{whose} already.", remedy="Take that link away first.")
    held.user = user
    with seals.changing(user.id):
        held.save(update_fields=["user"])
    leave(subject=("user", user.id), reason=reason, before={"practitioner": ""}, after={"practitioner": str(held.id)})
    announce(SignsAs(practitioner_id=held.id, actor=actor))
    return held


@action("accounts.unlink-practitioner", Lifecycle.SECURITY)
def unlink_practitioner(*, actor: Actor, user: User, reason: str) -> None:
    """Say that a sign-in is no practitioner any more. What was signed stays signed under the name it was signed with."""
    permissions.check_change(actor, user, "takes a practitioner’s link away")
    held = Practitioner.objects.select_for_update().filter(user=user).first()
    if held is None:
        unchanged()
        return
    held.user = None
    with seals.changing(user.id):
        held.save(update_fields=["user"])
    leave(subject=("user", user.id), reason=reason, before={"practitioner": str(held.id)}, after={"practitioner": ""})
    announce(SignsAs(practitioner_id=held.id, actor=actor))
