"""Forms through their life: proposed, approved by another, replaced, reviewed, retired; every version stays readable."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from muniment.audit.verify import verify
from muniment.core import clock
from muniment.forms import actions, queries
from muniment.forms.models import FormVersion
from muniment.forms.queues import APPROVALS, REVIEWS
from muniment.forms.rules import Medium, State, months_after
from muniment.kernel.errors import Conflict, NotAllowedInState, Refused, Unreadable
from muniment.work.actions import pull_next
from muniment.work.models import WorkItem
from support.charts import add_patient, add_stay
from support.house import build_house, system_actor
from support.inventory import BEGUN, approved, letter, propose, said, words_of
from support.scans import told_at
from support.stays import adopt_rules


def active(queue):
    return list(WorkItem.objects.filter(queue_id=queue, state__in=["open", "assigned"]).values_list("subject_id", flat=True))


def test_a_form_is_in_force_once_somebody_else_approved_it(house):
    row = propose(house, role="administrator")
    assert active(APPROVALS) == [str(row.id)]
    assert queries.in_force(clock.today(), facility_id=house.hospital.id) == []
    with pytest.raises(Refused, match="You proposed this version"):
        actions.approve(actor=house.actor("administrator"), version_id=row.id)
    assert pull_next(actor=house.actor("administrator"), queue=APPROVALS) is None
    other = propose(house, "NUR-21")
    assert pull_next(actor=house.actor("administrator"), queue=APPROVALS).subject_id == str(other.id)
    done = actions.approve(actor=house.actor("administrator"), version_id=other.id)
    assert (done.state, done.approved_by_id) == (State.APPROVED, house.actor("administrator").id)
    assert [one.form.number for one in queries.in_force(clock.today(), facility_id=house.hospital.id)] == ["NUR-21"]
    assert active(APPROVALS) == [str(row.id)]
    verify()


def test_only_an_administrator_approves_and_retires(house):
    row = propose(house)
    with pytest.raises(Refused, match="administrator approves"):
        actions.approve(actor=house.actor("technician"), version_id=row.id)
    for role in ("coder", "clinician", "auditor", "researcher"):
        with pytest.raises(Refused):
            propose(house, "X-1", role=role)
    done = actions.approve(actor=house.actor("administrator"), version_id=row.id)
    with pytest.raises(Refused, match="administrator retires"):
        actions.retire(actor=house.actor("technician"), version_id=done.id, on=clock.today(), reason="old")


def test_a_successor_ends_the_version_before_and_both_stay_readable(house):
    first = approved(house)
    later = clock.today() + timedelta(days=10)
    second = approved(house, title="Nursing downtime record", changes="New name", effective_from=later)
    first.refresh_from_db()
    assert (first.state, first.effective_to, second.number) == (State.SUPERSEDED, later, 2)
    running = queries.in_force(clock.today(), facility_id=house.hospital.id)
    assert [one.number for one in running] == [1], "until the day the second begins"
    assert [one.number for one in queries.in_force(later, facility_id=house.hospital.id)] == [2]
    assert "version 1" in words_of(queries.blank(first))[0]
    assert "version 2" in words_of(queries.blank(second))[0]


def test_a_successor_approved_late_does_not_end_in_the_past_what_was_in_force(house):
    """Else paper that was rightly written on the first would be told to be old, and the inventory would say what never was."""
    today = clock.today()
    with told_at(clock.now() - timedelta(days=30)):
        first = approved(house)
        second = propose(house, title="Nursing downtime record", changes="New name", effective_from=today - timedelta(days=20))
    with pytest.raises(Refused, match="version 1 was in force until now") as refused:
        actions.approve(actor=house.actor("administrator"), version_id=second.id)
    assert refused.value.where == "effective_from"
    first.refresh_from_db()
    assert (first.state, first.effective_to) == (State.APPROVED, None)


def test_retirement_has_a_day_to_come_and_a_reason(house):
    row = approved(house)
    administrator = house.actor("administrator")
    with pytest.raises(Refused, match="Say why"):
        actions.retire(actor=administrator, version_id=row.id, on=clock.today(), reason=" ")
    with pytest.raises(Refused, match="lies behind"):
        actions.retire(actor=administrator, version_id=row.id, on=clock.today() - timedelta(days=1), reason="Replaced")
    on = clock.today() + timedelta(days=3)
    done = actions.retire(actor=administrator, version_id=row.id, on=on, reason="The electronic note replaces it")
    assert (done.state, done.effective_to) == (State.RETIRED, on)
    assert len(queries.in_force(clock.today(), facility_id=house.hospital.id)) == 1
    assert queries.in_force(on, facility_id=house.hospital.id) == []
    with pytest.raises(NotAllowedInState, match="is retired"):
        actions.retire(actor=administrator, version_id=row.id, on=on, reason="again")


def test_reviews_fall_due_by_the_rule_and_are_asked_for_once(house):
    adopt_rules(house, "forms.")
    row = approved(house)
    today = clock.today()
    assert row.review_due == months_after(today, 24)
    worker, early = system_actor(), row.review_due - timedelta(days=30)
    assert actions.ask_reviews(actor=worker, today=early - timedelta(days=1)) == 0
    assert actions.ask_reviews(actor=worker, today=early) == 1
    assert actions.ask_reviews(actor=worker, today=early) == 0
    item = WorkItem.objects.get(queue_id=REVIEWS)
    assert "Nursing practice council" in item.reason
    assert item.citation.endswith("(unverified)")
    actions.review(actor=house.actor("technician"), version_id=row.id, remark="Read with the council: nothing to change")
    assert active(REVIEWS) == []
    row.refresh_from_db()
    assert (row.review_due, row.reviewed_by_id) == (months_after(today, 24), house.actor("technician").id)


def test_a_file_is_framed_and_the_next_version_keeps_it(house):
    first = approved(house, "SUR-1", layout="", upload=letter("Consent for surgery", pages=2))
    pages = words_of(queries.blank(first))
    assert len(pages) == first.pages == 2
    assert "Consent for surgery, sheet 2" in pages[1]
    assert "Page 2 of 2" in pages[1]
    assert "SUR-1" in pages[1]
    second = approved(house, "SUR-1", layout="", owner="Surgery", changes="New owner", effective_from=clock.today())
    assert bytes(second.original_sha256) == bytes(first.original_sha256)
    assert "version 2" in words_of(queries.blank(second))[0]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"title": " "}, "title"),
        ({"owner": ""}, "answers for it"),
        ({"changes": ""}, "what is new"),
        ({"type_code": "1-1"}, "from the list"),
        ({"medium": Medium.TEMPLATE}, "Only paper"),
        ({"upload": b"%PDF-1.4"}, "one of them"),
    ],
)
def test_what_may_not_be_proposed_is_said_at_its_field(house, more, told):
    with pytest.raises(Refused, match=told):
        propose(house, **more)
    assert FormVersion.objects.count() == 0


@pytest.mark.parametrize("content", [b"%PDF-1.4 broken", b"PK\x03\x04", b"x"])
def test_a_file_that_is_no_pdf_is_refused_in_words(house, content):
    with pytest.raises(Unreadable) as told:
        propose(house, layout="", upload=content)
    assert told.value.where == "upload"
    assert told.value.remedy


def test_documents_from_another_system_need_no_blank(house):
    row = approved(house, "LAB-1", medium=Medium.SYSTEM, layout="", downtime=False, type_code="11502-2")
    with pytest.raises(Refused, match="another system"):
        queries.blank(row)


def test_another_facilitys_forms_are_not_there(house):
    from muniment.accounts import actions as accounts
    from muniment.accounts import queries as people
    from muniment.accounts.rules import Role

    row = approved(house, facility=house.hospital)
    far = accounts.add_user(actor=system_actor(), username="far", family="Far", given="Fay", credential="RHIA")
    accounts.assign_role(actor=system_actor(), user=far, role=Role.ADMINISTRATOR, facilities=[house.clinic])
    other = people.actor_for(far)
    with pytest.raises(Refused):
        queries.form(other, "NUR-20")
    with pytest.raises(Refused):
        actions.retire(actor=other, version_id=row.id, on=clock.today(), reason="not mine")
    with pytest.raises(Refused):
        actions.propose(actor=other, number="NUR-20", said=said(changes="mine now"))
    approved(house, "ALL-1")
    assert [one.form.number for one in queries.versions(other)] == ["ALL-1"]


def test_types_in_use_that_no_form_makes_are_named_by_facility(house):
    from support.charts import file_note

    ada = add_patient(house.hospital)
    file_note(add_stay(ada, house.hospital))
    assert actions.count_types(actor=system_actor()) == 1
    technician = house.actor("technician")
    (open_one,) = queries.uncovered(technician, clock.today())
    assert (open_one.facility_id, open_one.documents) == (house.hospital.id, 1)
    approved(
        house, "HIM-1", type_code=open_one.code, facility=house.clinic if house.clinic.id in technician.facilities else None
    )
    assert queries.uncovered(technician, clock.today()) == []
    assert actions.count_types(actor=system_actor()) == 0


def test_the_second_of_two_who_propose_at_once_is_told(own_database):
    house = build_house()
    approved(house)

    def add(owner):
        try:
            row = actions.propose(
                actor=house.actor("technician"), number="NUR-20", follows=1, said=said(owner=owner, effective_from=BEGUN)
            )
        except Conflict as told:
            return told.what
        else:
            return row.number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(add, ["one", "other"]))
    assert sorted(map(str, told))[0] == "2"
    assert any("Somebody else proposed version 2 of NUR-20" in str(one) for one in told)
