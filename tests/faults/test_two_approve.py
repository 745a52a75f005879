"""Two people decide about one suspension, or make the same letters, at the same moment: one of them is told."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from muniment.accounts import actions as accounts
from muniment.accounts.queries import actor_for
from muniment.accounts.rules import Role
from muniment.audit.verify import verify
from muniment.delinquency import actions
from muniment.delinquency.models import LetterBatch, LetterLine, Suspension
from muniment.kernel.errors import Conflict
from support.delinquency import Scene, at
from support.house import build_house, system_actor

pytestmark = pytest.mark.faults


def race(*steps):
    """Run the steps at once, at noon of 5 April; what each came to: "done" or the sentence it was told."""
    start, came = threading.Barrier(len(steps)), [""] * len(steps)

    def take(place, step):
        try:
            with at(4, 5):
                start.wait()
                step()
            came[place] = "done"
        except Conflict as told:
            came[place] = told.what
        except Exception as error:
            came[place] = repr(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take, args=pair) for pair in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(came, key=lambda one: one == "done")


def test_of_two_who_decide_or_send_at_once_the_second_is_told(own_database):
    scene = Scene(build_house(), charts=2)
    user = accounts.add_user(actor=system_actor(), username="second", family="Second", given="Sam")
    accounts.assign_role(actor=system_actor(), user=user, role=Role.ADMINISTRATOR, facilities=[scene.hospital])
    second = actor_for(user)
    with at(4, 5):
        row, reviewed = scene.propose(), actions.digest(scene.due())

    def deciding(actor, approve):
        return lambda: actions.decide(actor=actor, suspension_id=row.id, approve=approve, reason="So decided.")

    told, done = race(deciding(scene.privacy, True), deciding(second, False))
    assert done == "done" and "nothing of yours was written" in told, told
    decided = Suspension.objects.get()
    assert decided.state in ("in force", "refused")
    assert ("in force" in told) == (decided.state == "in force")

    def making(actor):
        return lambda: actions.make_letters(actor=actor, facility_id=scene.hospital.id, reviewed=reviewed)

    told, done = race(making(scene.administrator), making(second))
    assert done == "done" and "none was made" in told, told
    assert (LetterBatch.objects.count(), LetterLine.objects.count()) == (1, 2)
    assert verify().sound
