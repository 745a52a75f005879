"""Filed scans accepted or rejected by lots: joined, closed, sampled, decided; the paper waits for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from muniment.core import clock
from muniment.kernel.errors import NotAllowedInState, Refused
from muniment.scanning import actions, jobs, queries
from muniment.scanning.choosing import Index
from muniment.scanning.lots import actions as lotting
from muniment.scanning.lots import queries as lots
from muniment.scanning.lots.rules import Inspection, LotState
from muniment.scanning.making import Answers
from muniment.scanning.models import Document, Lot
from muniment.scanning.rules import State, missing_for_destruction
from muniment.work.models import WorkItem
from support import scans
from support.charts import add_patient, add_stay
from support.house import system_actor
from support.web import client_of


@pytest.fixture
def ada(house):
    patient = add_patient(house.hospital)
    return patient, add_stay(patient, house.hospital)


@pytest.fixture
def rules(house):
    """Lots of five at an AQL of 6.5: at level II a lot of five has letter A, a sample of two, accepted with none."""
    scans.adopt_scanning_rules(house, percent=100, first_documents=0, wait_days=0)
    scans.adopt_scanning_rules(house, only=("scanning.lots",), lot_size=5, aql=6.5)


def filed(house, ada, count, *, type_code="11506-3", name="a"):
    """Documents of one batch, each of one page, filed by the technician."""
    patient, stay = ada
    batch = scans.take(house, scans.tiff(*[scans.picture(f"{name} {number}") for number in range(count)])).batch
    [whole] = scans.noted(house, batch, *[f"Dear colleague, {name} {number}" for number in range(count)])
    technician = house.actor("technician")
    rows = [actions.split_document(actor=technician, document_id=whole.id, number=number) for number in range(count, 1, -1)]
    for row in [whole, *reversed(rows)]:
        index = Index(
            patient_id=patient.id,
            encounter_id=stay.id,
            type_code=type_code,
            original="2026-03-05",
            said="The ward list names her",
        )
        actions.file_document(actor=technician, document_id=row.id, index=index)
    return batch


def check(house, row, *, legible=True):
    answers = Answers(right_patient=True, complete=True, legible=legible, reason="" if legible else "Blurred")
    return actions.check_document(actor=house.actor("identity-specialist"), document_id=row.id, answers=answers)


def sample(lot):
    return list(lots.members(lot).filter(state=State.CHECKING))


def test_a_full_lot_is_closed_and_its_sample_goes_into_the_check(house, ada, rules):
    filed(house, ada, 4)
    lot = Lot.objects.get()
    assert (lot.state, lot.size, lot.plan) == (LotState.OPEN, 4, {})
    assert not WorkItem.objects.filter(queue_id="scan-quality").exists()
    filed(house, ada, 1, name="b")
    lot.refresh_from_db()
    assert (lot.state, lot.size, lot.inspection, lot.drawn) == (LotState.INSPECTING, 5, Inspection.NORMAL, 2)
    assert [lot.plan[name] for name in ("letter", "sample", "accept", "reject", "whole")] == ["A", 2, 0, 1, False]
    assert {str(one.id) for one in sample(lot)} == set(
        WorkItem.objects.filter(queue_id="scan-quality").values_list("subject_id", flat=True)
    )
    assert {one.sampled for one in sample(lot)} == {"drawn: 2 of a lot of 5"}


def test_a_lot_is_accepted_when_its_sample_is_good_and_its_paper_waits_until_then(house, ada, rules):
    batch = filed(house, ada, 5)
    lot = Lot.objects.get()
    first, second = sample(lot)
    assert missing_for_destruction(queries.in_force(clock.today()).policy, queries.standing(batch_now(batch)), clock.today()) == [
        "2 documents have not passed the quality check.", "3 documents stand in a lot that is not accepted yet.",
    ]  # fmt: skip
    check(house, first)
    check(house, second)
    lot.refresh_from_db()
    assert (lot.state, lot.checked, lot.failed) == (LotState.ACCEPTED, 2, 0)
    assert (
        missing_for_destruction(queries.in_force(clock.today()).policy, queries.standing(batch_now(batch)), clock.today()) == []
    )


def batch_now(batch):
    batch.refresh_from_db()
    return batch


def test_what_its_indexer_takes_out_leaves_an_open_lot_and_fails_a_drawn_one(house, ada, rules):
    technician = house.actor("technician")
    early = filed(house, ada, 1).documents.get()
    actions.take_out(actor=technician, document_id=early.id, reason="Of another day")
    assert Lot.objects.get().size == 0
    filed(house, ada, 5, name="b")
    lot = Lot.objects.get()
    first, second = sample(lot)
    actions.take_out(actor=technician, document_id=first.id, reason="Of another day")
    lot.refresh_from_db()
    assert (lot.size, lot.state, lot.checked, lot.failed) == (5, LotState.REJECTED, 1, 1)
    kept = next(one for one in sample(lot) if one.id != second.id)
    actions.take_out(actor=technician, document_id=kept.id, reason="Of another day")
    lot.refresh_from_db()
    assert (lot.checked, lot.failed) == (1, 1)


def test_a_rejected_lot_is_checked_whole(house, ada, rules):
    filed(house, ada, 5)
    lot = Lot.objects.get()
    first, _ = sample(lot)
    failed = check(house, first, legible=False)
    lot.refresh_from_db()
    assert (lot.state, lot.checked, lot.failed) == (LotState.REJECTED, 1, 1)
    assert (failed.state, failed.lot_id) == (State.WAITING, None)
    rest = sample(lot)
    assert len(rest) == 4
    assert {one.sampled for one in rest} == {
        "drawn: 2 of a lot of 5",
        "its lot was rejected: 1 of 1 checked were not as they should be",
    }
    assert WorkItem.objects.filter(queue_id="scan-quality", state="open").count() == 4
    index = Index(
        patient_id=ada[0].id, encounter_id=ada[1].id, type_code="11506-3", original="2026-03-05", said="The ward list names her"
    )
    again = actions.file_document(actor=house.actor("technician"), document_id=failed.id, index=index)
    assert (again.state, again.sampled, again.lot_id) == (State.CHECKING, "filed again after it was taken out of a chart", None)
    for one in rest:
        check(house, one)
    lot.refresh_from_db()
    assert (lot.checked, lot.failed) == (1, 1)  # what is checked after the decision is no sample


def test_types_that_are_checked_whole_join_no_lot(house, ada, rules):
    filed(house, ada, 1, type_code="59284-0")
    assert Document.objects.get().sampled == "every document of this type is checked"
    assert not Lot.objects.exists()


def test_two_rejected_lots_make_the_next_one_tightened_and_five_more_end_sampling(house, ada, rules):
    def lot_that_fails(name):
        filed(house, ada, 5, name=name)
        lot = Lot.objects.order_by("-opened_at", "-id").first()
        check(house, sample(lot)[0], legible=False)
        lot.refresh_from_db()
        return lot

    found = [lot_that_fails(str(number)) for number in range(8)]
    severity = [one.inspection for one in found]
    assert severity == ["normal"] * 2 + ["tightened"] * 5 + ["discontinued"]
    assert "2 of 5 or fewer lots" in found[2].why
    assert (found[7].drawn, found[7].plan["whole"]) == (5, True)
    administrator = house.actor("administrator")
    with pytest.raises(Refused):
        lotting.resume_sampling(actor=house.actor("technician"), lot_id=found[7].id, reason="Trained")
    with pytest.raises(NotAllowedInState):
        lotting.resume_sampling(actor=administrator, lot_id=found[6].id, reason="Trained")
    lotting.resume_sampling(actor=administrator, lot_id=found[7].id, reason="The scanner was cleaned")
    assert lot_that_fails("last").inspection == "tightened"


def test_an_old_lot_is_closed_by_the_worker_and_by_hand(house, ada, rules):
    with scans.told_at(clock.now() - timedelta(days=4)):
        filed(house, ada, 1)
    lot = Lot.objects.get()
    policy = lots.policy(clock.today())
    assert lots.to_close(lot.opened_at + timedelta(days=2, hours=23), policy) == []
    assert lots.to_close(lot.opened_at + timedelta(days=3), policy) == [lot.id]
    assert lots.to_close(clock.now(), None) == [lot.id]  # lots govern no more
    jobs.look(0)
    lot.refresh_from_db()
    assert (lot.state, lot.drawn, lot.plan["whole"]) == (LotState.INSPECTING, 1, True)
    with pytest.raises(NotAllowedInState):
        lotting.close(actor=system_actor(), lot_id=lot.id)


def test_the_list_and_the_lot_explain_the_plan(house, ada, rules, django_assert_max_num_queries):
    filed(house, ada, 5)
    lot = Lot.objects.get()
    client = client_of(house.users["technician"])
    with django_assert_max_num_queries(14):
        listed = client.get(reverse("scanning-lots")).content.decode()
    assert "code letter A" in listed
    assert "accepted with up to 0 that fail, rejected from 1" in listed
    page = client.get(reverse("scanning-lot", args=[lot.id]))
    assert len(page.context["documents"]) == 5
    assert "MIL-STD-105E" in page.content.decode()
    assert client.post(reverse("scanning-lot-close", args=[lot.id])).status_code == 409
    assert client.get(reverse("scanning-lots") + "?state=accepted").context["total"] == 0


def test_sampling_is_resumed_on_the_screen_by_who_answers_for_the_rules(house, ada, rules):
    for number in range(7):
        filed(house, ada, 5, name=str(number))
        lot = Lot.objects.order_by("-opened_at", "-id").first()
        check(house, sample(lot)[0], legible=False)
    url = reverse("scanning-lot", args=[lot.id])
    assert "Say what was corrected" not in client_of(house.users["technician"]).get(url).content.decode()
    client = client_of(house.users["administrator"])
    assert "Sampling is discontinued" in client.get(url).content.decode()
    assert client.post(reverse("scanning-lot-resume", args=[lot.id]), {"reason": ""}).status_code == 422
    client.post(reverse("scanning-lot-resume", args=[lot.id]), {"reason": "The scanner was cleaned"})
    assert "Sampling is discontinued" not in client.get(url).content.decode()
