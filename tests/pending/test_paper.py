"""Paper is signed on paper: what was scanned, or typed off it, waits for nobody's signature here."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from muniment.core import clock
from muniment.downtime import actions as downtime
from muniment.downtime.entering import Typed
from muniment.kernel.errors import NotAllowedInState
from muniment.pending import actions, queries
from muniment.record import actions as record
from muniment.record.models import PENDING, Entry
from muniment.scanning import actions as scanning
from muniment.scanning.choosing import Index
from muniment.work.models import WorkItem
from support import scans
from support.charts import add_patient, add_stay
from support.house import system_actor
from support.pending import Scene
from support.stays import adopt_rules
from support.web import client_of

pytestmark = pytest.mark.rules("pending.")


@pytest.fixture
def scanned(house):
    """A discharge summary on paper, scanned and filed 200 days ago."""
    adopt_rules(house, "pending.")
    patient = add_patient(house.hospital)
    stay = add_stay(patient, house.hospital)
    with scans.told_at(clock.now() - timedelta(days=200)):
        [row] = scans.noted(house, scans.take(house, scans.tiff(scans.picture("1"))).batch, scans.SUMMARY)
        index = Index(patient_id=patient.id, encounter_id=stay.id, type_code="18842-5", original="2026-03-05")
        filed = scanning.file_document(actor=house.actor("technician"), document_id=row.id, index=index)
    return Entry.objects.get(entry_id=filed.entry_id)


def test_a_scan_is_neither_listed_nor_proposed_for_closure(house, scanned):
    assert actions.look(actor=system_actor()) == (0, 0)
    assert not queries.pending([house.hospital], queries.book()).exists()
    assert not WorkItem.objects.filter(subject_type="pending-document").exists()


def test_a_scan_cannot_be_closed_as_unsigned_or_discarded_as_unseen(house, scanned):
    """The record would say that its author never signed what carries their signature."""
    named = {"patient_id": scanned.patient_id, "entry_id": scanned.entry_id, "number": 1, "reason": "No signature."}
    for close in (actions.close, record.close, actions.discard):
        with pytest.raises(NotAllowedInState, match="paper"):
            close(actor=house.actor("administrator"), **named)
    page = client_of(house.users["administrator"]).get(reverse("pending-document", args=[scanned.patient_id, scanned.entry_id]))
    assert "paper" in page.content.decode()


def test_a_late_entry_from_downtime_paper_is_not_pending(house):
    scene = Scene(house)
    now = clock.now()
    row = downtime.declare(
        actor=house.actor("administrator"), facility=house.hospital, what="All", reason="Upgrade", began=now - timedelta(hours=4),
        ended=now - timedelta(hours=1),
    )  # fmt: skip
    typed = Typed(
        encounter_id=scene.ward.encounter_id, type_code="34746-8", acted=now - timedelta(hours=2), author="Lena Ortiz, RN", text="Calm."
    )  # fmt: skip
    paper = downtime.enter(actor=house.actor("technician"), downtime_id=row.id, typed=typed)
    assert {one.entry_id for one in queries.pending([house.hospital], queries.book())} == {scene.note}
    assert not Entry.objects.filter(PENDING, entry_id=paper.entry_id).exists()
