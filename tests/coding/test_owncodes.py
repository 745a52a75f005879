"""A coder's favourites and what they coded last: each their own, each judged by the day of the stay."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from muniment.audit.models import LifecycleEvent
from muniment.coding import actions, owncodes
from muniment.coding.models import Favourite
from muniment.kernel.errors import Problem, Refused
from muniment.terminology.actions import install_release
from muniment.terminology.rules import System
from muniment.terminology.sources import ConceptRow
from support.charts import client_of
from support.coding import CodedStay, adopt_coding_rules, install_codes
from support.house import system_actor
from support.terminology import source

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
ON = date(2026, 5, 6)
LATER = date(2026, 12, 1)


@pytest.fixture
def stay(house):
    install_codes()
    adopt_coding_rules(house)
    return CodedStay(house).discharged()


def keep(house, code, system=System.ICD10CM):
    actions.keep_favourite(actor=house.actor("coder"), system=system, code=code, on=ON)


def codes(found):
    return [one.written for one in found]


def test_a_favourite_is_kept_once_and_taken_out_with_one_event_each(house, stay):
    keep(house, "I5023")
    keep(house, "I5023")
    assert [(one.user_id, one.display[:5]) for one in Favourite.objects.all()] == [(house.actor("coder").id, "Acute")]
    actions.drop_favourite(actor=house.actor("coder"), system=System.ICD10CM, code="I5023")
    actions.drop_favourite(actor=house.actor("coder"), system=System.ICD10CM, code="I5023")
    assert not Favourite.objects.exists()
    names = LifecycleEvent.objects.filter(name__endswith="-favourite").order_by("at").values_list("name", flat=True)
    assert list(names) == ["coding.keep-favourite", "coding.drop-favourite"]


@pytest.mark.parametrize(("code", "sentence"), [("I50", "is a heading"), ("Z987", "is not in ICD-10-CM")])
def test_what_cant_be_used_is_not_kept(house, stay, code, sentence):
    with pytest.raises(Problem, match=sentence):
        keep(house, code)


def test_only_a_coder_keeps_favourites_and_not_without_end(house, stay, monkeypatch):
    monkeypatch.setattr(actions, "MOST_KEPT", 1)
    keep(house, "I10")
    keep(house, "I10")
    with pytest.raises(Refused, match="1 favourites already"):
        keep(house, "I5023")
    for actor in (house.actor("technician"), system_actor()):
        with pytest.raises(Refused):
            actions.keep_favourite(actor=actor, system=System.ICD10CM, code="I10", on=ON)


def test_recents_are_what_this_coder_saved_the_latest_first_and_no_favourite_twice(house, stay):
    CodedStay(house, "2").discharged(at=datetime(2026, 5, 5, 12, tzinfo=UTC)).finalised(house, "I50.23", "J96.01")
    stay.coded(house, "I10", "N17.9")
    mine = owncodes.own_codes(house.actor("coder").id, ON)
    assert codes(mine.recents) == ["I10", "N17.9", "I50.23", "J96.01"]
    assert all(one.display and one.problem is None for one in mine.recents)
    keep(house, "N179")
    mine = owncodes.own_codes(house.actor("coder").id, ON)
    assert (codes(mine.favourites), codes(mine.recents)) == (["N17.9"], ["I10", "I50.23", "J96.01"])
    assert owncodes.own_codes(house.actor("administrator").id, ON) == owncodes.OwnCodes((), ())


def test_one_that_ended_says_so_and_is_not_offered(house, stay):
    keep(house, "I5023")
    ended = ConceptRow(
        "I5023", "Acute on chronic", ancestors=("I50",), valid_from=date(2015, 10, 1), valid_to=date(2026, 9, 30)
    )
    rows = [ConceptRow("I50", "Heart failure", billable=False), ended]
    install_release(actor=system_actor(), source=source(rows, version="next", since=date(2026, 10, 1), until=date(2027, 9, 30)))
    [one] = owncodes.own_codes(house.actor("coder").id, LATER).favourites
    assert one.problem
    assert one.problem.what == "I50.23 ended on 30 Sep 2026; the discharge is on 1 Dec 2026."
    assert owncodes.own_codes(house.actor("coder").id, ON).favourites[0].problem is None


def test_the_pane_offers_adds_keeps_and_takes_out(house, stay):
    client, address = client_of(house, "coder"), f"/coding/{stay.encounter_id}/own/"
    stay.coded(house, "I10")
    page = client.get(address, **HTMX).content.decode()
    assert "No favourite yet" in page
    assert 'data-do="add:diagnosis:I10"' in page
    assert "No favourite yet" not in client.post(f"{address}diagnosis/I10/", **HTMX).content.decode()
    assert "Take I10 out of the favourites" in client.get(address, **HTMX).content.decode()
    assert "No favourite yet" in client.post(f"{address}diagnosis/I10/", {"drop": "on"}, **HTMX).content.decode()
    assert "is a heading" in client.post(f"{address}diagnosis/I50/", **HTMX).content.decode()


def test_own_codes_take_so_many_queries(house, stay, django_assert_max_num_queries):
    stay.coded(house, "I10", "N17.9")
    for code in ("I5023", "J9601", "E119"):
        keep(house, code)
    keep(house, "0DTJ4ZZ", System.ICD10PCS)
    with django_assert_max_num_queries(10):  # favourites; drafts; lines; finals; twice release, codes, headings
        assert len(owncodes.own_codes(house.actor("coder").id, ON).favourites) == 4
