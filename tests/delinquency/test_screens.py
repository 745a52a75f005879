"""The screens of delinquency: who may open them, what they show and do, and the queries they cost."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from muniment.access.rules import Category, grade
from muniment.accounts import actions as accounts
from muniment.accounts.rules import Role
from muniment.audit.models import LifecycleEvent
from muniment.delinquency import actions
from muniment.delinquency.models import Absence, LetterBatch, Suspension
from support.delinquency import Scene, at
from support.house import system_actor
from support.queries import EVENT, GOODBYE, SIGNED_IN, asked
from support.web import client_of

pytestmark = pytest.mark.rules("completion.", "delinquency.")

ABSENT = (date(2026, 3, 10), date(2026, 3, 19))
SCREENS = ["figures", "csv", "charts", "discharges", "letters", "suspensions", "absences"]


@pytest.fixture
def scene(house):
    return Scene(house, charts=2)


def get(scene, name, role="administrator", *args, **query):
    return client_of(scene.house.users[role]).get(reverse(f"delinquency-{name}", args=args), query)


def post(scene, name, role="administrator", *args, **said):
    return client_of(scene.house.users[role]).post(reverse(f"delinquency-{name}", args=args), said)


def text(answer) -> str:
    """What a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_the_access_table_decides(scene, role):
    for name in SCREENS:
        assert get(scene, name, role).status_code == (200 if grade(role, Category.DELINQUENCY) else 403), (name, role)


def test_the_figures_with_their_definitions_and_lists(scene):
    with at(5, 10):
        page = get(scene, "figures")
        said = text(page)
        for words in (
            "End of Apr 2026",
            "200.0 %",
            "above 50 %",
            "Stays that ended in the month",
            "Unverified",
            "Ada Stone, MD",
            "Emergency department note",
        ):
            assert words in said, words
        lists = set(re.findall(r'href="(/delinquency/(?:charts|discharges)/[^"]*)"', unescape(page.content.decode())))
        assert len(lists) > 6
        client = client_of(scene.house.users["administrator"])
        assert {client.get(one).status_code for one in lists} == {200}


@pytest.mark.parametrize(
    ("query", "names"),
    [({}, 2), ({"at": "2026-04"}, 2), ({"at": "2026-03"}, 0), ({"at": "nonsense"}, 2), ({"document": "34111-5"}, 2), ({"document": "1"}, 0), ({"owed_by": "nobody"}, 0), ({"facility": "x"}, 2)],
)  # fmt: skip
def test_the_list_behind_a_figure(scene, query, names):
    with at(5, 10):
        assert len(set(re.findall(r"ROWE\d, Alba", text(get(scene, "charts", **query))))) == names


def test_the_age_shows_its_arithmetic(scene):
    with at(5, 10):
        actions.pause(
            actor=scene.administrator,
            practitioner_id=scene.stone.id,
            kind="leave",
            first=ABSENT[0],
            last=ABSENT[1],
            reason="Leave.",
        )
        said = text(get(scene, "charts"))
    for words in (
        "3 Mar 2026, the discharge",
        "Calendar days since 68",
        "10 days of leave, 10 Mar 2026 to 19 Mar 2026",
        "68 − 10 = 58",
        "Delinquent after 30 days",
        "(10 away)",
    ):
        assert words in said, words


def test_the_table_as_csv(scene):
    with at(5, 10):
        rows = list(csv.DictReader(io.StringIO(get(scene, "csv").content.decode())))
    assert [(row["month end"], row["delinquent charts"], row["percent of average"]) for row in rows] == [
        ("2026-03-31", "0", "0.0"), ("2026-04-30", "2", "200.0"), ("2026-05-10", "2", "200.0"),
    ]  # fmt: skip


def test_the_discharges_behind_an_average(scene):
    with at(5, 10):
        for query, count in (
            ({"month": "2026-03"}, 2),
            ({"month": "2026-04"}, 0),
            ({"month": "2026-04", "months": 2}, 2),
            ({"month": "0001-01"}, 0),
            ({"month": "x"}, 0),
        ):
            assert len(re.findall(r"ROWE\d, Alba", text(get(scene, "discharges", **query)))) == count, query


def test_letters_are_reviewed_made_and_printed_again(scene):
    with at(3, 24):
        page = get(scene, "letters").content.decode()
        assert "Third notice to Ada Stone, MD" in page
        reviewed = re.search(r'name="reviewed" value="([0-9a-f]+)"', page)[1]
        post(scene, "make-letters", facility=scene.hospital.id, reviewed=reviewed)
        row = LetterBatch.objects.get()
        assert "No letter is due" in text(get(scene, "letters"))
    said = text(get(scene, "batch", "auditor", row.id))
    assert bytes(row.sha256).hex() in said
    assert "missing signature: emergency department note" in said
    first, again = (get(scene, "pdf", "auditor", row.id).content for _ in range(2))
    assert first == again and first.startswith(b"%PDF")
    assert LifecycleEvent.objects.filter(subject_type="list", subject_id="letters as PDF").exists()


def test_a_list_that_changed_since_is_not_made(scene):
    with at(3, 24):
        answer = post(scene, "make-letters", facility=scene.hospital.id, reviewed="0" * 64)
        assert (answer.status_code, LetterBatch.objects.count()) == (409, 0)
        assert post(scene, "make-letters", facility="x").status_code == 403


def test_a_suspension_from_proposal_to_lifting(scene):
    with at(4, 5):
        whom = f"{scene.hospital.id}:{scene.stone.id}"
        assert "Ada Stone, MD, 2 delinquent charts at Test Hospital" in text(get(scene, "suspensions"))
        post(scene, "propose", whom=whom, reason="Past every letter.")
        row = Suspension.objects.get()
        own = text(get(scene, "suspension", "administrator", row.id))
        assert "You proposed this; somebody else decides." in own and "Approve the suspension" not in own
        assert post(scene, "step", "administrator", row.id, "approve", reason="Yes.").status_code == 403
        assert post(scene, "step", "privacy-officer", row.id, "approve", reason="").status_code == 422
        assert post(scene, "step", "privacy-officer", row.id, "approve", reason="Agreed.").status_code == 302
        assert post(scene, "step", "privacy-officer", row.id, "refuse", reason="Late.").status_code == 409
        assert post(scene, "step", "privacy-officer", row.id, "burn", reason="x").status_code == 403
        said = text(get(scene, "suspension", "privacy-officer", row.id))
        for words in ("In force", "Decided: in force", "Lift the suspension", "2 charts, 2 of them still delinquent"):
            assert words in said, words
        post(scene, "step", "privacy-officer", row.id, "lift", reason="An agreement.")
    assert Suspension.objects.get().state == "lifted"


def test_an_absence_is_entered_and_withdrawn(scene):
    with at(4, 5):
        said = {
            "practitioner": scene.stone.id,
            "kind": "leave",
            "first": "3/10/2026",
            "last": "3/19/2026",
            "reason": "Told by the office.",
        }
        assert post(scene, "enter-absence", **said | {"first": "gestern"}).status_code == 422
        assert post(scene, "enter-absence", **said | {"last": "3/9/2026"}).status_code == 422
        assert post(scene, "enter-absence", "privacy-officer", **said).status_code == 403
        assert post(scene, "enter-absence", **said).status_code == 302
        row = Absence.objects.get()
        assert (row.first, row.last) == ABSENT
        assert "10 Mar 2026 to 19 Mar 2026" in text(get(scene, "absences"))
        post(scene, "withdraw-absence", "administrator", row.id, reason="")
        assert Absence.objects.get().withdrawn_at is None
        post(scene, "withdraw-absence", "administrator", row.id, reason="She worked.")
    assert Absence.objects.get().withdrawn_why == "She worked."


def test_another_facilitys_are_not_there(scene):
    with at(4, 5):
        row, batch = scene.propose(), scene.make_letters()
    user = accounts.add_user(actor=system_actor(), username="elsewhere", family="Else", given="Eli")
    accounts.assign_role(actor=system_actor(), user=user, role=Role.ADMINISTRATOR, facilities=[scene.house.clinic])
    client = client_of(user)
    for name, key in (("suspension", row.id), ("batch", batch.id), ("pdf", batch.id)):
        assert client.get(reverse(f"delinquency-{name}", args=[key])).status_code == 403
    with at(5, 10):
        assert "ROWE" not in text(client.get(reverse("delinquency-charts")))


OWED = ["SELECT completion_chart", "SELECT delinquency_pause"]
BUDGETS = {
    # facilities; rules; what was late with its steps; absences; discharges by month; who owes it; suspensions in force
    "figures": ["SELECT accounts_facility", "SELECT rulebook_version", *OWED, "SELECT encounters_encounter", "SELECT accounts_practitioner", "SELECT delinquency_suspension"],
    # ...; then codes of facilities, numbers and names of the patients on the page
    "charts": ["SELECT accounts_facility", "SELECT rulebook_version", *OWED, "SELECT accounts_practitioner", "SELECT accounts_facility", "SELECT identity_identifier", "SELECT identity_patient"],
    # rules, facilities; for the one facility: what was late, absences, what was sent; who owes it; the patients; batches
    "letters": ["SELECT rulebook_version", "SELECT accounts_facility", *OWED, "SELECT delinquency_line", "SELECT accounts_practitioner", "SELECT accounts_facility", "SELECT identity_identifier", "SELECT identity_patient", "SELECT delinquency_batch"],
}  # fmt: skip


@pytest.mark.parametrize("name", list(BUDGETS))
def test_what_a_page_asks(scene, name):
    with at(5, 10):
        client = client_of(scene.house.users["administrator"])
        client.get(reverse("ui-gallery"))
        seen = asked(lambda: client.get(reverse(f"delinquency-{name}")))
    event = [] if name == "figures" else EVENT
    assert seen == [*SIGNED_IN, *BUDGETS[name], *event, *GOODBYE]
