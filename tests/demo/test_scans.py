"""The demo's paper is set the same every time and is read as it was set."""

from __future__ import annotations

from muniment.demo import scans
from muniment.scanning.models import Batch, Document
from support.charts import add_patient, add_stay
from support.scans import adopt_scanning_rules


def test_the_demos_paper_waits_for_indexing_and_for_its_check(house) -> None:
    adopt_scanning_rules(house)
    adopt_scanning_rules(house, only=("scanning.automatic",))
    people = [("0042213", "Okonjo", "Ada"), ("0042214", "Brandt", "Lena"), ("0042215", "Sato", "Ren")]
    patients = [add_patient(house.hospital, number=number, family=family, given=given) for number, family, given in people]
    stays = [add_stay(patient, house.hospital, number=f"V10{place}") for place, patient in enumerate(patients)]
    read: list[tuple[int, int]] = []

    def told(what: str, done: int, total: int) -> None:
        read.append((done, total))

    for _ in range(2):  # the second time changes nothing
        scans.bring_waiting(house.actor("technician"), house.hospital, stays[0], stays[1], told)
        scans.bring_filed(house.actor("technician"), house.hospital, stays[2], told)
    assert read == [(4, 4), (3, 3)]
    assert Batch.objects.count() == 2
    found = Document.objects.order_by("batch__received_at", "first_page")
    assert [(one.state, one.exception) for one in found] == [
        ("waiting", ""), ("waiting", "The separator sheet expects 3 pages; 2 came, blank ones not counted."), ("awaiting check", ""),
        (found[3].state, ""),
    ]  # fmt: skip
    proposed = [one.proposals["patient"]["value"] for one in found]
    assert proposed == [str(patients[place].id) for place in (1, 0, 2, 2)]
    assert found[3].state in ("filed", "awaiting check")
    assert [one.automatic.get("rule", "") for one in found] == ["", "", "", "scanning.automatic"]
    assert found[2].patient_id == patients[2].id
