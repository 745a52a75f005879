"""Orders given by word of mouth: from the message to the inbox, and closed by whoever authenticates them."""

from __future__ import annotations

import json

import pytest

from muniment.accounts.models import Practitioner
from muniment.audit.verify import verify
from muniment.completion import actions
from muniment.completion.models import Deficiency
from muniment.completion.queues import ANALYSIS, INBOX
from muniment.intake.desk import Desk
from muniment.intake.directory import NPI
from muniment.kernel.errors import Refused
from muniment.kernel.fhir.order_provenance import MODE_SYSTEM, PARTICIPANT_SYSTEM, VERIFIER
from muniment.record.models import Entry
from muniment.record.rules import Meaning
from muniment.record.verify import verify as verify_record
from muniment.work.models import WorkItem
from support.house import system_actor
from support.orders import ORDER_STONE, OrderFeed
from support.stays import adopt_rules
from support.web import client_of

pytestmark = pytest.mark.rules("completion.")

RULE = "completion.verbal-orders"


def drain():
    while actions.drain(actor=system_actor()):
        pass


@pytest.fixture
def feed(house):
    adopt_rules(house)
    return OrderFeed(house)


def lacks():
    drain()
    return list(Deficiency.objects.filter(rule_code=RULE, state="open"))


def only():
    drain()
    return Deficiency.objects.get(rule_code=RULE)


def test_a_telephone_order_nobody_authenticated_is_owed_by_who_gave_it(feed):
    feed.order(mode="PH")
    feed.discharge()
    (lack,) = lacks()
    assert (lack.kind, lack.document_name, lack.responsible) == ("order not authenticated", "telephone order", feed.stone)
    assert lack.why == (
        "Inpatient stay of 4 days: the telephone order “Morphine sulfate, 4 mg, Every 4 hours as needed” must be authenticated by who"
        " gave it, or by a covering practitioner (MD, DO, DPM, DDS, NP, CNM, PA, PA-C), within 48 hours of the order."
    )
    assert lack.due_at.isoformat() == "2026-03-05T08:10:00+00:00"  # 03:10 in New York and two days
    item = WorkItem.objects.get(subject_id=str(lack.id))
    assert (item.queue_id, item.title) == (INBOX, "Authenticate telephone order")


@pytest.mark.parametrize("mode", ["EL", "", "FX", "PA"])
def test_what_was_written_by_who_ordered_it_owes_nothing(feed, mode):
    feed.order(mode=mode)
    feed.discharge()
    assert not lacks()


@pytest.mark.parametrize("first", ["order", "discharge"])
def test_an_update_with_the_ordering_practitioner_closes_it(feed, first):
    steps = [lambda: feed.order(mode="VO"), feed.discharge]
    for step in steps if first == "order" else reversed(steps):
        step()
    lack = only()
    feed.verify(ORDER_STONE)
    lack = only()
    assert (lack.state, lack.closed_why) == ("completed", "The order was authenticated in the ordering system.")
    assert Entry.objects.get(entry_id=lack.closed_entry_id).author_id == feed.stone.id
    assert not WorkItem.objects.filter(subject_id=str(lack.id), state__in=["open", "assigned"]).exists()
    assert verify().sound and verify_record().faults == []


def test_a_covering_physician_may_authenticate_it_and_a_nurse_may_not(feed):
    feed.order(mode="PH")
    feed.discharge()
    feed.verify("7^Nurse^Nora^^^^RN")
    (lack,) = lacks()
    assert lack.why.endswith("within 48 hours of the order; it was verified by others only (RN).")
    feed.verify("8^Cover^Cora^^^^MD")
    assert only().state == "completed"


def test_an_authentication_that_comes_before_the_order_counts(feed):
    feed.verify(ORDER_STONE, at="20260304080000")
    feed.order(mode="PH")
    feed.discharge()
    assert not lacks()


def test_words_changed_after_it_was_authenticated_want_it_anew(feed):
    feed.order(mode="PH")
    feed.verify(ORDER_STONE, at="20260303080000")
    feed.order(mode="PH", control="XO", dose="8", at="20260303100000")
    feed.discharge()
    (lack,) = lacks()
    assert "8 mg" in lack.why
    feed.verify(ORDER_STONE, at="20260303110000")
    assert only().state == "completed"


def test_news_of_its_state_does_not_open_it_again(feed):
    feed.order(mode="PH")
    feed.discharge()
    assert lacks()
    feed.verify(ORDER_STONE)
    feed.order(mode="PH", control="SC", at="20260306080000")
    assert only().state == "completed"


def test_signing_it_here_closes_it(feed, house):
    feed.order(mode="PH")
    feed.discharge()
    lack = only()
    signature = actions.sign(actor=house.actor("clinician"), deficiency_id=lack.id, number=1)
    assert signature.meaning == Meaning.AUTHOR
    lack = only()
    assert (lack.state, lack.closed_why, lack.closed_entry_id) == ("completed", "The order was authenticated.", lack.entry_id)
    assert verify().sound and verify_record().faults == []


def test_nobody_but_who_owes_it_signs_it(feed, house):
    feed.order(mode="PH", by="8^Cover^Cora^^^^MD")
    feed.discharge()
    lack = only()
    assert lack.responsible == Practitioner.objects.get(family="Cover")
    assert WorkItem.objects.get(subject_id=str(lack.id)).queue_id == ANALYSIS  # she has no sign-in here
    with pytest.raises(Refused, match="not yours"):
        actions.sign(actor=house.actor("clinician"), deficiency_id=lack.id, number=1)


def test_an_order_that_is_withdrawn_as_an_error_owes_nothing_more(feed):
    feed.order(mode="PH")
    feed.discharge()
    assert lacks()
    feed.retract_order()
    assert only().state == "cancelled"


def test_the_order_is_read_signed_and_left_behind(feed, house, client):
    feed.order(mode="PH")
    feed.discharge()
    lack = only()
    client.force_login(house.users["clinician"])
    inbox = client.get("/completion/").content.decode()
    assert "Authenticate telephone order" in inbox
    page = client.get(f"/completion/sign/{lack.id}/").content.decode()
    for words in ("Morphine sulfate, 4 mg", "Ada Stone", "Nora Nurse", "Written down by"):
        assert words.casefold() in page.casefold()


def spoken_bundle(*, stays: int = 2, agent: bool = True, later: bool = False) -> list[dict]:
    """Bundles of an ordering system that speaks FHIR: two stays, a telephone order in the second, by Doctor Stone to a nurse.

    ``agent``: whether the Provenance names who gave it, or the order's requester alone. ``later``: the Provenance comes by itself.
    """
    coded = {"coding": [{"system": PARTICIPANT_SYSTEM, "code": "author"}]}
    given = {
        "resourceType": "Provenance", "id": "g", "target": [{"reference": "urn:uuid:o"}], "recorded": "2026-03-03T08:10:00Z",
        "occurredDateTime": "2026-03-03T08:10:00Z", "activity": {"coding": [{"system": MODE_SYSTEM, "code": "PH"}]},
        "agent": [{"type": coded, "who": {"reference": "urn:uuid:d"}} if agent else {"who": {"display": "Nora Nurse, RN"}}],
    }  # fmt: skip
    stay = {
        "resourceType": "Encounter", "status": "finished", "class": {"code": "IMP"}, "subject": {"reference": "urn:uuid:p"},
        "period": {"start": "2026-03-01T15:00:00Z", "end": "2026-03-05T17:00:00Z"},
    }  # fmt: skip
    name = {"family": "Stone", "given": ["Ada"], "suffix": ["MD"]}
    known = [
        {"resourceType": "Patient", "id": "p", "identifier": [{"system": "HOSP", "value": "55"}], "name": [{"family": "Dow"}]},
        {"resourceType": "Practitioner", "id": "d", "identifier": [{"system": NPI, "value": "Stone"}], "name": [name]},
        *(stay | {"id": f"e{number}", "identifier": [{"system": "HOSP", "value": f"V5{number}"}]} for number in range(stays)),
        {
            "resourceType": "ServiceRequest", "id": "o", "status": "active", "intent": "order", "code": {"text": "Blood cultures"},
            "subject": {"reference": "urn:uuid:p"}, "encounter": {"reference": f"urn:uuid:e{stays - 1}"}, "requester": {"reference": "urn:uuid:d"},
        },
    ]  # fmt: skip
    if not later:
        return [_bundle([*known, given])]
    alone = given | {
        "target": [{"reference": "ServiceRequest/o"}],
        "agent": [{"type": coded, "who": {"reference": "Practitioner/d"}}],
    }
    return [_bundle(known), _bundle([known[0], known[1], alone])]


def _bundle(resources: list[dict]) -> dict:
    entries = [
        {"fullUrl": f"urn:uuid:{one['id']}", "request": {"method": "PUT", "url": f"{one['resourceType']}/{one['id']}"}, "resource": one}
        for one in resources
    ]  # fmt: skip
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


@pytest.mark.parametrize("said", [{}, {"agent": False}, {"later": True}, {"stays": 1}], ids=str)
def test_a_spoken_order_of_a_fhir_bundle_is_owed_in_its_own_stay_by_who_gave_it(house, said):
    """FHIR's Provenance names neither patient nor stay: both are the order's."""
    adopt_rules(house)
    feed = OrderFeed(house)
    desk = Desk(actor=system_actor(), source="fhir", facility=house.hospital)
    for bundle in spoken_bundle(**said):
        (done,) = desk.take(json.dumps(bundle).encode())
        assert done.status == "filed", done
    (lack,) = lacks()
    order = Entry.objects.get(resource_type="ServiceRequest")
    assert (lack.responsible, lack.document_name) == (feed.stone, "telephone order")
    assert lack.encounter_id == order.encounter_id is not None
    assert lack.due_at.isoformat() == "2026-03-05T08:10:00+00:00"
    page = client_of(house.users["clinician"]).get(f"/charts/{order.encounter_id}/documents/{lack.entry_id}/").content.decode()
    assert (
        "Blood cultures" in page
    )  # whoever signs it reads what was ordered, though the Provenance names it by reference alone
    assert "Telephone order" in page


def test_a_verification_of_a_fhir_bundle_closes_it(house):
    adopt_rules(house)
    OrderFeed(house)
    desk = Desk(actor=system_actor(), source="fhir", facility=house.hospital)
    (bundle,) = spoken_bundle()
    desk.take(json.dumps(bundle).encode())
    assert len(lacks()) == 1
    coded = {"coding": [{"system": PARTICIPANT_SYSTEM, "code": VERIFIER}]}
    verified = {
        "resourceType": "Provenance", "id": "v", "target": [{"reference": "urn:uuid:o"}], "recorded": "2026-03-04T08:00:00Z",
        "activity": coded, "agent": [{"type": coded, "who": {"reference": "urn:uuid:d"}}],
    }  # fmt: skip
    (done,) = desk.take(json.dumps(_bundle([one["resource"] for one in bundle["entry"]] + [verified])).encode())
    assert done.status == "filed", done
    assert (only().state, only().closed_why) == ("completed", "The order was authenticated in the ordering system.")
