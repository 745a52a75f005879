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
from muniment.record.models import Entry
from muniment.rulebook import actions as rulebook
from muniment.rulebook.models import RuleVersion
from muniment.rulebook.rules import SourceKind
from muniment.scanning import actions as scanning
from muniment.scanning.choosing import Index
from muniment.scanning.models import Lot
from muniment.tracking import actions as tracking
from muniment.tracking.models import Volume
from support import charts, scans
from support.house import House, build_house, system_actor
from support.messages import result
from support.misfiled import misfiled, move

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


def test_of_two_who_move_one_document_at_once_the_second_is_told(own_database):
    """To two different charts even: it is live in one of them."""
    house = founded()
    for number in range(4):
        stays = [
            charts.add_stay(
                charts.add_patient(house.hospital, number=f"R{number}{one}", family=f"Raced{one}"), house.hospital, number=f"R{number}{one}"
            )
            for one in range(3)
        ]  # fmt: skip
        note = misfiled(stays[0])
        came = race(
            lambda note=note, stays=stays: move(house, note, stays[0], stays[1]),
            lambda note=note, stays=stays: move(house, note, stays[0], stays[2], role="identity-specialist"),
        )
        assert sorted(one == "done" for one in came) == [False, True], came
        assert "moved this entry while you read version 1" in next(one for one in came if one != "done"), came
        live = Entry.objects.filter(patient_id__in=[one.patient_id for one in stays], retracted=False)
        assert live.count() == 1
    assert verify().sound


def test_two_who_register_a_volume_at_once_get_two_numbers(own_database):
    house = founded()
    patient = charts.add_patient(house.hospital, number="PV1", family="Folders")

    def register(role):
        return lambda: tracking.register(
            actor=house.actor(role), patient_id=patient.id, facility=house.hospital, label="2009 to 2015", home="Aisle 4"
        )

    for _ in range(3):
        assert race(register("technician"), register("technician")) == ["done", "done"]
    assert sorted(Volume.objects.values_list("ordinal", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert verify().sound


def test_documents_that_somebody_files_at_once_are_of_one_lot(own_database):
    """The first two of a type: neither finds a lot, and one of them makes it."""
    house = founded()
    scans.adopt_scanning_rules(house, only=("scanning.lots",))
    scans.adopt_scanning_rules(house, first_documents=0)
    patients = [charts.add_patient(house.hospital, number=f"LOT{one}", family=f"Lots{one}") for one in range(2)]
    for code in ("11506-3", "18842-5", "59284-0"):
        rows = []
        for patient in patients:
            batch = scans.take(house, scans.tiff(scans.picture(f"{code} {patient.id}"))).batch
            rows += [(scans.noted(house, batch, f"Dear colleague {patient.id}")[0], patient)]

        def filing(row, patient, code=code):
            index = Index(patient_id=patient.id, type_code=code, original="2026-03-05", said="The ward list names her")
            return lambda: scanning.file_document(actor=house.actor("technician"), document_id=row.id, index=index)

        assert race(*(filing(row, patient) for row, patient in rows)) == ["done", "done"]
    assert {one.size for one in Lot.objects.all()} == {2}
    assert Lot.objects.count() >= 2  # of a type that is always checked there is none
    assert verify().sound
