"""The demo hospital's interfaces: set up long ago, one of them silent since."""

from __future__ import annotations

from datetime import datetime, timedelta

from muniment.accounts import queries
from muniment.accounts.models import User
from muniment.accounts.rules import Role
from muniment.channels import actions
from muniment.channels.actions import Setup
from muniment.channels.models import Channel
from muniment.channels.rules import Kind
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.demo.organisation import ORGANISATION_CODE
from muniment.demo.staff import staff

EXPECTED = {"interfaces": 24 * 60, "watch folder": 3 * 24 * 60, "Reference laboratory": 240}  # minutes


def watch(as_of: datetime) -> None:
    """Set up a month before the demo begins, and looked at on its morning."""
    if Channel.objects.exists():
        return
    keeper = next(one.username for one in staff() if one.role == Role.DATABASE_ADMINISTRATOR)
    actor = queries.actor_for(User.objects.get(username=keeper))
    with clock.at(as_of - timedelta(days=30)):
        for name, minutes in EXPECTED.items():
            actions.open_channel(actor=actor, name=name, setup=Setup(kind=Kind.LINE, expected_minutes=minutes))
    with clock.at(as_of):
        actions.look(actor=Actor.system("worker", organisation=ORGANISATION_CODE))
