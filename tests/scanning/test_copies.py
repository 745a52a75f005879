"""A scan whose text the chart nearly holds: shown side by side, decided before it is filed, never dropped silently."""

from __future__ import annotations

import pytest
from django.urls import reverse

from muniment.audit.models import LifecycleEvent
from muniment.kernel.errors import Refused
from muniment.record.models import Entry, Version
from muniment.record.replacing import replacing
from muniment.scanning import actions
from muniment.scanning.choosing import Index
from muniment.scanning.models import Document
from muniment.scanning.rules import Copy, State
from support import scans
from support.charts import add_patient, add_stay
from support.web import client_of

AGAIN = scans.SUMMARY.replace("one week", "two weeks")


@pytest.fixture
def ada(house):
    patient = add_patient(house.hospital)
    return patient, add_stay(patient, house.hospital)


def scanned(house, text, name):
    batch = scans.take(house, scans.tiff(scans.picture(name))).batch
    return scans.noted(house, batch, text)[0]


def index(ada):
    return Index(patient_id=ada[0].id, encounter_id=ada[1].id, type_code="18842-5", original="2026-03-05")


@pytest.fixture
def pair(house, ada):
    """A filed summary, and a scan that says nearly the same."""
    scans.adopt_scanning_rules(house, percent=0, first_documents=0)
    first = scanned(house, scans.SUMMARY, "first")
    filed = actions.file_document(actor=house.actor("technician"), document_id=first.id, index=index(ada))
    return filed, scanned(house, AGAIN, "second")


def judge(house, ada, pair, decision):
    return actions.judge_copy(
        actor=house.actor("technician"), document_id=pair[1].id, entry_id=pair[0].entry_id, patient_id=ada[0].id, decision=decision
    )  # fmt: skip


def file(house, ada, row):
    return actions.file_document(actor=house.actor("technician"), document_id=row.id, index=index(ada))


def test_it_is_not_filed_before_somebody_has_decided(house, ada, pair):
    with pytest.raises(Refused, match="% of its text stands in Discharge summary of 2026-03-05") as told:
        file(house, ada, pair[1])
    assert told.value.where == "copies"
    judge(house, ada, pair, Copy.DIFFERENT)
    assert file(house, ada, pair[1]).state == State.FILED
    event = LifecycleEvent.objects.get(name="scanning.judge-copy")
    assert (event.after["decision"], event.after["entry"], event.patient_id) == ("different", str(pair[0].entry_id), ada[0].id)
    assert "relatesTo" not in Version.objects.get(entry_id=Document.objects.get(id=pair[1].id).entry_id).content


def test_a_new_version_is_filed_as_replacing_the_other_which_stays(house, ada, pair):
    judge(house, ada, pair, Copy.VERSION)
    filed = file(house, ada, pair[1])
    content = Version.objects.get(entry_id=filed.entry_id).content
    assert f'"relatesTo":[{{"code":"replaces","target":{{"reference":"DocumentReference/{pair[0].entry_id}"}}}}]' in content
    assert not Entry.objects.get(entry_id=pair[0].entry_id).retracted
    older = client_of(house.users["technician"]).get(f"/charts/{ada[1].id}/documents/{pair[0].entry_id}/").content.decode()
    assert "A newer version of this document stands in the chart." in older
    assert f"/charts/{ada[1].id}/documents/{filed.entry_id}/" in older


def test_a_new_version_that_fails_its_check_leaves_the_other_standing(house, ada, pair):
    judge(house, ada, pair, Copy.VERSION)
    scans.adopt_scanning_rules(house, only=("scanning.sampling",), percent=100, first_documents=0)
    filed = file(house, ada, pair[1])
    wrong = actions.Answers(right_patient=True, complete=False, legible=True, reason="The last page is missing.")
    actions.check_document(actor=house.actor("identity-specialist"), document_id=filed.id, answers=wrong)
    assert replacing(house.actor("technician"), [ada[0].id]).newest == {}


def test_the_same_document_is_left_out_with_its_reason_and_can_be_taken_back(house, ada, pair):
    left = judge(house, ada, pair, Copy.SAME)
    assert left.state == State.LEFT_OUT
    assert left.left_out.startswith("The same document is in the chart: Discharge summary, 2026-03-05; ")
    back = actions.take_back(actor=house.actor("technician"), document_id=left.id)
    assert (back.state, back.copies) == (State.WAITING, {})
    with pytest.raises(Refused, match="of its text stands in"):
        file(house, ada, back)


def test_what_is_not_near_is_not_to_be_decided(house, ada, pair):
    other = scanned(house, scans.CONSENT, "third")
    with pytest.raises(Refused, match="not so near"):
        judge(house, ada, (pair[0], other), Copy.SAME)


def test_a_document_of_another_patient_is_no_copy(house, ada, pair):
    other = add_patient(house.hospital, number="0099999", family="Brandt", given="Lena", birth="1950-02-02")
    stay = add_stay(other, house.hospital, number="V200")
    theirs = Index(
        patient_id=other.id, encounter_id=stay.id, type_code="18842-5", original="2026-03-05", said="The ward list says so"
    )
    assert actions.file_document(actor=house.actor("technician"), document_id=pair[1].id, index=theirs).state == State.FILED


def test_both_are_shown_side_by_side_and_decided_on_the_screen(house, ada, pair):
    client = client_of(house.users["technician"])
    shown = client.get(reverse("scanning-index", args=[pair[1].id]))
    assert (shown.context["first"], shown.context["whose"].undecided) == ("copies", 1)
    url = shown.context["whose"].copies[0].url
    page = client.get(url).content.decode()
    assert "<del>one</del>" in page
    assert "<ins>two</ins>" in page
    assert LifecycleEvent.objects.filter(name="record.view", subject_type="entry", subject_id=str(pair[0].entry_id)).exists()
    assert client.post(url, {"decision": "none"}).status_code == 403
    client.post(url, {"decision": "version"})
    shown = client.get(reverse("scanning-index", args=[pair[1].id]))
    assert (shown.context["first"], shown.context["whose"].undecided) == ("file", 0)
    client.post(url, {"decision": "same"})
    assert Document.objects.get(id=pair[1].id).state == State.LEFT_OUT


def test_filing_from_the_screen_says_what_is_to_be_decided(house, ada, pair):
    client = client_of(house.users["technician"])
    row = pair[1]
    given = {
        "patient": "0042213",
        "known": "0042213",
        "patient_id": ada[0].id,
        "stay": ada[1].id,
        "type": "18842-5",
        "date": "3/5/2026",
        "revision": row.revision,
    }
    page = client.post(reverse("scanning-index", args=[row.id]), given)
    assert (page.status_code, "Compare the two, and say whether it is the same document." in page.content.decode()) == (
        422,
        True,
    )


def test_pages_are_shown_to_none_who_may_not_read_charts(house, ada, pair):
    url = reverse("scanning-copy", args=[pair[1].id, ada[0].id, pair[0].entry_id])
    assert client_of(house.users["database-administrator"]).get(url).status_code == 403
