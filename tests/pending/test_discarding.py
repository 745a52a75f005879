"""A pending document is discarded only while the trail says that nobody but its author has seen it."""

from __future__ import annotations

import pytest

from muniment.audit.verify import verify
from muniment.kernel.errors import NotAllowedInState, Refused
from muniment.pending import queries
from muniment.pending.queues import AUTHOR, CLOSURE
from muniment.record.models import Entry, Version
from muniment.record.verify import verify as verify_record
from support.delinquency import at
from support.house import system_actor
from support.pending import Scene
from support.web import client_of

pytestmark = pytest.mark.rules("pending.")


@pytest.fixture
def scene(house):
    return Scene(house)


def seen(scene):
    return queries.seen_by_others(scene.entry, scene.stone)


def test_its_author_discards_what_nobody_else_saw_and_it_is_kept_as_entered_in_error(scene):
    chart, page = chart_url(scene), page_url(scene)
    with at(5, 20):
        scene.look()
        assert client_of(scene.house.users["clinician"]).get(chart).status_code == 200  # its author reads it
        assert client_of(scene.house.users["clinician"]).get(page).status_code == 200
        assert seen(scene) == []
        scene.discard()
    entry = Entry.objects.get(entry_id=scene.note)
    assert (entry.retracted, entry.status, entry.number) == (True, "entered-in-error", 2)
    assert Version.objects.get(entry_id=scene.note, number=2).reason == "Discarded before it was signed. Dictated twice."
    assert Version.objects.get(entry_id=scene.note, number=1).kind == "original"  # nothing is erased
    assert scene.items() == [(AUTHOR, "done"), (CLOSURE, "cancelled")]
    assert verify().sound
    assert verify_record().faults == []


def chart_url(scene) -> str:
    return f"/charts/{scene.ward.encounter_id}/documents/{scene.note}/"


def page_url(scene) -> str:
    return f"/pending/{scene.ward.patient.id}/{scene.note}/"


LOOKS = {  # who did what → what is said of it; empty where it shows nothing of the document
    "opened": ("technician", chart_url, "Opened it"),
    "proved": ("auditor", lambda scene: f"/charts/{scene.ward.encounter_id}/documents/{scene.note}/proof", "Opened it"),
    "found": ("coder", lambda scene: f"/charts/{scene.ward.encounter_id}/find?q=expected", "May have read part of it: find in chart, 1 places"),
    "searched in vain": ("coder", lambda scene: f"/charts/{scene.ward.encounter_id}/find?q=zebra", ""),
    "the list of the chart": ("technician", lambda scene: f"/charts/{scene.ward.encounter_id}/", ""),
    "its page here, which does not show it": ("administrator", page_url, ""),
}  # fmt: skip


@pytest.mark.parametrize("case", LOOKS)
def test_who_saw_it_is_named_and_it_is_kept(scene, case):
    role, url, said = LOOKS[case]
    with at(5, 20):
        assert client_of(scene.house.users[role]).get(url(scene)).status_code == 200
        assert [one.what for one in seen(scene)] == ([said] if said else [])
        if said:
            with pytest.raises(
                NotAllowedInState, match=f"It was seen by {scene.house.actor(role).name}, who may have relied on it"
            ):
                scene.discard()
            assert not Entry.objects.get(entry_id=scene.note).retracted
        else:
            scene.discard()


def test_a_production_that_holds_it_keeps_it(scene):
    from muniment.record import actions as record
    from muniment.record.production.definition import Mark
    from muniment.record.production.order import Order
    from support.stays import adopt_rules

    adopt_rules(scene.house, "record.")
    with at(5, 20):
        record.ask_production(
            actor=scene.administrator, patient_id=scene.ward.patient.id, facility_id=scene.house.hospital.id,
            order=Order(which=Mark.LEGAL, reason="Subpoena of 20 May."),
        )  # fmt: skip
        assert [one.kind for one in seen(scene)] == ["production"]
        with pytest.raises(NotAllowedInState, match="it is kept"):
            scene.discard()


def test_neither_a_colleague_nor_a_technician_discards_it_but_an_administrator_does(scene):
    with at(5, 20):
        for actor in (scene.other, scene.house.actor("technician"), system_actor()):
            with pytest.raises(Refused):
                scene.discard(actor)
        with pytest.raises(Refused, match="Say why"):
            scene.discard(reason=" ")
        scene.discard(scene.administrator)
    assert Entry.objects.get(entry_id=scene.note).retracted


def test_what_was_signed_or_closed_is_not_discarded(scene):
    with at(5, 20):
        scene.close()
        with pytest.raises(NotAllowedInState, match="closed administratively already"):
            scene.discard()
