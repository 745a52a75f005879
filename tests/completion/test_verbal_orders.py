"""Orders given by word of mouth: from the message to the inbox, and closed by whoever authenticates them."""

from __future__ import annotations

import pytest

from muniment.accounts.models import Practitioner
from muniment.audit.verify import verify
from muniment.completion import actions
from muniment.completion.models import Deficiency
from muniment.completion.queues import ANALYSIS, INBOX
from muniment.kernel.errors import Refused
from muniment.record.models import Entry
from muniment.record.rules import Meaning
from muniment.record.verify import verify as verify_record
from muniment.work.models import WorkItem
from support.house import system_actor
from support.orders import ORDER_STONE, OrderFeed
from support.stays import adopt_rules

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
