"""A printed form that comes back as a scan: its code says the kind of document, and an old or unknown version is put before a technician."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from muniment.core import clock, keys
from muniment.forms import actions as forms
from muniment.forms import queries as inventory
from muniment.forms.queues import FLAGGED
from muniment.scanning import actions, reading
from muniment.scanning.choosing import Index
from muniment.scanning.formcodes import FormCode, among, decode, encode
from muniment.scanning.models import Document
from muniment.work.models import WorkItem
from support import scans
from support.charts import add_patient, add_stay
from support.inventory import approved, picture_of


@pytest.fixture(autouse=True)
def clock_of_the_house():
    """Days are those of the facility, as they are for whoever sits at its screens."""
    with timezone.override("America/New_York"):
        yield


@pytest.fixture
def ada(house):
    patient = add_patient(house.hospital)
    return patient, add_stay(patient, house.hospital)


def code_of(number="NUR-20", version=1, type_code="34746-8"):
    return encode(FormCode(number=number, version=version, type_code=type_code), keys.named("separators"))


def filed(house, ada, *codes, original="2026-03-05T10:30:00-05:00"):
    """A scan whose only page carries these codes, read and filed."""
    patient, stay = ada
    batch = scans.take(house, scans.tiff(scans.picture(scans.SUMMARY))).batch
    (row,) = scans.noted(house, batch, scans.SUMMARY, codes={1: codes})
    index = Index(patient_id=patient.id, encounter_id=stay.id, type_code="34746-8", original=original)
    return actions.file_document(actor=house.actor("technician"), document_id=row.id, index=index)


def flags():
    return list(WorkItem.objects.filter(queue_id=FLAGGED, state="open").order_by("subject_id"))


def test_a_code_is_read_back_and_another_house_s_means_nothing():
    key = keys.named("separators")
    form = FormCode(number="A|B", version=3, type_code="34746-8")
    assert decode(encode(form, key), key) == form
    assert decode(encode(form, b"x" * 32), key) is None
    assert [decode(text, key) for text in ("", "FRM1", "FRM1|a|b|c|d", "https://example.org", encode(form, key)[:-1])] == [
        None
    ] * 5
    assert among([encode(form, key), "other", encode(form, key)], key) == [form]


def test_the_printed_form_is_known_when_it_comes_back(house, ada):
    row = approved(house)
    batch = scans.take(house, scans.tiff(picture_of(inventory.blank(row)))).batch
    assert reading.read(house.actor("technician"), batch.id)
    (document,) = Document.objects.all()
    proposed = document.proposals["type"]
    assert (proposed["value"], proposed["confidence"]) == ("34746-8", 98)
    assert proposed["why"] == "the code of form NUR-20, version 1"
    assert document.exception == "", "a form's code begins no document of its own"


def test_paper_of_a_form_in_force_is_filed_and_nothing_more(house, ada):
    approved(house)
    assert filed(house, ada, code_of()).entry_id
    assert flags() == []


def test_paper_of_an_unknown_form_or_version_is_filed_and_flagged(house, ada):
    approved(house)
    row = filed(house, ada, code_of(version=7), code_of("OLD-1"))
    assert row.entry_id
    assert [one.reason.partition(": ")[2] for one in flags()] == [
        "the inventory has no such version of this form.",
        "the inventory has no form of this number.",
    ]
    assert {(one.patient_id, one.facility_id) for one in flags()} == {(ada[0].id, house.hospital.id)}


def test_paper_is_judged_by_the_day_it_was_written_on(house, ada):
    row = approved(house)
    forms.retire(actor=house.actor("administrator"), version_id=row.id, on=clock.today(), reason="Replaced")
    filed(house, ada, code_of(), original=(clock.today() - timedelta(days=1)).isoformat())
    assert flags() == [], "it was in force that day"


def test_paper_begun_on_a_retired_form_is_flagged_with_the_day(house, ada):
    row = approved(house)
    forms.retire(actor=house.actor("administrator"), version_id=row.id, on=clock.today(), reason="Replaced")
    filed(house, ada, code_of(), original=clock.today().isoformat())
    (flag,) = flags()
    assert "when this version was retired since" in flag.reason


def test_paper_older_than_its_form_is_flagged(house, ada):
    approved(house, effective_from=date(2026, 3, 6))
    filed(house, ada, code_of())
    (flag,) = flags()
    assert "from a later day" in flag.reason
