"""Two people settle one input at the same moment: one of them is told, and it is filed once."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connections

from muniment.audit.verify import verify
from muniment.intake import actions, corrections
from muniment.intake.desk import Desk
from muniment.intake.models import Input
from muniment.kernel.errors import Conflict, NotAllowedInState
from muniment.rulebook import actions as rulebook
from muniment.rulebook.models import RuleVersion
from muniment.rulebook.rules import SourceKind
from support.house import House, build_house, system_actor
from support.messages import result

pytestmark = pytest.mark.faults
HOUSE: list[House] = []


def founded():
    """The module's one house."""
    if not HOUSE:
        HOUSE.append(build_house())
    return HOUSE[0]


def race(*steps):
    """Run the steps at once; what each came to: "done" or the sentence it was told."""
    start, came = threading.Barrier(len(steps)), [""] * len(steps)

    def take(place, step):
        try:
            start.wait()
            step()
            came[place] = "done"
        except (NotAllowedInState, Conflict) as told:
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


def test_of_two_who_propose_one_rule_at_once_the_second_is_told(own_database, monkeypatch):
    """Both have counted the versions before either writes: the number is taken once, and nobody meets an error of the database."""
    both, numbered = threading.Barrier(2), rulebook._next_number

    def counted(*said):
        number = numbered(*said)
        both.wait(20)
        return number

    house = founded()

    def proposal(role):
        return lambda: rulebook.propose(
            actor=house.actor(role), code="completion.test-note", title="Test note", statement=f"As {role} has it.", parameters={},
            citation="House policy T-1", source_kind=SourceKind.HOUSE, effective_from=date(2026, 1, 1),
        )  # fmt: skip

    proposal("administrator")()
    monkeypatch.setattr(rulebook, "_next_number", counted)
    came = race(proposal("administrator"), proposal("privacy-officer"))
    assert sorted(one == "done" for one in came) == [False, True], came
    assert "Somebody else proposed version 2" in next(one for one in came if one != "done"), came
    assert RuleVersion.objects.filter(rule_id="completion.test-note").count() == 2
    assert verify().sound


def test_of_two_who_settle_one_input_the_second_is_told(own_database):
    house = founded()
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
