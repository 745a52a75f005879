"""The screens of open-record review: who may open them, what they show and do, and the queries they cost."""

from __future__ import annotations

import pytest
from django.urls import reverse

from muniment.access.rules import Category, Grade, grade
from muniment.accounts import actions as accounts
from muniment.accounts.rules import Role
from muniment.openreview.models import Review
from support.house import system_actor
from support.openreview import HP, PROGRESS, Scene, at, get, text, words_of
from support.queries import EVENT, GOODBYE, SIGNED_IN, asked
from support.web import client_of

pytestmark = pytest.mark.rules("openreview.", "completion.", "qualitative.")


@pytest.fixture
def scene(house):
    return Scene(house)


def post(scene, name, role, *args, follow=True, htmx=False, **said):
    headers = {"HX-Request": "true"} if htmx else {}
    return client_of(scene.house.users[role]).post(
        reverse(f"openreview-{name}", args=args), said, follow=follow, headers=headers
    )


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_the_access_table_decides(scene, role):
    with at(3, 4):
        row = scene.add()
        wanted = 200 if grade(role, Category.OPEN_REVIEW) else 403
        for name in ("figures", "reviews", "findings", "draws", "answers", "stays"):
            assert get(scene, name, role).status_code == wanted, name
        assert get(scene, "review", role, row.id).status_code == wanted
        writes = grade(role, Category.OPEN_REVIEW) >= Grade.WRITE
        assert Review.objects.get(id=row.id).state == ("begun" if writes else "waiting")
        assert (post(scene, "answer", role, row.id, code="legible", answer="yes").status_code == 200) == writes


def test_the_chart_leads_to_a_review_and_a_focused_one_is_added_there(scene):
    with at(3, 4):
        chart = client_of(scene.house.users["technician"]).get(f"/charts/{scene.wards[0].encounter_id}/")
        address = reverse("openreview-add", args=[scene.wards[0].encounter_id])
        assert address in chart.content.decode()
        assert "required" in text(post(scene, "add", "technician", scene.wards[0].encounter_id, reason=""))
        said = text(post(scene, "add", "technician", scene.wards[0].encounter_id, reason="Complaint of the family."))
        assert "Complaint of the family." in said
        assert (
            "a review of this stay is waiting"
            in text(post(scene, "add", "technician", scene.wards[0].encounter_id, reason="Again.")).lower()
        )
        chart = client_of(scene.house.users["clinician"]).get(f"/charts/{scene.wards[0].encounter_id}/")
        assert "Focused, 4 Mar 2026" in text(chart)
        assert address not in chart.content.decode()


def test_a_review_shows_the_record_s_answers_with_what_they_rest_on(scene):
    with at(3, 3, 20):
        note = scene.wards[0].file(HP, author=scene.stone, days=1.1)
    with at(3, 4):
        row = scene.add()
        shown = get(scene, "review", "technician", row.id)
    said = text(shown)
    for words in ("Written 3 Mar 2026, 11:24; it was due 3 Mar 2026, 09:00, within 24 hours of admission", "by the record", "Not answered",
                  "completion.history-and-physical, version 1", "House policy HIM-01", "to answer"):  # fmt: skip
        assert words in said, words
    assert reverse("openreview-document", args=[row.id, note]) in shown.content.decode()


def test_an_answer_comes_back_with_how_far_the_review_is(scene):
    with at(3, 4):
        row = scene.begin(scene.add())
        answer = post(
            scene,
            "answer",
            "technician",
            row.id,
            htmx=True,
            code="legible",
            answer="no",
            comment="Page 2.",
            revision=row.revision,
        )
        assert "by Test Technician" in text(answer)
        assert 'id="standing"' in answer.content.decode()
        refused = post(scene, "answer", "technician", row.id, htmx=True, code="hp-24h", answer="yes", revision=row.revision + 1)
        assert "Say why you overrule what the record says" in text(refused)
        assert Review.objects.get(id=row.id).answers["hp-24h"]["answer"] == "no"
        second = post(
            scene,
            "answer",
            "administrator",
            row.id,
            htmx=True,
            code="legible",
            answer="yes",
            comment="x",
            revision=row.revision,
        )
        assert second.status_code == 409
        assert "Test Technician" in text(second)
        assert "Nothing was changed" in text(second)
        assert Review.objects.get(id=row.id).answers["legible"]["comment"] == "Page 2."


def test_whoever_opens_it_second_sees_whose_it_is(scene):
    with at(3, 4):
        row = scene.begin(scene.add())
        assert "Test Technician, RHIT is reviewing this chart" in text(get(scene, "review", "administrator", row.id))


def test_it_is_finished_left_out_and_printed_on_the_screen(scene):
    with at(3, 4):
        row = scene.begin(scene.add())
        assert "not answered" in text(post(scene, "finish", "technician", row.id))
        scene.answer_all(row, "no")
        assert "findings told to who can mend it" in text(post(scene, "finish", "technician", row.id))
        sheet = words_of(get(scene, "sheet", "technician", row.id))
        for words in ("ROWE1", "Is every entry legible", "page 1 of", "It is not in the chart", "House policy HIM-41"):
            assert words.casefold() in sheet.casefold(), words
        other = scene.begin(scene.add(scene.admit("2")))
        assert "required" in text(post(scene, "leave-out", "technician", other.id, reason=""))
        assert "Left out" in text(post(scene, "leave-out", "technician", other.id, reason="Moved to surgery."))


def test_the_blank_sheet_asks_every_question(scene):
    with at(3, 4):
        said = words_of(get(scene, "blank"))
    assert "Patient" in said
    assert "Is the informed consent there" in said
    assert "Is nothing unsigned" in said


def test_a_finding_is_mended_on_its_page(scene):
    with at(3, 3, 9):
        scene.wards[0].file(PROGRESS, author=scene.stone, days=0.2)
    with at(3, 7):
        scene.reviewed()
        row = scene.findings()["signed"]
        assert "Progress note" in text(get(scene, "finding", "clinician", row.id))
        assert "Noted." in text(
            post(scene, "finding-step", "clinician", row.id, "say", words="I signed it.", revision=row.revision)
        )
        assert "changed this in the meantime" in text(
            post(scene, "finding-step", "technician", row.id, "recheck", way="mend", reason="Seen.", revision=row.revision)
        )
        assert "Mended. It is settled." in text(
            post(scene, "finding-step", "technician", row.id, "recheck", way="mend", reason="Seen.", revision=row.revision + 1)
        )
        assert "I signed it." in text(get(scene, "finding", "auditor", row.id))
        assert post(scene, "finding-step", "technician", row.id, "burn").status_code == 403
        assert "ROWE1, Alba" in text(get(scene, "findings", "clinician", state="mended"))
        assert "ROWE1" not in text(get(scene, "findings", "clinician", state="not mended"))


def test_of_another_facility_nothing_is_said(scene):
    far = accounts.add_user(actor=system_actor(), username="far", family="Far", given="Fay")
    accounts.assign_role(actor=system_actor(), user=far, role=Role.TECHNICIAN, facilities=[scene.house.clinic])
    client = client_of(far)
    with at(3, 8):
        scene.look()
        row = scene.reviews()[0]
        scene.finish(scene.answer_all(scene.begin(row), "no"))
        finding = next(iter(scene.findings().values()))
        for name, args in (
            ("review", [row.id]),
            ("sheet", [row.id]),
            ("finding", [finding.id]),
            ("draw", [row.draw_id]),
            ("add", [row.encounter_id]),
        ):
            assert client.get(reverse(f"openreview-{name}", args=args)).status_code == 403, name
        for name in ("reviews", "findings", "answers", "stays"):
            assert "ROWE" not in text(client.get(reverse(f"openreview-{name}"), {"state": "all"})), name
        assert "HOSP" not in text(client.get(reverse("openreview-draws")))


NAMES = ["SELECT accounts_facility", "SELECT identity_identifier", "SELECT identity_patient"]
BUDGETS = {
    # facilities; the edition of the rules; the page, how many; patients with their numbers
    "reviews": ["SELECT accounts_facility", "SELECT openreview_review", "SELECT openreview_review", *NAMES, "SELECT rulebook_version"],
    # the same, with who reads
    "findings": [
        "SELECT accounts_facility", "SELECT rulebook_version", "SELECT accounts_practitioner", "SELECT openreview_finding", "SELECT openreview_finding", *NAMES,
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", list(BUDGETS))
def test_what_a_list_asks(scene, name):
    with at(3, 4):
        scene.reviewed(given="no")
        client = client_of(scene.house.users["technician"])
        client.get(reverse("ui-gallery"))
        client.get(reverse(f"openreview-{name}"))
        seen = asked(lambda: client.get(reverse(f"openreview-{name}") + "?facility=x"))
    assert sorted(one for one in seen if one not in (*SIGNED_IN, *EVENT, *GOODBYE)) == sorted(BUDGETS[name])


def test_a_review_asks_as_much_of_a_long_chart_as_of_a_short_one(scene):
    """Opened again; what the record answers was asked once, when it was begun."""
    counts = []
    with at(3, 5):
        row = scene.begin(scene.add())
        client = client_of(scene.house.users["technician"])
        for more in (0, 12):
            for number in range(more):
                scene.wards[0].file(PROGRESS, author=scene.stone, days=1 + number / 24)
            client.get(reverse("openreview-review", args=[row.id]))
            counts.append(len(asked(lambda: client.get(reverse("openreview-review", args=[row.id])))))
    assert counts[0] == counts[1]
    assert counts[0] <= 26


def test_what_the_checks_ask_does_not_grow_with_the_chart(scene):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from muniment.openreview import queries, seeing

    counts = []
    with at(3, 5):
        row = scene.add()
        for more in (1, 12):
            for number in range(more):
                scene.wards[0].file(PROGRESS, author=scene.stone, days=1 + number / 24, text=f"Plan:\nNote {number}.")
            stay = queries.stay_of(row)
            questions = queries.questions_of(row, stay)
            seeing.told(stay, questions)  # the rules are read once for each edition of the book
            with CaptureQueriesContext(connection) as said:
                seeing.told(stay, questions)
            counts.append(len(said))
    assert counts[0] == counts[1]
    assert counts[0] <= 16
