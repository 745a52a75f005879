"""The demo hospital, loaded: its past lies in the past, in order, at a believable pace, and its chain holds."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, timedelta
from statistics import median

import pytest
from django.db.models import F

from muniment.demo import DEFAULT_AS_OF
from muniment.demo.organisation import ZONE
from muniment.demo.size import Size

pytestmark = pytest.mark.timeout(600)
AS_OF = DEFAULT_AS_OF.astimezone(UTC)
SIZE = Size(150, 320)


@pytest.fixture(scope="module")
def hospital(own_database: str) -> str:
    from muniment.demo import load

    load.load(lambda step: None, size=SIZE, as_of=DEFAULT_AS_OF)
    return own_database


def stays():
    from muniment.encounters.models import Encounter

    return {row.id: row for row in Encounter.objects.all()}


def test_nothing_is_stamped_later_than_the_morning_it_is_shown(hospital: str) -> None:
    from muniment.audit.models import LifecycleEvent
    from muniment.coding.models import FinalCoding
    from muniment.completion.models import Deficiency, DeficiencyStep
    from muniment.intake.models import Input
    from muniment.record.models import Signature, Version
    from muniment.work.models import WorkItem, WorkStep

    for model, name in (
        (FinalCoding, "finalised_at"), (Deficiency, "opened_at"), (Deficiency, "closed_at"), (DeficiencyStep, "at"), (Input, "received_at"),
        (Signature, "signed_at"), (Version, "recorded_at"), (WorkItem, "created_at"), (WorkItem, "finished_at"), (WorkStep, "at"),
    ):  # fmt: skip
        assert model.objects.exists()
        assert not model.objects.filter(**{f"{name}__gt": AS_OF}).exists(), (model, name)
        assert model.objects.filter(**{f"{name}__lt": AS_OF - timedelta(days=60)}).exists(), (model, name)
    told = LifecycleEvent.objects.filter(source_system__endswith="(demo past)")
    assert not told.filter(at__gt=AS_OF).exists()
    others = set(LifecycleEvent.objects.exclude(id__in=told.values("id")).values_list("name", flat=True))
    assert others == {"accounts.found-organisation", "demo.finish"}


def test_what_follows_comes_after(hospital: str) -> None:
    from muniment.coding.models import FinalCoding
    from muniment.completion.models import Deficiency
    from muniment.record.models import Signature, Version
    from muniment.work.models import WorkItem

    known = stays()
    assert all(row.finalised_at > known[row.encounter_id].discharged_at for row in FinalCoding.objects.all())
    assert all(
        row.opened_at >= known[row.encounter_id].discharged_at for row in Deficiency.objects.all()
    )  # the day's last minute is one
    assert not Deficiency.objects.filter(closed_at__lte=F("opened_at")).exists()
    assert not WorkItem.objects.filter(finished_at__lt=F("created_at")).exists()
    written = {(row.entry_id, row.number): row.recorded_at for row in Version.objects.all()}
    here = Signature.objects.filter(signer_id__isnull=False)
    assert here.exists()
    # the answer to a query is filed and signed in one act
    at_once = set(Version.objects.filter(source_key__startswith="querying:").values_list("entry_id", flat=True))
    assert at_once
    assert all(row.signed_at > written[row.entry_id, row.number] for row in here if row.entry_id not in at_once)
    assert all(row.signed_at >= written[row.entry_id, row.number] for row in here if row.entry_id in at_once)


def test_every_finished_clinic_visit_has_an_end(hospital: str) -> None:
    visits = [row for row in stays().values() if row.class_code == "AMB" and row.admitted_at < AS_OF - timedelta(days=1)]
    assert len(visits) > 80
    assert all(row.status == "finished" and row.discharged_at for row in visits)


def test_work_is_done_at_an_even_pace(hospital: str) -> None:
    from muniment.coding.models import FinalCoding

    days = Counter(row.finalised_at.astimezone(ZONE).date() for row in FinalCoding.objects.all())
    assert {day.weekday() for day in days} <= {0, 1, 2, 3, 4}
    assert max(days.values()) <= max(3 * median(days.values()), 6)
    assert sum(FinalCoding.objects.filter(coder_id=None).values_list("number", flat=True)) == 0


def test_what_is_uncoded_was_discharged_of_late(hospital: str) -> None:
    from muniment.work.models import WorkItem

    known = stays()
    waiting = [known[row.encounter_id] for row in WorkItem.objects.filter(queue_id="coding", state="open")]
    assert waiting
    late = [row for row in waiting if AS_OF - row.discharged_at > timedelta(days=30)]
    assert len(late) <= len(known) / 100


def test_what_is_open_is_mostly_young(hospital: str) -> None:
    from muniment.completion.models import Deficiency
    from muniment.completion.rules import State

    open_ones = [AS_OF - row.opened_at for row in Deficiency.objects.filter(state=State.OPEN)]
    young = sum(age <= timedelta(days=15) for age in open_ones)
    old = sum(age > timedelta(days=30) for age in open_ones)
    assert len(open_ones) >= 4
    assert young / len(open_ones) > 0.5
    assert old / len(open_ones) < 0.25
    assert Deficiency.objects.filter(state=State.COMPLETED).count() > 5 * len(open_ones)


def test_eight_lie_in_quarantine(hospital: str) -> None:
    from muniment.work.models import WorkItem

    ages = [AS_OF - row.created_at for row in WorkItem.objects.filter(queue_id="quarantine", state="open")]
    assert len(ages) == 8
    assert max(ages) < timedelta(days=23)


def test_technicians_have_to_find_out_whose_a_chart_is(hospital: str) -> None:
    from muniment.work.models import WorkItem

    declined = WorkItem.objects.filter(queue_id="chart-analysis", state="open")
    assert declined.exists()
    assert all(row.reason.startswith("Declined by ") and AS_OF - row.created_at < timedelta(days=10) for row in declined)


def test_clinicians_signed_under_their_own_names(hospital: str) -> None:
    from muniment.accounts.models import User
    from muniment.record.models import Signature

    for row in Signature.objects.filter(signer_id__isnull=False):
        assert User.objects.get(id=row.signer_id).printed_name.startswith(row.printed_name)
        assert row.role == "clinician"


def test_the_chain_holds(hospital: str) -> None:
    from muniment.audit import verify

    report = verify.verify()
    assert report.sound, report.breaks


def test_loading_again_changes_nothing(hospital: str) -> None:
    from muniment.audit.models import LifecycleEvent
    from muniment.demo import load

    told = Counter(LifecycleEvent.objects.values_list("name", flat=True))
    load.load(lambda step: None, size=SIZE, as_of=DEFAULT_AS_OF)
    more = Counter(LifecycleEvent.objects.values_list("name", flat=True)) - told
    assert set(more) <= {"demo.finish", "work.define-queue"}
