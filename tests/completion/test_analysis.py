"""Chart analysis on the real database: what a discharged chart lacks becomes a deficiency, and goes away by itself."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from muniment.audit.verify import verify
from muniment.completion import actions
from muniment.completion.models import ChartStatus, Deficiency, DeficiencyStep, Pending
from muniment.completion.queues import ANALYSIS, INBOX
from muniment.work.models import WorkItem
from support.house import system_actor
from support.stays import NOTE, StayMaker, adopt_rules, practitioner

pytestmark = pytest.mark.rules("completion.")

HP, DS, PN = "34117-2", "18842-5", "11506-3"


@pytest.fixture
def ward(house):
    adopt_rules(house)
    return StayMaker(house, practitioner(house, "Stone", "clinician"))


def drain():
    while actions.drain(actor=system_actor()):
        pass


def lacks(state="open"):
    return {(one.rule_code.removeprefix("completion."), one.kind) for one in Deficiency.objects.filter(state=state)}


def test_nothing_is_owed_before_discharge(ward):
    ward.admit()
    ward.file(DS)
    drain()
    assert not Deficiency.objects.exists()


def test_discharge_opens_what_is_missing_and_gives_it_to_the_attending(ward, house):
    ward.admit()
    ward.discharge()
    drain()
    assert lacks() == {
        ("history-and-physical", "missing document"),
        ("discharge-summary", "missing document"),
        ("progress-notes", "missing document"),
    }
    items = WorkItem.objects.filter(queue_id=INBOX)
    assert {item.owner_id for item in items} == {house.users["clinician"].id}
    assert {item.subject_id for item in items} == {str(one.id) for one in Deficiency.objects.all()}
    summary = Deficiency.objects.get(rule_code="completion.discharge-summary")
    assert summary.why == "Inpatient stay of 4 days: a discharge summary is required within 30 days of discharge."
    assert "482.24" in summary.citation
    assert not summary.verified
    status = ChartStatus.objects.get()
    assert (status.open_count, status.complete_since) == (3, None)
    assert (status.delinquent_at - status.discharged_at).days == 30
    assert verify().sound


def test_filing_and_signing_close_it(ward):
    ward.admit()
    ward.discharge()
    drain()
    entry = ward.file(DS, author=ward.attending)
    ward.file(HP, signed=True)
    ward.file(PN, signed=True)
    drain()
    assert lacks() == {("discharge-summary", "missing signature")}
    assert lacks("completed") == {
        ("history-and-physical", "missing document"),
        ("discharge-summary", "missing document"),
        ("progress-notes", "missing document"),
    }
    ward.file(DS, f"Signed where it was written.\n{NOTE}", author=ward.attending, entry_id=entry, signed=True)
    drain()
    assert lacks() == set()
    assert ChartStatus.objects.get().complete_since
    assert not WorkItem.objects.exclude(state="done").exists()


def test_retraction_reopens_the_same_deficiency(ward):
    ward.admit()
    entry = ward.file(DS, signed=True)
    ward.file(HP, signed=True)
    ward.file(PN, signed=True)
    ward.discharge()
    drain()
    assert lacks() == set()
    ward.file(DS, "Wrong patient.", entry_id=entry, retracts=True)
    drain()
    assert lacks() == {("discharge-summary", "missing document")}
    ward.file(DS, f"The right one.\n{NOTE}", signed=True)
    drain()
    other = ward.file(DS, f"Another.\n{NOTE}", signed=True)
    assert lacks() == set()
    ward.file(DS, "Another.", entry_id=other, retracts=True)
    drain()
    assert lacks() == set()
    steps = [one.step for one in DeficiencyStep.objects.order_by("id")]
    assert steps == ["open", "complete"]


def test_a_completed_one_is_reopened_not_doubled(ward):
    ward.admit()
    ward.discharge()
    drain()
    entry = ward.file(DS, signed=True)
    drain()
    ward.file(DS, "Withdrawn.", entry_id=entry, retracts=True)
    drain()
    summary = Deficiency.objects.get(rule_code="completion.discharge-summary")
    assert (summary.state, summary.closed_at, summary.closed_why) == ("open", None, "")
    steps = DeficiencyStep.objects.filter(deficiency_id=summary.id).order_by("id")
    assert [one.step for one in steps] == ["open", "complete", "reopen"]
    assert WorkItem.objects.filter(subject_id=str(summary.id), state="assigned").count() == 1


def test_a_cancelled_discharge_cancels_what_was_open(ward):
    ward.admit()
    ward.discharge()
    drain()
    ward.cancel_discharge()
    drain()
    assert lacks() == set()
    assert {one.closed_why for one in Deficiency.objects.all()} == {"The discharge was cancelled."}
    assert not ChartStatus.objects.exists()
    assert set(WorkItem.objects.values_list("state", flat=True)) == {"cancelled"}
    ward.discharge(5)
    drain()
    assert len(lacks()) == 3
    assert Deficiency.objects.count() == 3


def test_who_has_no_sign_in_or_is_unknown_goes_to_the_technicians(house):
    adopt_rules(house)
    ward = StayMaker(house, practitioner(house, "Elsewhere"), class_code="EMER")
    ward.admit()
    ward.discharge(1)
    drain()
    item = WorkItem.objects.get()
    assert (item.queue_id, item.owner_id) == (ANALYSIS, None)
    assert "no sign-in" in item.reason


def test_an_operation_asks_the_surgeon(ward, house):
    surgeon = practitioner(house, "Blade", "administrator")
    ward.admit()
    ward.procedure("0DTJ4ZZ", operator=surgeon)
    ward.discharge()
    drain()
    report = Deficiency.objects.get(rule_code="completion.operative-report")
    assert report.responsible_id == surgeon.id
    assert "with operation 0DTJ4ZZ" in report.why


def test_final_codes_tell_of_operations_too_each_day_of_its_own(ward):
    ward.admit()
    ward.discharge()
    drain()
    assert not Deficiency.objects.filter(rule_code="completion.operative-report").exists()
    ward.procedure("0DTJ4ZZ", coded=True)
    ward.procedure("0W9G30Z", coded=True, days=3)
    drain()
    first, second = Deficiency.objects.filter(rule_code="completion.operative-report").order_by("key")
    assert "on 3 Mar 2026" in first.why
    assert "on 5 Mar 2026" in second.why
    ward.file("11504-8", signed=True, days=3.1)
    drain()
    assert set(Deficiency.objects.filter(state="open", rule_code__endswith="report").values_list("id", flat=True)) == {first.id}


def test_a_day_without_a_time_is_that_day_of_the_facility_and_is_over_before_a_clock_runs(ward, house):
    zone = ZoneInfo(house.hospital.zone)
    ward.admit()
    ward.procedure("0DTJ4ZZ", coded=True, on="2026-03-03")
    ward.procedure("0W9G30Z", coded=True, on="2026-03-05")
    ward.discharge()
    drain()
    first, second = Deficiency.objects.filter(rule_code="completion.operative-report").order_by("key")
    assert "on 3 Mar 2026" in first.why
    assert "on 5 Mar 2026" in second.why
    assert first.due_at == datetime(2026, 3, 5, tzinfo=zone)  # 24 hours from the end of the third
    ward.file("11504-8", signed=True, on="2026-03-05")
    drain()
    assert set(Deficiency.objects.filter(state="open", rule_code__endswith="report").values_list("id", flat=True)) == {first.id}


def test_an_order_verified_on_the_day_it_was_given_is_authenticated_though_nobody_said_when(ward):
    ward.admit()
    ward.spoken_order("1", by=ward.attending, days=1)
    ward.verified_order("1", ward.attending, on="2026-03-03")
    ward.discharge()
    drain()
    assert not Deficiency.objects.filter(kind="order not authenticated", state="open").exists()


def test_a_history_filed_to_the_patient_before_admission_counts(ward):
    ward.admit()
    ward.discharge()
    drain()
    assert ("history-and-physical", "missing document") in lacks()
    ward.file(HP, days=-12, of_stay=False, signed=True)
    drain()
    assert Deficiency.objects.get(rule_code="completion.history-and-physical", state="open").key.startswith("update:")
    ward.file(PN, signed=True)
    drain()
    assert ("history-and-physical", "missing document") not in lacks()


def test_a_new_rule_is_applied_to_the_charts_it_governs(ward, house):
    from datetime import date

    from muniment.rulebook import actions as rulebook
    from muniment.rulebook.models import RuleVersion

    ward.admit()
    ward.discharge()
    drain()
    old = RuleVersion.objects.get(rule_id="completion.progress-notes")
    version = rulebook.propose(
        actor=house.actor("privacy-officer"), code="completion.progress-notes", title="Progress notes",
        statement="Stays of ten days.", citation="House policy HIM-03, second edition", source_kind="house policy",
        parameters=old.parameters | {"min_days": 10}, effective_from=date(2026, 3, 1),
    )  # fmt: skip
    rulebook.adopt(actor=house.actor("administrator"), version_id=version.id)
    drain()
    notes = Deficiency.objects.get(rule_code="completion.progress-notes")
    assert (notes.state, notes.closed_why) == ("cancelled", "No rule asks for this document any more.")


def test_a_chart_is_judged_by_the_rules_of_its_day(ward, house):
    from datetime import date

    from muniment.rulebook import actions as rulebook
    from muniment.rulebook.models import RuleVersion

    old = RuleVersion.objects.get(rule_id="completion.discharge-summary")
    later = rulebook.propose(
        actor=house.actor("privacy-officer"), code=old.rule_id, title="Discharge summary", statement="Within a week.",
        citation="House policy HIM-02, second edition", source_kind="house policy",
        parameters=old.parameters | {"due": {"days": 7, "from": "discharge"}}, effective_from=date(2026, 6, 1),
    )  # fmt: skip
    rulebook.adopt(actor=house.actor("administrator"), version_id=later.id)
    ward.admit()
    ward.discharge()
    drain()
    summary = Deficiency.objects.get(rule_code="completion.discharge-summary")
    assert (summary.rule_number, (summary.due_at - ChartStatus.objects.get().discharged_at).days) == (1, 30)


def test_analysing_twice_changes_nothing_and_leaves_no_event(ward):
    from muniment.audit.models import LifecycleEvent

    ward.admit()
    ward.discharge()
    drain()
    before = LifecycleEvent.objects.count()
    assert actions.analyse(actor=system_actor(), encounters=[(ward.patient.id, ward.encounter_id)]) == 0
    assert LifecycleEvent.objects.count() == before


def test_what_is_analysed_is_taken_from_the_notes(ward):
    ward.admit()
    ward.discharge()
    assert Pending.objects.filter(encounter_id=ward.encounter_id).exists()
    drain()
    assert not Pending.objects.exists()


READS = [
    "the chart's lock", "the rules of the area", "the stays with their facility", "documents and procedures",
    "stored deficiencies and chart statuses",
]  # fmt: skip


def test_an_analysis_reads_the_same_few_times_however_many_charts(ward, house):
    charts = [(ward.patient.id, ward.encounter_id)]
    ward.admit()
    ward.discharge()
    for number in range(2, 6):
        other = StayMaker(house, ward.attending, number=str(number))
        other.admit()
        other.discharge()
        charts.append((other.patient.id, other.encounter_id))
    drain()
    with CaptureQueriesContext(
        connection,
    ) as caught:
        actions.analyse(actor=system_actor(), encounters=charts)
    reads = [one["sql"] for one in caught if "SAVEPOINT" not in one["sql"]]
    assert len(reads) == len(READS), reads


def test_a_new_due_date_is_that_of_the_work_too(ward, house):
    """Adopting a rule with another clock moves the deficiency and the item in its clinician's inbox together."""
    from datetime import date

    from muniment.rulebook import actions as rulebook
    from muniment.rulebook.models import RuleVersion

    ward.admit()
    ward.discharge()
    drain()
    old = RuleVersion.objects.get(rule_id="completion.discharge-summary")
    version = rulebook.propose(
        actor=house.actor("privacy-officer"), code=old.rule_id, title="Discharge summary", statement="Within a week.",
        citation="House policy HIM-02, second edition", source_kind="house policy",
        parameters=old.parameters | {"due": {"days": 7, "from": "discharge"}}, effective_from=date(2026, 3, 1),
    )  # fmt: skip
    rulebook.adopt(actor=house.actor("administrator"), version_id=version.id)
    drain()
    summary = Deficiency.objects.get(rule_code="completion.discharge-summary")
    item = WorkItem.objects.get(subject_id=str(summary.id), state="assigned")
    assert (summary.due_at - ChartStatus.objects.get().discharged_at).days == 7
    assert (item.due_at, item.reason) == (summary.due_at, summary.why)
    assert "second edition" in item.citation
    assert verify().sound
