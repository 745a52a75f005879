"""Everything that came, and files a person brings."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from muniment.access.rules import Category, Grade, grade
from muniment.accounts.rules import Role
from muniment.audit.models import LifecycleEvent
from muniment.intake.desk import Desk
from muniment.intake.models import Input
from muniment.intake.web.views import arrivals as screen
from muniment.record.models import Entry, Signature
from support.house import system_actor
from support.messages import build, document


@pytest.fixture
def technician(house, client):
    client.force_login(house.users["technician"])
    return client


def take(messages, source="line"):
    desk = Desk(actor=system_actor(), source=source)
    return [desk.take(one.content)[0] for one in messages]


def upload(client, *files, **more):
    given = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(reverse("intake-upload"), {"uploads": given, **more})


def test_pages_go_forth_and_back_over_all_of_it(technician, monkeypatch):
    take(build(25))
    monkeypatch.setattr(screen, "PAGE", 10)
    url, seen = reverse("intake-arrivals"), []
    first = page = technician.get(url)
    while True:
        seen += [row.input.control_id for row in page.context["rows"]]
        if not page.context["page"].next_url:
            break
        page = technician.get(url + page.context["page"].next_url)
    assert seen == [one.control_id for one in reversed(build(25))]
    assert (page.context["page"].first, page.context["page"].last) == (21, 25)
    while page.context["page"].previous_url:
        page = technician.get(url + page.context["page"].previous_url)
    assert [row.input.id for row in page.context["rows"]] == [row.input.id for row in first.context["rows"]]
    assert (page.context["page"].first, page.context["page"].last) == (1, 10)


def test_each_word_of_the_filter_narrows(technician, house):
    take(build(3))
    take(build(2, prefix="X"), source="other")
    url = reverse("intake-arrivals")

    def count(query):
        return len(technician.get(url + query).context["rows"])

    today = timezone.localdate(timezone=ZoneInfo(house.hospital.zone))  # the filter's days are the facility's
    yesterday = today - timedelta(days=1)
    assert [count(q) for q in ("", "?source=other", "?format=hl7v2", "?format=fhir", "?status=filed", "?status=dismissed")] == [
        5,
        2,
        5,
        0,
        5,
        0,
    ]
    assert [count(q) for q in (f"?day={today}", f"?day={yesterday}", "?day=week", "?day=never")] == [5, 0, 5, 5]


def test_an_upload_lists_each_input_and_names_its_author(technician, house):
    messages = build(4)
    page = upload(technician, ("four.hl7", b"".join(one.content for one in messages)), ("notes.txt", b"nothing of the kind"))
    assert page.status_code == 200
    assert page.context["counts"] == {"filed": 4, "duplicate": 0, "quarantined": 1, "waiting": 0}
    assert "neither HL7 v2" in page.content.decode()
    actors = set(
        LifecycleEvent.objects.filter(name__in=["intake.file", "intake.quarantine"]).values_list("actor_id", flat=True)
    )
    assert actors == {house.users["technician"].id}
    again = upload(technician, ("four.hl7", b"".join(one.content for one in messages)))
    assert again.context["counts"] == {"filed": 0, "duplicate": 4, "quarantined": 0, "waiting": 0}


def test_nobody_signs_for_somebody_else_by_uploading_a_message_that_says_so(technician, house):
    """TXA-17 AU is a sending system's word. Typed by a person, it would close what a physician owes with a signature nobody gave."""
    plain = document("D1").content
    txa = next(one for one in plain.split(b"\r") if one.startswith(b"TXA"))
    fields = txa.split(b"|") + [b""] * (23 - len(txa.split(b"|")))
    fields[17], fields[22] = b"AU", b"9001^Stone^Ada^^^^^^^^^^^^20260301100000"
    signed = plain.replace(txa, b"|".join(fields))
    upload(technician, ("forged.hl7", signed), facility=str(house.hospital.id))
    [entry] = Entry.objects.filter(category="document")
    assert entry.signed_at is None
    assert not Signature.objects.exists()
    assert "counts as no signature" in " ".join(Input.objects.get().remarks)
    Desk(actor=system_actor(), source="transcription", facility=house.hospital).take(
        signed.replace(b"D1", b"D2").replace(b"|DD1|", b"|DD2|")
    )
    assert Signature.objects.count() == 1, "over an interface the sending system is believed"


def test_an_upload_for_another_facility_waits_in_quarantine(technician):
    page = upload(technician, ("one.hl7", build(1, facility="CLIN")[0].content))
    assert page.context["counts"]["quarantined"] == 1
    assert "facility you do not work at" in page.content.decode()


def test_an_upload_says_what_is_wrong_with_it(technician):
    assert "This field is required" in upload(technician).content.decode()
    many = [(f"{number}.hl7", b"MSH|") for number in range(21)]
    assert "at most 20" in upload(technician, *many).content.decode()
    large = upload(technician, ("large.ndjson", b" " * (20 * 1024 * 1024 + 1)))
    assert large.status_code == 422
    assert "20.0 MB" in large.content.decode()
    assert not Input.objects.exists()


def test_empty_and_broken_files_are_kept_with_a_sentence(technician):
    page = upload(technician, ("empty.hl7", b""), ("broken.gz", b"\x1f\x8bnonsense"))
    assert page.status_code == 200
    assert all(line.outcome.status == "quarantined" and len(line.outcome.reason) > 20 for line in page.context["lines"])


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    ("name", "wanted"), [("intake-quarantine", Grade.READ), ("intake-arrivals", Grade.READ), ("intake-upload", Grade.WRITE)]
)
def test_who_may_open_what_is_what_the_table_says(house, client, role, name, wanted):
    client.force_login(house.users[role.value])
    expected = 200 if grade(role, Category.INTAKE) >= wanted else 403
    assert client.get(reverse(name)).status_code == expected


def test_another_facilitys_arrivals_are_not_listed(technician):
    take(build(2, facility="CLIN"))
    assert not technician.get(reverse("intake-arrivals")).context["rows"]
    row = Input.objects.first()
    assert technician.get(reverse("intake-input", args=[row.id])).status_code == 403


def test_the_list_asks_a_fixed_number_of_questions(technician, django_assert_max_num_queries):
    take(build(12))
    technician.get(reverse("intake-arrivals"))
    # session, user, roles; channels, page, patients; the session's clock and its transaction
    with django_assert_max_num_queries(11):
        technician.get(reverse("intake-arrivals"))
