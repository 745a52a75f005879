"""The screens of pending documents: who may open them, what they show and do, and the queries they cost."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from muniment.access.rules import Category, grade
from muniment.accounts import actions as accounts
from muniment.accounts.actions import choose_password
from muniment.accounts.models import Practitioner
from muniment.accounts.rules import Role
from muniment.record.models import Closure, Entry, Signature
from support.charts import document
from support.delinquency import at
from support.house import system_actor
from support.pending import Scene
from support.productions import adopt_definition, manifest_of, pdf_of, texts_of, typeset_pdf
from support.queries import EVENT, GOODBYE, SIGNED_IN, asked
from support.stays import practitioner
from support.web import client_of

pytestmark = pytest.mark.rules("pending.")

PASSWORD = "a long enough password"


@pytest.fixture
def scene(house):
    return Scene(house)


def get(scene, name, role="administrator", *args, **query):
    return client_of(scene.house.users[role]).get(reverse(f"pending-{name}", args=args), query)


def page(scene, role="administrator"):
    return get(scene, "document", role, scene.ward.patient.id, scene.note)


def post(scene, name, role="administrator", **said):
    address = reverse("pending-step", args=[scene.ward.patient.id, scene.note, name])
    return client_of(scene.house.users[role]).post(address, {"number": 1} | said, follow=True)


def text(answer) -> str:
    """What a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_the_access_table_decides(scene, role):
    wanted = 200 if grade(role, Category.COMPLETION) else 403
    with at(5, 20):
        assert get(scene, "documents", role).status_code == wanted
        assert get(scene, "closed", role).status_code == wanted
        assert page(scene, role).status_code == wanted


@pytest.mark.parametrize(
    ("query", "there"),
    [({}, 1), ({"age": "notice"}, 1), ({"age": "due"}, 1), ({"age": "proposed"}, 0), ({"kind": "Progress note"}, 1), ({"kind": "Operative report"}, 0),
     ({"kind": "Other preliminary document"}, 0), ({"author": "nobody"}, 0), ({"author": "mine"}, 0), ({"author": "nonsense"}, 1), ({"age": "nonsense"}, 1)],
)  # fmt: skip
def test_the_filter_is_a_sentence(scene, query, there):
    with at(5, 20):
        answer = get(scene, "documents", **query)
    assert len(re.findall("ROWE1, Alba", text(answer))) == there


def test_what_is_proposed_can_be_listed_and_ones_own_are_ones_own(scene):
    with at(5, 20):
        scene.look()
        assert "Close or extend" in text(get(scene, "documents", age="proposed"))
        assert "Sign it" in text(get(scene, "documents", "clinician", author="mine"))


def test_authors_are_listed_with_their_numbers(scene):
    with at(3, 4):
        scene.file(), scene.file(author=practitioner(scene.house, "Reed"))
    with at(5, 20):
        said = text(get(scene, "documents"))
        assert "by Ada Stone, MD (2)" in said
        assert "by Ada Reed, MD (1)" in said
        assert "1 pending" in text(get(scene, "documents", author=str(Practitioner.objects.get(family="Reed").id)))


def test_the_list_says_why_and_how_long(scene):
    with at(5, 20):
        said = text(get(scene, "documents"))
    for words in ("Ada Stone, MD", "To be decided", "78", "House policy HIM-26", "Proposed for closure after", "Unverified"):
        assert words in said, words


def test_of_another_facility_nothing_is_said(scene):
    far = accounts.add_user(actor=system_actor(), username="far", family="Far", given="Fay")
    accounts.assign_role(actor=system_actor(), user=far, role=Role.ADMINISTRATOR, facilities=[scene.house.clinic])
    client = client_of(far)
    with at(5, 20):
        assert "ROWE" not in text(client.get(reverse("pending-documents")))
        assert client.get(reverse("pending-document", args=[scene.ward.patient.id, scene.note])).status_code == 403
        scene.close()
        assert "ROWE" not in text(client.get(reverse("pending-closed")))


def test_its_page_shows_the_text_to_its_author_alone(scene):
    with at(5, 20):
        assert "As expected" in text(page(scene, "clinician"))
        shown = text(page(scene))
    assert "As expected" not in shown
    assert "Reading it in the chart leaves its event" in shown


def test_what_has_no_text_is_to_be_read_in_the_chart_before_it_is_signed(scene):
    with at(3, 4):
        scene.note = scene.file_resource(
            document(title="Progress note", code="11506-3"), document=typeset_pdf(), media_type="application/pdf"
        )
    with at(5, 20):
        assert "Read it in the chart , then sign it" in text(page(scene, "clinician"))


def test_closing_on_the_screen_is_told_wherever_the_document_is_read(scene, tmp_path):
    adopt_definition(scene.house)
    with at(5, 20):
        assert "required" in text(post(scene, "close", reason=" "))
        assert "Closed “Progress note”" in text(post(scene, "close", reason="Its author left the house."))
        told = ("never authenticated by its author", "Its author left the house.", "Test Administrator")
        chart = f"/charts/{scene.ward.encounter_id}/documents/{scene.note}/"
        for said in (text(page(scene)), _read(scene, chart), _read(scene, chart + "proof"), text(get(scene, "closed"))):
            for words in told[1:] if said == text(get(scene, "closed")) else told:
                assert words in said, words
        assert "Closed, never authenticated" in _read(scene, f"/charts/{scene.ward.encounter_id}/")
        assert "ROWE" not in text(get(scene, "documents"))
        row = _produce(scene)
        pages, entry = " ".join(texts_of(pdf_of(row, tmp_path))), manifest_of(row)["contents"]["entries"][0]
    for words in (
        "Closed administratively, never authenticated by its author: Test Administrator",
        "Its author left the house.",
        "no signature",
    ):
        assert words in pages, words
    assert [one["reason"] for one in entry["closed_administratively"]] == ["Its author left the house."]
    assert entry["signatures"] == []


def _read(scene, address):
    return text(client_of(scene.house.users["auditor"]).get(address))


def _produce(scene):
    from muniment.record import actions, jobs
    from support.productions import order

    row = actions.ask_production(
        actor=scene.administrator, patient_id=scene.ward.patient.id, facility_id=scene.house.hospital.id, order=order()
    )
    return jobs.carry_out(row.id)


def test_a_later_signature_stands_after_the_closure(scene):
    with at(5, 20):
        scene.close()
    choose_password(actor=scene.author, user=scene.house.users["clinician"], password=PASSWORD)
    with at(6, 1):
        answer = post(scene, "sign", "clinician", password="wrong")
        assert answer.status_code == 422
        assert "not your password" in text(answer)
        assert "Signed “Progress note”" in text(post(scene, "sign", "clinician", password=PASSWORD))
        proof = _read(scene, f"/charts/{scene.ward.encounter_id}/documents/{scene.note}/proof")
    assert Signature.objects.count() == 1
    assert proof.index("Not a signature") < proof.index("Verified")
    assert "Signed afterwards: Test Clinician" in proof


def test_what_may_not_be_done_says_why(scene):
    with at(4, 1):
        shown = text(page(scene))
        assert "Its author has time until 2 May 2026" in shown
        assert "has time until" in text(post(scene, "close", reason="Early."))
        assert post(scene, "burn").status_code == 403
    with at(5, 20):
        assert "no later than" in text(post(scene, "extend", until="12/24/2026", reason="Ill."))
        assert "Write a day like" in text(post(scene, "extend", until="some day", reason="Ill."))
        assert "has time until" in text(post(scene, "extend", until="+10", reason="Ill."))
        client_of(scene.house.users["technician"]).get(f"/charts/{scene.ward.encounter_id}/documents/{scene.note}/")
        shown = text(page(scene))
        assert "It was seen by Test Technician" in shown
        assert "Opened it" in shown
    assert not Closure.objects.exists()
    assert not Entry.objects.get(entry_id=scene.note).retracted


def test_a_newer_version_is_told_before_anything_is_written(scene):
    with at(5, 20):
        scene.file(entry_id=scene.note, text="Newer.")
        assert "Version 2 came while you read version 1" in text(post(scene, "close", reason="Left."))


def test_the_chart_leads_to_its_page(scene):
    with at(5, 20):
        shown = client_of(scene.house.users["technician"]).get(f"/charts/{scene.ward.encounter_id}/documents/{scene.note}/")
    assert reverse("pending-document", args=[scene.ward.patient.id, scene.note]) in shown.content.decode()


def test_the_list_says_how_many_wait_to_be_proposed_and_how_many_are_a_morning(scene):
    with at(5, 20):
        said = "1 document past its time waits to be proposed for closure: each morning at most 25 at each facility"
        assert said in text(client_of(scene.house.users["administrator"]).get(reverse("pending-documents")))
        scene.look()
        assert "to be proposed for closure" not in text(
            client_of(scene.house.users["administrator"]).get(reverse("pending-documents"))
        )


NAMES = ["SELECT accounts_facility", "SELECT identity_identifier", "SELECT identity_patient"]
BUDGETS = {
    # facilities; the edition of the rule; who reads; the page, its steps; how many wait to be proposed; how many in all; authors with
    # their counts; patients, authors
    "documents": [
        "SELECT accounts_facility", "SELECT rulebook_version", "SELECT accounts_practitioner", "SELECT record_entry", "SELECT pending_step",
        "SELECT pending_step", "SELECT record_entry", "SELECT record_entry", "SELECT accounts_practitioner", *NAMES, "SELECT accounts_practitioner",
    ],
    # the page, how many; patients; documents; zones
    "closed": ["SELECT record_closure", "SELECT record_closure", *NAMES, "SELECT record_entry", "SELECT accounts_facility"],
}  # fmt: skip


@pytest.mark.parametrize("name", list(BUDGETS))
def test_what_a_page_asks(scene, name):
    with at(5, 20):
        if name == "closed":
            scene.close()
        client = client_of(scene.house.users["administrator"])
        client.get(reverse("ui-gallery"))
        client.get(reverse(f"pending-{name}"))
        seen = asked(lambda: client.get(reverse(f"pending-{name}") + "?facility=x"))
    assert [one for one in seen if one not in (*SIGNED_IN, *EVENT, *GOODBYE)] == BUDGETS[name]
