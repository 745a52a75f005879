"""The demo hospital's coding audits: a draw of last week with audits in every state, and this morning's look."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from muniment.accounts import queries as accounts
from muniment.accounts.models import Facility, User
from muniment.accounts.rules import Role
from muniment.coding.drafting import Draft
from muniment.coding.drafting import Role as Part
from muniment.codingaudit import actions, queries
from muniment.codingaudit.judging import Said
from muniment.codingaudit.models import Audit
from muniment.codingaudit.parameters import plan_of
from muniment.codingaudit.rules import State
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.demo.organisation import ORGANISATION_CODE
from muniment.rulebook import queries as rulebook

DRAWN, AUDITED = 5, 8  # days before the morning the demo begins; how many were coded again
FAR = (State.CLOSED, State.TOLD, State.JUDGING, State.CLOSED, State.RULING, State.CLOSED, State.THIRD, State.CLOSED)
JUDGED = "The chart names it once, and nobody evaluated, treated or watched it."
DISPUTED = "It was monitored on three days; see the progress notes."


def run(as_of: datetime) -> None:
    if Audit.objects.exists():
        return
    worker = Actor.system("worker", organisation=ORGANISATION_CODE)
    with clock.at(as_of - timedelta(days=DRAWN)):
        for facility in Facility.objects.order_by("code"):
            _draw(worker, facility)
    with clock.at(as_of - timedelta(days=1)):
        for place, audit in enumerate(Audit.objects.order_by("chosen_at", "id")[:AUDITED]):
            _audit(audit, FAR[place])


def _draw(worker: Actor, facility: Facility) -> None:
    day = queries.today_at(facility)
    governs = plan_of(rulebook.at(day))
    if governs is None:
        return
    rule, plan = governs
    for coder_id in queries.eligible(facility, plan.back_days):
        actions.draw(actor=worker, facility=facility, coder_id=coder_id, sample=actions.RANDOM, day=day, rule=rule, plan=plan)


def _coders(audit: Audit) -> list[Actor]:
    """Who may audit it: coders of the facility who did not code the stay."""
    found = (
        User.objects.filter(assignments__role=Role.CODER, is_active=True)
        .exclude(id=audit.coder_id)
        .order_by("username")
        .distinct()
    )
    actors = [accounts.actor_for(one) for one in found]
    return [one for one in actors if audit.facility_id in one.facilities]


def _audit(audit: Audit, far: State) -> None:
    """Coded again without its last secondary diagnosis, and taken as far as ``far``."""
    others = _coders(audit)
    if not others:
        return
    auditor, first = others[0], queries.first_draft(audit)
    audit = actions.set_codes(actor=auditor, audit_id=audit.id, revision=audit.revision, draft=_without_last(first))
    audit = actions.compare(actor=auditor, audit_id=audit.id, revision=audit.revision)
    steps = {State.JUDGING: 0, State.TOLD: 1, State.CLOSED: 2, State.RULING: 2, State.THIRD: 3}[far]
    coder = accounts.actor_for(User.objects.get(id=audit.coder_id))
    answer = Said("agreed") if far == State.CLOSED else Said("disputed", DISPUTED)
    said = [
        (auditor, Said("error", JUDGED, "unsupported", "Official Guidelines, Section III")),
        (coder, answer),
        (auditor, Said("upheld", JUDGED)),
    ]
    for actor, one in said[:steps]:
        if audit.state != State.CLOSED:
            numbers = [finding.number for finding in queries.findings_of(audit)]
            audit = actions.respond(actor=actor, audit_id=audit.id, revision=audit.revision, said=dict.fromkeys(numbers, one))


def _without_last(first: Draft) -> Draft:
    secondary = first.of(Part.SECONDARY)
    return replace(first, codes=tuple(one for one in first.codes if not secondary or one is not secondary[-1]))
