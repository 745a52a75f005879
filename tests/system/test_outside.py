"""By keyboard, in a real browser: others' records are decided with one key a line."""

from __future__ import annotations

from typing import Any

import pytest

from support import charts
from support.browser import SignedIn, violations
from support.ccda_documents import document, problem, section, snomed
from support.house import system_actor

pytestmark = pytest.mark.browser
PRESSURE = snomed("value", "59621000", "Essential hypertension", kind="CD")


@pytest.fixture(scope="module")
def patient(own_house: Any) -> Any:
    """Somebody of whom a summary came from elsewhere: a document and a diagnosis wait."""
    from muniment.intake.desk import Desk

    stay = charts.add_stay(charts.add_patient(own_house.hospital, number="MRN-77", assigner="1.2.3.4.6"), own_house.hospital)
    summary = section("11450-4", problem(PRESSURE, time='<low value="2020"/>'), text="Essential hypertension since 2020")
    Desk(actor=system_actor(), source="hie", facility=own_house.hospital).take(document(summary))
    return stay.patient


def test_each_line_is_decided_with_one_key(signed_in: SignedIn, patient: Any) -> None:
    from muniment.record.models import Entry

    page = signed_in("technician")
    keys = page.keyboard
    page.goto(f"/outside/{patient.id}/")
    keys.press("1")  # the cursor stands on the first line
    keys.press("3")
    keys.press("0")  # the last row stays: what was said of it is taken back
    keys.press("k")
    assert page.locator("select[data-choose]").first.input_value() == "accepted"
    page.reload()
    assert page.locator("select[data-choose]").first.input_value() == "accepted"  # who was called away finds it again
    keys.press("1")
    keys.press("2")
    keys.press("d")
    page.get_by_text("2 decided; 0 wait still.").wait_for()
    assert set(Entry.objects.filter(patient_id=patient.id).exclude(origin="").values_list("standing", flat=True)) == {
        "accepted",
        "reference",
    }
    keys.press("Escape")
    page.wait_for_url("**/work/outside-records/")


def test_axe_finds_nothing(signed_in: SignedIn, patient: Any) -> None:
    page = signed_in("technician")
    page.goto(f"/outside/{patient.id}/")
    assert violations(page) == []
