"""A small department for tests, built through actions only."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import pytest

from muniment.core.actor import Actor

ORGANISATION = "test"


@dataclass(frozen=True)
class House:
    """The facilities and one actor per role of a test's department."""

    hospital: object
    clinic: object
    actors: dict[str, Actor]
    users: dict[str, object]

    def actor(self, role: str) -> Actor:
        return self.actors[role]


def build_house() -> House:
    from muniment.accounts import actions, queries
    from muniment.accounts.rules import Role
    from muniment.config.furnish import define_queues

    founder = Actor.system("set-up", organisation=ORGANISATION)
    organisation = actions.found_organisation(actor=founder, code=ORGANISATION, name="Test Health")
    hospital = actions.open_facility(
        actor=founder,
        organisation=organisation,
        code="HOSP",
        name="Test Hospital",
        kind="hospital",
        zone="America/New_York",
        aliases=["MAIN"],
    )
    clinic = actions.open_facility(
        actor=founder, organisation=organisation, code="CLIN", name="Test Clinic", kind="clinic", zone="America/New_York"
    )
    define_queues(founder)
    users, actors = {}, {}
    for role in Role:
        user = actions.add_user(
            actor=founder, username=role.value, family=role.label.split()[-1].title(), given="Test", credential="RHIT"
        )
        actions.assign_role(actor=founder, user=user, role=role, facilities=[hospital])
        users[role.value], actors[role.value] = user, queries.actor_for(user)
    return House(hospital, clinic, actors, users)


@cache
def standing() -> House:
    """The house of the database in which it stands (``support.database``), read once a worker."""
    from muniment.accounts import queries
    from muniment.accounts.models import Facility, User

    facilities = {one.code: one for one in Facility.objects.select_related("organisation")}
    users = {user.username: user for user in User.objects.all()}
    return House(facilities["HOSP"], facilities["CLIN"], {name: queries.actor_for(user) for name, user in users.items()}, users)


@pytest.fixture
def house(db: None) -> House:
    """The small department; what a test changes of it is its own."""
    _forget_what_was_said()
    return deepcopy(standing())


def _forget_what_was_said() -> None:
    """Its people are the same in every test, and what says a thing once in a while would have said it in another."""
    from muniment.access import middleware
    from muniment.accounts import seals, sessions
    from muniment.scanning.web import looks

    for throttle in (middleware.refusals, middleware.lists, seals._said, sessions._said, looks._looks):
        throttle.forget()


def system_actor() -> Actor:
    return Actor.system("test", organisation=ORGANISATION)


def nobody() -> Actor:
    return Actor(id=UUID(int=1), name="Nobody", role="", organisation=ORGANISATION)
