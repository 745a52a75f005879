"""By keyboard, in a real browser: a small batch from upload to a checked chart."""

from __future__ import annotations

import re
from typing import Any

import pytest

from support import scans
from support.browser import SignedIn, violations
from support.charts import add_patient, add_stay
from support.house import system_actor

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def scanned(own_house: Any) -> Any:
    """A patient with a stay, and the rules: everything is checked."""
    scans.adopt_scanning_rules(own_house, percent=100, wait_days=0)
    patient = add_patient(own_house.hospital)
    return patient, add_stay(patient, own_house.hospital)


@pytest.fixture(scope="module")
def batch(scanned: Any) -> bytes:
    sheet = scans.sheet_code(assigner="HOSP", number="0042213", visit="V100", type_code="59284-0", pages=1)
    pages = (scans.picture(scans.SUMMARY), scans.picture("Separator", code=sheet), scans.picture(scans.CONSENT, turn=180))
    return scans.tiff(*pages)


def test_a_batch_is_uploaded_indexed_and_checked_by_keyboard(signed_in: SignedIn, scanned: Any, batch: bytes) -> None:
    from muniment.scanning import reading
    from muniment.scanning.models import Batch

    page = signed_in("technician")
    keys = page.keyboard
    page.goto("/scans/")
    keys.press("u")
    page.wait_for_url(re.compile("/scans/upload/"))
    page.get_by_label("Scanned files").set_input_files({"name": "box12.tif", "mimeType": "image/tiff", "buffer": batch})
    page.get_by_label("Where the paper lies").focus()
    keys.type("Box 12")
    keys.press("Enter")
    page.get_by_text("3 pages, being read").wait_for()
    assert reading.read(system_actor(), Batch.objects.get().id)

    keys.press("Escape")
    page.wait_for_url(re.compile("/scans/$"))
    keys.press("n")
    page.wait_for_url(re.compile("/scans/documents/"))
    assert page.locator("#whose").get_by_text("On the pages: record number, name, birth date, visit number").is_visible()
    assert page.locator(".leaf img").first.evaluate("one => one.complete && one.naturalWidth > 400")
    first = page.url
    keys.press("Enter")  # everything agrees: the cursor stands on the button
    page.wait_for_url(lambda url: url != first)
    page.get_by_text("Filed: Discharge summary, to be checked.").wait_for()
    page.locator("#id_date").focus()
    keys.press("ControlOrMeta+a")
    keys.type("3/4/2026")
    keys.press("Enter")
    page.wait_for_url(re.compile("/scans/$"))
    page.get_by_text("Filed: Consent, to be checked.").wait_for()
    keys.press("z")  # it was not right: out again, and filed with the name under it
    page.wait_for_url(re.compile("out$"))
    keys.type("Its signature was forgotten")
    keys.press("Enter")
    page.get_by_text("Taken out of the chart.").wait_for()
    page.locator("#id_signed_by").focus()
    keys.type("Ines Moreau, MD")
    keys.press("Enter")
    page.wait_for_url(re.compile("/scans/$"))
    page.get_by_text("Filed: Consent, to be checked.").wait_for()

    checker = signed_in("identity-specialist")
    checker.goto("/scans/")
    checker.keyboard.press("c")
    checker.wait_for_url(re.compile("/check$"))
    checker.keyboard.press("p")
    checker.get_by_text("Passed.").wait_for()
    checker.keyboard.press("3")
    checker.locator("#reason").focus()
    checker.keyboard.type("The signature is cut off")
    checker.keyboard.press("Escape")
    checker.keyboard.press("f")
    checker.get_by_text("Failed: it was retracted").wait_for()


@pytest.fixture
def waiting(scanned: Any, own_house: Any) -> Any:
    """A document of two pages that nobody is proposed for."""
    from muniment.scanning.models import Document

    found = Document.objects.filter(state="waiting", batch__name="letter.tif").first()
    if found is None:
        taken = scans.take(own_house, scans.tiff(scans.picture("Dear colleague"), scans.picture("more")), name="letter.tif")
        [found] = scans.noted(own_house, taken.batch, "Dear colleague", "yours")
    return found


def test_pages_and_patient_are_worked_by_keyboard(signed_in: SignedIn, waiting: Any) -> None:
    page = signed_in("technician")
    keys = page.keyboard
    page.goto(f"/scans/documents/{waiting.id}/")
    assert page.evaluate("document.activeElement.id") == "id_patient"
    keys.type("okonjo")
    page.locator("#whose").get_by_text("OKONJO").first.wait_for()
    assert page.locator("#id_stay option").count() == 3
    keys.press("PageDown")
    keys.press("Escape")
    keys.press("r")
    page.get_by_text("turned 90°").wait_for()
    assert page.locator("#id_patient").input_value() == "okonjo"  # what was typed is back
    page.evaluate("document.activeElement.blur()")
    keys.press("]")
    keys.press("]")
    keys.press("b")
    page.get_by_text("Split: page 2").wait_for()


@pytest.mark.parametrize(
    "path",
    ["/scans/", "/scans/upload/", "/scans/sheets/", "/scans/documents/", "/scans/backlog/", "/scans/lots/", "index", "batch"],
)
def test_axe_finds_nothing(signed_in: SignedIn, waiting: Any, path: str) -> None:
    page = signed_in("technician")
    addresses = {"index": f"/scans/documents/{waiting.id}/", "batch": f"/scans/batches/{waiting.batch_id}/"}
    page.goto(addresses.get(path, path))
    assert violations(page) == []


class Counted:
    """A keyboard that counts: what indexing costs is the keys somebody presses."""

    def __init__(self, keyboard: Any) -> None:
        self.keyboard, self.pressed = keyboard, 0

    def press(self, key: str) -> None:
        self.pressed += 1
        self.keyboard.press(key)

    def type(self, text: str) -> None:
        self.pressed += len(text)
        self.keyboard.type(text)


USUAL = "\n".join(scans.SUMMARY.splitlines()[:8])


@pytest.fixture
def three_usual(scanned: Any, own_house: Any) -> Any:
    """Summaries of which everything is proposed and agrees; the last one has no date."""
    from muniment.scanning.models import Document

    made = []
    dated = (USUAL, USUAL, USUAL.replace("Date of service: 03/05/2026", ""))
    texts = [f"{text}\n{' '.join(f'said{number}x{word}' for word in range(60))}" for number, text in enumerate(dated)]
    for number, text in enumerate(texts):
        taken = scans.take(own_house, scans.tiff(scans.picture(f"usual {number}")), name=f"usual {number}.tif")
        [document] = scans.noted(own_house, taken.batch, text)
        made.append(Document.objects.get(id=document.id))
    return made


def test_a_document_of_which_everything_is_proposed_takes_one_key(signed_in: SignedIn, three_usual: Any) -> None:
    page = signed_in("technician")
    keys = Counted(page.keyboard)
    page.goto(f"/scans/documents/{three_usual[0].id}/")
    for document in three_usual[:2]:
        page.goto(f"/scans/documents/{document.id}/")
        before = keys.pressed
        keys.press("Enter")
        page.get_by_text("Filed: Discharge summary").wait_for()
        assert keys.pressed - before == 1
    page.goto(f"/scans/documents/{three_usual[2].id}/")
    assert page.evaluate("document.activeElement.id") == "id_date"  # the cursor stands where something is missing
    before = keys.pressed
    keys.type("3/5/2026")
    keys.press("Enter")
    page.get_by_text("Filed: Discharge summary").wait_for()
    assert keys.pressed - before == 9


def test_a_likely_copy_is_compared_and_decided_by_two_keys(signed_in: SignedIn, scanned: Any, own_house: Any) -> None:
    from muniment.scanning import actions
    from muniment.scanning.choosing import Index

    patient, stay = scanned
    notes = [scans.CONSENT + "\n" + " ".join(f"word{place}" for place in range(30)) + end for end in ("", "\nonce more")]
    rows = []
    for number, text in enumerate(notes):
        taken = scans.take(own_house, scans.tiff(scans.picture(f"copy {number}")), name=f"copy {number}.tif")
        rows += scans.noted(own_house, taken.batch, text)
    index = Index(patient_id=patient.id, encounter_id=stay.id, type_code="59284-0", original="2026-03-04")
    actions.file_document(actor=own_house.actor("technician"), document_id=rows[0].id, index=index)
    page = signed_in("technician")
    page.goto(f"/scans/documents/{rows[1].id}/")
    page.get_by_text("Compare the two").wait_for()
    page.keyboard.press("Enter")  # the cursor stands on it
    page.wait_for_url(re.compile("/copies/"))
    assert violations(page) == []
    page.keyboard.press("3")
    page.get_by_text("Decided: a different document.").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("Filed: Consent").wait_for()
