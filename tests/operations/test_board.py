"""The administrator's board: what is late, how the house flows and what stands back, by facility, each number a link."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from muniment.completion import actions as completion
from muniment.operations import completeness
from muniment.operations.completeness import running
from support.house import system_actor
from support.scans import told_at
from support.stays import ADMITTED, StayMaker, adopt_rules, practitioner
from support.web import client_of

pytestmark = pytest.mark.rules("completion.")

NEW_YORK = ZoneInfo("America/New_York")
DISCHARGED = ADMITTED + timedelta(days=4)


def drain():
    while completion.drain(actor=system_actor()):
        pass


@pytest.fixture
def stay(house):
    """A discharged stay that lacks what the rules ask for, owed by the house's clinician."""
    adopt_rules(house)
    made = StayMaker(house, practitioner(house, "Stone", "clinician"))
    made.admit()
    made.discharge()
    drain()
    return made


@pytest.fixture
def administrator(house):
    return client_of(house.users["administrator"])


def test_open_deficiencies_fall_into_bands_by_how_late_they_are(house, stay):
    actor = house.actor("administrator")
    on_time = completeness.ages(actor, ADMITTED - timedelta(days=1))
    assert (on_time.bands, on_time.late) == ((3, 0, 0, 0), 0)
    much_later = completeness.ages(actor, DISCHARGED + timedelta(days=200))
    assert (much_later.bands, much_later.late) == ((0, 0, 0, 3), 3)
    documents = completeness.by_document(actor, DISCHARGED + timedelta(days=200))
    assert sum(ages.open for _, ages in documents) == 3
    assert {name for name, _ in documents} >= {"Discharge summary", "History and physical"}


def test_a_days_discharges_are_listed_alone_and_so_are_those_whose_charts_lack_something(house, stay):
    walked_in = StayMaker(house, stay.attending, number="2", class_code="AMB")
    walked_in.admit()
    walked_in.discharge(3)
    drain()
    day = DISCHARGED.astimezone(NEW_YORK).date()
    shown = {}
    with told_at(DISCHARGED + timedelta(days=1)):
        client = client_of(house.users["technician"])
        for asked in (
            "",
            f"day={day}",
            f"day={day - timedelta(days=1)}",
            "chart=lacking",
            f"day={day}&chart=lacking",
            "day=soon",
        ):
            rows = client.get(f"/discharges/?{asked}").context["stays"]
            shown[asked.replace(str(day), "the day")] = len(rows)
    assert list(shown.values()) == [2, 1, 1, 1, 1, 2]


def test_what_a_clinician_owes_stands_under_their_name(house, stay, administrator):
    (owing,) = completeness.by_clinician(house.actor("administrator"), DISCHARGED + timedelta(days=200))
    assert (owing.practitioner, owing.ages.open, owing.ages.late) == (stay.attending, 3, 3)
    row = administrator.get("/board/").context["board"].owing[0]
    assert row.who == str(stay.attending)
    assert administrator.get(row.url).status_code == 200
    assert administrator.get(row.late_url).status_code == 200


def test_a_chart_counts_as_incomplete_from_its_discharge_until_it_is_complete(house, stay):
    day = DISCHARGED.astimezone(NEW_YORK).date()
    days = [day - timedelta(days=1), day, day + timedelta(days=1)]
    assert completeness.incomplete_by_day(frozenset([house.hospital.id]), days, NEW_YORK) == [0, 1, 1]
    later = [day + timedelta(days=one) for one in (30, 31)]
    assert completeness.incomplete_by_day(frozenset([house.hospital.id]), later, NEW_YORK) == [1, 1]
    for code in ("34117-2", "18842-5", "11506-3"):
        stay.file(code, signed=True)
    drain()
    assert completeness.incomplete_by_day(frozenset([house.hospital.id]), later, NEW_YORK) == [1, 1]  # it was, on those days
    tomorrow = [(datetime.now(UTC) + timedelta(days=1)).astimezone(NEW_YORK).date()]
    assert completeness.incomplete_by_day(frozenset([house.hospital.id]), tomorrow, NEW_YORK) == [0]


def test_the_board_counts_one_facility_or_all_of_the_actors(house, stay, administrator):
    whole = {one.label: one.value for one in administrator.get("/board/").context["board"].figures}
    assert whole["Open deficiencies"] == "3"
    here = administrator.get("/board/", {"facility": str(house.hospital.id)}).context["board"]
    assert {one.label: one.value for one in here.figures}["Open deficiencies"] == "3"
    from muniment.accounts import actions
    from muniment.accounts.rules import Role

    actions.assign_role(
        actor=system_actor(), user=house.users["administrator"], role=Role.ADMINISTRATOR, facilities=[house.clinic]
    )
    clinic = administrator.get("/board/", {"facility": str(house.clinic.id)}).context["board"]
    assert {one.label: one.value for one in clinic.figures}["Open deficiencies"] == "0"
    assert clinic.owing == []


def test_a_facility_that_is_not_the_actors_is_not_counted(house, stay, administrator):
    page = administrator.get("/board/", {"facility": str(house.clinic.id)})
    assert page.context["filters"][0].chosen == "All my facilities"


def test_every_number_of_the_board_leads_somewhere(house, stay, administrator):
    html = administrator.get("/board/").content.decode()
    figures = re.findall(r'<div class="figure">.*?<a href="([^"]+)"', html, re.S)
    assert figures
    for target in figures:
        if target.startswith("#"):
            assert f'id="{target[1:]}"' in html
        else:
            resolve(target.split("?")[0])
            assert administrator.get(target.replace("&amp;", "&")).status_code == 200, target
    assert html.count("<summary>Table</summary>") == 3


def test_the_board_costs_the_same_whatever_there_is(house, stay, administrator):
    with CaptureQueriesContext(connection) as few:
        administrator.get("/board/")
    for number in range(2, 5):
        more = StayMaker(house, stay.attending, number=str(number))
        more.admit()
        more.discharge()
    drain()
    with CaptureQueriesContext(connection) as many:
        administrator.get("/board/")
    assert len(many) == len(few) <= 26


def test_a_release_specialist_sees_which_recent_charts_are_complete(house):
    adopt_rules(house)
    made = StayMaker(house, practitioner(house, "Stone", "clinician"))
    made.admit()
    since = (datetime.now(UTC) - ADMITTED).total_seconds() / 86_400
    made.discharge(since - 1)
    drain()
    (row,) = client_of(house.users["roi-specialist"]).get("/").context["day"].stays
    assert (row.patient, row.visit) == ("ROWE1, Alba", "V1")
    assert "lacks" in row.state


def test_what_stood_each_day_is_what_stood_before_and_what_came_and_went():
    days = [date(2026, 3, day) for day in (1, 2, 3)]
    assert running(2, days, {days[0]: 1, days[2]: 4}, {days[1]: 3}) == [3, 0, 4]
    assert running(0, [], {}, {}) == []
