"""Suspensions: proposed by the rule or by hand, decided by another, ended by themselves; and absences entered by people."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from muniment.accounts import actions as accounts
from muniment.accounts.queries import actor_for
from muniment.accounts.rules import Role
from muniment.audit.models import LifecycleEvent
from muniment.audit.verify import verify
from muniment.delinquency import actions, jobs
from muniment.delinquency.models import Absence, Suspension
from muniment.delinquency.queues import LETTERS
from muniment.kernel.errors import Conflict, NotAllowedInState, Refused
from muniment.work.actions import pull_next
from muniment.work.models import WorkItem
from support.delinquency import Scene, at
from support.house import system_actor
from support.stays import adopt_rule

pytestmark = pytest.mark.rules("completion.", "delinquency.")


@pytest.fixture
def scene(house):
    return Scene(house, charts=2)


def decide(scene, row, *, approve=True, actor=None):
    return actions.decide(actor=actor or scene.privacy, suspension_id=row.id, approve=approve, reason="The committee agreed.")


def test_the_rule_proposes_when_a_delinquent_chart_has_reached_the_level(scene):
    with at(4, 2):  # day 30: the level is reached, the chart is in time
        jobs.look(0)
        assert not Suspension.objects.exists()
    with at(4, 3):
        jobs.look(0)
        jobs.look(0)
    row = Suspension.objects.get()
    assert (row.state, row.proposed_by_id, len(row.charts)) == ("proposed", None, 2)
    assert row.proposed_why == "Owes 2 charts past the level of the rule; the oldest counts 31 days."
    assert WorkItem.objects.get(queue_id=LETTERS, subject_type="suspension").subject_id == str(row.id)


def test_it_is_lifted_by_itself_when_nothing_delinquent_is_left(scene):
    with at(4, 5):
        row = decide(scene, scene.propose())
        assert (row.state, row.decided_by) == ("in force", scene.privacy.name)
        scene.sign(scene.stays[0])
        jobs.settle(0)
        assert Suspension.objects.get().state == "in force"  # one chart is left
        scene.sign(scene.stays[1])
        jobs.settle(0)
        jobs.settle(0)
    row.refresh_from_db()
    assert (row.state, row.ended_by, row.ended_why) == ("lifted", "worker", "Nothing delinquent is left.")
    assert LifecycleEvent.objects.filter(name="delinquency.settle-suspension").count() == 1
    assert verify().sound


def test_leave_ends_it_too(scene):
    with at(4, 5):
        decide(scene, scene.propose())
        actions.pause(
            actor=scene.administrator,
            practitioner_id=scene.stone.id,
            kind="leave",
            first=date(2026, 3, 10),
            last=date(2026, 3, 20),
            reason="Told late.",
        )
        jobs.settle(0)
    assert Suspension.objects.get().state == "lifted"


def test_a_proposal_that_has_settled_itself_is_withdrawn(scene):
    with at(4, 5):
        row = scene.propose()
        for stay in scene.stays:
            scene.sign(stay)
        with pytest.raises(Conflict, match="nothing to suspend for"):
            decide(scene, row)
        jobs.settle(0)
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert WorkItem.objects.get(subject_type="suspension").state == "cancelled"


def test_who_proposed_it_does_not_decide(scene):
    with at(4, 5):
        row = scene.propose()
        with pytest.raises(Refused, match="somebody else has to decide"):
            decide(scene, row, actor=scene.administrator)
        assert pull_next(actor=scene.administrator, queue=LETTERS) is None
        user = accounts.add_user(actor=system_actor(), username="second", family="Second", given="Sam")
        accounts.assign_role(actor=system_actor(), user=user, role=Role.ADMINISTRATOR, facilities=[scene.hospital])
        assert pull_next(actor=actor_for(user), queue=LETTERS).subject_id == str(row.id)
        assert decide(scene, row, actor=actor_for(user)).state == "in force"


@pytest.mark.parametrize("role", ["technician", "clinician", "auditor"])
def test_others_decide_nothing(scene, role):
    with at(4, 5):
        row = scene.propose()
        with pytest.raises(Refused):
            decide(scene, row, actor=scene.house.actor(role))


def test_the_second_to_decide_is_told(scene):
    with at(4, 5):
        row = scene.propose()
        decide(scene, row)
        with pytest.raises(Conflict, match="in force, by Test Officer, RHIT; nothing of yours"):
            decide(scene, row, approve=False)


def test_a_refusal_stands_for_its_charts(scene):
    with at(4, 5):
        decide(scene, scene.propose(), approve=False)
        jobs.look(0)
        assert Suspension.objects.count() == 1
    with at(3, 20):
        scene.discharge("3", days=10)
    with at(5, 5):
        jobs.look(0)
    assert Suspension.objects.filter(state="proposed").get().charts.__len__() == 3


def test_lifting_by_hand_needs_a_reason_and_stands(scene):
    with at(4, 5):
        row = decide(scene, scene.propose())
        with pytest.raises(Refused, match="Say why"):
            actions.lift(actor=scene.privacy, suspension_id=row.id, reason=" ")
        assert actions.lift(actor=scene.privacy, suspension_id=row.id, reason="An agreement.").state == "lifted"
        with pytest.raises(Conflict, match="lifted"):
            actions.lift(actor=scene.privacy, suspension_id=row.id, reason="Again.")
        jobs.look(0)
        assert Suspension.objects.count() == 1


def test_one_at_a_time(scene):
    with at(4, 5):
        scene.propose()
        with pytest.raises(Conflict, match="already"):
            scene.propose()


def test_nobody_is_proposed_who_owes_nothing_delinquent(scene):
    with at(4, 2), pytest.raises(Refused, match="nothing delinquent"):
        scene.propose()


def test_where_the_rule_needs_no_approval_it_is_in_force_at_once(scene):
    adopt_rule(scene.house, "delinquency.suspension", level=5, approval=False, lifts=False)
    with at(4, 5):
        assert scene.propose().state == "in force"
        for stay in scene.stays:
            scene.sign(stay)
        jobs.settle(0)
    assert Suspension.objects.get().state == "in force"  # the rule says it is lifted by hand


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"last": date(2026, 3, 1)}, "before the first"),
        ({"kind": "sabbatical"}, "No rule in force"),
        ({"reason": " "}, "Say why"),
    ],
)
def test_an_absence_that_makes_no_sense_is_refused(scene, changes, said):
    asked = {"kind": "leave", "first": date(2026, 3, 5), "last": date(2026, 3, 9), "reason": "Leave."} | changes
    with pytest.raises(Refused, match=said):
        actions.pause(actor=scene.administrator, practitioner_id=scene.stone.id, **asked)


@pytest.mark.forges
def test_an_absence_is_withdrawn_once_and_its_facts_never_change(scene):
    row = actions.pause(
        actor=scene.administrator,
        practitioner_id=scene.stone.id,
        kind="leave",
        first=date(2026, 3, 5),
        last=date(2026, 3, 9),
        reason="Leave.",
    )
    actions.withdraw_pause(actor=scene.administrator, absence_id=row.id, reason="Came back.")
    with pytest.raises((Conflict, NotAllowedInState), match="withdrawn already"):
        actions.withdraw_pause(actor=scene.administrator, absence_id=row.id, reason="Again.")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE delinquency_pause SET last = '2026-12-31'")
    assert Absence.objects.get().last == date(2026, 3, 9)
    assert verify().sound


def test_whoever_decides_reads_whether_a_letter_had_been_sent(scene):
    from support.web import client_of

    def told(row):
        page = client_of(scene.house.users["privacy-officer"]).get(f"/delinquency/suspensions/{row.id}/")
        return next(fact.value for fact in page.context["facts"] if fact.label == "Letters before it")

    with at(4, 5):
        row = scene.propose()
        assert told(row) == "None: no letter about any of these charts had been sent"
        decide(scene, row, approve=False)
        scene.make_letters()
    with at(4, 6):
        assert told(scene.propose()) == "About 2 of 2 charts; the last “Final notice”, 5 Apr 2026"
