"""Calendars of closed days: written on a screen, adopted like any rule, left out by a clock of working days, named under "why?"."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from muniment.delinquency import queries, statistics
from muniment.delinquency.candidates import candidates
from muniment.delinquency.closures import CALENDAR
from muniment.kernel.errors import Refused
from muniment.rulebook import actions as rulebook
from muniment.rulebook.models import RuleVersion
from muniment.rulebook.rules import SourceKind
from support.delinquency import ZONE, Scene, at
from support.web import client_of

pytestmark = pytest.mark.rules("completion.", "delinquency.")

LEVEL = {"day": 7, "title": "First notice", "wording": "reminder"}


@pytest.fixture
def scene(house):
    return Scene(house)


def adopt(scene, code, parameters, begin=date(2025, 1, 1), follows=None):
    """In the time that stands: proposed by one, adopted by the other."""
    version = rulebook.propose(
        actor=scene.privacy, code=code, title=code, statement="As the house wants it.", parameters=parameters, citation="House policy X",
        source_kind=SourceKind.HOUSE, effective_from=begin, follows=follows,
    )  # fmt: skip
    return rulebook.adopt(actor=scene.administrator, version_id=version.id)


def clock_of_working_days(scene, days=5):
    with at(1, 5):
        adopt(scene, "delinquency.clock", {"days": days, "counts": "working"})


def open_url(code=CALENDAR):
    return reverse("delinquency-calendar", args=[code])


SAID = {
    "weekdays": ["6", "7"], "days": "9 Mar 2026; Founders’ Day; Trustees, 2 Jan 2026\n10 Mar 2026; Snow", "citation": "House policy HIM-24",
    "source_kind": "house policy", "effective_from": "1 Mar 2026", "follows": "1",
}  # fmt: skip


def test_a_calendar_is_written_by_one_and_adopted_by_another(scene):
    privacy, administrator = (client_of(scene.house.users[role]) for role in ("privacy-officer", "administrator"))
    answer = administrator.post(open_url(), SAID)
    assert answer.status_code == 302
    version = RuleVersion.objects.get(rule_id=CALENDAR, number=2)
    assert version.parameters == {
        "weekdays": [6, 7],
        "days": [
            {"day": "2026-03-09", "name": "Founders’ Day", "source": "Trustees, 2 Jan 2026"},
            {"day": "2026-03-10", "name": "Snow", "source": ""},
        ],
    }
    assert version.statement == (
        "Saturdays, Sundays and 2 listed days are closed in the house: what counts working days leaves them out."
    )
    with pytest.raises(Refused, match="somebody else"):
        rulebook.adopt(actor=scene.administrator, version_id=version.id)
    privacy.post(reverse("rulebook-adopt", args=[CALENDAR, 2]))
    again = administrator.get(open_url()).content.decode()
    assert "9 Mar 2026; Founders’ Day; Trustees, 2 Jan 2026" in again


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"days": "Christmas"}, "Line 1 is not a day and its name."),
        ({"days": "9 Mar 2026; A\n9 Mar 2026; B"}, "9 Mar 2026 stands there twice."),
        ({"weekdays": [str(day) for day in range(1, 8)]}, "A calendar that closes every weekday stops the clock."),
        ({"citation": ""}, "This field is required."),
        ({"effective_from": "soon"}, "This is not a date."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(scene, changed, sentence):
    answer = client_of(scene.house.users["administrator"]).post(open_url(), SAID | changed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert not RuleVersion.objects.filter(rule_id=CALENDAR, number=2).exists()
    if "days" not in changed:
        assert "Founders’ Day" in page


def test_candidates_count_only_when_they_are_ticked(scene):
    administrator = client_of(scene.house.users["administrator"])
    shown = administrator.post(open_url(), SAID | {"candidates": "1", "country": "us", "state": "ny", "year": "2026"})
    page = shown.content.decode()
    assert shown.status_code == 200
    assert "Wednesday, 11 Nov 2026: Veterans Day" in page
    assert "checked" not in page.partition('id="candidates"')[2].partition("</section>")[0]
    assert "Founders’ Day" in page
    ticked = next(one for one in candidates("US", "NY", 2026) if one.day == date(2026, 11, 11))
    value = f'{{"day":"2026-11-11","name":"{ticked.name}","source":"{ticked.source}"}}'
    assert administrator.post(open_url(), SAID | {"take": [value]}).status_code == 302
    days = RuleVersion.objects.get(rule_id=CALENDAR, number=2).parameters["days"]
    assert [one["name"] for one in days] == ["Founders’ Day", "Snow", "Veterans Day"]
    assert days[2]["source"].endswith("US-NY")


@pytest.mark.parametrize(
    ("country", "state", "year"), [("ZZ", "", 2026), ("US", "QQ", 2026), ("U.", "", 2026), ("US", "NY", 3)]
)
def test_a_place_the_library_does_not_know_is_said(scene, country, state, year):
    with pytest.raises(Refused):
        candidates(country, state, year)
    said = SAID | {"candidates": "1", "country": country, "state": state, "year": str(year)}
    assert client_of(scene.house.users["administrator"]).post(open_url(), said).status_code == 422


def test_a_clock_of_working_days_leaves_closed_days_out_and_names_them(scene):
    clock_of_working_days(scene)
    with at(1, 6):
        adopt(scene, CALENDAR, {"weekdays": [6, 7], "days": [{"day": "2026-03-09", "name": "Founders’ Day"}]})
    with at(3, 11, 9):  # Wednesday: 4, 5, 6, 10, 11 March count of the eight days since Tuesday the 3rd
        assert scene.delinquent() == 0
    with at(3, 12, 9):
        assert scene.delinquent() == 1
        page = client_of(scene.house.users["administrator"]).get(reverse("delinquency-charts")).content.decode()
    for words in ("Founders’ Day, 9 Mar 2026", "1 Saturday", "1 Sunday", "9 − 3 = 6"):
        assert words in page


def test_a_facility_has_a_calendar_of_its_own(scene):
    clock_of_working_days(scene)
    with at(1, 6):
        adopt(scene, CALENDAR, {"weekdays": [6, 7]})
        adopt(scene, f"{CALENDAR}.{scene.hospital.code.casefold()}", {"weekdays": []}, begin=date(2026, 3, 8))
    with at(3, 9, 9):  # Saturday the 7th is still the house's; from the 8th the facility counts every day
        (debt,) = queries.standing([scene.hospital.id], queries.book(), days=1)
        assert [one.day for one in debt.age.closed] == [date(2026, 3, 7)]


def test_a_month_end_uses_the_calendar_as_it_stood_then(scene):
    clock_of_working_days(scene, days=20)
    with at(1, 6):
        adopt(scene, CALENDAR, {"weekdays": [7]})
    month_end = datetime(2026, 4, 1, 3, 59, tzinfo=UTC)  # 24 days count, without four Sundays
    with at(4, 2):
        assert len(queries.delinquent([scene.hospital.id], queries.book(), month_end)) == 1
        closes_much = [{"day": f"2026-03-{day:02}", "name": "Flood"} for day in range(4, 29)]
        adopt(scene, CALENDAR, {"weekdays": [7], "days": closes_much}, begin=date(2026, 3, 1))
        assert scene.delinquent() == 0  # now it is known that those days were closed
        found = statistics.delinquent_at(
            [scene.hospital.id], queries.book(), statistics.moments(datetime(2026, 4, 2, 12, tzinfo=UTC), ZONE)
        )
        assert len(found["2026-03"]) == 1


def test_letters_that_fall_due_on_a_closed_day_wait(scene):
    with at(1, 6):
        adopt(scene, CALENDAR, {"weekdays": [6, 7], "days": [{"day": "2026-03-10", "name": "Founders’ Day"}]})
    with at(3, 10):  # the seventh day
        assert scene.due()
    with at(1, 7):
        adopt(scene, "delinquency.letters", {"levels": [LEVEL], "closed_days": "wait"})
    with at(3, 10):
        assert not scene.due()
    with at(3, 11):
        assert [one.number for one in scene.due()] == [1]
    with at(3, 14):  # Saturday: what was due on Wednesday is due still
        assert [one.number for one in scene.due()] == [1]


def test_only_who_writes_rules_writes_calendars(scene):
    technician = client_of(scene.house.users["technician"])
    assert technician.get(open_url()).status_code == 403
    assert client_of(scene.house.users["administrator"]).get(open_url("delinquency.calendar.elsewhere")).status_code == 403
