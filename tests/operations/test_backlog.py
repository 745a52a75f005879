"""What is not coded: by days since discharge, and at the end of each day."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from muniment.coding import actions as coding
from muniment.coding.jobs import drain_all
from muniment.coding.models import FinalCoding
from muniment.operations import backlog
from support.coding import DISCHARGED, CodedStay, adopt_coding_rules, install_codes
from support.web import client_of

NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def governed(house):
    install_codes()
    adopt_coding_rules(house)
    return house


def here(house):
    return frozenset([house.hospital.id])


def figure(house, role="administrator"):
    figures = client_of(house.users[role]).get("/").context["day"].figures
    return {one.label: one for one in figures}["Discharged, not coded"]


def test_the_figure_counts_what_waits_and_leads_to_its_list(governed):
    CodedStay(governed).discharged()
    CodedStay(governed, "2").discharged(at=DISCHARGED + timedelta(days=6))
    drain_all()
    found = backlog.uncoded(here(governed), DISCHARGED + timedelta(days=8))
    assert (found.total, found.over_3, found.over_7, found.over_30) == (2, 1, 1, 0)
    shown = figure(governed)
    assert shown.value == "2"
    listed = client_of(governed.users["administrator"]).get(shown.url)
    assert listed.context["total"] == 2


def test_a_stay_counts_from_its_discharge_until_it_is_final(governed):
    stay = CodedStay(governed).discharged()
    drain_all()
    day = DISCHARGED.astimezone(NEW_YORK).date()
    days = [day - timedelta(days=1), day, day + timedelta(days=1)]
    assert backlog.backlog_by_day(here(governed), days, NEW_YORK) == [0, 1, 1]
    stay.finalised(governed, "I50.23")
    final = FinalCoding.objects.get().finalised_at.astimezone(NEW_YORK).date()
    around = [final - timedelta(days=1), final, final + timedelta(days=1)]
    assert backlog.backlog_by_day(here(governed), around, NEW_YORK) == [1, 0, 0]
    assert backlog.backlog_by_day(here(governed), days, NEW_YORK) == [0, 1, 1]


def test_coding_again_does_not_count_twice(governed):
    stay = CodedStay(governed).discharged()
    drain_all()
    stay.finalised(governed, "I50.23")
    coding.recode(actor=governed.actor("coder"), reason="Audit", **stay.key)
    final = FinalCoding.objects.get().finalised_at.astimezone(NEW_YORK).date()
    assert backlog.backlog_by_day(here(governed), [final - timedelta(days=1), final], NEW_YORK) == [1, 0]
    assert figure(governed).value == "1"  # it waits again, and its list shows it


def test_other_facilities_are_not_counted(governed):
    CodedStay(governed).discharged()
    drain_all()
    assert backlog.uncoded(frozenset([governed.clinic.id]), DISCHARGED).total == 0


def test_the_coder_pulls_the_next_stay_and_lands_in_its_workspace(governed):
    stay = CodedStay(governed).discharged()
    drain_all()
    client = client_of(governed.users["coder"])
    day = client.get("/").context["day"]
    assert [row.queue for row in day.items] == ["Coding"]
    pulled = client.post(day.pull.url)
    assert str(stay.encounter_id) in pulled.headers["Location"]
