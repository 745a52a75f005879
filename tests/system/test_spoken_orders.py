"""By keyboard, in a real browser: an order given by telephone, from the list of what is owed to its signature."""

from __future__ import annotations

from typing import Any

import pytest

from support.browser import SignedIn, violations
from support.house import system_actor

pytestmark = pytest.mark.browser
PASSWORD = "a long enough password"
ORDER = "Morphine sulfate, 4 mg, Every 4 hours as needed"


@pytest.fixture(scope="module")
def house(own_house: Any) -> Any:
    """Dr Stone gave an order by telephone; the stay is over, and nobody has authenticated it."""
    from muniment.accounts.actions import choose_password
    from muniment.completion import actions
    from support.orders import OrderFeed
    from support.stays import adopt_rules

    choose_password(actor=own_house.actor("clinician"), user=own_house.users["clinician"], password=PASSWORD)
    adopt_rules(own_house, "completion.verbal-orders")
    feed = OrderFeed(own_house)
    feed.order(mode="PH")
    feed.discharge()
    while actions.drain(actor=system_actor()):
        pass
    return own_house


def test_a_telephone_order_is_read_and_signed_and_gone_from_the_list(house: Any, signed_in: SignedIn) -> None:
    list_ = "/completion/deficiencies/?kind=order"
    technician = signed_in("technician")
    technician.goto(list_)
    assert technician.get_by_text("Authenticate telephone order").is_visible()

    page = signed_in("clinician")
    page.goto("/completion/")
    page.keyboard.press("n")
    page.get_by_text(ORDER).first.wait_for()
    assert violations(page) == []
    page.reload()
    page.keyboard.press("s")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_text("You owe nothing").wait_for()

    technician.goto(list_)
    assert not technician.get_by_text("Authenticate telephone order").is_visible()
