"""A version tried on charts on the screens: what it would open, close and change, with why and citation, and nothing written."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from muniment.audit.models import LifecycleEvent
from muniment.completion import actions, dryrun, jobs, runs
from muniment.completion.models import Deficiency
from muniment.completion.web import trying
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.kernel.errors import Refused, Unfileable
from muniment.rulebook import actions as rulebook
from muniment.rulebook.models import RuleVersion
from muniment.rulebook.rules import SourceKind
from support.house import system_actor
from support.page_forms import sent
from support.stays import ADMITTED, StayMaker, adopt_rules, practitioner
from support.web import client_of

pytestmark = pytest.mark.rules("completion.")

SUMMARY = "completion.discharge-summary"
EDIT = f"/completion/rules/{SUMMARY}/propose"
EVERY = {"days": "36500", "visits": ""}


@pytest.fixture
def house(house: Any) -> Any:
    """At the hospital two inpatient charts and one of observation without a summary; one of observation at the clinic, where nobody works."""
    adopt_rules(house)
    stone = practitioner(house, "Stone", "clinician")
    for number, kind, facility in (
        ("1", "IMP", house.hospital), ("2", "IMP", house.hospital), ("3", "OBSENC", house.hospital), ("4", "OBSENC", house.clinic)
    ):  # fmt: skip
        stay = StayMaker(house, stone, number, class_code=kind, facility=facility)
        stay.admit()
        stay.discharge(4)
    while actions.drain(actor=system_actor()):
        pass
    return house


@pytest.fixture
def administrator(house: Any) -> Any:
    return client_of(house.users["administrator"])


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any chart is one too many to wait for."""
    monkeypatch.setattr(trying, "AT_ONCE", 0)


def proposed(house: Any, since: date = date(2026, 1, 1), **changed: Any) -> RuleVersion:
    last = RuleVersion.objects.filter(rule_id=SUMMARY).order_by("-number").first()
    return rulebook.propose(
        actor=house.actor("privacy-officer"), code=SUMMARY, title=last.title, statement="Said anew.", source_kind=SourceKind.HOUSE,
        parameters=last.parameters | changed, citation="House policy Y", effective_from=since,
    )  # fmt: skip


def try_address(version: RuleVersion) -> str:
    return f"/completion/rules/{version.rule_id}/{version.number}/try"


def typed(administrator: Any, **changed: Any) -> dict[str, Any]:
    found = sent(administrator.get(EDIT).content.decode())
    return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"} | EVERY | {"try": "1"} | changed


def words(page: Any) -> str:
    return " ".join(page.content.decode().split())


def test_what_is_typed_is_tried_before_it_is_proposed(administrator: Any) -> None:
    before = list(Deficiency.objects.order_by("id").values())
    events, versions = LifecycleEvent.objects.count(), RuleVersion.objects.count()
    page = administrator.post(EDIT, typed(administrator, classes=["OBSENC"], effective_from="1 Jan 2026", due_days="3"))
    assert page.status_code == 200
    assert "Would open 1, close 2 and change 0 deficiencies in 3 charts looked at." in words(page)
    assert "ROWE1, Alba" in words(page)
    assert "Write discharge summary" in words(page)
    assert "No rule asks for this document any more." in words(page)
    assert "Observation stay of 4 days: a discharge summary is required within 3 days of discharge." in words(page)
    assert "(unverified)" in words(page)
    assert list(Deficiency.objects.order_by("id").values()) == before
    assert RuleVersion.objects.count() == versions
    left = list(LifecycleEvent.objects.order_by("id").values_list("name", "after")[events:])
    assert [name for name, _ in left] == ["access.view-list"], left
    assert "Rowe" not in str(left)


def test_a_clock_shows_what_is_due_at_another_time(house: Any, administrator: Any) -> None:
    version = proposed(house, due={"from": "discharge", "days": 7})
    page = words(administrator.post(try_address(version), EVERY))
    assert "Would open 0, close 0 and change 2 deficiencies in 3 charts looked at." in page
    assert "13 Mar 2026, 10:00 instead of 5 Apr 2026, 10:00" in page


def test_named_stays_and_the_last_days_narrow_it(house: Any, administrator: Any) -> None:
    version = proposed(house, classes=["OBSENC"])
    named = words(administrator.post(try_address(version), {"days": "1", "visits": "V2"}))
    assert "Would open 0, close 1 and change 0 deficiencies in 1 chart looked at." in named
    none = words(administrator.post(try_address(version), {"days": "1", "visits": ""}))
    since = (clock.now() - ADMITTED).days
    assert since > 5, "the tests' stays lie in the past"
    assert "Would open, close and change no deficiency in 0 charts looked at." in none
    assert "Write a whole number, like 30." in words(administrator.post(try_address(version), {"days": "few"}))


def test_only_the_readers_facilities_are_looked_at(house: Any) -> None:
    version = proposed(house, classes=["OBSENC"])
    everywhere = house.actor("administrator")
    here = Actor(
        id=everywhere.id, name=everywhere.name, role="administrator", organisation=everywhere.organisation,
        facilities=frozenset([house.clinic.id]),
    )  # fmt: skip
    term, said = dryrun.term_of(version), {"days": 36_500, "visits": ""}
    tally, found = dryrun.tally(trying.asked(here, term, said))
    assert tally.looked == 1
    assert {one.stay.facility_id for one in found} == {house.clinic.id}


def test_the_page_of_adoption_counts_what_it_would_do(house: Any, administrator: Any) -> None:
    version = proposed(house, classes=["OBSENC"])
    page = words(administrator.get(f"/rules/{SUMMARY}/{version.number}/adopt"))
    assert "Would open 1, close 2 and change 0 deficiencies in 3 charts looked at." in page
    assert try_address(version) in page
    officer = words(client_of(house.users["privacy-officer"]).get(f"/rules/{SUMMARY}/{version.number}/adopt"))
    assert "Would open 1, close 2" in officer
    assert try_address(version) not in officer


def test_who_may_not_see_charts_may_not_try(house: Any) -> None:
    version, officer = proposed(house), client_of(house.users["privacy-officer"])
    assert officer.get(try_address(version)).status_code == 403
    page = officer.get(EDIT)
    assert page.status_code == 200
    assert "Try on charts" not in words(page)
    given = sent(page.content.decode()) | EVERY | {"try": "1"}
    refused = officer.post(EDIT, given)
    assert refused.status_code == 422
    assert "ROWE1" not in words(refused)


def test_many_charts_are_the_workers(house: Any, administrator: Any, many: None) -> None:
    version = proposed(house, classes=["OBSENC"])
    adopting = f"/rules/{SUMMARY}/{version.number}/adopt"
    assert "Nobody has tried this version on charts yet." in words(administrator.get(adopting))
    answer = administrator.post(try_address(version), EVERY)
    assert answer.status_code == 302
    going = words(administrator.get(answer.url))
    assert "Charts looked at: <b>0</b> of 3" in going
    assert "hx-get" in going
    runs.carry_out(run_of(answer.url))
    done = words(administrator.get(answer.url))
    assert "Would open 1, close 2 and change 0 deficiencies in 3 charts looked at." in done
    assert "ROWE1, Alba" in done
    part = words(administrator.get(answer.url, headers={"HX-Request": "true"}))
    assert part.startswith('<div id="dry-run"')
    assert "Would open 1, close 2" in words(administrator.get(adopting))
    another = client_of(house.users["clinician"])
    assert another.get(answer.url).status_code == 403


def run_of(url: str) -> Any:
    from uuid import UUID

    return UUID(url.rstrip("/").rpartition("/")[2])


def test_the_worker_stops_when_told(house: Any, administrator: Any, many: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dryrun, "BATCH", 1)
    monkeypatch.setattr(runs, "NOTE_EVERY", -1.0)
    answer = administrator.post(try_address(proposed(house, classes=["OBSENC"])), EVERY)
    told = administrator.post(f"{answer.url}stop")
    assert told.url == answer.url
    assert "Stopped after 0 of 3 charts." in words(administrator.get(answer.url))
    jobs.dry_run(run_id=str(run_of(answer.url)))
    assert "Stopped after 0 of 3 charts." in words(administrator.get(answer.url))

    look = dryrun.look

    def stopped_meanwhile(asked: Any) -> Any:
        for place, found in enumerate(look(asked)):
            if place == 1:
                administrator.post(f"{second.url}stop")
            yield found

    monkeypatch.setattr(dryrun, "look", stopped_meanwhile)
    second = administrator.post(try_address(proposed(house, classes=["SS"])), EVERY)
    jobs.dry_run(run_id=str(run_of(second.url)))
    assert "Stopped after 2 of 3 charts." in words(administrator.get(second.url))


def test_the_pages_of_a_run_hold_some_charts_each(
    house: Any, administrator: Any, many: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from muniment.completion.web.views import dry_run

    monkeypatch.setattr(dry_run, "PAGE", 2)
    answer = administrator.post(try_address(proposed(house, classes=["OBSENC"])), EVERY)
    runs.carry_out(run_of(answer.url))
    first, second = (words(administrator.get(f"{answer.url}{query}")) for query in ("", "?from=2"))
    assert sum(name in first for name in ("ROWE1", "ROWE2", "ROWE3")) == 2
    assert sum(name in second for name in ("ROWE1", "ROWE2", "ROWE3")) == 1


def test_a_run_that_is_lost_or_anothers_is_told(house: Any, administrator: Any) -> None:
    page = administrator.get("/completion/dry-runs/018f0000-0000-7000-8000-000000000000/")
    assert page.status_code == 403
    assert "There is no such dry run." in words(page)
    with pytest.raises(Refused):
        runs.get(house.actor("clinician"), run_of("018f0000-0000-7000-8000-000000000000/"))


def test_what_cannot_be_read_or_adopted_is_said_instead(house: Any, administrator: Any) -> None:
    unreadable = proposed(house, due={"from": "birth"})
    with pytest.raises(Unfileable):
        dryrun.term_of(unreadable)
    assert "can&#x27;t be read" in words(administrator.get(f"/rules/{SUMMARY}/{unreadable.number}/adopt"))
    early = proposed(house, since=date(2020, 1, 1), due={"from": "discharge"})
    page = administrator.get(f"/rules/{SUMMARY}/{early.number}/adopt")
    assert page.status_code == 200
    assert "Version 1 already governs from" in words(page)


def test_what_people_decided_stays_as_adoption_would_leave_it(house: Any) -> None:
    first, second = Deficiency.objects.filter(rule_code=SUMMARY, state="open").order_by("id")
    actions.waive(
        actor=house.actor("administrator"), deficiency_id=first.id, reason="An old chart.", authority="Committee, 2 Mar"
    )
    actions.decline(actor=house.actor("clinician"), deficiency_id=second.id, reason="Not mine.")
    version = proposed(house, due={"from": "discharge", "days": 7})
    _, (found,) = dryrun.tally(
        trying.asked(house.actor("administrator"), dryrun.term_of(version), {"days": 36_500, "visits": ""})
    )
    assert (found.stay.id, found.effect) == (second.encounter_id, "change")
    assert found.finding is not None
    assert (found.finding.responsible_id, found.was_responsible_id) == (None, None)
