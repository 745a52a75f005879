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


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/scans/", "/scans/upload/", "/scans/sheets/", "/scans/documents/", "index", "batch"])
def test_axe_finds_nothing(signed_in: SignedIn, waiting: Any, path: str, theme: str) -> None:
    page = signed_in("technician")
    page.emulate_media(color_scheme=theme)
    addresses = {"index": f"/scans/documents/{waiting.id}/", "batch": f"/scans/batches/{waiting.batch_id}/"}
    page.goto(addresses.get(path, path))
    assert violations(page) == []
