"""Deciding a possible match: both halves say which they are, fields are compared, a reason is asked, the second person is told."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from support.charts import add_patient, add_stay, client_of


@pytest.fixture
def question(house: Any) -> Any:
    from muniment.identity.models import PossibleMatch

    first = add_patient(house.hospital, phone="555 010 4432")
    add_stay(first, house.hospital)
    add_patient(house.hospital, number="0055", given="Ada M", sex="", phone="555 010 9999")
    return PossibleMatch.objects.get()


def page(question: Any, tail: str = "") -> str:
    return f"/people/matches/{question.id}/{tail}"


def revision(question: Any) -> int:
    from muniment.work.models import WorkItem

    return int(WorkItem.objects.get(subject_id=str(question.id)).revision)


@pytest.mark.parametrize(
    ("first", "second", "mail", "verdict"),
    [
        ("(227) 555-0145", "+1-227-555-0145", "", "agrees, written differently"),
        ("(227) 555-0145", "(227) 555-0146", "", "differs"),
        ("(227) 555-0145", "+1-227-555-0145", "another@example.org", "differs"),
    ],
)
def test_a_telephone_number_agrees_with_itself_however_it_is_written(first: str, second: str, mail: str, verdict: str) -> None:
    mails = [{"system": "email", "value": mail}] if mail else []
    from muniment.identity.models import Patient
    from muniment.identity.web.presenters import compared

    one = Patient(telecoms=[{"system": "phone", "value": first}])
    other = Patient(telecoms=[{"system": "phone", "value": second}, *mails])
    (row,) = (row for row in compared(one, other) if row.field == "Telephone and mail")
    assert row.verdict == verdict


def test_both_halves_say_so_and_fields_are_compared(house: Any, question: Any) -> None:
    answer = client_of(house, "identity-specialist").get(page(question))
    body = answer.content.decode()
    assert "Comparing two patients: this is record A" in body
    assert "Comparing two patients: this is record B" in body
    verdicts = {one.field: one.verdict for one in answer.context["compared"]}
    assert verdicts["Family name"] == "agrees"
    assert verdicts["Given names"] == "differs"
    assert verdicts["Sex"] == "stated in one"
    assert "V100" in body
    assert "0055" in body


def test_linking_links_and_goes_on(house: Any, question: Any) -> None:
    from muniment.identity.models import Patient
    from muniment.work.models import WorkItem

    answer = client_of(house, "identity-specialist").post(
        page(question, "same"), {"reason": "Same address", "revision": revision(question)}
    )
    assert answer.status_code == 302
    assert answer["Location"] == "/work/possible-matches/"
    assert Patient.objects.values("person_id").distinct().count() == 1
    assert WorkItem.objects.get(subject_id=str(question.id)).state == "done"


def test_keeping_apart_keeps_apart(house: Any, question: Any) -> None:
    from muniment.identity.models import Patient

    client = client_of(house, "identity-specialist")
    client.post(page(question, "different"), {"reason": "Twins", "revision": revision(question)})
    assert Patient.objects.values("person_id").distinct().count() == 2
    body = client.get(page(question)).content.decode()
    assert "Decided: different people" in body
    assert "Link as one person" not in body


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_the_page_asks_for_one(house: Any, question: Any, reason: str) -> None:
    answer = client_of(house, "identity-specialist").post(page(question, "same"), {"reason": reason})
    assert answer.status_code == 422
    assert "Say what decided it." in answer.content.decode()


def test_the_second_person_is_told_and_keeps_what_they_typed(house: Any, question: Any) -> None:
    from muniment.work import actions
    from muniment.work.models import WorkItem

    read = revision(question)
    actions.reprioritise(
        actor=house.actor("administrator"),
        item_id=WorkItem.objects.get(subject_id=str(question.id)).id,
        priority=2,
        reason="Surgery today",
    )
    answer = client_of(house, "identity-specialist").post(page(question, "same"), {"reason": "Same address", "revision": read})
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "changed this item in the meantime" in body
    assert 'value="Same address"' in body


def test_a_decided_pair_is_not_decided_again(house: Any, question: Any) -> None:
    client = client_of(house, "identity-specialist")
    client.post(page(question, "different"), {"reason": "Twins"})
    answer = client.post(page(question, "same"), {"reason": "No, one"})
    assert answer.status_code == 409
    assert "already decided" in answer.content.decode()


@pytest.mark.parametrize("role", ["technician", "coder", "clinician", "administrator", "researcher"])
def test_only_those_who_may_write_identity_decide(house: Any, question: Any, role: str) -> None:
    client = client_of(house, role)
    assert client.get(page(question)).status_code == 403
    assert client.post(page(question, "same"), {"reason": "x"}).status_code == 403


def test_other_facilities_pairs_and_none_are_refused_alike(house: Any) -> None:
    from muniment.identity.models import PossibleMatch

    add_patient(house.clinic, number="1")
    add_patient(house.clinic, number="2", given="Ada M")
    client = client_of(house, "identity-specialist")
    for one in (PossibleMatch.objects.get().id, uuid4()):
        for answer in (client.get(f"/people/matches/{one}/"), client.post(f"/people/matches/{one}/same", {"reason": "x"})):
            assert answer.status_code == 403
            assert "There is no such question that you may see." in answer.content.decode()


def test_there_are_two_answers(house: Any, question: Any) -> None:
    assert client_of(house, "identity-specialist").post(page(question, "perhaps"), {"reason": "x"}).status_code == 403


def test_another_facilitys_half_shows_neither_its_numbers_nor_its_name(house: Any, question: Any) -> None:
    from muniment.identity import actions
    from muniment.identity.actions import Number
    from support.house import system_actor

    actions.update(actor=system_actor(), patient_id=question.second_id, numbers=[Number("CLIN", "C-777", "MR")])
    body = client_of(house, "identity-specialist").get(page(question)).content.decode()
    assert "C-777" not in body
    assert "1 number at facilities you do not work for." in body
