"""The screens of downtime: declared, entered, reconciled; both times shown; the packs beside them."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from django.urls import reverse

from muniment.audit.models import LifecycleEvent
from muniment.cli.downtime import name_of, packs
from muniment.downtime import actions
from muniment.downtime.models import Downtime, Paper
from support.charts import BEGUN, add_patient, add_stay
from support.house import system_actor
from support.inventory import approved
from support.queries import asked
from support.web import client_of

ZONE = ZoneInfo("America/New_York")
DAY = (BEGUN + timedelta(days=1)).astimezone(ZONE)


@pytest.fixture
def ada(house):
    patient = add_patient(house.hospital)
    return patient, add_stay(patient, house.hospital)


@pytest.fixture
def technician(house):
    return client_of(house.users["technician"])


@pytest.fixture
def administrator(house):
    return client_of(house.users["administrator"])


def text_of(page):
    return " ".join(page.content.decode().split())


def when(hours=0.0):
    return f"{DAY + timedelta(hours=hours):%m/%d/%Y %H:%M}"


def declared(administrator, house, **more):
    said = {"facility": house.hospital.id, "what": "The record", "began": when(), "ended": when(6), "reason": "Upgrade"} | more
    return administrator.post(reverse("downtime-declare"), said)


@pytest.fixture
def outage(administrator, house):
    assert declared(administrator, house).status_code == 302
    return Downtime.objects.get()


def entered(client, row, **more):
    said = {
        "visit": "V100",
        "type_code": "34746-8",
        "acted": when(2),
        "author": "Lena Ortiz, RN",
        "text": "Pain 3 of 10.",
    } | more
    return client.post(reverse("downtime-enter", args=[row.id]), said)


def test_times_are_read_by_the_facilitys_clock_and_shown_so(administrator, house, outage):
    assert outage.began == DAY
    assert f"{DAY:%H:%M}" in text_of(administrator.get(reverse("downtime-one", args=[outage.id])))


def test_what_is_wrong_stands_beside_its_field(administrator, technician, house, ada, outage):
    assert "Write day and time" in text_of(declared(administrator, house, began="yesterday"))
    assert "It ends after it began" in text_of(declared(administrator, house, ended=when(-1)))
    assert "An administrator declares" in text_of(technician.get(reverse("downtime-declare"), follow=True))
    assert declared(technician, house).status_code == 302
    assert Downtime.objects.count() == 1, "nothing was declared by who may not"
    for more, words in (
        ({"visit": "V9"}, "has this visit number"),
        ({"acted": when(8)}, "outside the downtime"),
        ({"acted": "3/4/2026"}, "Write day and time"),
        ({"text": " "}, "Type what the paper says"),
    ):
        page = entered(technician, outage, **more)
        assert page.status_code == 422
        assert words in text_of(page)
        assert "Lena Ortiz, RN" in text_of(page), "nothing typed is lost"
    assert Paper.objects.count() == 0


def test_a_late_entry_shows_both_times_in_the_chart(technician, ada, outage):
    assert entered(technician, outage).status_code == 302
    paper = Paper.objects.get()
    page = text_of(technician.get(reverse("record-document", args=[ada[1].id, paper.entry_id])))
    assert "Late entry from downtime paper" in page
    assert f"{DAY + timedelta(hours=2):%H:%M}" in page
    assert (
        f"typed into the record at {paper.entered_at.astimezone(ZONE).day} {paper.entered_at.astimezone(ZONE):%b %Y, %H:%M}"
        in page
    )
    assert "Pain 3 of 10." in page
    listed = text_of(technician.get(reverse("downtime-one", args=[outage.id])))
    assert "Nursing note" in listed
    assert "No stay is open" in listed


def test_a_stay_without_paper_is_said_to_have_none(technician, administrator, ada, outage):
    page = reverse("downtime-one", args=[outage.id])
    reconcile = reverse("downtime-step", args=[outage.id, "reconcile"])
    refused = administrator.post(reconcile, {"revision": 1})
    assert refused.status_code == 422
    assert "1 stay has neither" in text_of(refused)
    assert "Okonjo" in text_of(technician.get(page)).title()
    none = reverse("downtime-none", args=[outage.id])
    assert technician.post(none, {"stay": ada[1].id, "reason": ""}).status_code == 403
    assert technician.post(none, {"stay": ada[1].id, "reason": "Asked the charge nurse"}).status_code == 302
    assert "Asked the charge nurse" in text_of(technician.get(page, {"show": "all"}))
    assert administrator.post(reconcile, {"revision": 1}).status_code == 302
    assert entered(technician, outage).status_code == 409
    assert (
        administrator.post(
            reverse("downtime-step", args=[outage.id, "reopen"]), {"revision": 2, "reason": "A folder"}
        ).status_code
        == 302
    )


def test_lists_of_patients_leave_their_event_and_are_only_for_who_reads_charts(house, technician, ada, outage):
    technician.get(reverse("downtime-one", args=[outage.id]))
    (one,) = LifecycleEvent.objects.filter(name="access.view-list", subject_id="downtime")
    assert (one.after["persons"], one.after["filter"]) == (1, {"shown": "open"})
    assert client_of(house.users["researcher"]).get(reverse("downtime-board")).status_code == 403
    clinician = client_of(house.users["clinician"])
    assert clinician.get(reverse("downtime-one", args=[outage.id])).status_code == 200
    assert clinician.get(reverse("downtime-enter", args=[outage.id])).status_code == 403


def test_a_page_asks_so_much_however_many_were_in_house(house, technician, ada, outage):
    address = reverse("downtime-one", args=[outage.id])
    entered(technician, outage)
    first = asked(lambda: technician.get(address, {"show": "all"}))
    for number in range(5):
        add_stay(add_patient(house.hospital, number=f"9{number}", family=f"Rowe{number}"), house.hospital, number=f"V9{number}")
    assert asked(lambda: technician.get(address, {"show": "open"})) == first


def test_the_packs_are_listed_opened_and_brought_up_to_today(house, technician):
    board = reverse("downtime-board")
    assert "No pack was made yet" in text_of(technician.get(board))
    approved(house, "DT-1")
    assert technician.post(reverse("downtime-make-packs")).status_code == 302
    page = technician.get(board)
    ((pack, old),) = page.context["packs"]
    assert not old
    assert technician.get(reverse("downtime-pack", args=[pack.id])).content.startswith(b"%PDF")
    assert "holds the forms in force" in text_of(technician.post(reverse("downtime-make-packs"), follow=True))


def test_a_pack_without_forms_is_refused_in_words(house, technician):
    actions.make_packs(actor=system_actor(), facility=house.hospital, day=DAY.date())
    ((pack, _),) = technician.get(reverse("downtime-board")).context["packs"]
    page = technician.get(reverse("downtime-pack", args=[pack.id]))
    assert page.status_code == 403
    assert "No form in force is marked" in text_of(page)


def test_the_command_writes_every_pack_beside_the_system(house, folder, monkeypatch):
    approved(house, "DT-1", used_in=("ICU 2/East",))
    monkeypatch.setattr("muniment.cli.downtime.set_up", lambda: None)
    told = CliRunner().invoke(packs, [str(folder / "share")])
    assert told.exit_code == 0, told.output
    assert sorted(one.name for one in (folder / "share").iterdir()) == [
        "CLIN-ICU-2-East.pdf", "CLIN-all-units.pdf", "HOSP-ICU-2-East.pdf", "HOSP-all-units.pdf",
    ]  # fmt: skip
    assert (folder / "share" / "HOSP-all-units.pdf").read_bytes().startswith(b"%PDF")
    assert "1 form, 2 pages" in told.output
    assert name_of("HVMC", "") == "HVMC-all-units.pdf"
