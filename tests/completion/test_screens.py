"""The screens of completion: who may open them, what they do, and the queries they cost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from muniment.access.rules import Category, Grade, grade
from muniment.accounts.actions import choose_password
from muniment.accounts.rules import Role
from muniment.audit.models import LifecycleEvent
from muniment.completion import actions
from muniment.completion.models import ChartStatus, Deficiency
from muniment.identity.models import PatientIdentifier
from muniment.record.models import Entry, Signature
from muniment.record.rules import Meaning
from support.house import system_actor
from support.stays import StayMaker, adopt_rules, practitioner
from support.web import client_of

pytestmark = pytest.mark.rules("completion.")

ED, CONSULT = "34111-5", "11488-4"
PASSWORD = "a long enough phrase"


@pytest.fixture
def scene(house):
    """An emergency stay whose note Dr Stone has not signed, and one of hers without a note."""
    adopt_rules(house)
    choose_password(actor=house.actor("clinician"), user=house.users["clinician"], password=PASSWORD)
    stone = practitioner(house, "Stone", "clinician")
    first = StayMaker(house, stone, number="1", class_code="EMER")
    first.admit()
    first.file(ED, "HISTORY\nFell off a ladder.", author=stone)
    first.discharge(1)
    second = StayMaker(house, stone, number="2", class_code="EMER")
    second.admit()
    second.discharge(2)
    actions.drain(actor=system_actor())
    return house


def browse(house, role="clinician"):
    return client_of(house.users[role])


def unsigned():
    return Deficiency.objects.get(kind="missing signature")


def unwritten():
    return Deficiency.objects.get(kind="missing document", state="open")


SCREENS = {
    "completion-inbox": Grade.WRITE,
    "completion-sign": Grade.WRITE,
    "completion-write": Grade.WRITE,
    "completion-deficiencies": Grade.READ,
    "completion-deficiency": Grade.READ,
}


def address(name):
    lack = unwritten() if name == "completion-write" else unsigned()
    return reverse(name, args=[] if name in ("completion-inbox", "completion-deficiencies") else [lack.id])


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_the_access_table_decides(scene, role):
    for name, wanted in SCREENS.items():
        status = browse(scene, role).get(address(name)).status_code
        allowed = grade(role, Category.COMPLETION) >= wanted
        assert status == (200 if allowed else 403), (name, role)


def test_the_inbox_lists_what_is_owed(scene):
    page = browse(scene).get(reverse("completion-inbox")).content.decode()
    assert "Sign emergency department note" in page
    assert "Write emergency department note" in page


def test_the_signing_page_shows_document_reason_and_signature(scene):
    page = browse(scene).get(reverse("completion-sign", args=[unsigned().id])).content.decode()
    for words in (
        "Fell off a ladder.",
        "this one is not signed",
        "482.24(c)(2)",
        "Unverified",
        "You sign as its author",
        "Your password",
    ):
        assert words in page, words


def test_a_deficiency_leads_to_what_it_is_about(scene):
    client = browse(scene, "technician")
    about = unsigned()
    page = client.get(reverse("completion-deficiency", args=[about.id])).content.decode()
    assert f'href="{reverse("record-document", args=[about.encounter_id, about.entry_id])}" data-key="v"' in page
    page = client.get(reverse("completion-deficiency", args=[unwritten().id])).content.decode()
    assert f'href="{reverse("record-chart", args=[unwritten().encounter_id])}" data-key="v"' in page


def test_a_document_dated_to_the_day_is_shown_under_that_day_without_a_time(scene):
    stay = StayMaker(scene, practitioner(scene, "Stone", "clinician"), number="3", class_code="EMER")
    stay.admit()
    stay.file(CONSULT, "SCANNED\nPaper.", on="2026-03-02")
    stay.discharge(1)
    actions.drain(actor=system_actor())
    lack = Deficiency.objects.get(kind="missing document", encounter_id=stay.encounter_id)
    page = browse(scene).get(reverse("completion-write", args=[lack.id])).content.decode()
    assert "2 Mar 2026 " in page
    assert "1 Mar 2026" not in page


def test_without_the_password_nothing_is_signed(scene):
    client, url = browse(scene), reverse("completion-sign", args=[unsigned().id])
    for password, said in (("", "required"), ("wrong", "not your password")):
        answer = client.post(url, {"number": 1, "password": password})
        assert answer.status_code == 422
        assert said in answer.content.decode()
    assert not Signature.objects.exists()


def test_who_guesses_at_a_screen_somebody_left_is_shut_out_and_seen(scene):
    """A wrong password at signing is a wrong password: it counts at the door, and leaves the event of a refusal."""
    client, url = browse(scene), reverse("completion-sign", args=[unsigned().id])
    for number in range(5):
        assert "not your password" in client.post(url, {"number": 1, "password": f"guess {number}"}).content.decode()
    answer = client.post(url, {"number": 1, "password": PASSWORD})
    assert answer.status_code == 422
    assert "closed for 15 minutes" in answer.content.decode()
    assert not Signature.objects.exists()
    refused = LifecycleEvent.objects.filter(name="accounts.refuse-sign-in")
    assert {one.subject_id for one in refused} == {str(scene.users["clinician"].id)}
    assert refused.count() == 5


def test_signing_goes_on_to_the_next_and_remembers_the_password_for_five_minutes(scene):
    client, lack = browse(scene), unsigned()
    answer = client.post(reverse("completion-sign", args=[lack.id]), {"number": 1, "password": PASSWORD})
    assert answer.headers["Location"] == reverse("completion-write", args=[unwritten().id])
    assert Signature.objects.get().meaning == Meaning.AUTHOR
    written = client.post(answer.headers["Location"], {"text": "HISTORY\nNone."}, follow=True)
    assert "Your password" not in written.content.decode()
    client.post(
        reverse("completion-sign", args=[Deficiency.objects.get(kind="missing signature", state="open").id]), {"number": 1}
    )
    assert not Deficiency.objects.filter(state="open").exists()


def test_what_was_signed_in_the_meantime_is_told(scene):
    lack = unsigned()
    actions.sign(actor=scene.actor("clinician"), deficiency_id=lack.id, number=1)
    answer = browse(scene).get(reverse("completion-sign", args=[lack.id]), follow=True)
    assert "was completed by Test Clinician, RHIT in the meantime" in answer.content.decode()


def test_a_document_of_another_patient_is_not_shown(scene):
    other = StayMaker(scene, practitioner(scene, "Elsewhere"), number="9", class_code="AMB")
    entry = other.file(CONSULT, "Somebody else's secret.")
    answer = browse(scene).get(reverse("completion-sign", args=[unsigned().id]), {"entry": str(entry)})
    assert answer.status_code == 403
    assert "secret" not in answer.content.decode()


def test_declining_needs_a_reason(scene):
    client, lack = browse(scene), unsigned()
    client.post(reverse("completion-decline", args=[lack.id]), {"revision": lack.revision, "reason": " "})
    lack.refresh_from_db()
    assert lack.responsible_id
    client.post(reverse("completion-decline", args=[lack.id]), {"revision": lack.revision, "reason": "Not my patient."})
    lack.refresh_from_db()
    assert lack.responsible_id is None


def test_an_empty_document_comes_back_with_its_error(scene):
    answer = browse(scene).post(reverse("completion-write", args=[unwritten().id]), {"text": ""})
    assert answer.status_code == 422
    assert "required" in answer.content.decode()


def test_reassigning_from_the_record(scene):
    lack = unsigned()
    url = reverse("completion-step", args=[lack.id, "reassign"])
    other = practitioner(scene, "Blade", "coder")
    client = browse(scene, "technician")
    assert client.post(url, {"revision": lack.revision, "practitioner": str(other.id), "reason": ""}).status_code == 422
    page = client.post(url, {"revision": lack.revision, "practitioner": str(other.id), "reason": "She wrote it."}, follow=True)
    assert "owed by Ada Blade, MD now" in page.content.decode()
    assert "Reassigned to Ada Blade, MD" in page.content.decode()
    stale = client.post(url, {"revision": lack.revision, "practitioner": str(other.id), "reason": "Again."})
    assert "meantime" in stale.content.decode()


def test_only_an_administrator_waives(scene):
    lack = unsigned()
    url = reverse("completion-step", args=[lack.id, "waive"])
    said = {"revision": lack.revision, "reason": "Author died.", "authority": "MEC 2026-03"}
    assert browse(scene, "technician").post(url, said).status_code == 403
    page = browse(scene, "administrator").post(url, said, follow=True).content.decode()
    assert "Waived" in page
    assert "Authority: MEC 2026-03" in page


def test_a_waiver_is_taken_back_on_its_page(scene):
    lack, admin = unsigned(), browse(scene, "administrator")
    admin.post(
        reverse("completion-step", args=[lack.id, "waive"]), {"revision": lack.revision, "reason": "x", "authority": "y"}
    )
    page = admin.get(reverse("completion-deficiency", args=[lack.id]))
    assert "Take the waiver back" in page.content.decode()
    lack.refresh_from_db()
    url = reverse("completion-step", args=[lack.id, "take-back"])
    assert admin.post(url, {"revision": lack.revision, "reason": ""}).status_code == 422
    said = admin.post(url, {"revision": lack.revision, "reason": "Another chart was meant."}, follow=True).content.decode()
    assert "the chart waits for" in said


FILTERS = {
    "": {"1", "2"}, "?kind=signature": {"1"}, "?kind=document": {"2"}, "?late=0": {"1", "2"} , "?owner=nobody": set(),
    "?document=34111-5": {"1", "2"}, "?document=18842-5": set(), "?owner=nonsense": {"1", "2"}, "?at=nonsense": {"1", "2"},
}  # fmt: skip


@pytest.mark.parametrize("query", FILTERS)
def test_the_list_is_filtered(scene, query):
    page = browse(scene, "technician").get(reverse("completion-deficiencies") + query).content.decode()
    assert {number for number in ("1", "2") if f"ROWE{number}" in page.upper()} == FILTERS[query]


def test_the_list_is_paged_by_key(scene, monkeypatch):
    from muniment.completion.web.views import deficiencies

    monkeypatch.setattr(deficiencies, "PAGE", 1)
    client, seen, url = browse(scene, "technician"), [], "?"
    while url:
        context = client.get(reverse("completion-deficiencies") + url).context
        seen += [line.row.id for line in context["lines"]]
        url = context["page"].next_url
    assert seen == list(Deficiency.objects.filter(state="open").order_by("due_at", "id").values_list("id", flat=True))


def test_a_rule_that_cannot_be_read_is_told(scene):
    from datetime import date

    from muniment.rulebook import actions as rulebook

    bad = rulebook.propose(
        actor=scene.actor("privacy-officer"), code="completion.bad", title="Bad", statement="s", citation="c",
        source_kind="house policy", parameters={"document": "none"}, effective_from=date(2026, 1, 1),
    )  # fmt: skip
    rulebook.adopt(actor=scene.actor("administrator"), version_id=bad.id)
    actions.drain(actor=system_actor())
    page = browse(scene, "technician").get(reverse("completion-deficiencies")).content.decode()
    assert "Version 1 of “Bad” can" in page
    assert Deficiency.objects.filter(state="open").count() == 2


def test_the_chart_panel_says_what_is_missing_and_until_when(scene):
    from muniment.completion.web.panels import chart
    from muniment.encounters.models import Encounter

    stay = Encounter.objects.get(id=unsigned().encounter_id)
    html = chart(scene.actor("technician"), stay).html
    assert "Sign emergency department note" in html
    assert "by House policy HIM-02, after 42 CFR 482.24(c)(4)(vii) (unverified)" in html
    actions.sign(actor=scene.actor("clinician"), deficiency_id=unsigned().id, number=1)
    assert "Complete" in chart(scene.actor("technician"), stay).html
    assert chart(scene.actor("researcher"), stay) is None


INBOX_QUERIES = [
    "session", "user with assignments", "facility names", "work items", "deficiencies with patient and facility",
    "patients' numbers", "patients", "days of discharge", "documents to sign", "what was opened", "the practitioner",
    "queries to answer",
]  # fmt: skip


def test_the_inbox_costs_the_same_queries_whatever_its_length(scene):
    client = browse(scene)
    client.get(reverse("completion-inbox"))
    with CaptureQueriesContext(connection) as caught:
        client.get(reverse("completion-inbox"))
    reads = [one["sql"] for one in caught if one["sql"].startswith("SELECT")]
    assert len(reads) <= len(INBOX_QUERIES), "\n".join(reads)


@pytest.mark.parametrize(("screen", "role"), [("completion-deficiency", "technician"), ("completion-write", "clinician")])
def test_looking_at_one_patients_deficiency_leaves_its_event(scene, screen, role):
    wanted = unwritten() if screen == "completion-write" else unsigned()
    browse(scene, role).get(address(screen))
    seen = LifecycleEvent.objects.get(name="record.view", actor_id=scene.users[role].id)
    assert (seen.subject_id, seen.patient_id) == (str(wanted.id), wanted.patient_id)


@pytest.mark.forges
def test_the_filter_of_delinquent_charts_lists_what_they_lack(scene):
    late, other = unsigned(), unwritten()
    ChartStatus.objects.filter(encounter_id=late.encounter_id).update(delinquent_at=datetime.now(UTC) - timedelta(days=1))
    ChartStatus.objects.filter(encounter_id=other.encounter_id).update(delinquent_at=datetime.now(UTC) + timedelta(days=1))
    answer = browse(scene, "technician").get(reverse("completion-deficiencies"), {"late": "clock"})
    assert [line.row.id for line in answer.context["lines"]] == [late.id]
    assert answer.context["delinquent"] == 1


@pytest.mark.forges
def test_the_list_shows_the_number_that_the_banner_of_the_stay_shows(scene):
    lack = unsigned()
    for system in ("ELSEWHERE", lack.facility.code):
        PatientIdentifier.objects.create(
            patient_id=lack.patient_id,
            system=system,
            value=f"77-{system}",
            type="MR",
            deciding=system == "ELSEWHERE",
            since=datetime.now(UTC),
        )
    lines = browse(scene, "technician").get(reverse("completion-deficiencies")).context["lines"]
    numbers = {line.row.id: line.number for line in lines}
    banner = browse(scene, "technician").get(reverse("completion-deficiency", args=[lack.id])).context["banner"]
    assert numbers[lack.id] == f"{banner.mrn} ({banner.assigner})"
    assert banner.assigner == lack.facility.code


def test_writing_offers_the_next_item_and_leaves_the_cursor_out_of_the_text(scene):
    page = browse(scene).get(reverse("completion-write", args=[unwritten().id])).content.decode()
    assert reverse("completion-sign", args=[unsigned().id]) in page
    assert "data-first-focus" not in page


def test_a_page_of_headings_is_not_filed_as_the_document(scene):
    from muniment.completion.documents import template_of

    lack = unwritten()
    before = Entry.objects.filter(encounter_id=lack.encounter_id).count()
    answer = browse(scene).post(
        reverse("completion-write", args=[lack.id]), {"text": template_of(lack.document_code).replace("\n", "\r\n")}
    )
    assert answer.status_code == 422
    assert "Nothing is written under the headings." in answer.content.decode()
    assert Entry.objects.filter(encounter_id=lack.encounter_id).count() == before
