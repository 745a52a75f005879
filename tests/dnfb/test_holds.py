"""Holds: placed by a reason of the rule, stopping or asking, released once, listed oldest first."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from muniment.access.rules import Category, Grade, grade
from muniment.accounts.rules import Role
from muniment.audit.models import LifecycleEvent
from muniment.coding import actions as coding
from muniment.coding.assessment import assess
from muniment.coding.stay import facts_of
from muniment.core import clock
from muniment.dnfb import actions, queries
from muniment.dnfb.models import Hold
from muniment.encounters.models import Encounter
from muniment.kernel.errors import Conflict, NotAllowedInState, Problem, Refused
from muniment.rulebook import actions as rulebook
from muniment.rulebook.rules import SourceKind
from support.coding import CodedStay, draft_of, install_codes
from support.delinquency import at
from support.queries import GOODBYE, SIGNED_IN, asked
from support.stays import adopt_rule, adopt_rules
from support.web import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.rules("dnfb.")]


@pytest.fixture
def stay(house):
    adopt_rules(house, "dnfb.")
    return CodedStay(house).discharged()


def place(house, stay, reason="pathology", role="coder", **more):
    return actions.place(actor=house.actor(role), **stay.key, reason=reason, **more)


def said(stay, *codes):
    encounter = Encounter.objects.select_related("patient", "facility").get(id=stay.encounter_id)
    return [edit for edit in assess(facts_of(encounter), draft_of(*codes)).edits if edit.number == "Hold"]


def test_a_hold_is_kept_as_the_rule_of_its_day_has_it(house, stay):
    held = place(house, stay, note=" sent out ", practitioner_id=stay.attending.id)
    assert (held.name, held.owner, held.stops, held.note) == ("Pathology result awaited", "records", False, "sent out")
    assert held.due_on == held.placed_at.astimezone(ZoneInfo(house.hospital.zone)).date() + timedelta(days=7)
    assert held.citation == "House policy HIM-13 (unverified)"
    event = LifecycleEvent.objects.get(name="dnfb.hold")
    assert (event.after["hold"], event.after["due"]) == ("pathology", held.due_on.isoformat())
    reasons = [{"code": "pathology", "name": "Other words", "owner": "coding", "days": 1, "stops": True}]
    adopt_rule(house, "dnfb.hold-reasons", reasons=reasons, since=date(2026, 1, 1))
    (edit,) = said(stay)
    assert edit.severity == "warning"
    assert edit.sentence.startswith("On hold: Pathology result awaited (")


def test_one_that_stops_is_passed_by_no_reason(house, stay):
    install_codes()
    held = place(house, stay, "second-look")
    abstract = stay.coded(house, "I50.23", answers={f"Hold:hold-{held.id}": "no time"})
    again = {"actor": house.actor("coder"), "patient_id": stay.patient.id, "abstract_id": abstract.id}
    with pytest.raises(NotAllowedInState, match="On hold: Second look by the lead coder"):
        coding.finalise(**again, revision=abstract.revision)
    actions.release(actor=house.actor("coder"), hold_id=held.id, revision=1, why="looked at")
    coding.finalise(**again, revision=abstract.revision)


def test_one_that_asks_is_passed_with_a_reason_that_holds_for_it_alone(house, stay):
    install_codes()
    held = place(house, stay)
    abstract = stay.coded(house, "I50.23")
    again = {"actor": house.actor("coder"), "patient_id": stay.patient.id, "abstract_id": abstract.id}
    with pytest.raises(NotAllowedInState, match="A warning needs a reason: On hold"):
        coding.finalise(**again, revision=abstract.revision)
    answered = draft_of("I50.23", answers={f"Hold:hold-{held.id}": "reported by telephone"}, disposition=abstract.disposition)
    abstract = coding.set_codes(**again, revision=abstract.revision, draft=answered)
    place(house, stay, "payer")
    with pytest.raises(NotAllowedInState, match="Payer or authorization"):
        coding.finalise(**again, revision=abstract.revision)


def test_a_stay_is_held_once_a_reason_and_again_after_release(house, stay):
    held = place(house, stay)
    place(house, stay, "payer")
    with pytest.raises(Conflict, match="on hold already: Pathology result awaited"):
        place(house, stay)
    actions.release(actor=house.actor("coder"), hold_id=held.id, revision=1, why="it came")
    place(house, stay)
    assert Hold.objects.count() == 3
    assert len(said(stay)) == 2


def test_the_second_who_releases_is_told_and_nothing_is_written(house, stay):
    held = place(house, stay)
    actions.release(actor=house.actor("coder"), hold_id=held.id, revision=1, why="it came")
    before = LifecycleEvent.objects.count()
    with pytest.raises(Conflict, match="released this hold in the meantime"):
        actions.release(actor=house.actor("coder"), hold_id=held.id, revision=1, why="it came")
    assert LifecycleEvent.objects.filter(name="dnfb.release").count() == 1
    assert LifecycleEvent.objects.count() == before


@pytest.mark.parametrize(
    ("reason", "role", "sentence"),
    [
        ("strike", "coder", "Choose why the stay waits"),
        ("pathology", "technician", "may not|not allowed|needs"),
        ("", "coder", "Choose why"),
    ],
)
def test_what_is_refused(house, stay, reason, role, sentence):
    with pytest.raises(Refused, match=sentence):
        place(house, stay, reason, role=role)
    assert not Hold.objects.exists()


def test_a_stay_in_the_house_is_not_held(house):
    adopt_rules(house, "dnfb.")
    here = CodedStay(house, "2")
    here.move("admit", clock.now() - timedelta(days=1))
    with pytest.raises(NotAllowedInState, match="not discharged"):
        place(house, here)


def test_a_release_says_why(house, stay):
    held = place(house, stay)
    with pytest.raises(Refused, match="Say why the stay waits no longer"):
        actions.release(actor=house.actor("coder"), hold_id=held.id, revision=1, why=" a ")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"days": 0}, "may stand a day at least"),
        ({"code": " "}, "needs a code and a name"),
        ({"owner": "nobody"}, "Invalid enum value 'nobody'"),
    ],
)
def test_a_taxonomy_that_can_not_be_read_is_not_proposed(house, change, sentence):
    reason = {"code": "a", "name": "A", "owner": "coding", "days": 1, "stops": False} | change
    with pytest.raises(Problem, match=sentence):
        rulebook.propose(
            actor=house.actor("privacy-officer"), code="dnfb.hold-reasons", title="x", statement="x", citation="x",
            source_kind=SourceKind.HOUSE, parameters={"reasons": [reason]}, effective_from=date(2024, 1, 1),
        )  # fmt: skip


def test_a_reason_stands_once(house):
    reason = {"code": "a", "name": "A", "owner": "coding", "days": 1, "stops": False}
    with pytest.raises(Problem, match="The reason a is there twice"):
        rulebook.propose(
            actor=house.actor("privacy-officer"), code="dnfb.hold-reasons", title="x", statement="x", citation="x",
            source_kind=SourceKind.HOUSE, parameters={"reasons": [reason, reason]}, effective_from=date(2024, 1, 1),
        )  # fmt: skip


# Screens


def words(answer):
    return unescape(answer.content.decode())


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_the_access_table_decides(house, stay, role):
    held = place(house, stay)
    client = client_of(house.users[role])
    reads = 200 if grade(role, Category.CODING) else 403
    writes = 302 if grade(role, Category.CODING) is Grade.WRITE else 403
    assert client.get(reverse("holds")).status_code == reads
    assert client.get(reverse("holds-csv")).status_code == reads
    released = client.post(reverse("hold-release", args=[held.id]), {"revision": "1", "why": "it came"})
    assert released.status_code == writes
    assert client.post(reverse("hold-place", args=[stay.encounter_id]), {"reason": "payer"}).status_code == writes


def test_it_is_placed_and_released_in_the_workspace(house, stay):
    install_codes()
    client = client_of(house.users["coder"])
    workspace = reverse("coding-workspace", args=[stay.encounter_id])
    page = words(client.get(workspace))
    assert "Hold this stay" in page
    assert "Second look by the lead coder · coding, 2 days, stops the final coding" in page
    client.post(
        reverse("hold-place", args=[stay.encounter_id]), {"reason": "second-look", "note": "Sepsis?", "practitioner": ""}
    )
    page = words(client.get(workspace))
    assert "The stay is on hold: Second look by the lead coder." in page
    assert "On hold: Second look by the lead coder. Sepsis? Release it before the stay is finalised." in page
    assert page.count("On hold: ") == 1
    held = Hold.objects.get()
    client.post(reverse("hold-release", args=[held.id]), {"revision": "1", "why": "agreed with the lead"})
    page = words(client.get(workspace))
    assert "agreed with the lead" in page
    assert "On hold:" not in page


def test_without_a_rule_the_workspace_says_so(house, monkeypatch):
    install_codes()
    bare = CodedStay(house, "9").discharged()
    monkeypatch.setattr(queries, "REASONS", "dnfb.another")
    page = words(client_of(house.users["coder"]).get(reverse("coding-workspace", args=[bare.encounter_id])))
    assert "No rule “dnfb.another” is in force, so no stay can be held." in page
    assert "Hold this stay" not in page


def test_the_list_is_oldest_first_counted_by_reason_and_narrowed(house, stay):
    other = CodedStay(house, "2").discharged()
    with at(5, 8):
        place(house, stay, note="first")
    with at(5, 20):
        place(house, other, "payer", note="second")
    client = client_of(house.users["coder"])
    with at(5, 21):
        page = words(client.get(reverse("holds")))
        assert "2 holds, 1 longer than it may" in page
        assert page.index("ROWE1") < page.index("ROWE2")
        only = words(client.get(reverse("holds"), {"late": "1"}))
        assert "ROWE1" in only
        assert "ROWE2" not in only
        assert "ROWE1" not in words(client.get(reverse("holds"), {"reason": "payer"}))
        assert "No hold fits this filter" in words(client.get(reverse("holds"), {"owner": "physician"}))
        rows = list(csv.reader(client.get(reverse("holds-csv")).content.decode().splitlines()))
    assert [(row[0], row[6]) for row in rows[1:]] == [
        ("Pathology result awaited", "13"),
        ("Payer or authorization in question", "1"),
    ]


def test_a_hold_of_another_facility_is_not_there(house, stay):
    held = place(house, stay)
    elsewhere = house.actor("coder").__class__(
        id=house.actor("coder").id, name="x", role="coder", organisation="x", facilities=frozenset([house.clinic.id])
    )
    with pytest.raises(Refused, match="nothing here that you may see"):
        actions.release(actor=elsewhere, hold_id=held.id, revision=1, why="it came")
    assert queries.by_reason(elsewhere, [house.hospital.id], clock.today()) == []


def test_back_leads_nowhere_else(house, stay):
    held = place(house, stay)
    answer = client_of(house.users["coder"]).post(
        reverse("hold-release", args=[held.id]), {"revision": "1", "why": "it came", "back": "https://elsewhere.example/"}
    )
    assert answer.url == reverse("coding-workspace", args=[stay.encounter_id])


def test_what_the_list_asks(house, stay):
    for reason in ("pathology", "payer", "registration"):
        place(house, stay, reason)
    client = client_of(house.users["coder"])
    client.get(reverse("holds"))
    found = asked(lambda: client.get(reverse("holds")))
    assert len([one for one in found if one not in SIGNED_IN and one not in GOODBYE]) <= 14, found
