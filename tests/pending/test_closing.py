"""Authors told, closures proposed and decided, documents discarded and signed after all; and who may not."""

from __future__ import annotations

from datetime import date

import pytest

from muniment.audit.models import LifecycleEvent
from muniment.audit.verify import verify
from muniment.completion import actions as completion
from muniment.completion.models import ChartStatus, Deficiency, DeficiencyStep
from muniment.config.furnish import shipped_rules
from muniment.core import clock
from muniment.kernel.errors import Conflict, NotAllowedInState, Refused
from muniment.pending import actions, queries
from muniment.pending.models import PendingStep
from muniment.pending.queues import AUTHOR, CLOSURE
from muniment.record import actions as record
from muniment.record.models import Closure, Entry, Signature
from muniment.record.rules import Meaning
from muniment.record.verify import verify as verify_record
from muniment.work import actions as work
from muniment.work.models import Tally, WorkItem
from support.charts import document
from support.delinquency import at
from support.house import system_actor
from support.pending import Scene
from support.stays import adopt_rule, adopt_rules, practitioner

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(house):
    return Scene(house)


def sound() -> None:
    assert verify().sound
    assert verify_record().faults == []


def test_its_author_is_told_once_by_an_item_among_their_work(scene):
    with at(3, 10, 11):
        assert scene.look() == (0, 0)
    with at(3, 10, 13):
        assert scene.look() == (1, 0)
        assert scene.look() == (0, 0)
    item = WorkItem.objects.get()
    assert (item.queue_id, item.owner_id, item.title) == (AUTHOR, scene.author.id, "Sign progress note")
    assert item.reason == "Not signed for 7 days. If it is not signed by 2 May 2026, it is proposed for administrative closure."
    assert item.citation.endswith("RI.1.3.1 (unverified)")
    assert PendingStep.objects.get().told == "Test Clinician"
    sound()


def test_who_has_no_sign_in_is_not_told_and_the_closure_is_proposed_all_the_same(scene):
    gone = practitioner(scene.house, "Gone")
    with at(3, 4):
        scene.note = scene.file(author=gone)
    with at(5, 20):
        scene.look()
    assert scene.items() == [(CLOSURE, "open")]


def test_a_signature_however_it_is_given_ends_the_work(scene):
    with at(5, 20):
        assert scene.look() == (1, 1)
        actions.sign(actor=scene.author, **scene.named)
    assert scene.items() == [(AUTHOR, "done"), (CLOSURE, "done")]
    assert Signature.objects.get().meaning == "author"
    assert not Tally.objects.exists()  # the signature is counted where it was owed
    sound()


def test_one_the_source_signs_or_retracts_leaves_by_itself(scene):
    with at(5, 20):
        scene.look()
        scene.file(entry_id=scene.note, signed=True, text="Signed over there.")
        assert actions.settle_gone(actor=system_actor()) == 2
        assert actions.settle_gone(actor=system_actor()) == 0
    assert scene.items() == [(AUTHOR, "cancelled"), (CLOSURE, "cancelled")]


def test_closing_says_who_when_and_why_and_ends_the_work(scene):
    with at(5, 20):
        scene.look()
        row = scene.close()
        assert scene.standing() is None
    assert (row.closed_by, row.role, row.reason, row.number) == (
        scene.administrator.name, "administrator", "Its author left the house.", 1,
    )  # fmt: skip
    assert row.citation.startswith("House policy HIM-26")
    assert scene.entry.closed_at == row.closed_at
    assert scene.entry.signed_at is None
    assert scene.items() == [(AUTHOR, "cancelled"), (CLOSURE, "done")]
    tallied = Tally.objects.get()
    assert (tallied.queue_id, tallied.actor_id) == (CLOSURE, scene.administrator.id)  # nothing is counted as done by its author
    event = LifecycleEvent.objects.get(name="record.close")
    assert (event.reason, event.after["version"]) == (row.reason, 1)
    sound()


def test_an_extension_gives_time_and_never_takes_it(scene):
    """The note of 3 March may be closed from 2 May on."""
    with at(3, 10):
        with pytest.raises(Refused, match="has time until 2 May 2026 anyway"):
            scene.extend(date(2026, 4, 1))
        with pytest.raises(Refused, match="anyway"):
            scene.extend(date(2026, 5, 2))
    with at(4, 20):
        scene.extend(date(2026, 5, 10))
        scene.extend(date(2026, 4, 25))  # less of what was given, not of what the rule gives
        assert scene.standing().close_on == date(2026, 5, 2)


@pytest.mark.parametrize("role", ["technician", "clinician", "auditor", "privacy-officer"])
def test_only_an_administrator_closes_and_extends(scene, role):
    with at(5, 20):
        with pytest.raises(Refused):
            actions.close(actor=scene.house.actor(role), **scene.named, reason="Why not.")
        with pytest.raises(Refused):
            actions.extend(actor=scene.house.actor(role), **scene.named, until=date(2026, 6, 1), reason="Why not.")
    assert not Closure.objects.exists()


def test_nothing_is_closed_before_its_time_without_a_reason_or_unread(scene):
    with at(4, 1), pytest.raises(NotAllowedInState, match="has time until 2 May 2026"):
        scene.close()
    with at(5, 20):
        with pytest.raises(Refused, match="Say why"):
            scene.close("  ")
        named = scene.named
        scene.file(entry_id=scene.note, text="A newer text.")
        with pytest.raises(Conflict, match="Version 2 came"):
            actions.close(actor=scene.administrator, **named, reason="Left.")
        scene.close()
        with pytest.raises(NotAllowedInState, match="closed administratively already"):
            scene.close()


def test_without_a_rule_nothing_is_pending(house):
    scene = Scene(house, rules=False)
    with at(5, 20):
        assert scene.look() == (0, 0)
        with pytest.raises(NotAllowedInState, match="No rule in force"):
            scene.close()


def test_more_time_takes_the_proposal_back_until_it_has_run_out(scene):
    with at(5, 20):
        scene.look()
        with pytest.raises(Refused, match="no later than 19 Jul 2026"):
            scene.extend(date(2026, 7, 20))
        with pytest.raises(Refused, match="after today"):
            scene.extend(date(2026, 5, 20))
        scene.extend(date(2026, 5, 30))
        assert scene.look() == (0, 0)
        with pytest.raises(NotAllowedInState, match="until 30 May 2026"):
            scene.close()
    with at(5, 29, 23):
        assert scene.look() == (0, 0)
    with at(5, 30, 1):
        assert scene.look() == (0, 1)
        assert [one.step for one in queries.steps(scene.entry)] == ["notify", "propose", "extend", "propose"]
    sound()


def test_its_author_may_still_sign_what_was_closed(scene):
    with at(5, 20):
        scene.close()
    with at(6, 1):
        signature = actions.sign(actor=scene.author, **scene.named)
    entry = scene.entry
    assert entry.signed_at == signature.signed_at > entry.closed_at
    with at(6, 2), pytest.raises(NotAllowedInState, match="signed already"):
        actions.sign(actor=scene.author, **scene.named)
    sound()


def test_nobody_else_signs_it_here(scene):
    with at(5, 20), pytest.raises(Refused, match="not its author"):
        actions.sign(actor=scene.other, **scene.named)


def test_a_new_version_of_a_closed_one_is_pending_anew_from_then(scene):
    with at(5, 20):
        scene.look()
        scene.close()
    with at(6, 1):
        scene.file(entry_id=scene.note, text="The source sends it again.")
        assert scene.standing().clock.since == clock.now()
        assert scene.look() == (0, 0)
    before = list(Entry.objects.order_by("pk").values())
    record.rebuild(actor=system_actor(), patient_id=Entry.objects.get(entry_id=scene.note).patient_id)
    assert list(Entry.objects.order_by("pk").values()) == before
    with at(6, 8, 13):
        assert scene.look() == (1, 0)  # told once more
    sound()


def test_preliminary_documents_of_other_types_have_a_clock_of_their_own(scene):
    with at(3, 3):
        final, preliminary = (
            scene.file("99999-9"),
            scene.file_resource(document(code="99999-9", docStatus="preliminary"), text="Draft"),
        )
    with at(3, 18):
        scene.look()
    subjects = set(WorkItem.objects.values_list("subject_id", flat=True))
    assert str(preliminary) in subjects
    assert str(final) not in subjects


class TestChartAnalysis:
    """A stay that was discharged: its deficiency ends as closed, not as signed."""

    @pytest.fixture
    def lack(self, house):
        adopt_rules(house)
        scene = Scene(house)
        with at(3, 6):
            scene.note = scene.file("18842-5", days=4)
            scene.ward.discharge(4)
            completion.drain(actor=system_actor())
        self.scene = scene
        return Deficiency.objects.get(entry_id=scene.note)

    def test_it_ends_as_closed_and_counts_for_nobody(self, lack):
        with at(6, 20):
            self.scene.close()
        lack.refresh_from_db()
        assert (lack.state, lack.closed_why) == ("closed", "The document was closed administratively, without the signature.")
        steps = DeficiencyStep.objects.filter(deficiency_id=lack.id).order_by("id")
        assert [one.step for one in steps] == ["open", "close"]
        assert WorkItem.objects.get(subject_id=str(lack.id)).state == "cancelled"
        assert not Tally.objects.filter(queue_id="completion").exists()
        sound()

    def test_a_later_signature_leaves_it_closed(self, lack):
        with at(6, 20):
            self.scene.close()
            actions.sign(actor=self.scene.author, **self.scene.named)
        lack.refresh_from_db()
        assert lack.state == "closed"
        sound()

    def test_it_is_owed_again_when_the_source_sends_another_version(self, lack):
        with at(6, 20):
            self.scene.close()
            self.scene.file("18842-5", entry_id=self.scene.note, text="HOSPITAL COURSE:\nAnother text.")
            completion.drain(actor=system_actor())
        lack.refresh_from_db()
        assert lack.state == "open"

    def test_delinquency_stops_counting_it(self, lack):
        from muniment.completion import history

        with at(6, 20):
            before = {one.deficiency_id for one in history.late([lack.facility_id], since=clock.now(), days=30)}
            self.scene.close()
        with at(6, 22):
            after = {one.deficiency_id for one in history.late([lack.facility_id], since=clock.now(), days=30)}
        assert lack.id in before
        assert lack.id not in after

    def test_discarding_takes_it_for_not_there(self, lack):
        with at(6, 20):
            self.scene.discard()
        lack.refresh_from_db()
        assert (lack.state, lack.closed_why) == ("cancelled", "The document was retracted or moved.")
        assert ChartStatus.objects.get().open_count > 0  # the discharge summary itself is missing now


def short(scene: Scene, most: int) -> None:
    """The shipped rule, but so many proposals a day."""
    (shipped,) = [one for one in shipped_rules() if one["code"] == "pending.documents"]
    adopt_rule(scene.house, "pending.documents", **(shipped["parameters"] | {"proposals_a_day": most}))


def test_a_morning_proposes_no_more_than_the_rule_says_longest_pending_first(house):
    scene = Scene(house, rules=False)
    short(scene, 2)
    with at(3, 4):
        later = [scene.file(text=f"Note {number}.") for number in range(4)]
    with at(5, 20):
        assert scene.look()[1] == 2
        assert scene.look()[1] == 0
        proposed = set(queries.proposed().values_list("subject_id", flat=True))
        assert str(scene.note) in proposed
        assert queries.to_propose([house.hospital], queries.book()).count() == 3
    with at(5, 20, 23):
        assert scene.look()[1] == 0  # tomorrow in UTC, still today here
    with at(5, 21):
        assert scene.look()[1] == 2
    with at(5, 22):
        assert scene.look()[1] == 1
        assert scene.look()[1] == 0
    assert set(queries.proposed().values_list("subject_id", flat=True)) == {str(scene.note), *map(str, later)}
    sound()


def test_a_decision_before_it_is_proposed_leaves_its_place_to_the_next(house):
    scene = Scene(house, rules=False)
    short(scene, 1)
    with at(3, 4):
        scene.file(text="Another note.")
    with at(5, 20):
        scene.extend(date(2026, 5, 30))
        assert scene.look()[1] == 1
        assert scene.items()[-1:] != [(CLOSURE, "open")]
    with at(5, 30, 1):
        assert scene.look()[1] == 1


def test_a_proposal_that_was_completed_without_a_decision_comes_back(scene):
    """Only a decision ends it for good: what is unsigned does not leave everybody's sight."""
    with at(5, 20):
        scene.look()
        item = WorkItem.objects.get(queue_id=CLOSURE)
        work.complete(actor=scene.administrator, item_id=item.id, reason="Looked at it.")
    with at(5, 21):
        assert scene.look() == (0, 1)
        assert scene.look() == (0, 0)
    assert scene.items() == [(AUTHOR, "assigned"), (CLOSURE, "done"), (CLOSURE, "open")]
    sound()


def test_a_co_signature_does_not_end_what_its_author_still_owes(scene):
    with at(5, 20):
        scene.look()
        record.sign(
            actor=scene.other, **scene.named, meaning=Meaning.COSIGN, printed_name="Rosa Reed", credential="MD", zone="UTC"
        )
        assert scene.items() == [(AUTHOR, "assigned"), (CLOSURE, "open")]
        actions.sign(actor=scene.author, **scene.named)
    assert scene.items() == [(AUTHOR, "done"), (CLOSURE, "done")]
