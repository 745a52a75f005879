"""What a dry run says, adopting the version then does: no more, no less. And a dry run writes nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.audit.models import LifecycleEvent
from muniment.completion import actions, dryrun
from muniment.completion.dryrun import Asked, Effect
from muniment.completion.models import ChartStatus, Deficiency
from muniment.rulebook import actions as rulebook
from muniment.rulebook.rules import SourceKind
from support.house import system_actor
from support.stays import StayMaker, adopt_rules, practitioner

pytestmark = pytest.mark.rules("completion.")

CODES = ["34117-2", "18842-5", "11506-3", "11504-8", "61358-8"]
number = count(7000)
EVENTS = st.one_of(
    st.tuples(st.just("file"), st.sampled_from(CODES), st.booleans()),
    st.tuples(st.just("operate"), st.just("0DTJ4ZZ"), st.just(False)),
    st.tuples(st.just("waive"), st.sampled_from(CODES), st.just(False)),
    st.tuples(st.just("decline"), st.sampled_from(CODES), st.just(False)),
)
WARDS = st.lists(
    st.tuples(st.sampled_from(["IMP", "OBSENC"]), st.integers(1, 6), st.lists(EVENTS, max_size=4)), min_size=1, max_size=3
)
DUE = st.fixed_dictionaries({"days": st.integers(0, 30), "from": st.sampled_from(["admission", "discharge"])})
STAYS = st.fixed_dictionaries(
    {}, optional={
        "classes": st.lists(st.sampled_from(["IMP", "OBSENC"]), unique=True), "min_days": st.integers(1, 4),
        "procedures": st.sampled_from(["", "any", "none"]), "with_documents": st.lists(st.sampled_from(CODES), max_size=2),
    },
)  # fmt: skip
DOCUMENT = st.fixed_dictionaries(
    {"document": st.sampled_from(CODES).map(lambda code: {"codes": [code], "name": f"Document {code}"}), "due": DUE},
    optional={
        "signature": st.booleans(), "responsible": st.sampled_from(["attending", "operator"]),
        "elements": st.lists(
            st.sampled_from(["Hospital course", "Quality of sleep"]).map(lambda name: {"name": name}), max_size=2
        ),
    },
)  # fmt: skip
SIGNED = st.fixed_dictionaries({"codes": st.lists(st.sampled_from(CODES), unique=True), "due": DUE})
CLOCK = st.fixed_dictionaries({"due": DUE})


def both(first, second):
    return st.tuples(first, second).map(lambda pair: pair[0] | pair[1])


RULES = st.one_of(
    st.tuples(
        st.sampled_from(["completion.discharge-summary", "completion.history-and-physical", "completion.house-note"]),
        both(STAYS, DOCUMENT),
    ),
    st.tuples(st.just("completion.signatures"), both(STAYS, SIGNED)),
    st.tuples(st.just("completion.chart-clock"), both(STAYS, CLOCK)),
)
RELAXED = settings(max_examples=30)


def drain():
    while actions.drain(actor=system_actor()):
        pass


def happen(house, ward, event):
    what, code, signed = event
    if what == "file":
        ward.file(code, f"HOSPITAL COURSE:\nThe {next(number)}th.", signed=signed, author=ward.attending)
    elif what == "operate":
        ward.procedure(code)
    else:
        drain()
        row = Deficiency.objects.filter(encounter_id=ward.encounter_id, document_code=code, state="open").first()
        if row and what == "waive":
            actions.waive(
                actor=house.actor("administrator"), deficiency_id=row.id, reason="An old chart.", authority="Committee, 2 Mar"
            )
        elif row and row.responsible_id:
            actions.decline(actor=house.actor("clinician"), deficiency_id=row.id, reason="Not mine.")


def make(house, attending, wards):
    made = []
    for kind, days, events in wards:
        ward = StayMaker(house, attending, number=str(next(number)), class_code=kind)
        ward.admit()
        ward.discharge(days)
        for event in events:
            happen(house, ward, event)
        made.append(ward)
    drain()
    return made


def standing(wards):
    """The open deficiencies by (stay, key), and when the incomplete charts become delinquent."""
    stays = [ward.encounter_id for ward in wards]
    rows = Deficiency.objects.filter(encounter_id__in=stays, state="open")
    charts = ChartStatus.objects.filter(encounter_id__in=stays, open_count__gt=0)
    opened = {
        (row.encounter_id, row.key): (row.due_at, row.responsible_id, tuple(row.sections), row.document_code) for row in rows
    }
    return opened, dict(charts.values_list("encounter_id", "delinquent_at"))


def propose(house, code, parameters, since):
    return rulebook.propose(
        actor=house.actor("privacy-officer"), code=code, title="As proposed", statement="As the house wants it.", parameters=parameters,
        citation="House policy X", source_kind=SourceKind.HOUSE, effective_from=since,
    )  # fmt: skip


def asked(house, version):
    return Asked(term=dryrun.term_of(version), facilities=(house.hospital.id,), since=datetime(2020, 1, 1, tzinfo=UTC))


def written():
    """How many rows were written in this transaction so far, and the newest event."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables")
        return cursor.fetchone()[0], LifecycleEvent.objects.count()


def test_what_a_dry_run_says_adoption_does(house):
    adopt_rules(house)
    attending = practitioner(house, "Stone", "clinician")
    since = date(2026, 1, 1)

    @RELAXED
    @given(wards=WARDS, rule=RULES)
    def holds(wards, rule):
        made = make(house, attending, wards)
        version = propose(house, *rule, since)
        before, late_before = standing(made)
        untouched = written()
        counted, found = dryrun.tally(asked(house, version))
        assert written() == untouched
        here = {ward.encounter_id for ward in made}
        found = [one for one in found if one.stay.id in here]  # earlier examples' charts stand in the house too
        assert counted.looked >= len(made)

        rulebook.adopt(actor=house.actor("administrator"), version_id=version.id)
        drain()
        after, late_after = standing(made)
        said = {
            effect: {(one.stay.id, one.finding.key) for one in found if one.effect is effect} for effect in list(Effect)[:3]
        }
        assert said[Effect.OPEN] == after.keys() - before.keys()
        assert said[Effect.CLOSE] == before.keys() - after.keys()
        assert said[Effect.CHANGE] == {key for key in before.keys() & after.keys() if before[key] != after[key]}
        clocks = {one.stay.id: (one.was_due_at, one.due_at) for one in found if one.effect is Effect.CLOCK}
        for stay in late_before.keys() & late_after.keys():
            assert clocks.get(stay, (late_before[stay],) * 2) == (late_before[stay], late_after[stay])
        for one in found:
            if one.effect is Effect.OPEN:
                row = Deficiency.objects.get(encounter_id=one.stay.id, key=one.finding.key)
                assert (row.why, row.due_at) == (one.why, one.due_at)

    holds()
