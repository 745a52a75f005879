"""Coding a stay: what blocks it, what it leaves, and that nothing of it is lost or overwritten."""

from datetime import date

import pytest
from django.db import connection, transaction

from muniment.audit.models import LifecycleEvent
from muniment.audit.verify import verify
from muniment.coding import actions, content, queries
from muniment.coding.drafting import Draft, DraftCode, Role
from muniment.coding.models import AbstractCode, FinalCoding
from muniment.coding.rules import POA
from muniment.core.actions import unit_of_work
from muniment.kernel.errors import Conflict, NotAllowedInState, Problem, Refused
from muniment.kernel.fhir.canonical import decode
from muniment.kernel.fhir.structure import validate
from muniment.record.models import Entry, Version
from muniment.record.verify import verify as verify_record
from muniment.work.models import WorkItem
from support.coding import CodedStay, adopt_coding_rules, draft_of, install_codes
from support.house import system_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def stay(house):
    install_codes()
    adopt_coding_rules(house)
    return CodedStay(house).discharged()


def finalise(house, abstract, role="coder"):
    return actions.finalise(
        actor=house.actor(role), patient_id=abstract.patient_id, abstract_id=abstract.id, revision=abstract.revision
    )


def test_opening_twice_gives_one_draft(house, stay):
    assert stay.opened(house).id == stay.opened(house).id
    assert stay.opened(house).disposition == "01"


def test_a_stay_in_the_house_is_not_coded(house):
    stay = CodedStay(house, "2")
    stay.move("admit", stay_time())
    with pytest.raises(NotAllowedInState, match="not discharged"):
        stay.opened(house)


def stay_time():
    from support.coding import DISCHARGED

    return DISCHARGED


@pytest.mark.parametrize("role", ["technician", "clinician", "administrator", "auditor"])
def test_only_coders_code(house, stay, role):
    with pytest.raises(Refused):
        actions.open_draft(actor=house.actor(role), **stay.key)


def test_a_code_that_does_not_exist_and_a_heading_are_refused(house, stay):
    with pytest.raises(Problem, match=r"E99\.99 is not in ICD-10-CM"):
        stay.coded(house, "E99.99")
    with pytest.raises(Problem, match=r"I50\.2 is a heading"):
        stay.coded(house, "I50.2")


def test_finalising_leaves_an_intact_coding_entries_and_a_sound_chain(house, stay):
    made = stay.finalised(house, "I50.23", "J96.01", "N17.9 N", "I10")
    said = queries.content_of(made)
    assert (made.drg, made.number, made.principal, str(made.weight)) == ("291", 1, "I5023", said["grouping"]["weight"])
    assert [(one["role"], one["code"], one["poa"]) for one in said["codes"]][:2] == [
        ("principal", "I5023", "Y"),
        ("secondary", "J9601", "Y"),
    ]
    assert {"code": "J9601", "role": "MCC", "without": 292} in said["grouping"]["drivers"]
    assert said["codes"][0]["title"] == "Acute on chronic systolic (congestive) heart failure"
    assert (said["stay"]["days"], said["stay"]["age"], said["stay"]["sex"]) == (5, 75, "F")
    assert said["coder"]["name"] == house.actor("coder").name
    assert said["releases"]["icd-10-cm"]
    assert queries.is_intact(made)
    entries = Entry.objects.filter(category="coding").order_by("code")
    assert [one.code for one in entries] == ["I10", "I50.23", "J96.01", "N17.9"]
    assert all(validate(decode(one.content.encode())) == [] for one in Version.objects.filter(resource_type="Condition"))
    assert not AbstractCode.objects.exists()
    assert verify().sound
    assert verify_record().faults == []


def test_the_index_made_anew_still_knows_what_coders_said(house, stay):
    from muniment.record.actions import rebuild

    stay.finalised(house, "I50.23", "I10")
    rebuild(actor=system_actor(), patient_id=stay.patient.id)
    assert Entry.objects.filter(category="coding").count() == 2


@pytest.mark.parametrize(
    ("codes", "sentence"),
    [
        ((), "no code"),
        (("I50.23 -",), "no present-on-admission"),
        (("I50.23", "I50.23"), "more than once|repeats the principal"),
        (("W19.XXXA",), "external cause"),
    ],
)
def test_errors_block(house, stay, codes, sentence):
    with pytest.raises((NotAllowedInState, Problem), match=sentence):
        finalise(house, stay.coded(house, *codes))
    assert not FinalCoding.objects.exists()


def test_a_warning_passes_only_with_a_reason(house, stay):
    codes = ("I50.23", "S72.009A")
    with pytest.raises(NotAllowedInState, match="A warning needs a reason"):
        finalise(house, stay.coded(house, *codes))
    abstract = stay.coded(house, *codes, answers={"MCE 20:S72009A": "The side is not in the record."})
    finalise(house, abstract)
    said = {edit["number"]: edit["reason"] for edit in stay.content()["edits"]}
    assert said["MCE 20"] == "The side is not in the record."


def test_a_reason_given_for_other_codes_does_not_count(house, stay):
    abstract = stay.coded(house, "I50.23", "S72.009A", answers={"MCE 20:S72009B": "Seen."})
    with pytest.raises(NotAllowedInState):
        finalise(house, abstract)


def test_of_two_coders_the_second_is_told_and_nothing_is_lost(house, stay):
    first = stay.opened(house)
    stay.coded(house, "I50.23")
    with pytest.raises(Conflict, match="changed these codes in the meantime"):
        actions.set_codes(
            actor=house.actor("coder"), patient_id=stay.patient.id, abstract_id=first.id, revision=1, draft=draft_of("N17.9")
        )
    assert [one.code for one in AbstractCode.objects.all()] == ["I5023"]
    with pytest.raises(Conflict):
        finalise(house, first)


def test_recoding_keeps_the_first_and_says_what_changed(house, stay):
    stay.finalised(house, "I50.23", "J96.01")
    first = stay.content()
    with pytest.raises(Refused, match="Say why"):
        actions.recode(actor=house.actor("coder"), reason=" ", **stay.key)
    again = actions.recode(actor=house.actor("coder"), reason="Audit finding 12", **stay.key)
    assert [line.code for line in queries.lines_of(again)] == ["I5023", "J9601"]
    changed = actions.set_codes(
        actor=house.actor("coder"), patient_id=stay.patient.id, abstract_id=again.id, revision=again.revision,
        draft=draft_of("I50.23", "N17.9 N"),
    )  # fmt: skip
    finalise(house, changed)
    second = stay.content()
    assert [one.number for one in queries.finals(**stay.key)] == [2, 1]
    assert content.differences(first, second) == [
        "N17.9 Acute kidney failure, unspecified was added as secondary.",
        "J96.01 Acute respiratory failure with hypoxia was removed.",
        "MS-DRG 291 became 292.",
    ]
    assert second["reason"] == "Audit finding 12"
    standing = Entry.objects.filter(category="coding", retracted=False).values_list("code", flat=True)
    assert sorted(standing) == ["I50.23", "N17.9"]
    assert verify_record().faults == []


def test_a_final_coding_cannot_be_changed_in_the_database(house, stay):
    stay.finalised(house, "I50.23")
    for statement in ("UPDATE coding_final SET drg = '999'", "DELETE FROM coding_final", "TRUNCATE coding_final"):
        with (
            pytest.raises(Exception, match=r"indelible|denied"),
            transaction.atomic(),
            unit_of_work(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    with pytest.raises(NotAllowedInState, match="coded already"):
        stay.opened(house)


def test_procedures_need_a_date_within_the_stay(house, stay):
    stay.note("Appendix removed.", title="Operative report")
    abstract = stay.opened(house)
    lines = (DraftCode(role=Role.PRINCIPAL, code="K3580", poa=POA.YES), DraftCode(role=Role.PROCEDURE, code="0DTJ4ZZ"))
    abstract = actions.set_codes(
        actor=house.actor("coder"), patient_id=stay.patient.id, abstract_id=abstract.id, revision=1, draft=Draft(lines, "01")
    )
    with pytest.raises(NotAllowedInState, match="no date"):
        finalise(house, abstract)
    dated = (lines[0], DraftCode(role=Role.PROCEDURE, code="0DTJ4ZZ", on=date(2026, 5, 3), operator_id=stay.attending.id))
    abstract = actions.set_codes(
        actor=house.actor("coder"), patient_id=stay.patient.id, abstract_id=abstract.id, revision=2, draft=Draft(dated, "01")
    )
    made = finalise(house, abstract)
    procedure = Version.objects.get(resource_type="Procedure")
    assert validate(decode(procedure.content.encode())) == []
    assert made.drg == "399"


def test_a_stay_that_is_not_inpatient_has_no_drg_and_needs_no_indicator(house):
    install_codes()
    stay = CodedStay(house, "3", class_code="EMER").discharged(days=0)
    made = stay.finalised(house, "I10 -")
    assert made.drg == ""
    assert "not grouped" in queries.content_of(made)["grouping"]["sentence"]


def test_an_unknown_age_blocks_with_a_sentence(house):
    install_codes()
    stay = CodedStay(house, "4", birth="").discharged()
    with pytest.raises(NotAllowedInState, match="The age is unknown"):
        finalise(house, stay.coded(house, "I50.23"))


def test_a_discharge_of_fiscal_2027_has_a_drg_without_weight(house):
    from support.coding import DISCHARGED

    install_codes()
    stay = CodedStay(house, "5").discharged(at=DISCHARGED.replace(month=11))
    made = stay.finalised(house, "I50.23", "J96.01")
    assert (made.drg, made.weight) == ("291", None)
    assert "standing in" in queries.content_of(made)["releases"]["icd-10-cm"]


def test_each_step_leaves_its_event(house, stay):
    stay.finalised(house, "I50.23")
    names = LifecycleEvent.objects.filter(name__startswith="coding.").order_by("at").values_list("name", flat=True)
    assert list(names) == ["coding.open", "coding.set-codes", "coding.finalise"]
    assert not WorkItem.objects.exists()
