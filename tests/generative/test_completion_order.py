"""Any order of events gives the same open deficiencies as analysing the final chart from nothing."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.completion import actions, charts
from muniment.completion.findings import deficiencies
from muniment.completion.models import ChartStatus, Deficiency
from muniment.work.models import WorkItem
from support.house import system_actor
from support.stays import StayMaker, adopt_rules, practitioner

pytestmark = pytest.mark.rules("completion.")

CODES = ["34117-2", "18842-5", "11506-3", "11504-8", "61358-8", "34111-5"]
EVENTS = st.one_of(
    st.tuples(st.just("file"), st.sampled_from(CODES), st.booleans()),
    st.tuples(st.just("file and sign"), st.sampled_from(CODES), st.just(True)),
    st.tuples(st.just("file and retract"), st.sampled_from(CODES), st.booleans()),
    st.tuples(st.just("order by word of mouth"), st.sampled_from(["P1", "P2"]), st.just(False)),
    st.tuples(st.just("take the order back"), st.just("P1"), st.just(False)),
    st.tuples(st.just("verify the order"), st.sampled_from(["P1", "P2"]), st.booleans()),
    st.tuples(st.just("operate"), st.just("0DTJ4ZZ"), st.booleans()),
    st.tuples(st.just("analyse"), st.just(""), st.just(False)),
)
LATER = st.tuples(st.sampled_from(["analyse", "cancel the discharge", "discharge again"]), st.just(""), st.just(False))
number = count(1)


def drain():
    while actions.drain(actor=system_actor()):
        pass


def happen(ward, event):
    what, code, flag = event
    if what == "analyse":
        drain()
    elif what in MOVES:
        MOVES[what](ward)
    elif what == "order by word of mouth":
        ward.spoken_order(code, by=ward.attending)
    elif what == "take the order back":
        ward.spoken_order(code, by=ward.attending, retracts=True)
    elif what == "verify the order":
        ward.verified_order(code, ward.attending if flag else ward.nurse)
    elif what == "operate":
        ward.procedure(code, days=2 if flag else 1)
    else:
        entry = ward.file(code, f"First {code}", signed=flag and what == "file")
        if what != "file":
            ward.file(
                code, f"Second {code}", entry_id=entry, signed=what == "file and sign", retracts=what == "file and retract"
            )


MOVES = {
    "admit": lambda ward: ward.admit(),
    "discharge": lambda ward: ward.discharge(),
    "cancel the discharge": lambda ward: ward.cancel_discharge(),
    "discharge again": lambda ward: ward.discharge(5),
}


def open_of(ward):
    rows = Deficiency.objects.filter(patient_id=ward.patient.id, encounter_id=ward.encounter_id, state="open")
    return sorted((row.rule_code, row.kind, row.why) for row in rows)


def from_nothing(ward):
    (chart,) = charts.load([(ward.patient.id, ward.encounter_id)])
    found = deficiencies(chart.facts, chart.documents, chart.rules) if chart.facts else []
    return sorted((one.rule.code, str(one.kind), one.why) for one in found)


def check_consistent(ward):
    """Work items, chart status and deficiencies tell the same."""
    opened = {str(row.id) for row in Deficiency.objects.filter(encounter_id=ward.encounter_id, state="open")}
    active = WorkItem.objects.filter(encounter_id=ward.encounter_id, state__in=["open", "assigned"])
    assert {item.subject_id for item in active} == opened
    status = ChartStatus.objects.filter(encounter_id=ward.encounter_id).first()
    assert (status.open_count if status else 0) == len(opened)


RELAXED = settings(max_examples=25)


class Setting:
    """Rules and a clinician, made once for all examples of a test."""

    def __init__(self, house):
        adopt_rules(house)
        self.house, self.attending = house, practitioner(house, "Stone", "clinician")
        self.nurse = practitioner(house, "Nurse", credential="RN")

    def ward(self):
        made = StayMaker(self.house, self.attending, number=str(next(number)))
        made.nurse = self.nurse
        return made


def test_whatever_happens_the_open_ones_are_those_of_the_final_chart(house):
    setting = Setting(house)

    @RELAXED
    @given(events=st.lists(EVENTS, max_size=6), later=st.lists(LATER, max_size=4))
    def holds(events, later):
        ward = setting.ward()
        for event in [("admit", "", False), *events, ("discharge", "", False), *later]:
            happen(ward, event)
        drain()
        assert open_of(ward) == from_nothing(ward)
        check_consistent(ward)

    holds()


def test_the_order_of_events_does_not_matter(house):
    """Taking an order back is a version after the one that gave it: the two have their own order, as in their source."""
    setting = Setting(house)
    both = [("admit", "", False), ("discharge", "", False)]

    @RELAXED
    @given(
        data=st.data(), events=st.lists(EVENTS.filter(lambda one: one[0] not in ("analyse", "take the order back")), max_size=5)
    )
    def holds(data, events):
        found = []
        for _ in range(2):
            ward = setting.ward()
            for event in data.draw(st.permutations([*both, *events])):
                happen(ward, event)
                if data.draw(st.booleans()):
                    drain()
            drain()
            found.append(open_of(ward))
            check_consistent(ward)
        assert found[0] == found[1]

    holds()
