"""From the pack on the shelf to a downtime that is reconciled: both times of each act kept, no stay forgotten."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from muniment.audit.verify import verify
from muniment.core import clock
from muniment.downtime import actions, queries
from muniment.downtime.entering import Typed
from muniment.downtime.models import Downtime, Pack, Paper
from muniment.downtime.queues import RECOVERY
from muniment.downtime.rules import State
from muniment.forms import actions as forms
from muniment.kernel.errors import Conflict, NotAllowedInState, Refused
from muniment.misfiling import actions as misfiling
from muniment.record import blobs
from muniment.record import queries as record
from muniment.record.models import Entry
from muniment.scanning import actions as scanning
from muniment.scanning.choosing import Index
from muniment.work.models import WorkItem
from support import scans
from support.charts import BEGUN, add_patient, add_stay
from support.house import system_actor
from support.inventory import approved, words_of
from support.stays import adopt_rule, adopt_rules

ZONE = ZoneInfo("America/New_York")
DAY = BEGUN + timedelta(days=1)  # within the stay


@pytest.fixture(autouse=True)
def clock_of_the_house():
    with timezone.override(ZONE):
        yield


@pytest.fixture
def ada(house):
    patient = add_patient(house.hospital)
    return patient, add_stay(patient, house.hospital)


def declare(house, *, began=DAY, ended=DAY + timedelta(hours=6), role="administrator", **more):
    said = {"what": "The electronic record", "reason": "Upgrade"} | more
    return actions.declare(actor=house.actor(role), facility=house.hospital, began=began, ended=ended, **said)


def typed(stay, **more):
    plain = {
        "encounter_id": stay.id,
        "type_code": "34746-8",
        "acted": DAY + timedelta(hours=2),
        "author": "Lena Ortiz, RN",
        "text": "Pain 3 of 10.",
    }
    return Typed(**(plain | more))


def enter(house, row, stay, *, role="technician", **more):
    return actions.enter(actor=house.actor(role), downtime_id=row.id, typed=typed(stay, **more))


def waiting():
    return list(WorkItem.objects.filter(queue_id=RECOVERY, state__in=["open", "assigned"]).values_list("subject_id", flat=True))


def test_a_pack_holds_the_forms_in_force_that_are_marked_and_says_its_day(house):
    approved(house, "DT-1")
    approved(house, "DT-2", used_in=("ICU",))
    approved(house, "X-1", downtime=False)
    day = date(2026, 11, 30)
    assert actions.make_packs(actor=system_actor(), facility=house.hospital, day=day) == 2
    whole, icu = Pack.objects.order_by("unit")
    assert (whole.unit, whole.forms, whole.pages, icu.unit, icu.forms) == ("", 2, 3, "ICU", 2)
    pages = words_of(blobs.get(bytes(whole.sha256)))
    assert "30 Nov 2026" in pages[0]
    assert "DT-1" in pages[0]
    assert "X-1" not in pages[0]
    assert "Form DT-2 · version 1" in pages[2]
    assert "Page 1 of 1" in pages[2]
    assert "Patient label" in pages[2]


def test_a_pack_is_made_anew_for_another_day_or_other_forms_and_only_then(house):
    row = approved(house, "DT-1")
    worker, day = system_actor(), clock.today()
    assert actions.make_packs(actor=worker, facility=house.hospital, day=day) == 1
    assert actions.make_packs(actor=worker, facility=house.hospital, day=day) == 0
    approved(house, "DT-2")
    assert actions.make_packs(actor=worker, facility=house.hospital, day=day) == 1
    assert actions.make_packs(actor=worker, facility=house.hospital, day=day + timedelta(days=1)) == 1
    forms.retire(actor=house.actor("administrator"), version_id=row.id, on=day, reason="Replaced")
    actions.make_packs(actor=worker, facility=house.hospital, day=day)
    assert Pack.objects.get().forms == 1


def test_a_pack_without_forms_has_no_pdf(house):
    actions.make_packs(actor=system_actor(), facility=house.hospital, day=clock.today())
    assert (Pack.objects.get().sha256, Pack.objects.get().forms) == (None, 0)


def test_only_an_administrator_declares_and_only_what_can_have_been(house):
    with pytest.raises(Refused, match="administrator declares"):
        declare(house, role="technician")
    with pytest.raises(Refused, match="ends after it began"):
        declare(house, ended=DAY)
    with pytest.raises(Refused, match="begin after now"):
        declare(house, began=clock.now() + timedelta(hours=1), ended=None)
    with pytest.raises(Refused, match="Say why"):
        declare(house, reason=" ")
    assert Downtime.objects.count() == 0


def test_its_paper_is_work_once_systems_are_back(house):
    adopt_rules(house, "downtime.")
    row = declare(house, ended=None)
    assert (row.state, waiting()) == (State.RUNNING, [])
    back = DAY + timedelta(hours=6)
    row = actions.end(actor=house.actor("administrator"), downtime_id=row.id, ended=back, revision=row.revision)
    assert waiting() == [str(row.id)]
    assert WorkItem.objects.get(queue_id=RECOVERY).due_at == back + timedelta(days=3)
    with pytest.raises(Conflict):
        actions.end(actor=house.actor("administrator"), downtime_id=row.id, ended=back, revision=1)


def test_a_late_entry_keeps_both_times_and_is_never_back_dated(house, ada):
    patient, stay = ada
    row, before = declare(house), clock.now()
    paper = enter(house, row, stay)
    entry = Entry.objects.get(patient_id=patient.id, entry_id=paper.entry_id)
    assert entry.occurred_at == DAY + timedelta(hours=2), "the chart shows it at the time of the act"
    version = record.version(patient.id, paper.entry_id, 1)
    assert version.recorded_at >= before, "the record says when it was entered"
    assert (paper.acted, paper.entered_at >= before, paper.entered_by) == (
        entry.occurred_at,
        True,
        house.actor("technician").name,
    )
    assert (version.author_name, entry.signed_at) == ("Lena Ortiz, RN", None)
    for told in ("late-entry", str(row.id), "entered-by", "written-during-downtime"):
        assert told in version.content
    assert record.text_of(patient.id, paper.entry_id).strip() == "Pain 3 of 10."
    verify()


def test_the_same_form_sent_twice_files_once(house, ada):
    row = declare(house)
    assert enter(house, row, ada[1]).id == enter(house, row, ada[1]).id
    assert Paper.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"acted": DAY - timedelta(minutes=1)}, "outside the downtime"),
        ({"acted": DAY + timedelta(hours=7)}, "outside the downtime"),
        ({"author": " "}, "author"),
        ({"text": "\n"}, "Type what the paper says"),
        ({"type_code": "x"}, "from the list"),
    ],
)
def test_what_may_not_be_entered_is_said(house, ada, more, told):
    row = declare(house)
    with pytest.raises(Refused, match=told):
        enter(house, row, ada[1], **more)
    assert Paper.objects.count() == 0


def test_a_stay_that_was_not_in_house_has_no_downtime_paper(house, ada):
    later = BEGUN + timedelta(days=30)
    row = declare(house, began=later, ended=later + timedelta(hours=2))
    with pytest.raises(Refused, match="not in house"):
        enter(house, row, ada[1], acted=later + timedelta(hours=1))


def test_a_scan_written_during_a_downtime_is_linked_whether_declared_before_or_after(house, ada):
    patient, stay = ada

    def scan(text, hour):
        batch = scans.take(house, scans.tiff(scans.picture(text))).batch
        (document,) = scans.noted(house, batch, f"Note {text}")
        acted = (DAY + timedelta(hours=hour)).astimezone(ZONE).isoformat()
        index = Index(
            patient_id=patient.id, encounter_id=stay.id, type_code="34746-8", original=acted, downtime=True, said="The ward list names her"
        )  # fmt: skip
        return scanning.file_document(actor=house.actor("technician"), document_id=document.id, index=index)

    first = scan("one", 1)
    assert Paper.objects.count() == 0
    row = declare(house)
    second, outside = scan("two", 2), scan("three", 9)
    assert set(Paper.objects.filter(downtime=row, how="scanned").values_list("entry_id", flat=True)) == {
        first.entry_id,
        second.entry_id,
    }
    assert outside.entry_id is not None, "filed as before, though no downtime is known of that time"


def test_reconciled_only_when_every_stay_has_paper_or_a_word_that_there_is_none(house, ada):
    administrator = house.actor("administrator")
    other = add_stay(
        add_patient(house.hospital, number="77", family="Rowe"), house.hospital, number="V2", unit="ICU", days=None
    )
    add_stay(add_patient(house.hospital, number="78", family="Later"), house.hospital, number="V3", days=0)
    row = declare(house)
    found = {one.encounter.id: one.stay for one in queries.reconciliation(row, queries.policy(clock.today()))}
    assert {(one.unit, one.documents) for one in found.values()} == {("4 West", 0), ("ICU", 0)}, (
        "who left before it began is not listed"
    )
    with pytest.raises(Refused, match="2 stays have neither"):
        actions.reconcile(actor=administrator, downtime_id=row.id)
    enter(house, row, ada[1])
    with pytest.raises(Refused, match="1 stay has neither"):
        actions.reconcile(actor=administrator, downtime_id=row.id)
    with pytest.raises(Refused, match="Say how you know"):
        actions.confirm_none(actor=house.actor("technician"), downtime_id=row.id, encounter_id=other.id, reason="")
    actions.confirm_none(
        actor=house.actor("technician"), downtime_id=row.id, encounter_id=other.id, reason="The charge nurse says so"
    )
    with pytest.raises(Refused, match="administrator"):
        actions.reconcile(actor=house.actor("technician"), downtime_id=row.id)
    assert actions.reconcile(actor=administrator, downtime_id=row.id).state == State.RECONCILED
    assert waiting() == []
    with pytest.raises(NotAllowedInState, match="no more paper"):
        enter(house, row, ada[1], text="Turned up")
    actions.reopen(actor=administrator, downtime_id=row.id, reason="A folder behind the radiator")
    assert waiting() == [str(row.id)]
    assert enter(house, row, ada[1], text="Turned up").how == "typed"
    verify()


def test_the_unit_is_that_of_the_time(house):
    from support.stays import ADMITTED, StayMaker, practitioner

    maker = StayMaker(house, practitioner(house, "Stone"))
    maker.move("admit", unit="ICU")
    stay = maker.move("transfer", days=3, unit="5 East")
    row = declare(house, began=ADMITTED + timedelta(days=1), ended=ADMITTED + timedelta(days=1, hours=4))
    (found,) = queries.reconciliation(row, queries.policy(clock.today()))
    assert (stay.unit, found.stay.unit) == ("5 East", "ICU")


def test_another_facilitys_downtime_is_not_there(house, ada):
    from muniment.accounts import actions as accounts
    from muniment.accounts import queries as people
    from muniment.accounts.rules import Role

    row = declare(house)
    far = accounts.add_user(actor=system_actor(), username="far", family="Far", given="Fay", credential="RHIA")
    accounts.assign_role(actor=system_actor(), user=far, role=Role.ADMINISTRATOR, facilities=[house.clinic])
    other = people.actor_for(far)
    assert list(queries.downtimes(other)) == []
    with pytest.raises(Refused):
        actions.reconcile(actor=other, downtime_id=row.id)
    with pytest.raises(Refused):
        actions.enter(actor=other, downtime_id=row.id, typed=typed(ada[1]))


def test_a_day_s_downtime_at_midnight_by_the_facility_s_clock(house, ada):
    """Times are compared as moments, whatever their offset."""
    row = declare(house)
    acted = datetime(2026, 3, 4, 10, 0, tzinfo=ZONE)
    assert enter(house, row, ada[1], acted=acted).acted == acted


def test_the_rule_of_the_facility_s_day_governs_though_it_is_tomorrow_in_utc(house):
    """Half past eleven in the evening in New York; the house's other rule governs from midnight there."""
    adopt_rules(house, "downtime.")
    adopt_rule(house, "downtime.recovery", since=date(2026, 3, 4), enter_days=10, classes=["IMP"])
    began = datetime(2026, 3, 3, 23, 30, tzinfo=ZONE)
    row = declare(house, began=began, ended=began + timedelta(hours=2))
    assert row.day == date(2026, 3, 3)
    assert WorkItem.objects.get(queue_id=RECOVERY).due_at == began + timedelta(hours=2) + timedelta(days=3)


def test_a_stay_whose_only_document_left_its_chart_is_open_again(house, ada):
    """It was another patient's: this stay's paper is still to be found, or said not to be there."""
    _, stay = ada
    other = add_patient(house.hospital, number="0050001", family="Ruiz", given="Marta", birth="1970-01-02")
    row = declare(house)
    paper = enter(house, row, stay)
    misfiling.move(
        actor=house.actor("technician"), patient_id=stay.patient_id, entry_id=paper.entry_id, number=1,
        target=misfiling.Target(patient_id=other.id), reason="The paper shows another name.",
    )  # fmt: skip
    assert [one.stay.documents for one in queries.reconciliation(row, queries.policy(DAY.date()))] == [0]
    with pytest.raises(Refused, match="1 stay has neither"):
        actions.reconcile(actor=house.actor("administrator"), downtime_id=row.id)
