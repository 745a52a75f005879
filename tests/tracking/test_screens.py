"""The screens of paper charts: a scanned label opens its volume, what is possible is offered, what is wrong is said beside its field."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import HTTP

import pytest
from django.urls import reverse

from muniment.audit.models import LifecycleEvent
from muniment.tracking import actions
from muniment.tracking.models import Volume
from support.charts import add_patient, add_stay
from support.house import system_actor
from support.web import client_of


@pytest.fixture
def ada(house):
    return add_patient(house.hospital)


@pytest.fixture
def technician(house):
    return client_of(house.users["technician"])


def register(technician, house, **more):
    said = {"facility": house.hospital.id, "patient": "0042213", "label": "2009 to 2015", "home": "Bay 14"} | more
    return technician.post(reverse("tracking-register"), said)


@pytest.fixture
def volume(house, ada, technician):
    assert register(technician, house).status_code == 302
    return Volume.objects.get()


def text_of(page):
    return " ".join(page.content.decode().split())


def step(client, volume, name, **said):
    return client.post(reverse("tracking-step", args=[volume.id, name]), {"revision": volume.revision} | said)


def test_a_scanned_label_opens_its_volume(technician, volume):
    page = technician.get(reverse("tracking-board"), {"number": "hosp-0042213-01 "})
    assert page.status_code == 302
    assert page.url == reverse("tracking-volume", args=[volume.id])
    missed = technician.get(reverse("tracking-board"), {"number": "HOSP-9-01"})
    assert "No volume at your facilities has the number HOSP-9-01." in text_of(missed)


def test_out_and_back(technician, volume):
    assert step(technician, volume, "charge-out", holder="Dr Karen Smith", place="Cardiology", due_on="+3").status_code == 302
    page = text_of(technician.get(reverse("tracking-volume", args=[volume.id])))
    assert "Dr Karen Smith, Cardiology" in page
    assert "Hand it on" in page
    assert "Charge it out" not in page
    volume.refresh_from_db()
    assert step(technician, volume, "return").status_code == 302
    volume.refresh_from_db()
    assert volume.state == "in file"


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(technician, volume):
    page = step(technician, volume, "charge-out", holder="Dr Karen Smith", place="Cardiology", due_on="soon")
    assert page.status_code == 422
    assert "Write a day like 3/14/2026, today or +7." in text_of(page)
    assert 'value="Dr Karen Smith"' in text_of(page)
    past = step(technician, volume, "charge-out", holder="Dr Karen Smith", due_on="1/2/2020")
    assert "lies behind" in text_of(past)
    assert Volume.objects.get().state == "in file"


def test_nobody_several_and_a_foreign_facility_are_refused_with_words(house, ada, technician):
    assert "Nobody is found by this." in text_of(register(technician, house, patient="No Such"))
    assert register(technician, house, facility=house.clinic.id).status_code == 422, (
        "the technician works at the hospital alone"
    )
    assert Volume.objects.count() == 0


def test_another_facilitys_volume_is_not_there(house, volume):
    from muniment.accounts import actions as accounts
    from muniment.accounts.rules import Role

    person = accounts.add_user(actor=system_actor(), username="clinic", family="Other", given="Clara", credential="RHIT")
    accounts.assign_role(actor=system_actor(), user=person, role=Role.TECHNICIAN, facilities=[house.clinic])
    other = client_of(person)
    assert other.get(reverse("tracking-volume", args=[volume.id])).status_code == 403
    assert "HOSP-0042213-01" not in text_of(other.get(reverse("tracking-volumes")))
    missed = text_of(other.get(reverse("tracking-board"), {"number": volume.number}))
    assert "No volume at your facilities has the number" in missed


def test_readers_may_ask_and_not_move(house, volume):
    coder, auditor = client_of(house.users["coder"]), client_of(house.users["auditor"])
    page = text_of(coder.get(reverse("tracking-volume", args=[volume.id])))
    assert "Ask for it" in page
    assert "Charge it out" not in page
    asked = coder.post(reverse("tracking-request", args=[volume.id]), {"purpose": "Coding audit", "wanted_on": "today"})
    assert asked.status_code == 302
    assert "Ask for it" not in text_of(auditor.get(reverse("tracking-volume", args=[volume.id])))
    assert (
        auditor.post(reverse("tracking-request", args=[volume.id]), {"purpose": "x", "wanted_on": "today"}).status_code == 403
    )
    assert step(coder, volume, "charge-out", holder="me").status_code == 403


def test_guide_and_label_are_printed_and_leave_their_event(technician, volume):
    refused = technician.post(reverse("tracking-guide", args=[volume.id]))
    assert refused.status_code == 409
    printed = technician.post(reverse("tracking-label", args=[volume.id]))
    assert printed.content.startswith(b"%PDF")
    step(technician, volume, "charge-out", holder="#panic() $x$", place="")
    guide = technician.post(reverse("tracking-guide", args=[volume.id]))
    assert "#panic() $x$" in words_of(guide.content), "what is typed is data, never a command"
    assert LifecycleEvent.objects.filter(name="tracking.print").count() == 2


def test_a_record_number_names_no_other_file(house):
    """A record number is whatever its sender wrote: it says nothing of the answer but the number."""
    add_patient(house.hospital, number='7"; filename="run.bat')
    client = client_of(house.users["technician"])
    register(client, house, patient='7"; filename="run.bat')
    printed = client.post(reverse("tracking-label", args=[Volume.objects.get().id]))
    said = EmailMessage(policy=HTTP)
    said["Content-Disposition"] = printed.headers["Content-Disposition"]
    assert said.get_filename() == 'label-HOSP-7"; FILENAME="RUN.BAT-01.pdf'


def words_of(content):
    import pypdfium2

    with pypdfium2.PdfDocument(content) as opened:
        return " ".join(opened[0].get_textpage().get_text_bounded().split())


def test_the_chart_says_that_there_is_paper_and_that_it_is_missing(house, ada, volume):
    stay = add_stay(ada, house.hospital)
    actions.report_missing(actor=house.actor("technician"), volume_id=volume.id, reason="Not at its place")
    page = text_of(client_of(house.users["coder"]).get(reverse("record-chart", args=[stay.id])))
    assert "HOSP-0042213-01" in page
    assert "Missing" in page


def test_lists_and_figures_agree(technician, volume):
    step(technician, volume, "missing", reason="Not at its place")
    board = text_of(technician.get(reverse("tracking-board")))
    assert f"{reverse('tracking-volumes')}?show=missing" in board
    listed = technician.get(reverse("tracking-volumes"), {"show": "missing"})
    assert listed.context["page"].total == 1
    assert technician.get(reverse("tracking-volumes"), {"show": "out"}).context["page"].total == 0


def test_a_search_offers_the_places_of_the_rule_that_are_left(house, technician, volume):
    from support.stays import adopt_rules

    adopt_rules(house, "tracking.")
    step(technician, volume, "missing", reason="Not at its place")
    volume.refresh_from_db()
    step(technician, volume, "search", place="its place in the file")
    page = text_of(technician.get(reverse("tracking-volume", args=[volume.id])))
    assert "Still to be looked at by the rule: the shelves beside it, with its last holder" in page
