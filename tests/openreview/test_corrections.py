"""Corrective actions: decided with what was measured, carried out, and called effective only by what was measured since."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from muniment.audit.verify import verify
from muniment.kernel.errors import Conflict, NotAllowedInState, Refused
from muniment.openreview.corrections import actions, queries
from muniment.openreview.models import CorrectiveAction
from support.openreview import Scene, adopt_rules, at, get, plan, text, words_of
from support.web import client_of


@pytest.fixture
def scene(house):
    """Six stays, all of them in the plan; on 8 March two were drawn and reviewed, and every entry was found wanting."""
    made = Scene(house, stays=6, rules=False)
    plan(house)
    for prefix in ("openreview.worksheet", "completion."):
        adopt_rules(house, prefix)
    with at(3, 8):
        made.look()
        review_all(made, "no")
    return made


def review_all(scene, given):
    for row in scene.reviews():
        if row.state == "waiting":
            scene.finish(scene.answer_all(scene.begin(row), given))


def carried_out(scene):
    with at(3, 10):
        row = scene.decide("legible")
        return actions.carry_out(actor=scene.administrator, action_id=row.id, words="New scanner on the ward.")


def weeks(scene, given, *days):
    for day in days:
        with at(3, day):
            scene.look()
            review_all(scene, given)


def judge(scene, row, *, effective=True):
    return actions.judge(actor=scene.administrator, action_id=row.id, effective=effective, reason="As measured.")


def test_what_was_measured_stands_with_it(scene):
    with at(3, 10):
        row = scene.decide("legible")
        assert (row.before_yes, row.before_no, row.threshold) == (0, 2, 90)
        assert scene.items(row.id) == [("open-record-actions", "assigned")]
        assert queries.running([scene.hospital.id]) == {"legible": 1}
    assert verify().sound


def test_it_is_effective_by_what_was_measured_since_and_not_before(scene):
    row = carried_out(scene)
    with at(3, 11), pytest.raises(NotAllowedInState, match="Only 0 answers"):
        judge(scene, row)
    weeks(scene, "yes", 15, 22, 29)
    with at(3, 30):
        since = queries.measured(scene.hospital.id, "legible", since=row.done_at)
        assert (since.yes, since.no) == (6, 0)
        assert judge(scene, row).state == "effective"
        assert queries.running([scene.hospital.id]) == {}
        assert [state for _, state in scene.items(row.id)] == ["done", "done"]
        with pytest.raises(NotAllowedInState):
            judge(scene, row)
    assert verify().sound


def test_below_the_threshold_it_is_not_called_effective(scene):
    row = carried_out(scene)
    weeks(scene, "no", 15, 22, 29)
    with at(3, 30):
        with pytest.raises(Refused, match="below 90 %"):
            judge(scene, row)
        assert judge(scene, row, effective=False).state == "not effective"


def test_who_may_and_what_must_be_said(scene):
    with at(3, 10):
        with pytest.raises(Refused, match="Only an administrator"):
            scene.decide("legible", actor=scene.technician)
        with pytest.raises(Refused, match="Say what is done"):
            scene.decide("legible", " ")
        with pytest.raises(Refused, match="no such question"):
            scene.decide("weather")
        with pytest.raises(Refused, match="lie ahead"):
            scene.decide("legible", due_on=date(2026, 3, 9))
        row = scene.decide("legible")
        with pytest.raises(NotAllowedInState):
            judge(scene, row)
        with pytest.raises(Refused, match="Only an administrator"):
            actions.carry_out(actor=scene.technician, action_id=row.id, words="Done.")
        with pytest.raises(Conflict):
            actions.carry_out(actor=scene.administrator, action_id=row.id, words="Done.", revision=9)


def test_from_the_figures_to_its_end_on_the_screens(scene):
    with at(3, 20):
        figures = get(scene, "figures", "administrator")
        assert reverse("openreview-decide") + "?question=legible" in figures.content.decode()
        client = client_of(scene.house.users["administrator"])
        form = client.get(reverse("openreview-decide"), {"question": "legible"})
        assert "selected>Is every entry legible" in form.content.decode()
        said = {
            "question": "legible",
            "facility": scene.hospital.id,
            "owner": scene.house.users["administrator"].id,
            "what": "Scan in colour.",
            "due_on": "some day",
        }
        assert "Write a day like" in text(client.post(reverse("openreview-decide"), said))
        shown = text(client.post(reverse("openreview-decide"), said | {"due_on": "+14"}, follow=True))
        for words in ("Decided.", "Scan in colour.", "3 Apr 2026", "0 % (0 of 2)", "To be carried out"):
            assert words in shown, words
        row = CorrectiveAction.objects.get()
        address = reverse("openreview-action-step", args=[row.id, "carry-out"])
        assert "Carried out." in text(
            client.post(address, {"words": "Done on all wards.", "revision": row.revision}, follow=True)
        )
        address = reverse("openreview-action-step", args=[row.id, "judge"])
        assert "Only 0 answers" in text(
            client.post(address, {"effective": "yes", "reason": "Good.", "revision": row.revision + 1})
        )
        assert "Scan in colour." in text(get(scene, "actions", "auditor", state="done"))
        assert "Scan in colour." not in text(get(scene, "actions", "auditor", state="open"))
        assert "Only an administrator decides" in text(get(scene, "decide", "technician"))
        report = words_of(get(scene, "report", "auditor"))
    assert "Scan in colour." in report
    assert "0 % (0 of 2)" in report
