"""Several are signed at once, but only what its signer has opened, as it stood then; each by a signature and events of its own."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from muniment.accounts.actions import choose_password
from muniment.audit.models import LifecycleEvent
from muniment.audit.verify import verify
from muniment.completion import actions, queries
from muniment.completion.models import Deficiency
from muniment.completion.opened import opened
from muniment.kernel.ids import uuid7
from muniment.record.models import Entry, Signature
from muniment.record.web.presenters import when
from support.house import system_actor
from support.stays import StayMaker, adopt_rules, practitioner
from support.web import client_of

pytestmark = pytest.mark.rules("completion.")

ED, PASSWORD = "34111-5", "a long enough phrase"
ADDRESS = reverse("completion-sign-opened")


class Scene:
    """Three emergency stays of Dr Stone, each with a note of hers that she has not signed."""

    def __init__(self, house) -> None:
        adopt_rules(house)
        self.house, self.stone = house, practitioner(house, "Stone", "clinician")
        self.wards = [self.stay(number) for number in "123"]
        actions.drain(actor=system_actor())
        choose_password(actor=house.actor("clinician"), user=house.users["clinician"], password=PASSWORD)
        self.client = client_of(house.users["clinician"])

    def stay(self, number: str) -> StayMaker:
        ward = StayMaker(self.house, self.stone, number=number, class_code="EMER")
        ward.admit()
        ward.note = ward.file(ED, f"HISTORY\nNote {number}.", author=self.stone)
        ward.discharge(1)
        return ward

    def lack(self, place: int) -> Deficiency:
        return Deficiency.objects.get(entry_id=self.wards[place].note)

    def open(self, *places: int) -> None:
        for place in places:
            assert self.client.get(reverse("completion-sign", args=[self.lack(place).id])).status_code == 200

    def change(self, place: int) -> None:
        self.wards[place].file(ED, "HISTORY\nOther words.", author=self.stone, entry_id=self.wards[place].note)
        actions.drain(actor=system_actor())

    def sign(self, *places: int, version: int = 1, password: str = PASSWORD):
        chosen = [f"{self.lack(place).id}:{version}" for place in places]
        return self.client.post(ADDRESS, {"documents": chosen, "password": password})

    def found(self) -> list[bool]:
        owed = [one.deficiency for one in queries.inbox(self.house.actor("clinician"))]
        at = {one.deficiency.id: one.at is not None for one in opened(self.house.actor("clinician"), owed)}
        return [at[self.lack(place).id] for place in range(len(self.wards))]


@pytest.fixture
def scene(house) -> Scene:
    return Scene(house)


def test_what_was_opened_is_signed_with_one_password(scene):
    scene.open(0, 1)
    page = scene.client.get(ADDRESS).content.decode()
    assert [page.count(f'name="documents" value="{scene.lack(place).id}:1"') for place in range(3)] == [1, 1, 0]
    assert "Not opened as it now stands" in page
    written = when(Entry.objects.get(entry_id=scene.wards[0].note), ZoneInfo("America/New_York"))
    assert f'<td class="nowrap">{written}</td>' in page  # several notes of one patient are told apart by their time
    assert "Sign the 2 you opened" in scene.client.get(reverse("completion-inbox")).content.decode()
    answer = scene.sign(0, 1)
    assert answer.status_code == 302
    assert "Signed 2 documents, each by itself." in scene.client.get(answer.url).content.decode()
    assert [one.meaning for one in Signature.objects.all()] == ["author", "author"]
    assert LifecycleEvent.objects.filter(name="record.sign").count() == 2
    assert Deficiency.objects.filter(state="open").count() == 1
    assert verify().sound


def test_what_was_not_opened_cannot_be_ticked(scene):
    scene.open(0)
    answer = scene.sign(0, 2)
    assert answer.status_code == 422
    assert "changed since you opened it" in answer.content.decode()
    assert not Signature.objects.exists()


def test_what_changed_since_is_to_be_opened_again(scene):
    scene.open(0, 1)
    scene.change(0)
    assert scene.found() == [False, True, False]
    scene.open(0)
    assert scene.found() == [True, True, False]


def test_another_persons_look_is_no_look_of_mine(scene):
    other = client_of(scene.house.users["technician"])
    assert other.get(reverse("record-document", args=[scene.wards[0].encounter_id, scene.wards[0].note])).status_code == 200
    assert scene.found() == [False, False, False]
    scene.client.get(reverse("record-document", args=[scene.wards[0].encounter_id, scene.wards[0].note]))
    assert scene.found() == [True, False, False]


def test_without_the_password_nothing_is_signed(scene):
    scene.open(0)
    assert "That is not your password." in scene.sign(0, password="wrong").content.decode()
    assert not Signature.objects.exists()
    assert "Tick what you want to sign." in scene.sign().content.decode()


def test_one_that_cannot_be_signed_holds_nothing_else_up(scene):
    scene.open(0, 1)
    clinician = scene.house.actor("clinician")
    actions.sign(actor=clinician, deficiency_id=scene.lack(0).id, number=1)
    chosen = [(scene.lack(place).id, 1) for place in range(3)]
    told = actions.sign_opened(actor=clinician, chosen=chosen)
    assert [one.entry_id for one in told.signed] == [scene.wards[1].note]
    assert {row.id: why for row, why in told.left_out} == {
        chosen[0][0]: "This was completed in the meantime by Test Clinician, RHIT; nothing of yours was written.",
        chosen[2][0]: "You have not opened it as it now stands.",
    }
    assert not actions.sign_opened(actor=scene.house.actor("coder"), chosen=chosen).signed


def test_one_that_is_not_to_be_seen_does_not_end_the_lot(scene):
    """Of another facility by now, or no longer there: what stands behind it is signed all the same, and the answer says of which not."""
    scene.open(0, 1)
    nothing = uuid7()
    chosen = [(scene.lack(0).id, 1), (nothing, 1), (scene.lack(1).id, 1)]
    told = actions.sign_opened(actor=scene.house.actor("clinician"), chosen=chosen)
    assert [one.entry_id for one in told.signed] == [scene.wards[0].note, scene.wards[1].note]
    assert told.left_out == [(None, "There is nothing here that you may see.")]


def test_the_page_says_that_one_was_left_out(scene, monkeypatch):
    scene.open(0, 1)
    seen = actions.seen

    def hidden(actor, deficiency_id):
        return seen(actor, uuid7() if deficiency_id == gone else deficiency_id)

    gone = scene.lack(0).id
    monkeypatch.setattr(actions, "seen", hidden)
    page = scene.client.get(scene.sign(0, 1).url).content.decode()
    assert "Signed 1 document, each by itself." in page
    assert "One that you ticked was left out: There is nothing here that you may see." in page


def test_the_list_costs_the_same_whatever_there_is(scene, django_assert_num_queries):
    scene.open(0)
    owed = [one.deficiency for one in queries.inbox(scene.house.actor("clinician"))]
    with django_assert_num_queries(2):
        assert len(opened(scene.house.actor("clinician"), owed)) == 3
