"""Findings come and go with the chart; a muted one stays muted while its words stand; each change leaves one event."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from muniment.audit.models import LifecycleEvent
from muniment.encounters.models import Encounter
from muniment.kernel.errors import Conflict, Refused
from muniment.qualitative import actions, charts, jobs
from muniment.qualitative.models import Pending, QualitativeFinding
from muniment.qualitative.rules import State
from muniment.rulebook import actions as rulebook
from muniment.rulebook.models import RuleVersion
from support.findings import LEFT, OPERATIVE, PROGRESS, RIGHT, Contradicted, look
from support.house import system_actor
from support.stays import StayMaker, practitioner

pytestmark = pytest.mark.rules("qualitative.")

WHY = "The consent was corrected by hand; the scan is behind it."
LONG = " ".join(f"word{number}" for number in range(80))


@pytest.fixture
def chart(house):
    return Contradicted(house)


def event(name):
    return LifecycleEvent.objects.filter(name=name).order_by("at").last()


def test_a_contradiction_is_found_with_its_places(chart):
    row = chart.finding
    assert (row.kind, row.state, row.rule_code) == ("laterality", "open", "qualitative.laterality")
    assert row.sentence == "Replacement, hip: left in “Operative report”, right in “Informed consent”."
    assert [(one["entry_id"], one["number"], one["quote"]) for one in row.evidence] == [
        (str(chart.report), 1, "Left total hip arthroplasty"), (str(chart.consent), 1, "Right total hip arthroplasty"),
    ]  # fmt: skip
    one = row.evidence[0]
    assert LEFT[one["start"] : one["end"]] == one["quote"]
    assert event("qualitative.analyse").after["found"] == [str(row.id)]
    assert row.evidence[0]["quote"] not in str(event("qualitative.analyse").after)


def test_looking_again_changes_nothing(chart):
    before = chart.finding.revision
    assert actions.analyse(actor=system_actor(), encounters=[(chart.ward.patient.id, chart.ward.encounter_id)]) == 0
    assert chart.finding.revision == before


def test_before_discharge_nothing_is_looked_at(chart):
    chart.ward.cancel_discharge()
    look()
    assert chart.finding.state == State.GONE
    chart.ward.discharge(5)
    look()
    assert chart.finding.state == State.OPEN


def test_what_no_longer_holds_is_gone_by_itself_and_found_again_is_open(chart):
    chart.ward.file(OPERATIVE, RIGHT, entry_id=chart.report)
    look()
    row = chart.finding
    assert (row.state, event("qualitative.analyse").after["gone"]) == (State.GONE, [str(row.id)])
    assert row.gone_at
    chart.ward.file(OPERATIVE, LEFT, entry_id=chart.report)
    look()
    row = chart.finding
    assert (row.state, row.gone_at, row.evidence[0]["number"]) == (State.OPEN, None, 3)


def test_a_retracted_document_takes_its_finding_along(chart):
    chart.ward.file(OPERATIVE, LEFT, entry_id=chart.report, retracts=True)
    look()
    assert chart.finding.state == State.GONE


def test_a_muted_finding_stays_muted_while_its_words_stand(house, chart):
    row = actions.mute(actor=house.actor("coder"), finding_id=chart.finding.id, reason=WHY)
    assert (row.state, row.muted_by, row.muted_why) == (State.MUTED, house.actor("coder").name, WHY)
    assert (event("qualitative.mute").reason, event("qualitative.mute").after["state"]) == (WHY, "muted")
    chart.ward.file(PROGRESS, "ASSESSMENT:\nWalks with help.")
    chart.ward.file(OPERATIVE, f"SURGEON:\nStone\n{LEFT}", entry_id=chart.report)
    look()
    assert (chart.finding.state, chart.finding.muted_why) == (State.MUTED, WHY)
    chart.ward.file(OPERATIVE, RIGHT, entry_id=chart.report)
    look()
    chart.ward.file(OPERATIVE, LEFT, entry_id=chart.report)
    look()
    assert (chart.finding.state, chart.finding.muted_why) == (State.MUTED, WHY)


def test_other_words_are_another_finding(house, chart):
    actions.mute(actor=house.actor("coder"), finding_id=chart.finding.id, reason=WHY)
    chart.ward.file(OPERATIVE, "PROCEDURE:\nLeft hip replacement, cemented", entry_id=chart.report)
    look()
    assert sorted(QualitativeFinding.objects.values_list("state", flat=True)) == ["gone", "open"]


def test_unmuted_it_is_open_again(house, chart):
    actions.mute(actor=house.actor("clinician"), finding_id=chart.finding.id, reason=WHY)
    row = actions.unmute(actor=house.actor("coder"), finding_id=chart.finding.id)
    assert (row.state, row.muted_at, row.muted_by, row.muted_why) == (State.OPEN, None, "", "")


def test_who_is_second_is_told(house, chart):
    actions.mute(actor=house.actor("coder"), finding_id=chart.finding.id, reason=WHY)
    with pytest.raises(Conflict, match="muted by"):
        actions.mute(actor=house.actor("clinician"), finding_id=chart.finding.id, reason="Mine")
    assert chart.finding.muted_why == WHY


@pytest.mark.parametrize("role", ["technician", "administrator", "auditor", "privacy-officer", "roi-specialist", "researcher"])
def test_who_neither_codes_nor_completes_mutes_nothing(house, chart, role):
    with pytest.raises(Refused):
        actions.mute(actor=house.actor(role), finding_id=chart.finding.id, reason=WHY)
    assert chart.finding.state == State.OPEN


def test_a_reason_is_asked_for(house, chart):
    with pytest.raises(Refused, match="Say why"):
        actions.mute(actor=house.actor("coder"), finding_id=chart.finding.id, reason="  ")


def test_of_another_facility_it_is_not_there(house, chart):
    stranger = replace(house.actor("coder"), facilities=frozenset({house.clinic.id}))
    with pytest.raises(Refused, match="nothing here that you may see"):
        actions.mute(actor=stranger, finding_id=chart.finding.id, reason=WHY)


def test_a_check_whose_rule_ends_finds_nothing_from_that_day(house, chart):
    version = RuleVersion.objects.get(rule_id="qualitative.laterality")
    rulebook.end(
        actor=house.actor("administrator"), version_id=version.id, step="vacate", on=date(2026, 1, 1), reason="Too many"
    )
    assert look() == 1
    assert chart.finding.state == State.GONE


def test_the_worker_drains_every_note(house, chart):
    other = StayMaker(house, practitioner(house, "Vale"), number="2")
    other.admit()
    other.discharge()
    assert jobs.drain_all() == 1
    assert not Pending.objects.exists()


def copy(house, number, text=LONG, *, days=2):
    ward = StayMaker(house, practitioner(house, f"Vale{number}"), number=number)
    ward.admit()
    for day in (1, days):
        ward.file(PROGRESS, f"SUBJECTIVE:\n{text}", days=day)
    ward.discharge()
    return ward


def test_what_stands_in_the_notes_of_three_others_is_a_template(house, chart):
    """By the index of find-in-chart: the third and fourth patients' notes are judged when the others' are there."""
    for number in range(2, 6):
        copy(house, str(number))
    look()
    assert not QualitativeFinding.objects.filter(kind="copied").exists()
    alone = copy(house, "9", text=LONG.replace("word", "other"))
    look()
    (row,) = QualitativeFinding.objects.filter(kind="copied")
    assert row.patient_id == alone.patient.id


def test_a_note_of_an_earlier_stay_is_a_source(house, chart):
    ward = chart.ward
    ward.file(PROGRESS, f"SUBJECTIVE:\n{LONG}", days=-100, of_stay=False)
    ward.file(PROGRESS, f"SUBJECTIVE:\n{LONG}", days=2)
    look()
    row = QualitativeFinding.objects.get(kind="copied")
    assert [one["source"] for one in row.evidence] == ["Progress note", "Progress note"]
    assert "of 22 Nov 2025" in row.sentence


def test_a_hundred_stays_cost_as_many_queries_as_one(house, chart, django_assert_max_num_queries):
    for number in range(2, 5):
        copy(house, str(number), text="Well.")
    stays = list(Encounter.objects.values_list("patient_id", "id"))
    with django_assert_max_num_queries(4):
        assert len([one for one in charts.load(stays) if one.chart]) == 4
