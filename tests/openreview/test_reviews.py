"""Drawing, reviewing, finding and mending, through the actions."""

from __future__ import annotations

import pytest

from muniment.audit.verify import verify
from muniment.kernel.errors import Conflict, NotAllowedInState, Refused
from muniment.openreview import actions, sampling
from muniment.openreview.models import Draw, GivenAnswer, Review
from muniment.openreview.rules import Step
from support.house import system_actor
from support.openreview import HP, PROGRESS, Scene, at, plan

pytestmark = pytest.mark.rules("openreview.", "completion.", "qualitative.")


@pytest.fixture
def scene(house):
    return Scene(house)


@pytest.fixture
def ward_of_five(house):
    """Five stays and a plan of two a week."""
    made = Scene(house, stays=5, rules=False)
    plan(house)
    return made


def test_a_draw_can_be_drawn_again_from_what_is_kept(ward_of_five):
    with at(3, 8):
        assert ward_of_five.look() == 2
    (row,) = ward_of_five.draws()
    assert (row.period, row.required, row.target, row.have, row.short, row.seen) == ("2026-W10", 2, 2, 2, 0, 5)
    assert sampling.in_order(bytes(row.seed), row.population)[:2] == row.drawn
    assert {one.encounter_id for one in ward_of_five.reviews()} == set(row.drawn)
    assert all("Drawn by lot:" in one.reason and "out of 5 open stays" in one.reason for one in ward_of_five.reviews())
    assert all(ward_of_five.items(one.id) == [("open-record-review", "open")] for one in ward_of_five.reviews())
    assert verify().sound


def test_a_stratum_is_drawn_once_a_day_and_a_stay_once_a_period(ward_of_five):
    with at(3, 4):
        assert ward_of_five.look() == 1  # three of seven days: one of two
        assert ward_of_five.look() == 0
    with at(3, 8):
        assert ward_of_five.look() == 1
        assert len({one.encounter_id for one in ward_of_five.reviews()}) == 2
    with at(3, 9, 7):
        assert ward_of_five.look() == 1  # another week
    assert Draw.objects.count() == 3


def test_what_a_period_lacks_is_said(house):
    made = Scene(house, stays=1, rules=False)
    plan(house)
    with at(3, 8):
        made.look()
    (row,) = made.draws()
    assert (row.required, row.have, row.short) == (2, 1, 1)


def test_left_out_is_made_up_for_by_the_next_draw_with_another_stay(ward_of_five):
    with at(3, 7):
        ward_of_five.look()
        first = ward_of_five.reviews()[0]
        actions.leave_out(
            actor=ward_of_five.technician,
            patient_id=first.patient_id,
            review_id=first.id,
            reason="Transferred out this morning.",
        )
        assert ward_of_five.items(first.id) == [("open-record-review", "cancelled")]
    with at(3, 8):
        assert ward_of_five.look() == 1
    assert len({one.encounter_id for one in ward_of_five.reviews()}) == 3


@pytest.mark.parametrize(
    ("more", "drawn"),
    [({"min_hours": 500}, 0), ({"except_flags": ["test"]}, 2), ({"strata": [{"name": "A", "facilities": ["CLIN"], "count": 2}]}, 0),
     ({"strata": [{"name": "A", "classes": ["EMER"], "count": 2}]}, 0), ({"strata": [{"name": "A", "percent": 41}]}, 3),
     ({"strata": [{"name": "A", "services": ["Cardiology"], "count": 2}]}, 0)],
)  # fmt: skip
def test_the_plan_says_who_and_how_many(house, more, drawn):
    made = Scene(house, stays=5, rules=False)
    plan(house, **more)
    with at(3, 8):
        assert made.look() == drawn


def test_a_stay_that_has_just_ended_still_counts_as_the_plan_says(house):
    made = Scene(house, stays=1, rules=False)
    made.wards[0].discharge(5)  # 7 March
    plan(house, days_after_discharge=1)
    with at(3, 8, 8):
        assert made.look() == 1
    with at(3, 9):
        assert made.look() == 0


def test_without_a_rule_nothing_is_drawn_and_one_that_can_not_be_read_is_named(house):
    from muniment.openreview import queries

    made = Scene(house, rules=False)
    plan(house, strata=[{"name": "A", "count": 0}])
    with at(3, 8):
        assert made.look() == 0
    assert "needs a count above 0" in queries.book().broken[0]


def test_the_record_answers_what_it_can_and_nothing_else_is_answered(scene):
    with at(3, 4):
        row = scene.begin(scene.add())
        assert row.answers["hp-24h"]["answer"] == "no"
        assert "It is not in the chart" in row.answers["hp-24h"]["machine"]["words"]
        assert row.answers["hp-24h"]["by"] == "check"
        assert "legible" not in row.answers
        assert row.answers["verbal-orders"]["answer"] == "na"
        assert scene.items(row.id) == [("open-record-review", "assigned")]
    assert verify().sound


def test_it_is_overruled_only_with_a_reason(scene):
    with at(3, 4):
        row = scene.begin(scene.add())
        with pytest.raises(Refused, match="Say why you overrule"):
            scene.answer(row, "hp-24h", "yes")
        row = scene.answer(row, "hp-24h", "yes", "It lies on paper on the ward.")
        assert (row.answers["hp-24h"]["answer"], row.answers["hp-24h"]["by"]) == ("yes", scene.technician.name)
        assert row.answers["hp-24h"]["machine"]["answer"] == "no"
        row = scene.answer(row, "hp-24h", "no")  # as the record has it
        assert row.answers["hp-24h"]["by"] == "check"


def test_a_no_that_somebody_is_told_says_what_is_wrong(scene):
    with at(3, 4):
        row = scene.begin(scene.add())
        with pytest.raises(Refused, match="Say what is wrong"):
            scene.answer(row, "legible", "no")
        scene.answer(row, "abbreviations", "no")  # nobody is told
        row = scene.finish(scene.answer_all(scene.answer(row, "legible", "no", "Page 2 is blurred.")))
    assert scene.findings()["legible"].words == "Page 2 is blurred."


def test_the_second_is_told_and_nothing_of_theirs_is_written(scene):
    with at(3, 4):
        row = scene.begin(scene.add())
        scene.answer(row, "legible", "yes", actor=scene.administrator, revision=row.revision)
        with pytest.raises(Conflict, match=r"Test Administrator.* changed this"):
            scene.answer(row, "legible", "no", revision=row.revision)
    assert Review.objects.get(id=row.id).answers["legible"]["answer"] == "yes"


def test_it_is_finished_only_when_all_is_answered_and_stands_then(scene):
    with at(3, 4):
        row = scene.begin(scene.add())
        with pytest.raises(NotAllowedInState, match="not answered"):
            scene.finish(row)
        row = scene.finish(scene.answer_all(row))
        with pytest.raises(NotAllowedInState):
            scene.answer(row, "legible", "no")
        with pytest.raises(NotAllowedInState):
            scene.finish(row)
    given = {one.question: one for one in GivenAnswer.objects.filter(review_id=row.id)}
    assert len(given) == 13
    assert (given["hp-24h"].answer, given["hp-24h"].by_check, given["legible"].by_check) == ("no", True, False)
    assert scene.items(row.id) == [("open-record-review", "done")]


def test_what_can_be_mended_is_told_to_who_can(scene):
    with at(3, 4):
        scene.wards[0].file(PROGRESS, author=scene.stone)
    with at(3, 7):
        scene.reviewed()
        found = scene.findings()
        assert set(found) == {"allergies", "signed", "hp-24h"}  # the days without a note are past mending
        for one in found.values():
            assert scene.items(one.id) == [("open-record-findings", "assigned")]
            assert one.owner_id == scene.stone.id
        assert "Progress note" in found["signed"].places[0]["words"]
    assert verify().sound


def test_what_the_record_shows_mended_ends_by_itself(scene):
    with at(3, 4):
        note = scene.wards[0].file(PROGRESS, author=scene.stone)
    with at(3, 7):
        scene.reviewed()
        assert actions.look_again(actor=system_actor()) == 0
        scene.wards[0].file(
            PROGRESS, author=scene.stone, entry_id=note, text="Allergies:\nNone known.\nPlan:\nHome.", signed=True
        )
        scene.wards[0].file(HP, author=scene.stone, days=4.5)  # late, but there
        assert actions.look_again(actor=system_actor()) == 3
        found = scene.findings()
        assert {one.state for one in found.values()} == {"mended"}
        assert found["signed"].settled_by == "test"
        assert scene.items(found["signed"].id) == [("open-record-findings", "done")]


def test_who_owes_it_says_so_and_somebody_looks_again(scene):
    with at(3, 4):
        scene.reviewed(given="no")
        row = scene.findings()["legible"]
        assert row.owner_id is None
        assert scene.items(row.id) == [("open-record-recheck", "open")]
        about = {"patient_id": row.patient_id, "finding_id": row.id}
        with pytest.raises(Refused, match="not yours"):
            actions.say_mended(actor=scene.clinician, **about, words="Done.")
        actions.say_mended(actor=scene.technician, **about, words="Scanned anew.")
        with pytest.raises(Refused, match="may not change"):
            actions.recheck(actor=scene.clinician, **about, way=Step.MEND, reason="Seen.")
        assert actions.recheck(actor=scene.administrator, **about, way=Step.RETURN, reason="Still blurred.").state == "open"
        actions.say_mended(actor=scene.technician, **about, words="Scanned once more.")
        assert actions.recheck(actor=scene.administrator, **about, way=Step.MEND, reason="Clear now.").state == "mended"
        with pytest.raises(NotAllowedInState):
            actions.recheck(actor=scene.administrator, **about, way=Step.MEND, reason="Again.")
    assert verify().sound


def test_a_focused_review_says_why_and_stands_once_at_a_time(scene):
    with at(3, 4):
        with pytest.raises(Refused, match="Say why"):
            scene.add(reason=" ")
        scene.add()
        with pytest.raises(NotAllowedInState, match="waiting already"):
            scene.add()
        with pytest.raises(Refused):
            scene.add(actor=scene.clinician)
    scene.wards[0].discharge(3)
    with at(3, 20), pytest.raises(NotAllowedInState, match="This stay is over"):
        scene.add()


def test_another_facilitys_review_is_not_there(scene):
    from muniment.accounts import actions as accounts
    from muniment.accounts.queries import actor_for
    from muniment.accounts.rules import Role

    far = accounts.add_user(actor=system_actor(), username="far", family="Far", given="Fay")
    accounts.assign_role(actor=system_actor(), user=far, role=Role.TECHNICIAN, facilities=[scene.house.clinic])
    with at(3, 4):
        row = scene.add()
        with pytest.raises(Refused):
            scene.begin(row, actor=actor_for(far))


def test_a_history_in_time_is_found(scene):
    with at(3, 3, 8):
        scene.wards[0].file(HP, author=scene.stone, days=0.5)
    with at(3, 4):
        row = scene.begin(scene.add())
    assert row.answers["hp-24h"]["answer"] == "yes"
    assert row.answers["hp-whole"]["answer"] == "yes"
