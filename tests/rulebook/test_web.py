"""The rule book's screens: read, search, as of a day; propose, adopt by another, withdraw, stay, vacate, verify."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from muniment.audit.models import LifecycleEvent
from muniment.rulebook import actions
from muniment.rulebook.models import RuleVersion
from muniment.rulebook.queries import at
from muniment.rulebook.rules import SourceKind
from support.web import client_of

CODE = "completion.test-note"
GIVEN = {
    "code": CODE, "title": "Test note", "statement": "A stay has a test note.", "citation": "House policy T-1",
    "source_kind": "house policy",
    "parameters": '{"due": {"days": 30}, "classes": ["IMP", "OBSENC"]}', "effective_from": "1 Jan 2026", "effective_to": "",
}  # fmt: skip


def propose(house, **more):
    given = {
        "code": CODE, "title": "Test note", "statement": "A stay has a test note.", "parameters": {"due": {"days": 30}},
        "citation": "House policy T-1", "source_kind": SourceKind.HOUSE, "effective_from": date(2026, 1, 1),
    }  # fmt: skip
    return actions.propose(actor=house.actor("privacy-officer"), **(given | more))


@pytest.fixture
def officer(house):
    return client_of(house.users["privacy-officer"])


@pytest.fixture
def administrator(house):
    return client_of(house.users["administrator"])


def adopt(house, version):
    return actions.adopt(actor=house.actor("administrator"), version_id=version.id)


def titles(page):
    return [version.rule_id for version, *_ in page.context["rows"]]


def test_the_book_shows_what_is_in_force_on_a_day(house, officer):
    adopt(house, propose(house))
    assert titles(officer.get("/rules/", {"on": "2 Jan 2026"})) == [CODE]
    assert titles(officer.get("/rules/", {"on": "31 Dec 2025"})) == []
    assert titles(officer.get("/rules/", {"on": "2026-01-01"})) == [CODE]


def test_a_day_that_is_none_is_told(house, officer):
    page = officer.get("/rules/", {"on": "31 Feb 2026"})
    assert "“31 Feb 2026” is not a date" in page.content.decode()


def test_a_proposal_waits_and_is_found_by_standing_source_and_words(house, officer):
    propose(house)
    assert titles(officer.get("/rules/")) == []
    assert "1 wait for adoption" in officer.get("/rules/").content.decode()
    assert titles(officer.get("/rules/", {"status": "proposed"})) == [CODE]
    assert titles(officer.get("/rules/", {"status": "proposed", "source": "law"})) == []
    assert titles(officer.get("/rules/", {"status": "all", "q": "T-1"})) == [CODE]
    assert titles(officer.get("/rules/", {"status": "all", "q": "nothing like it"})) == []


def test_the_book_costs_the_same_whatever_its_size(house, officer):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            officer.get("/rules/?status=all")
        return len(seen)

    propose(house)
    few = queries()
    for number in range(5):
        propose(house, code=f"completion.more-{number}")
    assert queries() == few <= 8


def test_a_rule_is_proposed_on_screen_and_adopted_by_somebody_else(house, officer, administrator):
    assert officer.post("/rules/propose", GIVEN).status_code == 302
    version = RuleVersion.objects.get()
    assert (version.parameters, version.effective_from) == (
        {"due": {"days": 30}, "classes": ["IMP", "OBSENC"]},
        date(2026, 1, 1),
    )
    own = officer.get(f"/rules/{CODE}/").content.decode()
    assert "You proposed this rule; somebody else has to adopt it." in own
    assert "Adopt version 1" not in own
    assert officer.post(f"/rules/{CODE}/1/adopt").status_code == 403
    assert "Adopt version 1" in administrator.get(f"/rules/{CODE}/").content.decode()
    assert "Nothing that is open" not in administrator.get(f"/rules/{CODE}/1/adopt").content.decode()
    assert administrator.post(f"/rules/{CODE}/1/adopt").status_code == 302
    version.refresh_from_db()
    assert (version.status, version.adopted_by_id) == ("adopted", house.actor("administrator").id)
    assert list(LifecycleEvent.objects.filter(subject_id=CODE).order_by("at").values_list("name", flat=True)) == [
        "rulebook.propose",
        "rulebook.adopt",
    ]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("code", "Completion Note", "lower case"), ("parameters", '{"due": ', "Line 1"), ("parameters", "[1]", "inside braces"),
        ("effective_from", "31 Feb 2026", "not a date"), ("effective_to", "1 Jan 2025", "end after"), ("statement", "", "required"),
    ],
)  # fmt: skip
def test_what_can_not_be_proposed_comes_back_with_a_sentence_and_nothing_lost(house, officer, field, value, says):
    page = officer.post("/rules/propose", GIVEN | {field: value})
    assert page.status_code == 422
    assert says in str(page.context["form"].errors)
    assert "House policy T-1" in page.content.decode()
    assert not RuleVersion.objects.exists()


def test_a_code_in_use_is_not_proposed_anew(house, officer):
    propose(house)
    page = officer.post("/rules/propose", GIVEN)
    assert page.status_code == 422
    assert "already" in str(page.context["form"].errors["code"])


def test_the_next_version_starts_from_the_last_and_ends_it_when_adopted(house, officer, administrator):
    adopt(house, propose(house))
    page = officer.get(f"/rules/{CODE}/propose")
    assert page.context["form"].initial["statement"] == "A stay has a test note."
    assert officer.post(f"/rules/{CODE}/propose", next_version(title="Test note, signed")).status_code == 302
    administrator.post(f"/rules/{CODE}/2/adopt")
    first, second = RuleVersion.objects.order_by("number")
    assert (first.status, first.effective_to, second.status) == ("superseded", date(2026, 3, 1), "adopted")
    assert [one.title for one in (first, second)] == ["Test note", "Test note, signed"]
    assert (at(date(2026, 2, 1))[CODE].title, at(date(2026, 3, 1))[CODE].title) == ("Test note", "Test note, signed")


def next_version(**more):
    return {name: value for name, value in GIVEN.items() if name != "code"} | {"effective_from": "1 Mar 2026"} | more


def test_a_version_proposed_while_one_was_typing_is_told(house, officer):
    propose(house)
    form = officer.get(f"/rules/{CODE}/propose").context["form"]
    propose(house, statement="Somebody was quicker.")
    page = officer.post(f"/rules/{CODE}/propose", next_version(follows=form.initial["follows"]))
    assert page.status_code == 409
    assert "Somebody else proposed version 2 of this rule" in page.content.decode()
    assert RuleVersion.objects.count() == 2


def test_without_a_citation_the_screen_says_why_it_can_not_be_adopted(house, administrator):
    propose(house, citation="")
    page = administrator.get(f"/rules/{CODE}/").content.decode()
    assert "without a citation can’t be adopted" in page.replace("&#x27;", "’").replace("'", "’")
    assert "Adopt version 1" not in page


def test_withdraw_needs_a_reason_and_keeps_it(house, officer):
    propose(house)
    assert officer.post(f"/rules/{CODE}/1/withdraw", {"reason": ""}).status_code == 422
    assert officer.post(f"/rules/{CODE}/1/withdraw", {"reason": "Proposed twice."}).status_code == 302
    assert RuleVersion.objects.get().status == "withdrawn"
    assert "Proposed twice." in officer.get(f"/rules/{CODE}/").content.decode()


@pytest.mark.parametrize(("step", "status"), [("stay", "stayed"), ("vacate", "vacated")])
def test_an_adopted_rule_is_ended_from_a_day_on(house, officer, step, status):
    adopt(house, propose(house))
    assert officer.post(f"/rules/{CODE}/1/{step}", {"on": "1 Jun 2026", "reason": "Order of the court."}).status_code == 302
    version = RuleVersion.objects.get()
    assert (version.status, version.effective_to) == (status, date(2026, 6, 1))
    assert titles(officer.get("/rules/", {"on": "31 May 2026"})) == [CODE]
    assert titles(officer.get("/rules/", {"on": "1 Jun 2026"})) == []


def test_a_rule_ended_before_it_began_never_governed_and_the_trail_says_the_day_that_was_written(house, officer):
    adopt(house, propose(house))
    begun = RuleVersion.objects.get().effective_from
    officer.post(f"/rules/{CODE}/1/vacate", {"on": "1 Jun 1990", "reason": "Order of the court."})
    assert RuleVersion.objects.get().effective_to == begun
    assert LifecycleEvent.objects.get(name="rulebook.end").after["to"] == begun.isoformat()


def test_unverified_is_said_until_somebody_has_read_the_primary_text(house, officer):
    adopt(house, propose(house))
    assert "unverified" in officer.get("/rules/").content.decode()
    officer.post(f"/rules/{CODE}/1/verify", {"on": "1 Feb 2026"})
    assert RuleVersion.objects.get().verified_on == date(2026, 2, 1)
    assert 'class="state due"' not in officer.get("/rules/").content.decode()


def test_who_only_reads_sees_no_button(house):
    propose(house)
    coder = client_of(house.users["coder"])
    page = coder.get(f"/rules/{CODE}/").content.decode()
    assert '<button class="button' not in page.split("<main")[1].split("</main>")[0]
    assert coder.post(f"/rules/{CODE}/1/adopt").status_code == 403


def test_a_rule_nobody_knows_is_told(officer):
    assert officer.get("/rules/nothing.here/").status_code == 403
    assert "no rule" in officer.get("/rules/nothing.here/").content.decode()
