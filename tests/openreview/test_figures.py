"""The figures: every number by its definition, with its list, as it was then."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.urls import reverse

from support.openreview import HP, Scene, at, get, plan, text, words_of
from support.queries import EVENT, GOODBYE, SIGNED_IN, asked
from support.web import client_of


@pytest.fixture
def scene(house):
    """Three stays; on Sunday 8 March two were drawn, one of them reviewed: the history is there, what else is not is not; a third was added."""
    made = Scene(house, stays=3, rules=False)
    from support.openreview import adopt_rules

    plan(house)
    for prefix in ("openreview.worksheet", "completion.", "qualitative."):
        adopt_rules(house, prefix)
    with at(3, 2, 20):
        for ward in made.wards:
            ward.file(HP, author=made.stone, days=0.1, signed=True)
    with at(3, 8):
        made.look()
        made.drawn, made.waiting = made.reviews()
        made.finish(made.answer_all(made.begin(made.drawn), "no"))
        rest = next(one for one in made.wards if one.encounter_id not in {row.encounter_id for row in made.reviews()})
        made.reviewed(rest, "no")
    return made


def figures(scene, **query) -> str:
    return text(get(scene, "figures", "auditor", **query))


def test_each_number_is_by_its_definition(scene):
    with at(3, 20):
        said = figures(scene)
    assert "Open stays reviewed 66.7 %" in said  # the focused one was reviewed too
    assert "2 of 3" in said
    assert "Of the plan 50.0 %" in said
    assert "1 lacking" in said
    yes, no = _counts(scene)
    assert f"Compliance {100 * yes / (yes + no):.1f} %" in said
    assert re.search(r"Focused reviews of the month, in no percentage: \d+ answers", said)


def _counts(scene) -> tuple[int, int]:
    from muniment.openreview.models import GivenAnswer

    given = [one.answer for one in GivenAnswer.objects.filter(review_id=scene.drawn.id)]
    return given.count("yes"), given.count("no")


def test_every_number_leads_to_its_list(scene):
    yes, no = _counts(scene)
    with at(3, 20):
        assert f"{no} answers" in text(get(scene, "answers", "auditor", answer="no"))
        assert f"{yes + no} answers" in text(get(scene, "answers", "auditor", answer="asked"))
        assert "1 answer " in text(get(scene, "answers", "auditor", answer="yes", question="hp-24h"))
        assert "3 stays" in text(get(scene, "stays", "auditor"))
        assert "2 stays" in text(get(scene, "stays", "auditor", reviewed="yes"))
        assert "2 reviews" in text(get(scene, "reviews", "auditor", origin="drawn", period="2026-W10", stratum="Inpatient"))
        assert "1 review " in text(get(scene, "reviews", "auditor", origin="drawn", period="2026-W10", state="finished"))


def test_questions_below_their_threshold_stand_apart(scene):
    with at(3, 20):
        said = figures(scene)
    below = said.partition("Below the threshold")[2].partition("By question")[0]
    assert "Is every entry legible" in below
    assert "Is the history and physical there" not in below


def test_a_month_that_is_over_does_not_change(scene):
    with at(4, 2):
        before = _figures_of(scene, "2026-03")
        scene.finish(scene.answer_all(scene.begin(scene.waiting), "yes"))
        assert _figures_of(scene, "2026-03") == before
        assert "Of the plan 50.0 %" in before
        assert "Compliance –" not in figures(scene)  # what was finished in April is April's


def _figures_of(scene, month) -> str:
    return figures(scene, at=month).partition("Compliance by month")[0]


def test_discharges_say_which_were_reviewed(scene):
    for ward in scene.wards:
        ward.discharge(10)
    with at(3, 20):
        assert "Discharges reviewed 66.7 %" in figures(scene)
        assert "3 stays" in text(get(scene, "stays", "auditor", of="discharges"))


def test_the_draw_is_drawn_again_before_the_reader(scene):
    (row,) = [one for one in scene.draws() if one.facility_id == scene.hospital.id]
    with at(3, 20):
        said = text(get(scene, "draw", "auditor", row.id))
    assert "the same stays in the same order" in said
    assert "The seed is the one this installation makes" in said
    assert bytes(row.seed).hex() in said


@pytest.mark.forges
def test_a_draw_that_was_changed_is_named(scene):
    from django.db import connection

    (row,) = scene.draws()
    with connection.cursor() as cursor, pytest.raises(Exception, match=r"indelible|permission denied"):
        cursor.execute("UPDATE openreview_draw SET drawn = chosen WHERE id = %s", [row.id])


def test_the_table_goes_out_as_csv(scene):
    with at(3, 20):
        answer = client_of(scene.house.users["auditor"]).get(reverse("openreview-csv"))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    found = {one["code"]: one for one in rows}
    assert (found["hp-24h"]["yes"], found["hp-24h"]["no"], found["hp-24h"]["percent"]) == ("1", "0", "100.0")
    assert (found["legible"]["no"], found["legible"]["threshold"]) == ("1", "90.0")


def test_the_report_says_the_same_and_names_nobody(scene):
    with at(4, 2):
        said = words_of(get(scene, "report", "administrator", at="2026-03"))
    for words in (
        "Open-record review: Mar 2026",
        "66.7 %",
        "2 of 3",
        "2026-W10",
        "House policy X",
        "(unverified)",
        "Is every entry legible",
        "page 1 of",
    ):
        assert words in said, words
    assert "ROWE" not in said


def test_what_the_figures_ask(scene):
    with at(3, 20):
        client = client_of(scene.house.users["auditor"])
        client.get(reverse("ui-gallery"))
        client.get(reverse("openreview-figures"))
        seen = asked(lambda: client.get(reverse("openreview-figures") + "?facility=x"))
    counted = [one for one in seen if one not in (*SIGNED_IN, *EVENT, *GOODBYE)]
    # where the reader works, the edition; answers whole and by each of five things, focused, their wording, the trend; periods and
    # their reviews; open stays; discharges and their reviews; actions
    assert sorted(set(counted)) == [
        "SELECT accounts_facility", "SELECT encounters_encounter", "SELECT openreview_action", "SELECT openreview_answer", "SELECT openreview_draw", "SELECT openreview_review", "SELECT rulebook_version", "WITH openreview_draw",
    ]  # fmt: skip
    assert counted.count("SELECT openreview_answer") == 9
    assert len(counted) <= 18
