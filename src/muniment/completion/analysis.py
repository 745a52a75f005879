"""How analysed charts get into the tables: what is new is opened, what came back reopened, what is settled closed, all in bulk.

Called only by ``actions``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q

from muniment.accounts.models import Practitioner
from muniment.completion.charts import Chart, users_of
from muniment.completion.findings import closings, deficiencies, delinquent_at
from muniment.completion.models import ChartStatus, Deficiency, DeficiencyStep
from muniment.completion.queues import ANALYSIS, INBOX
from muniment.completion.rules import TASKS, TRANSITIONS, Closing, Finding, Kind, State, Step
from muniment.core import clock
from muniment.core.actions import stands
from muniment.core.actor import Actor
from muniment.core.bulk import Asked, Known, ask, keep
from muniment.core.models import MunimentModel
from muniment.core.rows import columns, rows
from muniment.kernel.ids import uuid7
from muniment.ui.words import inside
from muniment.work.actions import NewItem

STATUS, DEFICIENCY = ("patient_id", "encounter_id"), ("patient_id", "encounter_id", "key")  # the columns that tell rows apart


def lock(encounters: Iterable[UUID]) -> None:
    """One analysis or decision at a time for each chart, until the transaction ends; always taken in the same order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(key) FROM (SELECT unnest(%s::bigint[]) AS key) AS keys",
            [sorted({encounter.int & ((1 << 62) - 1) for encounter in encounters})],
        )


@dataclass(slots=True)
class Plan:
    """What an analysis is going to change."""

    opened: list[Deficiency] = field(default_factory=list)
    reopened: list[Deficiency] = field(default_factory=list)
    refreshed: list[Deficiency] = field(default_factory=list)
    moved: list[Deficiency] = field(default_factory=list)  # of the refreshed: owed by somebody else now
    restated: list[tuple[Deficiency, Deficiency]] = field(default_factory=list)  # the others of them: as it was, as it is
    closed: list[tuple[Deficiency, Closing]] = field(default_factory=list)
    statuses: list[ChartStatus] = field(default_factory=list)
    dropped: list[ChartStatus] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not (self.opened or self.reopened or self.refreshed or self.closed or self.statuses or self.dropped)

    @property
    def to_do(self) -> list[Deficiency]:
        return [*self.opened, *self.reopened, *self.moved]


def plan(charts: Sequence[Chart]) -> Plan:
    """Compare what the charts lack with what is stored. One round trip."""
    asked = [[chart.stay.patient_id for chart in charts], [chart.stay.id for chart in charts]]
    stored: dict[UUID, dict[str, Deficiency]] = defaultdict(dict)
    known: dict[UUID, ChartStatus] = {}

    def take_stored(cursor: Any) -> None:
        for row in rows(Deficiency, cursor.fetchall()):
            stored[row.encounter_id][row.key] = row

    def take_known(cursor: Any) -> None:
        known.update((row.encounter_id, row) for row in rows(ChartStatus, cursor.fetchall()))

    ask(Asked(_of_charts(Deficiency), asked, take_stored), Asked(_of_charts(ChartStatus), asked, take_known))
    made = Plan()
    for chart in charts:
        _plan_chart(made, chart, stored[chart.stay.id], known.get(chart.stay.id))
    return made


def _of_charts(model: type[MunimentModel]) -> str:
    return (
        f"SELECT {columns(model)} FROM {model._meta.db_table}"
        " WHERE patient_id = ANY(%s::uuid[]) AND encounter_id = ANY(%s::uuid[])"
    )


def _plan_chart(made: Plan, chart: Chart, stored: dict[str, Deficiency], status: ChartStatus | None) -> None:
    findings = deficiencies(chart.facts, chart.documents, chart.rules) if chart.facts else []
    waived = 0
    for finding in findings:
        row = stored.get(finding.key)
        waived += bool(row and row.state == State.WAIVED)
        _plan_finding(made, chart, row, finding)
    open_keys = [key for key, row in stored.items() if row.state == State.OPEN]
    for closing in closings(open_keys, chart.facts, chart.documents, chart.rules, findings):
        made.closed.append((stored[closing.key], closing))
    _plan_status(made, chart, len(findings) - waived, status)


def _plan_finding(made: Plan, chart: Chart, row: Deficiency | None, finding: Finding) -> None:
    if row is None:
        made.opened.append(_new(chart, finding))
    elif row.state in (State.COMPLETED, State.CANCELLED, State.CLOSED):
        _take_over(row, finding)
        row.state, row.closed_at, row.closed_why, row.closed_entry_id = State.OPEN, None, "", None
        made.reopened.append(row)
    elif row.state == State.OPEN:
        was = copy(row)
        if _take_over(row, finding):
            made.refreshed.append(row)
            if row.responsible_id != was.responsible_id:
                made.moved.append(row)
            else:
                made.restated.append((was, row))


def _new(chart: Chart, finding: Finding) -> Deficiency:
    row = Deficiency(
        id=uuid7(), patient_id=chart.stay.patient_id, encounter_id=chart.stay.id, facility_id=chart.stay.facility_id,
        key=finding.key, revision=0,
    )  # fmt: skip
    _take_over(row, finding)
    return row


def _take_over(row: Deficiency, finding: Finding) -> bool:
    """Write the finding's facts into the row, but for a person's decision who owes it. Whether anything changed."""
    rule = finding.rule
    values: dict[str, Any] = {
        "kind": finding.kind, "rule_code": rule.code, "rule_number": rule.number, "citation": rule.citation,
        "verified": rule.verified, "document_code": finding.document_code, "document_name": finding.document_name[:200],
        "entry_id": finding.entry_id, "why": finding.why, "due_at": finding.due_at,
        "sections": list(finding.sections),
        "responsible_id": row.responsible_id if row.decided else finding.responsible_id,
    }  # fmt: skip
    changed = any(getattr(row, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(row, name, value)
    return changed


def _plan_status(made: Plan, chart: Chart, missing: int, status: ChartStatus | None) -> None:
    if chart.facts is None:
        if status:
            made.dropped.append(status)
        return
    limit = chart.rules.clock
    late = delinquent_at(chart.facts, chart.rules)
    cited = limit[0].cited if limit and late else ""
    found = (chart.facts.discharged_at, missing, late, cited)
    if status and found == (status.discharged_at, status.open_count, status.delinquent_at, status.clock_citation):
        return
    since = status.complete_since if status and not missing else None
    made.statuses.append(
        ChartStatus(
            patient_id=chart.stay.patient_id, encounter_id=chart.stay.id, facility_id=chart.stay.facility_id,
            discharged_at=found[0], open_count=missing, delinquent_at=late, clock_citation=cited,
            complete_since=None if missing else since or clock.now(),
        )
    )  # fmt: skip


def write(made: Plan, *, actor: Actor, event_id: UUID, at: datetime) -> None:
    """Write the plan, by the end of the unit of work. A fixed number of statements, whatever the number of charts."""
    for row in (*made.opened, *made.reopened):
        row.opened_at, row.event_id, row.revision = at, event_id, row.revision + 1
    for row in made.refreshed:
        row.event_id, row.revision = event_id, row.revision + 1
    for row, closing in made.closed:
        row.state, row.closed_at, row.closed_why, row.closed_entry_id = _ended(closing), at, closing.why, closing.entry_id
        row.event_id, row.revision = event_id, row.revision + 1
    changed = [*made.reopened, *made.refreshed, *(row for row, _ in made.closed)]
    keep(made.opened, key=DEFICIENCY)
    keep(changed, key=DEFICIENCY, known=Known.REPLACED)
    stands(*made.opened, *changed)
    _note_steps(made, actor, event_id, at)
    _write_statuses(made)


def _ended(closing: Closing) -> State:
    return TRANSITIONS[State.OPEN, closing.step]


def _note_steps(made: Plan, actor: Actor, event_id: UUID, at: datetime) -> None:
    told = [(row, Step.OPEN, row.why) for row in made.opened]
    told += [(row, Step.REOPEN, row.why) for row in made.reopened]
    told += [(row, Step.REASSIGN, "The record names another clinician now.") for row in made.moved]
    told += [(row, closing.step, closing.why) for row, closing in made.closed]
    steps = [step(row, kind, actor, at, reason, event_id) for row, kind, reason in told]
    keep(steps)
    stands(*steps)


def step(row: Deficiency, kind: Step, actor: Actor, at: datetime, reason: str, event_id: UUID) -> DeficiencyStep:
    return DeficiencyStep(
        patient_id=row.patient_id, deficiency_id=row.id, at=at, step=kind, actor_id=actor.id, actor_name=actor.name,
        reason=reason[:400], responsible_id=row.responsible_id, event_id=event_id,
    )  # fmt: skip


def _write_statuses(made: Plan) -> None:
    keep(made.statuses, key=STATUS, known=Known.REPLACED)
    if made.dropped:
        encounters = [one.encounter_id for one in made.dropped]
        patients = [one.patient_id for one in made.dropped]
        ChartStatus.objects.filter(patient_id__in=patients, encounter_id__in=encounters).delete()


def recount(patient_id: UUID, encounter_id: UUID, at: datetime) -> None:
    """Say anew how many deficiencies of a chart are open, after one was waived."""
    counts = Deficiency.objects.filter(patient_id=patient_id, encounter_id=encounter_id).aggregate(
        open=Count("id", filter=Q(state=State.OPEN))
    )
    ChartStatus.objects.filter(patient_id=patient_id, encounter_id=encounter_id).update(
        open_count=counts["open"], complete_since=None if counts["open"] else at
    )


def items(rows: Sequence[Deficiency]) -> list[NewItem]:
    """What is to be done about these deficiencies: by the clinician who owes it, else by a technician."""
    people = users_of(row.responsible_id for row in rows)
    return [_item(row, people.get(row.responsible_id) if row.responsible_id else None) for row in rows]


def _item(row: Deficiency, responsible: Practitioner | None, reason: str = "") -> NewItem:
    user = responsible.user if responsible and responsible.user and responsible.user.is_active else None
    verb = TASKS[Kind(row.kind)]
    nobody = f"{responsible} has no sign-in here. " if responsible else "Nobody is named as responsible. "
    return NewItem(
        queue=INBOX if user else ANALYSIS, subject=("deficiency", str(row.id)), citation=cited(row),
        title=f"{verb} {inside(row.document_name)}" if user else f"Reassign {inside(row.document_name)}",
        reason=reason or (row.why if user else nobody + row.why), facility_id=row.facility_id, patient_id=row.patient_id,
        encounter_id=row.encounter_id, owner_id=user.id if user else None, due_at=row.due_at,
    )  # fmt: skip


def item_for(row: Deficiency, reason: str = "") -> NewItem:
    """The work about one deficiency, with a reason of its own where there is one."""
    return _item(row, users_of([row.responsible_id]).get(row.responsible_id) if row.responsible_id else None, reason)


def cited(row: Deficiency) -> str:
    """The citation as it is shown: "unverified" where nobody has read the primary text."""
    return row.citation if row.verified else f"{row.citation} (unverified)"
