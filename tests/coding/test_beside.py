"""The lines beneath the DRG: what the codes come to elsewhere, on the draft and on the final coding."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from muniment.coding.stay import claim_of, facts_of
from muniment.coding.web.beside import beside
from muniment.encounters.models import Encounter
from muniment.terminology import ahrq
from muniment.terminology.actions import install_release
from muniment.terminology.classifications import embedded_classifications
from muniment.terminology.rules import System
from support.ahrq import CCSR, elixhauser_workbook
from support.charts import client_of
from support.coding import DISCHARGED, CodedStay, adopt_coding_rules, draft_of, install_codes
from support.house import system_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def classifications():
    for source in embedded_classifications():
        if source.system is System.CMS_HCC and source.version == "V28-2027":
            install_release(actor=system_actor(), source=source)
    install_release(actor=system_actor(), source=ahrq.ccsr_release("DXCCSR_v2026-1.csv", CCSR.encode()))
    install_release(
        actor=system_actor(), source=ahrq.elixhauser_release("CMR-Reference-File-v2026-1.xlsx", elixhauser_workbook())
    )


@pytest.fixture
def stay(house):
    install_codes()
    adopt_coding_rules(house)
    return CodedStay(house).discharged()


def _shown(house, address):
    body = unescape(client_of(house, "coder").get(address).content.decode())
    return dict(re.findall(r'<div class="beside"><span>([^<]+)</span> <span class="words">([^<]*)</span>', body)), body


def test_a_draft_says_what_its_codes_come_to(house, stay, classifications):
    stay.coded(house, "I50.23", "E11.22", "I10", "N17.9 N")
    lines, body = _shown(house, f"/coding/{stay.encounter_id}/")
    assert lines == {
        "HCC": "224 Acute on Chronic Heart Failure · 37 Diabetes with Chronic Complications",
        "CCSR of the principal": "CIR019 Heart failure",
        "Elixhauser": "Diabetes with chronic complications · Hypertension, uncomplicated",
    }
    assert "It does not change the payment of this stay." in body
    assert "CMS-HCC V28, payment year 2027" in body


def test_what_does_not_count_says_why(house, stay, classifications):
    stay.coded(house, "K35.80", "I50.23 N")
    lines, body = _shown(house, f"/coding/{stay.encounter_id}/")
    assert lines["Elixhauser"] == "none"
    assert "I50.23 Heart failure" in body
    assert "not counted: not known to have been present on admission" in body


def test_a_final_coding_says_so_by_the_facts_it_was_finalised_with(house, stay, classifications):
    stay.finalised(house, "I50.23")
    stay.move("cancel discharge", DISCHARGED)  # the stay goes on; what was coded stays readable
    lines, _ = _shown(house, f"/coding/{stay.encounter_id}/final/")
    assert lines["HCC"] == "224 Acute on Chronic Heart Failure"


def test_without_a_classification_nothing_is_said(house, stay):
    stay.coded(house, "I50.23")
    lines, _ = _shown(house, f"/coding/{stay.encounter_id}/")
    assert lines == {}


def test_the_lines_take_a_bounded_number_of_queries(house, stay, classifications):
    encounter = Encounter.objects.select_related("patient", "facility").get(id=stay.encounter_id)
    facts, counted = facts_of(encounter), []
    for codes in (("I50.23",), ("I50.23", "E11.22", "I10", "N17.9", "J96.01", "K35.80", "E11.9")):
        claim = claim_of(facts, draft_of(*codes, disposition="01"))
        with CaptureQueriesContext(connection) as queries:
            beside(facts, claim)
        counted.append(len(queries))
    assert max(counted) <= 8
