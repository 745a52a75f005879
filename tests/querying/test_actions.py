"""A query's life: sent, answered as a signed addendum, declined, given to another, set aside, withdrawn, escalated."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from muniment.coding import holds
from muniment.coding import queries as coding
from muniment.core import clock
from muniment.kernel.errors import Conflict, NotAllowedInState, Refused
from muniment.kernel.fhir.canonical import decode
from muniment.querying import actions, queries
from muniment.querying.models import Query, QueryVersion
from muniment.querying.queues import ANSWER, ESCALATED, ROUTING
from muniment.querying.rules import OTHER, UNDETERMINED, Form, Option, Timing, Use
from muniment.record import verify
from muniment.record.models import Entry, Signature, Version
from muniment.work.models import WorkItem
from muniment.work.rules import ACTIVE
from support.coding import adopt_coding_rules, install_codes
from support.delinquency import at
from support.house import system_actor
from support.querying import AskedStay, adopt_query_rules, ask, quote, written
from support.stays import practitioner

FAILURE = "Acute respiratory failure with hypoxia"


@pytest.fixture
def stay(house):
    adopt_query_rules(house)
    return AskedStay(house).ready()


def reply(house, query, choice=FAILURE, words="As documented on day two."):
    return actions.answer(actor=house.actor("clinician"), query_id=query.id, version=1, choice=choice, words=words)


def item(query, queue):
    return WorkItem.objects.filter(queue_id=queue, subject_id=str(query.id), state__in=ACTIVE).first()


def test_it_is_the_clinicians_work_until_the_rule_s_day(house, stay):
    query = ask(house, stay)
    given = item(query, ANSWER)
    assert (given.owner_id, given.due_at) == (house.users["clinician"].id, query.asked_at + timedelta(days=7))
    assert query.timing == Timing.RETROSPECTIVE and "HIM-42" in query.citation
    assert [one.id for one in queries.inbox(house.actor("clinician"))] == [query.id]


def test_in_the_house_it_is_concurrent_and_due_sooner(house):
    adopt_query_rules(house)
    stay = AskedStay(house)
    stay.move("admit", clock.now() - timedelta(days=1))
    stay.entry_id = stay.note("Oxygen saturation 84 % on room air. Placed on high-flow oxygen.")
    query = ask(house, stay)
    assert (query.timing, query.due_at - query.asked_at) == (Timing.CONCURRENT, timedelta(days=2))


def test_quotations_are_kept_with_their_place_source_and_version(house, stay):
    query = ask(house, stay)
    first = queries.written(query).indicators[0]
    assert (first.entry_id, first.version, first.source, first.prior) == (str(stay.entry_id), 1, "Discharge summary", False)
    assert (first.start, first.end) == (27, 62)
    kept = QueryVersion.objects.get(query_id=query.id)
    assert bytes(kept.sha256).hex() and kept.checked_by == "querying.linter 1"


def test_words_that_do_not_stand_there_are_refused(house, stay):
    with pytest.raises(Refused, match="indicator 1 do not stand there"):
        ask(house, stay, indicators=(quote(stay.entry_id, "Oxygen saturation 64 %"),))


def test_what_the_linter_stops_is_not_sent(house, stay):
    with pytest.raises(NotAllowedInState, match="reimbursement"):
        ask(house, stay, question="Which condition improves reimbursement?")
    assert not Query.objects.exists()


def test_an_indicator_of_another_patient_is_stopped(house, stay):
    from support.coding import CodedStay

    other = CodedStay(house, "2").discharged()
    with pytest.raises(NotAllowedInState, match="not of this patient"):
        ask(
            house,
            stay,
            indicators=(quote(other.note("Saturation 80 %"), "Saturation 80 %"), *written(stay.entry_id).indicators),
        )


def test_without_an_adopted_rule_nothing_is_sent(house):
    stay = AskedStay(house).ready()
    with pytest.raises(NotAllowedInState, match="is in force, so no query can be sent"):
        ask(house, stay)


def test_the_answer_is_a_signed_addendum(house, stay):
    query = reply(house, ask(house, stay))
    entry = Entry.objects.get(patient_id=query.patient_id, entry_id=query.response_id)
    assert entry.label == "Addendum to Discharge summary" and entry.signed_at
    content = decode(Version.objects.get(entry_id=query.response_id).content.encode())
    assert content["relatesTo"][0]["target"]["reference"] == f"DocumentReference/{stay.entry_id}"
    assert verify.sound(Signature.objects.get(entry_id=query.response_id))
    assert queries.answer_of(query).said["choice"] == FAILURE
    assert item(query, ANSWER) is None


def test_an_answer_to_no_document_is_a_document_of_its_own(house, stay):
    from muniment.encounters.models import Encounter
    from muniment.querying.documents import Answer, version_of

    query = ask(house, stay)
    made = version_of(Answer(query, Encounter.objects.get(id=stay.encounter_id), stay.attending, "x", clock.now()))
    assert "relatesTo" not in decode(made.canonical) and made.description.display == "Query response"


@pytest.mark.parametrize(("choice", "supported"), [(FAILURE, True), (OTHER, False), (UNDETERMINED, False)])
def test_agreement_is_an_answer_the_indicators_support(house, stay, choice, supported):
    assert reply(house, ask(house, stay), choice).supported is supported


@pytest.mark.parametrize(("choice", "words", "said"), [("Sepsis", "x", "Choose an answer"), (OTHER, " ", "Say in words")])
def test_an_answer_is_one_of_the_query_s(house, stay, choice, words, said):
    query = ask(house, stay)
    with pytest.raises(Refused, match=said):
        reply(house, query, choice, words)
    query.refresh_from_db()
    assert query.state == "open" and query.response_id is None


def test_yes_or_no_has_its_own_answers(house, stay):
    query = ask(house, stay, form=Form.YES_NO, use=Use.POA, options=())
    assert queries.written(query).answers == ("Yes", "No", OTHER, UNDETERMINED)
    assert reply(house, query, "No").supported is False


def test_the_second_answer_is_told(house, stay):
    query = ask(house, stay)
    reply(house, query)
    with pytest.raises(Conflict, match="answered in the meantime"):
        reply(house, query)


@pytest.mark.parametrize("role", ["coder", "administrator", "researcher", "technician"])
def test_only_who_is_asked_answers(house, stay, role):
    query = ask(house, stay)
    with pytest.raises(Refused):
        actions.answer(actor=house.actor(role), query_id=query.id, version=1, choice=FAILURE, words="")


@pytest.mark.parametrize("role", ["clinician", "administrator", "technician", "researcher"])
def test_only_coders_ask(house, stay, role):
    with pytest.raises(Refused):
        actions.ask(actor=house.actor(role), **stay.key, written=written(stay.entry_id), responsible_id=stay.attending.id)


def test_declined_it_waits_for_a_coder_and_is_given_to_another(house, stay):
    query = ask(house, stay)
    actions.decline(actor=house.actor("clinician"), query_id=query.id, reason="I only covered the night.")
    assert item(query, ANSWER) is None and "I only covered" in item(query, ROUTING).reason
    other = practitioner(house, "Vale")
    actions.reassign(actor=house.actor("coder"), query_id=query.id, practitioner_id=other.id, reason="She wrote the note.")
    assert "has no sign-in" in item(query, ROUTING).reason
    actions.reassign(
        actor=house.actor("coder"), query_id=query.id, practitioner_id=stay.attending.id, reason="It is his after all."
    )
    assert item(query, ROUTING) is None and item(query, ANSWER).owner_id == house.users["clinician"].id
    assert [one.step for one in queries.history(Query.objects.get(id=query.id))] == ["reassign", "reassign", "decline", "send"]


def test_set_aside_it_comes_back_to_its_clinician(house, stay):
    from muniment.work.actions import resume_due

    query = ask(house, stay)
    until = clock.now() + timedelta(days=1)
    actions.defer(actor=house.actor("clinician"), query_id=query.id, until=until, reason="I wait for the culture.")
    assert item(query, ANSWER).state == "deferred"
    resume_due(actor=system_actor(), now=until)
    assert (item(query, ANSWER).state, item(query, ANSWER).owner_id) == ("assigned", house.users["clinician"].id)


def test_withdrawn_it_stays_with_its_reason(house, stay):
    query = actions.withdraw(actor=house.actor("coder"), query_id=ask(house, stay).id, reason="The note was amended.")
    assert queries.history(query)[0].reason == "The note was amended." and item(query, ANSWER) is None
    again = actions.ask(
        actor=house.actor("coder"),
        **stay.key,
        written=written(stay.entry_id),
        responsible_id=stay.attending.id,
        follows_id=query.id,
    )
    assert again.follows_id == query.id


def test_unanswered_it_is_put_before_an_administrator_once(house, stay):
    with at(5, 8):
        query = ask(house, stay)
    for day, wanted in ((17, 0), (18, 1), (19, 0)):
        with at(5, day):
            assert actions.look(actor=system_actor()) == wanted
    assert "has not answered" in item(query, ESCALATED).reason
    reply(house, query)
    assert item(query, ESCALATED) is None


class TestHolds:
    @pytest.fixture
    def coded(self, house, stay):
        from muniment.coding.jobs import drain_all

        install_codes()
        adopt_coding_rules(house)
        drain_all()
        return stay.coded(house, "I50.23", "J96.01")

    def assessed(self, stay, abstract):
        from muniment.coding.assessment import assess
        from muniment.coding.stay import facts_of

        row = coding.stay_for_update(stay.patient.id, stay.encounter_id)
        return assess(facts_of(row), coding.draft_of(abstract, coding.lines_of(abstract)))

    def test_an_open_query_holds_the_stay_until_it_is_answered(self, house, stay, coded):
        query = ask(house, stay)
        held = self.assessed(stay, coded)
        assert [edit.sentence for edit in held.unanswered] == [
            "Awaiting query: “Clarification of respiratory findings” is not answered."
        ]
        waiting = WorkItem.objects.get(queue_id="coding", subject_id=str(stay.encounter_id))
        assert waiting.reason.endswith("Query: awaiting the answer to “Clarification of respiratory findings”.")
        reply(house, query)
        assert self.assessed(stay, coded).ready and holds.on(stay.patient.id, stay.encounter_id) == []
        waiting.refresh_from_db()
        assert "not coded yet. Query: “Clarification of respiratory findings” was answered by" in waiting.reason

    def test_with_a_reason_it_can_be_final_and_the_reason_stands_with_it(self, house, stay, coded):
        from muniment.coding import actions as finals

        query = ask(house, stay)
        said = {f"Hold:query-{query.id}": "The claim is due today."}
        draft = replace(coding.draft_of(coded, coding.lines_of(coded)), answers=said)
        with pytest.raises(NotAllowedInState, match="A warning needs a reason: Awaiting query"):
            finals.finalise(
                actor=house.actor("coder"), patient_id=stay.patient.id, abstract_id=coded.id, revision=coded.revision
            )
        saved = finals.set_codes(
            actor=house.actor("coder"), patient_id=stay.patient.id, abstract_id=coded.id, revision=coded.revision, draft=draft
        )
        finals.finalise(actor=house.actor("coder"), patient_id=stay.patient.id, abstract_id=saved.id, revision=saved.revision)
        assert [one["reason"] for one in stay.content()["edits"] if one["number"] == "Hold"] == ["The claim is due today."]


def test_no_word_of_payment_reaches_the_clinician(house, stay):
    query = reply(house, ask(house, stay))
    text = Version.objects.get(entry_id=query.response_id)
    assert "DRG" not in text.content and "payment" not in text.content


def test_options_without_support_are_named(house, stay):
    with pytest.raises(NotAllowedInState, match="No indicator supports “Sepsis”"):
        ask(house, stay, options=(Option("Sepsis"), *written(stay.entry_id).options))
    assert msgspec.structs.asdict(Option("x")) == {"text": "x", "support": ()}
