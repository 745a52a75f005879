"""The screens of forms: proposed and approved by two, what is wrong beside its field, every list scoped and bounded."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from muniment.audit.models import LifecycleEvent
from muniment.core import clock
from muniment.forms import actions
from muniment.forms.models import FormVersion
from support.charts import add_patient, add_stay, file_note
from support.house import system_actor
from support.inventory import LAYOUT, approved, letter, propose
from support.queries import asked
from support.stays import adopt_rules
from support.web import client_of


@pytest.fixture
def technician(house):
    return client_of(house.users["technician"])


@pytest.fixture
def administrator(house):
    return client_of(house.users["administrator"])


def text_of(page):
    return " ".join(page.content.decode().split())


def typed(**more):
    plain = {
        "number": "NUR-20", "facility": "all", "follows": "0", "title": "Nursing downtime note", "type_code": "34746-8", "medium": "paper form",
        "owner": "Nursing", "changes": "First version", "effective_from": "5 Jan 2026", "layout": LAYOUT, "downtime": "on", "used_in": "4 West\n\nICU\n4 West",
    }  # fmt: skip
    return plain | more


def test_a_form_goes_from_the_desk_of_one_to_the_approval_of_another(technician, administrator):
    made = technician.post(reverse("forms-new"), typed())
    assert made.status_code == 302
    assert made.url == reverse("forms-form", args=["NUR-20"])
    row = FormVersion.objects.get()
    assert row.used_in == ["4 West", "ICU"]
    page = text_of(technician.get(made.url))
    assert "An administrator approves forms." in page
    assert "Approve version 1" not in page
    assert "Approve version 1" in text_of(administrator.get(made.url))
    assert administrator.post(reverse("forms-step", args=["NUR-20", 1, "approve"])).status_code == 302
    listed = technician.get(reverse("forms-inventory"))
    assert [one.version.form.number for one in listed.context["rows"]] == ["NUR-20"]
    blank = technician.get(reverse("forms-blank", args=[row.id]))
    assert blank.content.startswith(b"%PDF")
    history = text_of(technician.get(made.url))
    assert "Version 1 approved, in force from 5 Jan 2026" in history
    assert "Version 1 proposed" in history


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(technician):
    for more, words in (
        ({"layout": "History: 400"}, "400 lines to write on don’t fit"),
        ({"effective_from": "soon"}, "This is not a date"),
        ({"number": "a b"}, "Write letters, digits"),
        ({"owner": ""}, "This field is required"),
        ({"layout": ""}, "nothing on it"),
    ):
        page = technician.post(reverse("forms-new"), typed(**more))
        assert page.status_code == 422
        assert words.replace("’", "&#x27;") in text_of(page) or words in text_of(page)
        assert "Nursing downtime note" in text_of(page)
    broken = typed(layout="", upload=SimpleUploadedFile("form.pdf", b"%PDF-1.4 no"))
    assert "damaged" in text_of(technician.post(reverse("forms-new"), broken))
    assert FormVersion.objects.count() == 0


def test_a_file_is_brought_and_the_next_version_begins_with_what_is_known(technician, house):
    brought = typed(layout="", upload=SimpleUploadedFile("form.pdf", letter()))
    assert technician.post(reverse("forms-new"), brought).status_code == 302
    page = technician.get(reverse("forms-next", args=["NUR-20"]))
    assert "keeps that file" in text_of(page)
    assert page.context["form"].initial["owner"] == "Nursing"
    again = typed(layout="", follows="1", changes="Another unit", used_in="5 East")
    assert technician.post(reverse("forms-next", args=["NUR-20"]), again).status_code == 302
    stale = technician.post(reverse("forms-next", args=["NUR-20"]), again)
    assert "Somebody else proposed version 2" in text_of(stale)
    assert FormVersion.objects.count() == 2


def test_a_number_that_is_taken_is_not_proposed_anew(technician, house):
    propose(house)
    page = technician.post(reverse("forms-new"), typed())
    assert page.status_code == 422
    assert "The inventory has this form already" in text_of(page)


def test_retire_withdraw_and_review_ask_for_words(administrator, technician, house):
    approved(house)
    propose(house, "NUR-21")
    retire = reverse("forms-step", args=["NUR-20", 1, "retire"])
    assert "This field is required" in text_of(administrator.post(retire, {"on": "today", "reason": ""}))
    assert "lies behind" in text_of(administrator.post(retire, {"on": "1/2/2020", "reason": "old"}))
    assert technician.post(retire, {"on": "today", "reason": "old"}).status_code == 422
    reviewed = technician.post(reverse("forms-step", args=["NUR-20", 1, "review"]), {"remark": "With the council"})
    assert reviewed.status_code == 302
    withdrawn = technician.post(reverse("forms-step", args=["NUR-21", 1, "withdraw"]), {"reason": "Not needed"})
    assert withdrawn.status_code == 302
    assert administrator.post(retire, {"on": "today", "reason": "Replaced"}).status_code == 302
    ended = technician.get(reverse("forms-inventory"), {"show": "ended"})
    assert [(one.version.form.number, one.standing) for one in ended.context["rows"]] == [("NUR-20", "Retired")]
    assert administrator.post(retire, {"on": "today", "reason": "again"}).status_code == 409
    assert technician.post(reverse("forms-step", args=["NUR-20", 1, "no-such"])).status_code == 403


def test_readers_read_and_others_do_not(house):
    row = approved(house)
    for role, status in (
        ("coder", 200),
        ("clinician", 200),
        ("auditor", 200),
        ("researcher", 403),
        ("database-administrator", 403),
    ):
        client = client_of(house.users[role])
        assert client.get(reverse("forms-inventory")).status_code == status
        assert client.get(reverse("forms-blank", args=[row.id])).status_code == status
        assert client.post(reverse("forms-new"), typed()).status_code == 403


def test_the_inventory_asks_so_much_and_no_more_however_long_it_is(house, technician):
    approved(house)
    first = asked(lambda: technician.get(reverse("forms-inventory")))
    for number in range(3):
        approved(house, f"NUR-3{number}")
    assert asked(lambda: technician.get(reverse("forms-inventory"))) == first
    assert len(first) <= 9


def test_types_without_an_owner_are_shown_first(house, technician):
    file_note(add_stay(add_patient(house.hospital), house.hospital))
    actions.count_types(actor=system_actor())
    page = technician.get(reverse("forms-types"))
    assert "Test Hospital" in page.context["rows"][0].lacking
    assert "1 type of document in use</a>" in text_of(technician.get(reverse("forms-inventory")))
    code = page.context["rows"][0].code
    approved(house, "HIM-1", type_code=code)
    assert technician.get(reverse("forms-types")).context["rows"] == []
    used = technician.get(reverse("forms-types"), {"show": "used"}).context["rows"]
    assert [(one.code, one.forms[0][0]) for one in used] == [(code, "HIM-1, Nursing practice council")]


def test_the_lists_of_abbreviations_are_those_of_the_day(house, technician):
    assert "No list is in force on this day" in text_of(technician.get(reverse("forms-abbreviations")))
    adopt_rules(house, "forms.")
    page = text_of(technician.get(reverse("forms-abbreviations"), {"q": "fibrillation"}))
    assert "AFib" in page
    assert "chest X-ray" not in page
    assert "Health records committee" in page
    assert "(unverified)" in page
    assert "No list is in force on this day" in text_of(technician.get(reverse("forms-abbreviations"), {"on": "1/1/2020"}))
    assert "is not a date" in text_of(technician.get(reverse("forms-abbreviations"), {"on": "whenever"}))


def discharged(house, number, days_ago):
    """A stay that ended so many days ago."""
    from muniment.encounters.actions import NewMove, move
    from muniment.encounters.rules import Kind, Move

    patient, left = add_patient(house.hospital, number=number), clock.now() - timedelta(days=days_ago)
    moves = [
        Move(key=f"{number}-{kind}", kind=kind, occurred_at=at, recorded_at=at, class_="IMP")
        for kind, at in ((Kind.ADMIT, left - timedelta(days=3)), (Kind.DISCHARGE, left))
    ]
    filed = [NewMove(facility=house.hospital, visit=("HOSP", f"V{number}"), movement=one) for one in moves]
    return move(actor=system_actor(), patient=patient, moves=filed)[-1]


def test_documents_that_use_the_list_are_shown_with_their_sentences(house, technician):
    address = reverse("forms-misuse")
    near, far = discharged(house, "1", 2), discharged(house, "2", 9)
    file_note(near, "PLAN:\nGive insulin 10 U at night. Aspirin 81 mg QD.\n")
    file_note(near, "PLAN:\nWalk every day.\n")
    file_note(far, "PLAN:\nHeparin 5,000 U twice.\n")
    assert "No list is in force" in text_of(technician.get(address))
    adopt_rules(house, "forms.")
    page = technician.get(address)
    assert [[one.words for one in row["uses"]] for row in page.context["rows"]] == [["U", "QD"]]
    assert "Give insulin 10 <mark>U</mark> at night." in text_of(page)
    assert page.context["page"].total == 1
    assert len(technician.get(address, {"days": "14"}).context["rows"]) == 2
    shown = [one for one in LifecycleEvent.objects.filter(name="access.view-list").order_by("id") if one.after["persons"]]
    assert [one.after["filter"] for one in shown] == [{"days": "7"}, {"days": "14"}]
    assert "insulin" not in str([one.after for one in shown])


def test_the_check_asks_so_much_whatever_it_finds_and_only_of_those_who_read_charts(house, technician):
    adopt_rules(house, "forms.")
    file_note(discharged(house, "1", 1), "Aspirin 81 mg QD.\n")
    first = asked(lambda: technician.get(reverse("forms-misuse")))
    for number in range(2, 6):
        file_note(discharged(house, str(number), 1), "Aspirin 81 mg QD.\n")
    assert len(asked(lambda: technician.get(reverse("forms-misuse"), {"days": "14"}))) <= len(first)
    assert client_of(house.users["database-administrator"]).get(reverse("forms-misuse")).status_code == 403
