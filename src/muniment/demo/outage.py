"""Six days ago the electronic record was down for an evening: some of its paper is entered, some stays are still open. And the packs for the next."""

from __future__ import annotations

from datetime import datetime, timedelta

from muniment.accounts import queries as accounts
from muniment.accounts.models import Facility, User
from muniment.accounts.rules import Role
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.demo.organisation import FACILITIES, day_of
from muniment.demo.staff import staff
from muniment.downtime import actions, queries
from muniment.downtime.entering import Typed
from muniment.downtime.models import Downtime
from muniment.downtime.queries import Reconciled

KEEPER = "okwan"
NOTE = """Awake and oriented. Pulse 82, blood pressure 124/76, breathing rate 16, temperature 37.0.
Pain 3 of 10, eases at rest. Evening medication given as on the paper record. Call bell within reach."""
AUTHORS = ("Lena Ortiz, RN", "Paul Adler, RN", "Mina Sato, RN")


def tell(as_of: datetime) -> None:
    """What is there already stays."""
    if Downtime.objects.exists():
        return
    facility = Facility.objects.get(code=FACILITIES[0].code)
    chief = accounts.actor_for(
        User.objects.get(username=next(one.username for one in staff() if one.role == Role.ADMINISTRATOR))
    )
    began = (as_of - timedelta(days=6)).replace(hour=23, minute=10, second=0, microsecond=0)
    with clock.at(began + timedelta(hours=5)):
        row = actions.declare(
            actor=chief, facility=facility, what="Electronic record, all units", began=began, ended=began + timedelta(hours=3, minutes=35),
            reason="A storage array failed; change request 2207.",
        )  # fmt: skip
    _enter(row, began)
    worker = Actor.system("worker", organisation=chief.organisation)
    for one in Facility.objects.all():
        actions.make_packs(actor=worker, facility=one, day=day_of(as_of))


def _enter(row: Downtime, began: datetime) -> None:
    """Half of the stays have their note, and of one somebody says that there is none."""
    keeper = accounts.actor_for(User.objects.get(username=KEEPER))
    found = queries.reconciliation(row, queries.policy(day_of(began)))
    for place, one in enumerate(found[: (len(found) + 1) // 2]):
        with clock.at(began + timedelta(hours=14, minutes=9 * place)):
            actions.enter(actor=keeper, downtime_id=row.id, typed=_note(one, place, began))
    for one in found[-1:] if len(found) > 2 else []:
        with clock.at(began + timedelta(hours=17)):
            actions.confirm_none(
                actor=keeper, downtime_id=row.id, encounter_id=one.encounter.id, reason="Asked the charge nurse: asleep all evening, nothing written."
            )  # fmt: skip


def _note(one: Reconciled, place: int, began: datetime) -> Typed:
    acted = max(began + timedelta(minutes=30 + 17 * (place % 8)), one.encounter.admitted_at or began)
    return Typed(
        encounter_id=one.encounter.id, type_code="34746-8", acted=acted, author=AUTHORS[place % len(AUTHORS)], text=NOTE
    )
