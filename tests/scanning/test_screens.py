"""The screens of scanning: upload, board, indexing, pages, check, sheets, batch."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from muniment.audit.models import LifecycleEvent
from muniment.core import keys
from muniment.record.models import Entry
from muniment.scanning import actions, pictures
from muniment.scanning.choosing import Index
from muniment.scanning.making import Answers
from muniment.scanning.models import Batch, Document
from muniment.scanning.reader import read_picture
from muniment.scanning.separators import decode
from muniment.work import actions as work
from muniment.work.models import WorkItem
from support import scans
from support.charts import add_patient, add_stay
from support.web import client_of


@pytest.fixture
def technician(house):
    return client_of(house.users["technician"])


@pytest.fixture
def ada(house):
    patient = add_patient(house.hospital)
    return patient, add_stay(patient, house.hospital)


@pytest.fixture
def document(house, ada):
    scans.adopt_scanning_rules(house, percent=100, wait_days=0)
    batch = scans.take(house, scans.tiff(*[scans.picture(str(number)) for number in range(3)])).batch
    return scans.noted(house, batch, scans.SUMMARY, scans.FOLLOWING, "")[0]


def said(ada, document, **more):
    patient, stay = ada
    begun = {
        "patient": "0042213",
        "known": "0042213",
        "patient_id": patient.id,
        "stay": stay.id,
        "type": "18842-5",
        "date": "3/5/2026",
    }
    return begun | {"revision": Document.objects.get(id=document.id).revision} | more


def test_an_upload_says_what_became_of_each_file(house, technician):
    good = scans.tiff(scans.picture("1"))
    files = [SimpleUploadedFile("a.tif", good), SimpleUploadedFile("b.tif", good), SimpleUploadedFile("c.pdf", b"GIF89a")]
    page = technician.post(
        reverse("scanning-upload"),
        {"uploads": files, "facility": str(house.hospital.id), "scanned_on": "3/9/2026", "paper": "Box 1"},
    )
    assert [one.status for one, _, _ in page.context["lines"]] == ["taken", "known", "refused"]
    taken = Batch.objects.get(state="reading")
    assert (str(taken.scanned_on), taken.paper, taken.operator_id) == ("2026-03-09", "Box 1", house.users["technician"].id)


def test_indexing_is_prefilled_from_what_the_pages_say(technician, document, ada):
    page = technician.get(reverse("scanning-index", args=[document.id]))
    text = page.content.decode()
    assert page.context["ready"]
    assert 'value="0042213"' in text
    assert "Medical record number: 0042213" in text  # the evidence, under "Why?"
    assert [one.chosen for one in page.context["whose"].stays] == [True]
    assert page.context["kept"] == 2  # the third is blank


def test_enter_files_and_moves_to_the_next(house, technician, document, ada):
    other = scans.take(house, scans.tiff(scans.picture("other"))).batch
    [following] = scans.noted(house, other, scans.CONSENT)
    answer = technician.post(reverse("scanning-index", args=[document.id]), said(ada, document))
    assert answer.headers["Location"] == reverse("scanning-index", args=[following.id])
    assert Entry.objects.get(patient_id=ada[0].id, category="document").occurred == "2026-03-05"
    assert WorkItem.objects.get(queue_id="indexing", subject_id=str(document.id)).state == "done"
    assert WorkItem.objects.get(queue_id="scan-quality").subject_id == str(document.id)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"patient": "9999"}, "Nobody of Test Hospital is found"), ({"stay": ""}, "Choose the stay"), ({"date": "soon"}, "Write a date like"),
        ({"date": "２０２６"}, "Write a date like"),
        ({"type": ""}, "required"), ({"date": "3/5/2026", "downtime": "on"}, "time of the act itself"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(technician, document, ada, more, sentence):
    page = technician.post(reverse("scanning-index", args=[document.id]), said(ada, document, **more))
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert Document.objects.get(id=document.id).state == "waiting"


def test_a_scan_with_a_time_that_failed_its_check_comes_back_as_it_was_typed(house, technician, document, ada):
    """It can be filed anew as it stands: by the facility's clock, in a form that can be read again."""
    technician.post(reverse("scanning-index", args=[document.id]), said(ada, document, date="3/5/2026 14:05", downtime="on"))
    answers = Answers(right_patient=True, complete=True, legible=False, reason="Blurred")
    actions.check_document(actor=house.actor("identity-specialist"), document_id=document.id, answers=answers)
    page = technician.get(reverse("scanning-index", args=[document.id]))
    given = page.context["form"].initial["date"]
    assert given == "2026-03-05 14:05"
    technician.post(reverse("scanning-index", args=[document.id]), said(ada, document, date=given, downtime="on"))
    assert Document.objects.get(id=document.id).original == "2026-03-05T14:05:00-05:00"
    assert Document.objects.get(id=document.id).state == "awaiting check"


def test_a_patient_chosen_for_an_earlier_text_counts_no_more(house, technician, document, ada):
    add_patient(house.hospital, number="0099999", family="Okonjo", given="Ben", birth="1990-01-01")
    page = technician.post(reverse("scanning-index", args=[document.id]), said(ada, document, patient="Okonjo"))
    assert "Several patients are meant" in page.content.decode()
    assert page.content.decode().count('type="radio"') == 2


def test_somebody_elses_change_in_the_meantime_is_told(house, technician, document, ada):
    given = said(ada, document)
    actions.turn_page(actor=house.actor("technician"), document_id=document.id, number=1)
    given["signed_by"] = "Ines Moreau, MD"
    page = technician.post(reverse("scanning-index", args=[document.id]), given)
    text = page.content.decode()
    assert page.status_code == 409
    assert "Somebody changed this document in the meantime" in text
    assert not Entry.objects.exists()
    assert 'value="Ines Moreau, MD"' in text  # what was typed stands there still, and can be filed as the pages stand now
    again = given | {"revision": Document.objects.get(id=document.id).revision}
    assert f'name="revision" value="{again["revision"]}"' in text
    assert technician.post(reverse("scanning-index", args=[document.id]), again).status_code == 302
    assert Document.objects.get(id=document.id).signed_by == "Ines Moreau, MD"


def test_who_files_second_keeps_what_was_typed(house, technician, document, ada):
    given = said(ada, document, date="3/4/2026", signed_by="Ines Moreau, MD")
    patient, stay = ada
    theirs = Index(patient_id=patient.id, encounter_id=stay.id, type_code="18842-5", original="2026-03-05")
    actions.file_document(actor=house.actor("identity-specialist"), document_id=document.id, index=theirs)
    page = technician.post(reverse("scanning-index", args=[document.id]), given)
    text = page.content.decode()
    assert page.status_code == 409
    assert "Somebody changed this document in the meantime" in text
    assert f"by {house.actor('identity-specialist').name}." in text
    assert "Nothing of what you typed was written" in text
    assert all(f"<dd>{one}</dd>" in text for one in ("OKONJO, Ada", "3/4/2026", "Ines Moreau, MD"))


def test_a_scan_somebody_else_has_taken_says_so_at_the_top(house, technician, document):
    assert "has taken this scan" not in technician.get(reverse("scanning-index", args=[document.id])).content.decode()
    other = house.actor("identity-specialist")
    work.pull_next(actor=other, queue="indexing")
    assert f"{other.name} has taken this scan" in technician.get(reverse("scanning-index", args=[document.id])).content.decode()
    theirs = client_of(house.users["identity-specialist"]).get(reverse("scanning-index", args=[document.id])).content.decode()
    assert "has taken this scan" not in theirs


def test_typing_a_patient_shows_who_is_meant(technician, document):
    url = reverse("scanning-patient", args=[document.id])
    assert "OKONJO" in technician.get(url, {"patient": "okonjo 3/14/1943"}).content.decode()
    assert "Nobody of this facility" in technician.get(url, {"patient": "Nobody"}).content.decode()


def test_pages_are_worked_from_the_screen(technician, document):
    technician.post(reverse("scanning-turn", args=[document.id, 1]))
    technician.post(reverse("scanning-drop", args=[document.id, 3]))
    made = technician.post(reverse("scanning-split", args=[document.id, 2]))
    assert made.headers["Location"] == reverse("scanning-index", args=[document.id])
    later = Document.objects.get(first_page=2)
    assert [one.dropped for one in later.page_set.all()] == [False, False]
    picture = technician.get(reverse("scanning-picture", args=[document.id, 1]))
    shown = Image.open(io.BytesIO(picture.content))
    assert shown.width > shown.height  # turned
    merged = technician.post(reverse("scanning-merge", args=[later.id]))
    assert merged.headers["Location"] == reverse("scanning-index", args=[document.id])


def test_leaving_out_asks_for_a_reason(technician, document):
    url = reverse("scanning-leave-out", args=[document.id])
    assert technician.post(url, {"reason": ""}).status_code == 422
    technician.post(url, {"reason": "A blank form"})
    assert Document.objects.get(id=document.id).state == "left out"
    technician.post(reverse("scanning-take-back", args=[document.id]))
    assert Document.objects.get(id=document.id).state == "waiting"


def test_a_mistake_is_corrected_from_the_message_that_tells_of_the_filing(technician, ada, document):
    wrong = said(ada, document, type="34117-2", signed_by="Ines Moreau, MD")
    page = technician.post(reverse("scanning-index", args=[document.id]), wrong, follow=True).content.decode()
    place = f"{reverse('scanning-index', args=[document.id])}?out"
    assert f'href="{place}"' in page
    assert "Take it out and index it again" in technician.get(place).content.decode()
    leave = reverse("scanning-take-out", args=[document.id])
    revision = Document.objects.get(id=document.id).revision
    assert technician.post(leave, {"reason": "", "revision": revision}).status_code == 422
    again = technician.post(leave, {"reason": "It is the summary", "revision": revision}, follow=True).content.decode()
    assert "correct it and file it again" in again
    assert 'value="Ines Moreau, MD"' in again
    assert technician.post(leave, {"reason": "Twice"}).status_code == 409


def test_a_check_is_answered_by_somebody_else(house, technician, document, ada):
    technician.post(reverse("scanning-index", args=[document.id]), said(ada, document))
    url = reverse("scanning-check", args=[document.id])
    assert "somebody else" in technician.get(url).content.decode().lower()
    checker = client_of(house.users["identity-specialist"])
    page = checker.get(url)
    assert checker.get(page.context["pictures"][0][1]).headers["Content-Type"] == "image/png"
    assert checker.post(url, {"answer": "fail"}).status_code == 422
    assert checker.post(url, {"answer": "fail", "wrong": "legible"}).status_code == 422
    checker.post(url, {"answer": "fail", "wrong": "legible", "reason": "The second page is blurred"})
    row = Document.objects.get(id=document.id)
    assert (row.state, row.exception) == ("waiting", "Failed its check: The second page is blurred")


def test_the_paper_of_a_batch_goes_only_when_nothing_is_open(house, technician, document, ada):
    url = reverse("scanning-destroy", args=[document.batch_id])
    given = {"on": "today", "how": "Shredded", "witness": "Lena Brandt"}
    assert "is not indexed yet" in technician.get(reverse("scanning-batch", args=[document.batch_id])).content.decode()
    refused = technician.post(url, given | {"confirmed": "1"})
    assert (refused.status_code, "is not indexed yet" in refused.content.decode()) == (409, True)
    technician.post(reverse("scanning-index", args=[document.id]), said(ada, document))
    client_of(house.users["identity-specialist"]).post(reverse("scanning-check", args=[document.id]), {"answer": "pass"})
    assert "can't be taken back" in technician.post(url, given).content.decode()
    technician.post(url, given | {"confirmed": "1"})
    assert Batch.objects.get(id=document.batch_id).state == "paper destroyed"
    certificate = technician.get(reverse("scanning-certificate", args=[document.batch_id]))
    assert certificate.content.startswith(b"%PDF")


def test_the_board_counts_what_its_lists_hold(house, technician, document):
    page = technician.get(reverse("scanning-board"))
    assert [(one.label, one.value) for one in page.context["figures"]] == [
        ("To be indexed", "1"), ("Exceptions", "0"), ("Waiting over 5 days", "0"), ("To be checked", "0"), ("Until all is indexed", "no rate"),
    ]  # fmt: skip
    for figure in page.context["figures"]:
        listed = technician.get(figure.url)
        assert figure.value == "no rate" or listed.context["total"] == int(figure.value)


def test_what_waits_over_the_days_of_the_rule_is_backlogged(house, technician, ada):
    scans.adopt_scanning_rules(house)
    came = datetime.now(UTC) - timedelta(days=6)
    batch = actions.take(
        actor=house.actor("technician"), arrival=scans.arrival(house, b"x", received_at=came),
        checked=__import__("muniment.scanning.checking", fromlist=["Checked"]).Checked("image/tiff", 1),
    )  # fmt: skip
    scans.noted(house, batch, scans.SUMMARY)
    late = technician.get(reverse("scanning-board")).context["figures"][2]
    assert (late.value, late.state) == ("1", "backlogged")
    assert WorkItem.objects.get(queue_id="indexing").due_at < datetime.now(UTC)


def test_printed_sheets_are_read_back_as_they_were_printed(house, technician, ada):
    answer = technician.post(
        reverse("scanning-sheets"),
        {
            "facility": str(house.hospital.id),
            "patient": "0042213",
            "visit": "V100",
            "types": ["18842-5", "59284-0"],
            "pages": "3",
            "paper": "a4",
        },
    )
    assert answer.headers["Content-Type"] == "application/pdf"
    source = pictures.Source(answer.content, "application/pdf")
    codes = [read_picture(number, source.page(number, 200)).codes[0] for number in (1, 2)]
    source.close()
    found = [decode(code, keys.named("separators")) for code in codes]
    assert [(one.assigner, one.number, one.visit, one.type_code, one.pages) for one in found] == [
        ("HOSP", "0042213", "V100", "18842-5", 3), ("HOSP", "0042213", "V100", "59284-0", 3),
    ]  # fmt: skip
    refused = technician.post(
        reverse("scanning-sheets"), {"facility": str(house.hospital.id), "patient": "nobody", "paper": "a4"}
    )
    assert refused.status_code == 422


@pytest.mark.parametrize(("role", "pages"), [("auditor", 200), ("database-administrator", 403), ("administrator", 200)])
def test_pages_are_seen_only_by_those_who_read_charts(house, document, role, pages):
    client = client_of(house.users[role])
    assert client.get(reverse("scanning-board")).status_code == 200
    assert client.get(reverse("scanning-index", args=[document.id])).status_code == pages
    assert client.get(reverse("scanning-picture", args=[document.id, 1])).status_code == pages


def test_a_picture_asked_for_by_its_address_alone_is_in_the_trail(technician, document):
    for _ in range(2):
        technician.get(reverse("scanning-picture", args=[document.id, 1]))
    seen = LifecycleEvent.objects.filter(name="scanning.view", subject_id=str(document.id))
    assert [one.after["shown"] for one in seen] == ["pages"]


def test_who_is_found_while_indexing_is_in_the_trail(house, technician, document, ada):
    add_patient(house.hospital, number="0099", family="Okonjo", given="Ben")
    technician.get(reverse("scanning-patient", args=[document.id]), {"patient": "0042213"})
    seen = LifecycleEvent.objects.filter(name="record.view", subject_type="patient")
    assert [one.patient_id for one in seen] == [ada[0].id]
    technician.get(reverse("scanning-patient", args=[document.id]), {"patient": "Okonjo"})
    listed = LifecycleEvent.objects.get(name="access.view-list")
    assert "Okonjo" not in str(listed.after)


def test_a_refused_file_is_settled_with_a_reason(house, technician):
    row = scans.take(house, b"GIF89a").batch
    assert "neither PDF, TIFF, JPEG nor PNG" in technician.get(reverse("scanning-batch", args=[row.id])).content.decode()
    technician.post(reverse("scanning-dismiss", args=[row.id]), {"reason": "Scanned again"})
    assert Batch.objects.get().state == "dismissed"
    assert WorkItem.objects.get().state == "done"


def test_enter_files_nothing_at_once_where_something_does_not_add_up(house, technician, ada):
    batch = scans.take(house, scans.tiff(scans.picture("1"), scans.picture("2"))).batch
    sheet = scans.sheet_code(assigner="HOSP", number="0042213", visit="V100", type_code="18842-5", pages=3)
    [row] = scans.noted(house, batch, "", scans.SUMMARY, codes={1: [sheet]})
    page = technician.get(reverse("scanning-index", args=[row.id]))
    assert not page.context["ready"]
    assert "expects 3 pages; 1 came" in page.content.decode()
    assert WorkItem.objects.get().queue_id == "scan-exceptions"
