"""The screens of queries: who may open them, what they show and do, and the queries they cost."""

from __future__ import annotations

import csv
from html import unescape

import pytest
from django.urls import reverse

from muniment.access.rules import Category, Grade, grade
from muniment.accounts.actions import choose_password
from muniment.accounts.rules import Role
from muniment.kernel.errors import NotAllowedInState
from muniment.querying import actions, queries
from muniment.querying.models import Query
from support.charts import add_stay, file, file_note, new_version, observation
from support.house import system_actor
from support.queries import GOODBYE, SIGNED_IN, asked
from support.querying import AskedStay, adopt_query_rules, ask, quote
from support.web import client_of

PASSWORD = "a long enough password"
FAILURE = "Acute respiratory failure with hypoxia"


@pytest.fixture
def stay(house):
    adopt_query_rules(house)
    return AskedStay(house).ready()


def url(name, *args):
    return reverse(name, args=args)


def words(answer) -> str:
    return unescape(answer.content.decode())


def said(stay, **changed):
    """What the form sends of a query that may be sent."""
    return {
        "title": "Clarification of respiratory findings", "question": "Which condition do the findings represent?",
        "form": "multiple choice", "use": "", "responsible": str(stay.attending.id), "entry": [str(stay.entry_id)] * 2,
        "entry_version": ["1", "1"], "quote": ["Oxygen saturation 84 % on room air.", "Placed on high-flow oxygen."],
        "option": [FAILURE, "Hypoxemia only", ""], "support": ["1 2", "1", ""],
    } | changed  # fmt: skip


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_the_access_table_decides(house, stay, role):
    query = ask(house, stay)
    client = client_of(house.users[role])
    reads = 200 if grade(role, Category.CODING) else 403
    writes = 200 if grade(role, Category.CODING) is Grade.WRITE else 403
    for name, args in (("queries", ()), ("query-figures", ()), ("query-figures-csv", ()), ("query", (query.id,))):
        assert client.get(url(name, *args)).status_code == reads, name
    for name, args in (("query-write", (stay.encounter_id,)), ("query-read", (stay.encounter_id, stay.entry_id))):
        assert client.get(url(name, *args)).status_code == writes, name
    assert client.get(url("query-answer", query.id)).status_code == (200 if role == "clinician" else 403)


def test_a_query_is_sent_from_what_the_form_says(house, stay):
    answer = client_of(house.users["coder"]).post(url("query-write", stay.encounter_id), said(stay))
    assert answer.status_code == 302
    query = Query.objects.get()
    assert (query.title, query.responsible_id) == ("Clarification of respiratory findings", stay.attending.id)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"title": "Please document respiratory failure"}, "“Please document” in the title leads to an answer"),
        ({"support": ["", "1", ""]}, f"No indicator supports “{FAILURE}”"),
        (
            {"quote": ["Saturation 99 %", "Placed on high-flow oxygen."]},
            "The words of indicator 1 do not stand there in the chart",
        ),
        ({"responsible": ""}, "Choose the clinician who is asked"),
        ({"responsible": "11111111-1111-1111-1111-111111111111"}, "Choose the clinician who is asked"),
    ],
)
def test_what_stops_it_is_said_and_nothing_typed_is_lost(house, stay, changed, sentence):
    client = client_of(house.users["coder"])
    answer = client.post(url("query-write", stay.encounter_id), said(stay, **changed))
    assert answer.status_code == 422 and sentence in words(answer)
    assert "Placed on high-flow oxygen." in words(answer) and "Hypoxemia only" in words(answer)
    assert not Query.objects.exists()


@pytest.mark.parametrize("changed", [{"form": "riddle"}, {"entry": ["no-uuid"] * 2}, {"entry_version": ["x", "1"]}])
def test_what_no_form_sends_is_refused(house, stay, changed):
    answer = client_of(house.users["coder"]).post(url("query-write", stay.encounter_id), said(stay, **changed))
    assert answer.status_code in (403, 422) and not Query.objects.exists()


def test_the_check_says_the_same_without_writing(house, stay):
    client = client_of(house.users["coder"])
    bad = client.post(url("query-check", stay.encounter_id), said(stay, question="Does the DRG change?"))
    assert "“DRG” speaks of payment" in words(bad)
    good = client.post(url("query-check", stay.encounter_id), said(stay))
    assert "Nothing stands in the way" in words(good) and not Query.objects.exists()


def test_a_document_is_read_line_by_line_and_leaves_its_event(house, stay):
    from muniment.audit.models import LifecycleEvent

    answer = client_of(house.users["coder"]).get(url("query-read", stay.encounter_id, stay.entry_id))
    assert [line in words(answer) for line in ("Patient febrile overnight.", "Oxygen saturation 84 % on room air.")] == [
        True,
        True,
    ]
    assert LifecycleEvent.objects.filter(name="record.view", subject_id=str(stay.entry_id)).exists()


def test_the_clinician_answers_with_a_password_and_the_coder_sees_it(house, stay):
    query = ask(house, stay)
    choose_password(actor=system_actor(), user=house.users["clinician"], password=PASSWORD)
    client = client_of(house.users["clinician"])
    assert "Queries to you" in words(client.get(url("completion-inbox")))
    wrong = client.post(
        url("query-answer", query.id), {"version": 1, "choice": FAILURE, "words": "So I judge.", "password": "no"}
    )
    assert wrong.status_code == 422 and "That is not your password." in words(wrong) and "So I judge." in words(wrong)
    right = client.post(
        url("query-answer", query.id), {"version": 1, "choice": FAILURE, "words": "So I judge.", "password": PASSWORD}
    )
    assert right.status_code == 302 and right["Location"] == url("completion-inbox")
    page = words(client_of(house.users["coder"]).get(url("query", query.id)))
    assert FAILURE in page and "So I judge." in page and "Read the signed addendum" in page


def test_other_needs_its_words(house, stay):
    query = ask(house, stay)
    choose_password(actor=system_actor(), user=house.users["clinician"], password=PASSWORD)
    client = client_of(house.users["clinician"])
    sent = {"version": 1, "choice": "Other (please say)", "words": "", "password": PASSWORD}
    answer = client.post(url("query-answer", query.id), sent)
    assert answer.status_code == 422 and "Say in words what your answer is" in words(answer)


def test_decline_set_aside_reassign_withdraw(house, stay):
    query = ask(house, stay)
    clinician, coder = client_of(house.users["clinician"]), client_of(house.users["coder"])
    assert clinician.post(url("query-defer", query.id), {"until": "yesterday", "reason": "x"}).status_code == 422
    assert clinician.post(url("query-defer", query.id), {"until": "+2", "reason": "I wait for the culture."}).status_code == 302
    assert clinician.post(url("query-decline", query.id), {"reason": ""}).status_code == 422
    assert clinician.post(url("query-decline", query.id), {"reason": "I only covered."}).status_code == 302
    assert clinician.get(url("query-answer", query.id)).status_code == 403
    stale = {"revision": 1, "practitioner": str(stay.attending.id), "reason": "It is his."}
    assert coder.post(url("query-reassign", query.id), stale).status_code == 422
    fresh = stale | {"revision": Query.objects.get().revision}
    assert coder.post(url("query-reassign", query.id), fresh).status_code == 302
    last = {"revision": Query.objects.get().revision, "reason": "The note was amended."}
    assert coder.post(url("query-withdraw", query.id), last).status_code == 302
    assert Query.objects.get().state == "withdrawn"


def test_no_screen_of_the_clinician_speaks_of_payment(house, stay):
    page = words(client_of(house.users["clinician"]).get(url("query-answer", ask(house, stay).id)))
    assert not [word for word in ("DRG", "payment", "weight", "reimburse") if word in page]


def test_each_figure_is_counted_as_its_definition_says(house, stay):
    first, second = ask(house, stay), ask(house, stay)
    actions.withdraw(actor=house.actor("coder"), query_id=ask(house, stay).id, reason="Asked twice.")
    actions.answer(actor=house.actor("clinician"), query_id=first.id, version=1, choice=FAILURE, words="")
    rows = list(csv.reader(client_of(house.users["administrator"]).get(url("query-figures-csv")).content.decode().splitlines()))
    coder = next(row for row in rows if row[0] == "coder")
    named = dict(zip(rows[0], coder, strict=True))
    assert (named["queries"], named["answered"], named["response rate %"], named["outstanding"]) == ("2", "1", "50", "1")
    assert (named["agreement rate %"], named["in time %"]) == ("100", "100")
    assert second.state == "open"


def test_the_list_narrows_and_pages(house, stay):
    query = ask(house, stay)
    client = client_of(house.users["administrator"])
    assert query.title in words(client.get(url("queries"), {"state": "open"}))
    assert "No query fits this filter" in words(client.get(url("queries"), {"state": "overdue"}))
    assert query.title in words(client.get(url("queries"), {"clinician": str(stay.attending.id), "service": "none"}))


LIST = [
    *SIGNED_IN,
    "SELECT accounts_facility",  # the reader's
    "SELECT querying_query",  # one page, with patients, facilities and clinicians
    "SELECT querying_query",  # how many there are
    "SELECT accounts_facility",  # which numbers the reader may see
    "SELECT identity_identifier",
    "SELECT identity_patient",
    *GOODBYE,
]


def test_the_list_asks_the_same_for_one_and_for_three(house, stay):
    client = client_of(house.users["administrator"])
    ask(house, stay)
    client.get(url("queries"))
    assert asked(lambda: client.get(url("queries"))) == LIST
    ask(house, stay)
    ask(house, stay)
    assert asked(lambda: client.get(url("queries"))) == LIST


def test_of_another_facility_nothing_is_seen(house, stay):
    from muniment.accounts import actions as accounts
    from muniment.accounts import queries as reads

    query = ask(house, stay)
    other = accounts.add_user(actor=system_actor(), username="elsewhere", family="Else", given="Where", credential="CCS")
    accounts.assign_role(actor=system_actor(), user=other, role=Role.CODER, facilities=[house.clinic])
    assert reads.actor_for(other).facilities
    client = client_of(other)
    assert client.get(url("query", query.id)).status_code == 403
    assert query.title not in words(client.get(url("queries")))
    assert client.get(url("query-write", stay.encounter_id)).status_code == 403


def chart_of(stay):
    from muniment.encounters.models import Encounter

    return Encounter.objects.get(patient_id=stay.patient.id, id=stay.encounter_id)


def the_link(page: str) -> str:
    """The first way from an indicator into the chart."""
    return page.split("Read it in the chart")[0].rsplit('href="', 1)[1].split('"')[0]


def test_a_result_is_quoted_with_its_value_and_leads_to_it(house, stay):
    result = file(chart_of(stay), new_version(observation(), chart_of(stay)))[0]
    page = words(client_of(house.users["coder"]).get(url("query-write", stay.encounter_id)))
    assert f'data-entry="{result}"' in page and "Sodium: 132 mmol/L" in page
    picked = (quote(result, "Sodium: 132 mmol/L"), quote(stay.entry_id, "Placed on high-flow oxygen."))
    query = ask(house, stay, indicators=picked)
    assert queries.written(query).indicators[0].on
    clinician = client_of(house.users["clinician"])
    assert clinician.get(the_link(words(clinician.get(url("query-answer", query.id))))).status_code == 200


def test_a_document_of_another_stay_needs_its_cause_and_leads_there(house, stay):
    here = chart_of(stay)
    earlier = add_stay(stay.patient, house.hospital, number="V0")
    note = file_note(earlier, "Home oxygen for chronic lung disease.")
    picked = (quote(note, "Home oxygen"), quote(stay.entry_id, "Placed on high-flow oxygen."))
    with pytest.raises(NotAllowedInState, match="is of another stay"):
        ask(house, stay, indicators=picked)
    query = ask(house, stay, indicators=picked, prior_cause="The lung disease is treated in this stay too.")
    assert query.entry_id == stay.entry_id and here.id == query.encounter_id
    clinician = client_of(house.users["clinician"])
    page = words(clinician.get(url("query-answer", query.id)))
    assert "of another stay" in page and "The lung disease is treated in this stay too." in page
    assert clinician.get(the_link(page)).status_code == 200
