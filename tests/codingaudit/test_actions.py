"""An audit's life: drawn, coded again unseen, compared, judged, answered, disputed, decided; recoding is asked for as work."""

from __future__ import annotations

import pytest

from muniment.coding import actions as coding
from muniment.coding import queries as codings
from muniment.codingaudit import actions, permissions, queries
from muniment.codingaudit.models import AuditDraw, AuditStep
from muniment.codingaudit.queues import AUDITS, DECISIONS, RECODE, REPLIES, RULINGS
from muniment.codingaudit.rules import Element, State, Verdict
from muniment.kernel.errors import Conflict, NotAllowedInState, Problem, Refused
from muniment.work.models import WorkItem
from muniment.work.rules import ACTIVE
from support.coding import CodedStay, adopt_coding_rules, draft_of, install_codes
from support.codingaudit import DAY, adopt_audit_rules, another_coder, audited, drawn, respond
from support.house import system_actor

FIRST, SECOND = ("I50.23", "I10", "E11.9"), ("I50.23", "E11.9", "N17.9 N")


@pytest.fixture
def coded(house):
    install_codes()
    adopt_coding_rules(house)
    return house


@pytest.fixture
def auditor(coded):
    return another_coder(coded)


def work(queue):
    return list(WorkItem.objects.filter(queue_id=queue, state__in=ACTIVE))


def test_a_day_draws_as_many_as_the_plan_says_and_never_again(coded):
    for number in range(7):
        CodedStay(coded, str(number)).discharged().finalised(coded, "I50.23", "I10")
    adopt_audit_rules(coded)
    assert len(drawn(coded)) == 5 and len(drawn(coded)) == 5
    row = AuditDraw.objects.get()
    assert len(row.population) == 7 and {one.encounter_id for one in drawn(coded)} == set(row.drawn)
    assert len(work(AUDITS)) == 5


def test_what_was_audited_is_not_drawn_again_another_day(coded):
    CodedStay(coded).discharged().finalised(coded, "I50.23", "I10")
    adopt_audit_rules(coded)
    assert len(drawn(coded)) == 1
    assert len(drawn(coded, DAY.replace(day=18))) == 1


def test_nobody_audits_their_own_coding(coded):
    CodedStay(coded).discharged().finalised(coded, "I50.23", "I10")
    adopt_audit_rules(coded)
    (audit,) = drawn(coded)
    with pytest.raises(Refused, match="You coded this stay"):
        actions.set_codes(actor=coded.actor("coder"), audit_id=audit.id, revision=1, draft=draft_of("I50.23"))
    assert not queries.listed(coded.actor("coder")).exists()


def test_whoever_begins_is_the_auditor_and_a_second_save_is_told(coded, auditor):
    CodedStay(coded).discharged().finalised(coded, "I50.23", "I10")
    adopt_audit_rules(coded)
    (audit,) = drawn(coded)
    actions.set_codes(actor=auditor, audit_id=audit.id, revision=1, draft=draft_of("I50.23"))
    with pytest.raises(Conflict):
        actions.set_codes(actor=auditor, audit_id=audit.id, revision=1, draft=draft_of("I10"))
    with pytest.raises(Refused, match="has begun to audit"):
        actions.set_codes(actor=another_coder(coded, "third"), audit_id=audit.id, revision=2, draft=draft_of("I10"))
    with pytest.raises(Problem):
        actions.set_codes(actor=auditor, audit_id=audit.id, revision=2, draft=draft_of("I50"))


def test_equal_codings_close_at_once_with_everything_correct(coded, auditor):
    audit = audited(coded, auditor, ("I50.23", "I10"), ("I50.23", "I10"))
    assert audit.state == State.CLOSED and (audit.coded, audit.correct, audit.missed) == (2, 2, 0)
    assert audit.standing_drg == audit.first_drg != ""
    assert not work(AUDITS) and not work(RECODE)


def test_the_comparison_names_each_difference_and_freezes_the_second_coding(coded, auditor):
    audit = audited(coded, auditor, FIRST, SECOND)
    found = queries.findings_of(audit)
    assert {(one.element, one.first, one.second) for one in found} == {
        (Element.DIAGNOSIS, "I10", ""), (Element.DIAGNOSIS, "", "N17.9"),
    }  # fmt: skip
    assert audit.state == State.JUDGING and [one.owner_id for one in work(RULINGS)] == [auditor.id]
    with pytest.raises(NotAllowedInState):
        actions.set_codes(actor=auditor, audit_id=audit.id, revision=audit.revision, draft=draft_of("I10"))


def judge(auditor, audit):
    """The code that is not supported and the one that was missed."""
    kinds = {one.number: "unsupported" if one.first else "missed" for one in queries.findings_of(audit)}
    from muniment.codingaudit.judging import Said

    said = {number: Said("error", "As the record says.", kind, "Section III") for number, kind in kinds.items()}
    return actions.respond(actor=auditor, audit_id=audit.id, revision=audit.revision, said=said)


def test_the_auditor_says_which_kind_and_why_and_the_coder_is_told(coded, auditor):
    audit = audited(coded, auditor, FIRST, SECOND)
    with pytest.raises(Refused, match="which kind of error"):
        respond(auditor, audit, "error", error="procedure")
    with pytest.raises(Refused, match="Give the reason"):
        respond(auditor, audit, "error", error="missed", words=" ")
    audit = judge(auditor, audit)
    assert audit.state == State.TOLD and [one.owner_id for one in work(REPLIES)] == [coded.users["coder"].id]
    assert permissions.is_party(coded.actor("coder"), audit)


def test_what_the_coder_agrees_to_counts_and_is_to_be_coded_again(coded, auditor):
    audit = judge(auditor, audited(coded, auditor, FIRST, SECOND))
    before = codings.final(audit.patient_id, audit.encounter_id)
    audit = respond(coded.actor("coder"), audit, "agreed", words="")
    assert (audit.state, audit.coded, audit.correct, audit.missed) == (State.CLOSED, 3, 2, 1)
    counted = queries.accuracy(queries.seen_by(coded.actor("administrator")))
    assert counted.codes == 50.0 and counted.grouped == 1
    assert codings.final(audit.patient_id, audit.encounter_id) == before  # nothing of it changed
    assert [one.owner_id for one in work(RECODE)] == [coded.users["coder"].id]
    again(coded, audit)
    assert actions.settle_recoded(actor=system_actor()) == 1 and not work(RECODE)


def again(house, audit):
    coder = house.actor("coder")
    draft = coding.recode(actor=coder, patient_id=audit.patient_id, encounter_id=audit.encounter_id, reason="After its audit")
    coding.finalise(actor=coder, patient_id=audit.patient_id, abstract_id=draft.id, revision=draft.revision)


def test_a_dispute_goes_to_the_auditor_and_then_to_somebody_who_is_neither(coded, auditor):
    audit = judge(auditor, audited(coded, auditor, FIRST, SECOND))
    audit = respond(coded.actor("coder"), audit, "disputed")
    assert audit.state == State.RULING
    audit = respond(auditor, audit, "upheld")
    assert audit.state == State.THIRD and work(DECISIONS)
    for party in (auditor, coded.actor("coder"), coded.actor("technician"), coded.actor("auditor")):
        with pytest.raises(Problem):
            respond(party, audit, "overturned")
    audit = respond(coded.actor("administrator"), audit, "overturned")
    assert (audit.state, audit.correct, audit.missed) == (State.CLOSED, 3, 0) and not work(RECODE)
    assert AuditStep.objects.filter(audit_id=audit.id).count() == 5


def test_what_the_auditor_yields_stands_against_nobody(coded, auditor):
    audit = respond(coded.actor("coder"), judge(auditor, audited(coded, auditor, FIRST, SECOND)), "disputed")
    audit = respond(auditor, audit, "yielded")
    assert audit.state == State.CLOSED and audit.correct == audit.coded
    assert {one.verdict for one in queries.findings_of(audit)} == {Verdict.YIELDED}


def test_a_wrong_principal_changes_the_drg_that_stands(coded, auditor):
    audit = audited(coded, auditor, ("I50.23", "N17.9"), ("N17.9", "I50.23"))
    assert [one.element for one in queries.findings_of(audit)] == [Element.PRINCIPAL]
    audit = respond(coded.actor("coder"), respond(auditor, audit, "error", error="sequencing"), "agreed")
    assert audit.standing_drg == audit.second_drg != audit.first_drg
    assert queries.accuracy(queries.seen_by(coded.actor("administrator"))).drgs == 0
