"""Two people settle one input at the same moment: one of them is told, and it is filed once."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from muniment.audit.verify import verify
from muniment.intake import actions, corrections
from muniment.intake.desk import Desk
from muniment.intake.models import Input
from muniment.kernel.errors import NotAllowedInState
from support.house import build_house, system_actor
from support.messages import result

pytestmark = pytest.mark.faults


def race(*steps):
    """Run the steps at once; what each came to: "done" or the sentence it was told."""
    start, came = threading.Barrier(len(steps)), [""] * len(steps)

    def take(place, step):
        try:
            start.wait()
            step()
            came[place] = "done"
        except NotAllowedInState as told:
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
    return came


def test_of_two_who_settle_one_input_the_second_is_told(own_database):
    house = build_house()
    people = [house.actor("technician"), house.actor("identity-specialist")]
    for number in range(6):
        good = result(f"T{number}", patient=number).content
        waiting = Desk(actor=system_actor(), source="line").take(good.replace(b"|SIM|HOSP|", b"|SIM|FAR|"))[0].input_id
        first, second = people if number % 2 else reversed(people)

        def correct(who=first, row=waiting, content=good):
            corrections.replay(actor=who, input_id=row, reason="Facility.", content=content)

        def dismiss(who=second, row=waiting):
            actions.settle(actor=who, input_id=row, step="dismiss", reason="A test.")

        def correct_too(who=second, row=waiting, content=good):
            corrections.replay(actor=who, input_id=row, reason="Facility, too.", content=content)

        came = race(correct, correct_too if number < 3 else dismiss)
        assert sorted(one == "done" for one in came) == [False, True], came
        assert "already" in next(one for one in came if one != "done"), came
        filed = Input.objects.filter(control_id=f"T{number}", status="filed").count()
        settled = Input.objects.get(id=waiting).status
        assert (filed, settled) in ((1, "corrected"), (0, "dismissed"))
    assert verify().sound
