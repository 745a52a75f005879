"""Grouping a year of final codings once more. Nothing of a stay is changed by it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from muniment.codeupdates import permissions, queries, updates
from muniment.codeupdates.models import RegroupedStay, Regrouping, State
from muniment.codeupdates.regrouping import Regrouped, Tally, regroup
from muniment.coding.grouping import version_on
from muniment.coding.site import site_grouper
from muniment.coding.terms import weighting
from muniment.core import clock
from muniment.core.actions import action, leave, stands, unchanged
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.kernel.ids import uuid7

AT_ONCE = 1000  # stays a step: what is lost when a worker is killed


@action("codeupdates.regroup", Lifecycle.WORK)
def start(*, actor: Actor, day: date) -> Regrouping:
    """Have the worker group the final codings of the year before ``day`` by the version of that day.

    A run that was begun and is not at its end goes on instead. Raises Refused for a day on which no release begins, Problem where no
    grouper is known for it.
    """
    from muniment.codeupdates.jobs import regroup_year  # the job carries out what is begun here

    permissions.check_regroup(actor)
    found = updates.update(day)
    run = queries.last_run(found.day)
    if run is None or run.state != State.RUNNING:
        run = _begun(actor, found.day)
        leave(
            subject=("code-update", found.day),
            after={"version": run.version, "since": run.since.isoformat(), "stays": run.total},
        )
    elif queries.is_silent(run):
        leave(subject=("code-update", found.day), after={"goes on behind": run.done})
    else:
        unchanged()
        return run
    regroup_year.defer(run_id=str(run.id))
    return run


def _begun(actor: Actor, day: date) -> Regrouping:
    version, since = version_on(day), _year_before(day)
    run = Regrouping(
        id=uuid7(), day=day, since=since, version=version, total=queries.how_many(since, day), started_at=clock.now(),
        started_by=actor.name, heard_at=clock.now(),
    )  # fmt: skip
    run.save(force_insert=True)
    stands(run)
    return run


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


@action("codeupdates.regroup-some", Lifecycle.WORK)
def go_on(*, actor: Actor, run_id: UUID) -> bool:
    """The next thousand stays of a run. Returns whether there are more: what is kept names the last one, so that any worker goes on."""
    run = queries.run_for_update(run_id)
    if run.state != State.RUNNING:
        unchanged()
        return False
    some = queries.coded(run.since, run.day, (run.cursor_patient, run.cursor_encounter), AT_ONCE)
    tally, changing = Tally.read(run.figures, run.usage), _changing(run.day)
    grouper, weight_of = site_grouper(), lru_cache(maxsize=None)(lambda drg: _weight(drg, run.day))
    made = [regroup(one, grouper, run.version, weight_of) for one in some]
    for one in made:
        tally.add(one, changing)
    _keep(run, [one for one in made if one.changed])
    run.figures, run.usage, run.done = tally.written(), tally.usage, run.done + len(some)
    if some:
        run.cursor_patient, run.cursor_encounter = some[-1].patient_id, some[-1].encounter_id
    run.state = State.RUNNING if len(some) == AT_ONCE else State.DONE
    run.heard_at = clock.now()
    run.save(update_fields=Regrouping.changing)
    stands(run)
    leave(subject=("code-update", run.day), after={"stays": run.done, "state": run.state})
    return run.state == State.RUNNING


def _changing(day: date) -> frozenset[str]:
    return frozenset(one.key for one in updates.changes_of(updates.update(day)))


def _weight(drg: int, day: date) -> Decimal | None:
    return weighting(drg, day).weight


def _keep(run: Regrouping, changed: list[Regrouped]) -> None:
    rows = [
        RegroupedStay(
            id=uuid7(), run=run, patient_id=one.of.patient_id, encounter_id=one.of.encounter_id, facility_id=one.of.facility_id,
            service=one.of.service, before=one.of.drg, after=one.drg, before_weight=one.of.weight, after_weight=one.weight,
            why=one.why[:200],
        ) for one in changed
    ]  # fmt: skip
    RegroupedStay.objects.bulk_create(rows)
    stands(*rows)
