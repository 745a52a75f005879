"""Which stays wait to be coded, why, and until when."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from muniment.coding import queries
from muniment.coding.jobs import drain_all
from muniment.work import actions as work
from muniment.work.models import WorkItem
from support.coding import DISCHARGED, CodedStay, adopt_coding_rules, install_codes
from support.delinquency import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def governed(house):
    install_codes()
    adopt_coding_rules(house)
    return house


def states():
    return list(WorkItem.objects.filter(queue="coding").order_by("id").values_list("state", flat=True))


def test_a_discharge_puts_the_stay_into_the_queue_with_its_reason_and_due_date(governed):
    CodedStay(governed).discharged()
    drain_all()
    item = WorkItem.objects.get(queue="coding")
    assert item.reason == "Inpatient stay, discharged 6 May 2026, not coded yet."
    assert item.due_at == datetime(2026, 5, 11, 3, 59, 59, tzinfo=UTC)  # the end of 10 May in New York
    assert "HIM-11 (unverified)" in item.citation
    assert drain_all() == 0


@pytest.mark.parametrize(("class_code", "count"), [("IMP", 1), ("OBSENC", 1), ("SS", 1), ("EMER", 1), ("AMB", 0), ("VR", 0)])
def test_the_rule_book_says_which_classes(governed, class_code, count):
    CodedStay(governed, class_code=class_code).discharged()
    drain_all()
    assert len(states()) == count


def test_nothing_is_coded_before_a_rule_is_adopted_and_adoption_sweeps(house):
    CodedStay(house).discharged()
    drain_all()
    assert states() == []
    adopt_coding_rules(house)
    drain_all()
    assert states() == ["open"]


def test_a_discharge_taken_back_leaves_the_queue_and_comes_again(governed):
    stay = CodedStay(governed).discharged()
    drain_all()
    stay.move("cancel discharge", DISCHARGED.replace(hour=16))
    drain_all()
    assert states() == ["cancelled"]
    stay.move("discharge", DISCHARGED.replace(hour=18))
    drain_all()
    assert states() == ["cancelled", "open"]


def test_finalising_completes_the_item_and_recoding_brings_one_back(governed):
    from muniment.coding import actions

    stay = CodedStay(governed).discharged()
    drain_all()
    coder = governed.actor("coder")
    assert work.pull_next(actor=coder, queue="coding").encounter_id == stay.encounter_id
    assert queries.counts(coder).mine == 1
    stay.finalised(governed, "I50.23")
    assert states() == ["done"]
    assert queries.counts(coder).finalised_today == 1
    actions.recode(actor=coder, reason="Audit", **stay.key)
    assert states() == ["done", "assigned"]


def test_a_final_coded_stay_does_not_come_back_by_a_later_message(governed):
    stay = CodedStay(governed).discharged()
    drain_all()
    stay.finalised(governed, "I50.23")
    stay.move("update", DISCHARGED.replace(hour=19), unit="4W")
    drain_all()
    assert states() == ["done"]


def test_counts_and_list_in_two_queries_each(governed, django_assert_max_num_queries):
    for number in range(3):
        CodedStay(governed, str(number), class_code="EMER" if number else "IMP").discharged()
    drain_all()
    actor = governed.actor("administrator")
    with django_assert_max_num_queries(2):
        counts = queries.counts(actor)
    assert (counts.uncoded, counts.late, counts.unowned) == (3, 3, 3)
    with django_assert_max_num_queries(2):
        found = list(queries.uncoded(actor, class_code="EMER"))
        stays = queries.stays_of(found)
    assert len(found) == len(stays) == 2


def test_what_is_finalised_in_the_evening_counts_for_the_coders_own_day(governed):
    """Ten in the evening in New York is tomorrow in UTC."""
    stay = CodedStay(governed).discharged()
    drain_all()
    with at(4, 2, 22), timezone.override("America/New_York"):
        stay.finalised(governed, "I50.23")
        assert queries.counts(governed.actor("coder")).finalised_today == 1
