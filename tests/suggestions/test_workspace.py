"""Suggested codes beside a chart: read by the worker, taken or refused by the coder, and moved by what was decided before."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from muniment.audit.models import LifecycleEvent
from muniment.audit.verify import verify
from muniment.coding.models import AbstractCode
from muniment.kernel.errors import Refused
from muniment.suggestions import actions, charts, queries
from muniment.suggestions.jobs import read_stay
from muniment.suggestions.models import Verdict, Why
from muniment.suggestions.scoring import Found
from support.charts import client_of
from support.coding import CodedStay, install_codes
from support.house import system_actor

pytestmark = [pytest.mark.django_db, pytest.mark.rules("coding.")]
HYPERTENSION = Found("I10", 0.8, (), "hypertension")
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def stay(house):
    install_codes()
    made = CodedStay(house).discharged()
    made.note("Acute on chronic systolic (congestive) heart failure.\nHypertension. No fever.")
    made.note("Essential (primary) hypertension is known; acute kidney failure was ruled out.", "Progress note")
    return made


@pytest.fixture
def client(house, stay):
    coder = client_of(house, "coder")
    assert coder.get(f"/coding/{stay.encounter_id}/").status_code == 200
    return coder


def url(stay, rest=""):
    return f"/coding/{stay.encounter_id}/suggestions/{rest}"


def read(stay):
    read_stay(patient_id=str(stay.patient.id), encounter_id=str(stay.encounter_id))


def body(client, address):
    return " ".join(client.get(address).content.decode().split())


def test_the_page_waits_for_nothing_and_the_worker_reads_the_chart_once(client, stay):
    page = body(client, f"/coding/{stay.encounter_id}/")
    assert "Suggested codes" in page
    assert f'hx-get="{url(stay)}"' in page
    assert "The worker reads the documents" in body(client, url(stay))
    assert "The worker reads the documents" in body(client, url(stay, "?again=1"))
    assert ProcrastinateJob.objects.filter(task_name="suggestions.read").count() == 1
    read(stay)
    shown = body(client, url(stay))
    assert "I10</strong><span>Essential (primary) hypertension" in shown
    assert "<mark>Acute on chronic systolic (congestive) heart failure</mark>" in shown
    assert "N17" not in shown, "what was ruled out is not suggested"
    assert "R509" not in shown


def test_a_new_document_is_read_and_a_retracted_one_suggests_nothing(client, stay):
    read(stay)
    assert "E11.9" not in body(client, url(stay))
    stay.note("Type 2 diabetes mellitus.", "Consultation")
    assert "The worker reads the documents" in body(client, url(stay))
    read(stay)
    assert "E11.9" in body(client, url(stay))


def test_what_is_taken_or_refused_is_noted_and_gone(house, client, stay):
    read(stay)
    answer = client.post(url(stay, "decide/"), {"code": "I10", "verdict": "refuse", "reason": Why.NOT_CODED}, **HTMX)
    assert answer.status_code == 200
    assert ">I10<" not in answer.content.decode()
    assert ">I10<" not in body(client, url(stay))
    client.post(url(stay, "decide/"), {"code": "I5023", "verdict": "take"}, **HTMX)
    assert sorted(Verdict.objects.values_list("code", "taken", "reason")) == [
        ("I10", False, str(Why.NOT_CODED)),
        ("I5023", True, ""),
    ]
    assert LifecycleEvent.objects.filter(name="suggestions.decide").count() == 2
    assert not AbstractCode.objects.exists(), "a draft is changed by its own action alone"
    assert queries.lessons(["I10", "I5023", "X"]) == {"I10": (0, 1), "I5023": (1, 0)}
    assert verify().sound


def test_what_stands_in_the_draft_is_not_suggested(house, client, stay):
    read(stay)
    stay.coded(house, "I50.23")
    assert "I50.23" not in body(client, url(stay))


def test_a_refusal_needs_a_reason_and_a_suggestion_that_is_there(house, client, stay):
    read(stay)
    assert client.post(url(stay, "decide/"), {"code": "I10", "verdict": "refuse", "reason": "because"}, **HTMX).status_code in (
        403,
        422,
    )
    assert client.post(url(stay, "decide/"), {"code": "A000", "verdict": "take"}, **HTMX).status_code in (403, 422)
    assert not Verdict.objects.exists()


def test_only_who_codes_the_stay_decides(house, stay):
    from muniment.encounters.models import Encounter

    row = Encounter.objects.select_related("facility").get(id=stay.encounter_id)
    for role in ("technician", "clinician", "administrator", "auditor"):
        with pytest.raises(Refused):
            actions.decide(actor=house.actor(role), stay=row, found=HYPERTENSION, percent=80, model=0, taken=True)
        assert client_of(house, role).get(url(stay)).status_code == 403


def test_documents_are_read_together_and_places_name_theirs(house, stay):
    from muniment.encounters.models import Encounter

    row = Encounter.objects.select_related("facility").get(id=stay.encounter_id)
    made = charts.read_now(system_actor(), row)
    assert made.documents == 2
    hypertension = next(one for one in made.found if one.code == "I10")
    assert len({entry for entry, _, _ in charts.places(hypertension)}) == 2
    assert json.loads(json.dumps(hypertension.score)) == hypertension.score


def test_without_a_release_the_panel_says_so(house):
    made = CodedStay(house).discharged()
    answer = client_of(house, "coder").get(url(made))
    assert "No release of ICD-10-CM is installed" in answer.content.decode()


def test_a_stay_is_read_by_the_release_of_the_facilitys_day(house):
    """Two in the morning of 1 October in UTC is the evening of 30 September there."""
    from muniment.encounters.models import Encounter
    from support import updates

    updates.install_before()
    updates.install_after()
    made = CodedStay(house).discharged(at=datetime(2026, 10, 1, 2, 0, tzinfo=UTC))
    row = Encounter.objects.select_related("facility").get(id=made.encounter_id)
    assert charts._release(row).version == "2026"
