"""When a version governs: what ending, staying and adopting do to its days, and that two never govern one day."""

from __future__ import annotations

from datetime import date

import pytest

from muniment.kernel.errors import Refused
from muniment.rulebook import actions
from muniment.rulebook.queries import at
from muniment.rulebook.rules import SourceKind
from support.web import client_of

CODE = "completion.test-note"


def propose(house, begin, end=None, days=30):
    return actions.propose(
        actor=house.actor("privacy-officer"), code=CODE, title="Test note", statement="A stay has a test note.", parameters={"days": days},
        citation="House policy T-1", source_kind=SourceKind.HOUSE, effective_from=begin, effective_to=end,
    )  # fmt: skip


def adopted(house, begin, end=None, days=30):
    version = propose(house, begin, end, days)
    return actions.adopt(actor=house.actor("administrator"), version_id=version.id)


def ended(house, version, step, on):
    return actions.end(actor=house.actor("administrator"), version_id=version.id, step=step, on=on, reason="Order 26-1.")


def number_on(day):
    found = at(day).find(CODE)
    return found.number if found else None


def test_vacating_a_stayed_rule_gives_it_no_days_back(house):
    version = adopted(house, date(2026, 1, 1))
    ended(house, version, "stay", date(2026, 6, 1))
    ended(house, version, "vacate", date(2026, 9, 1))
    assert number_on(date(2026, 5, 31)) == 1
    assert number_on(date(2026, 7, 1)) is None


def test_a_stayed_rule_may_be_vacated_from_its_beginning(house):
    version = adopted(house, date(2026, 1, 1))
    ended(house, version, "stay", date(2026, 6, 1))
    ended(house, version, "vacate", date(2026, 1, 1))
    assert number_on(date(2026, 3, 1)) is None


def test_a_version_that_ended_is_not_lengthened_into_the_next(house):
    first = adopted(house, date(2026, 1, 1), date(2026, 6, 1))
    adopted(house, date(2026, 6, 1), days=20)
    ended(house, first, "vacate", date(2026, 9, 1))
    assert number_on(date(2026, 7, 1)) == 2
    first.refresh_from_db()
    assert first.effective_to == date(2026, 6, 1)


def test_a_version_with_an_end_is_adopted_before_one_that_governs_later(house):
    adopted(house, date(2026, 6, 1))
    with pytest.raises(Refused) as told:
        adopted(house, date(2026, 1, 1))
    assert "with an end on that day" in str(told.value.remedy)
    adopted(house, date(2026, 1, 1), date(2026, 6, 1))
    assert (number_on(date(2026, 3, 1)), number_on(date(2026, 6, 1))) == (3, 1)


def test_one_that_would_reach_into_a_later_one_is_refused(house):
    adopted(house, date(2026, 6, 1))
    with pytest.raises(Refused):
        adopted(house, date(2026, 1, 1), date(2026, 6, 2))


def test_whoever_adopts_a_version_with_an_end_reads_that_nothing_governs_after_it(house):
    adopted(house, date(2026, 1, 1))
    version = propose(house, date(2026, 6, 1), date(2026, 9, 1))
    desk = client_of(house.users["administrator"])
    page = desk.get(f"/rules/{CODE}/{version.number}/adopt").content.decode()
    assert "From 1 Sep 2026 on, nothing would govern." in page
    lasting = propose(house, date(2026, 6, 1))
    assert "nothing would govern" not in desk.get(f"/rules/{CODE}/{lasting.number}/adopt").content.decode()


def test_no_text_was_read_on_a_day_to_come(house):
    version = propose(house, date(2026, 1, 1))
    with pytest.raises(Refused, match="lies ahead"):
        actions.verify_text(actor=house.actor("administrator"), version_id=version.id, on=date(2099, 1, 1))
