"""The places of the frame: shown to whoever may open them and to nobody else, under one heading each, by one key each."""

from __future__ import annotations

import re

import pytest
from django.urls import resolve, reverse

from muniment.access.rules import Category, Grade, grade
from muniment.accounts.rules import Role
from muniment.config.frame import BAR, places
from muniment.ui.navigation import MENU, Destination, Group, declare, destinations
from muniment.ui.shapes import MOST_PLACES
from support.web import client_of


def granted(role: str) -> set[str]:
    """The places whose view the access table lets the role into, read off the views themselves."""
    needs = {one.name: getattr(resolve(reverse(one.name)).func, "needs", None) for one in destinations()}
    return {name for name, need in needs.items() if need is None or grade(role, Category(need[0])) >= Grade(need[1])}


def shown(role: str) -> list[str]:
    bar, groups = places(role, "/")
    return [place.url for group in groups for place in group.places] or [place.url for place in bar]


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_shown_each_place_it_may_open_once_and_no_other(role):
    assert sorted(shown(role)) == sorted(reverse(name) for name in granted(role))


@pytest.mark.parametrize("role", list(Role))
def test_the_bar_holds_at_most_six_all_of_which_the_role_may_open(role):
    assert set(BAR[role]) <= granted(role)
    assert len(BAR[role]) <= MOST_PLACES


def test_somebody_without_a_role_has_their_day_alone():
    bar, groups = places("", "/")
    assert ([one.label for one in bar], groups) == (["My day"], [])


def test_groups_stand_in_their_order_and_a_place_lies_under_one_key():
    _, groups = places(Role.ADMINISTRATOR, reverse("rulebook-book"))
    assert [group.name for group in groups] == [str(one) for one in Group]
    keys = [place.key for group in groups for place in group.places]
    assert len(keys) == len(set(keys)) == len({*keys} - {MENU})
    assert [place.label for group in groups for place in group.places if place.current] == ["Rules"]


def test_a_key_that_is_taken_is_refused_and_declaring_again_changes_nothing():
    before = destinations()
    with pytest.raises(ValueError, match="Deficiencies already"):
        declare(Destination(label="Charges", name="charges", key="c", group=Group.CHARTS))
    with pytest.raises(ValueError, match="all places already"):
        declare(Destination(label="Mail", name="mail", key=MENU, group=Group.SYSTEMS))
    declare(*before)
    assert destinations() == before


@pytest.mark.parametrize(("role", "has"), [("administrator", True), ("researcher", False)])
def test_the_menu_is_on_the_page_where_there_is_more_than_the_bar_holds(house, role, has):
    page = client_of(house.users[role]).get("/rules/").content.decode()
    assert ('aria-label="All places"' in page) is has
    assert len(re.findall(r'data-go="r"', page)) == (2 if has else 1)
    assert ("Interfaces and systems" in page) is has
