"""Forms as rows, facts, acts and history: what templates place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone

from muniment.access.permissions import can
from muniment.access.rules import Category, Grade
from muniment.audit.models import LifecycleEvent
from muniment.core.actor import Actor
from muniment.forms import permissions
from muniment.forms.models import Form, FormVersion
from muniment.forms.queries import InForce
from muniment.forms.rules import BEGUN, State, Step, after, in_force, standing
from muniment.forms.web.forms import ApproveForm, ReasonForm, RetireForm, ReviewForm
from muniment.scanning import clues
from muniment.ui import dates
from muniment.ui.shapes import Event, Fact, Input, Tone, Why

HAPPENED = {
    "forms.propose": "Version {version} proposed", "forms.approve": "Version {version} approved, in force from {from_day}",
    "forms.withdraw": "Version {version} withdrawn", "forms.retire": "Version {version} retired", "forms.review": "Version {version} reviewed",
}  # fmt: skip


def type_name(code: str) -> str:
    name = clues.vocabulary().get(code)
    return f"{name} ({code})" if name else code


def tone(row: FormVersion, today: date) -> Tone:
    if in_force(row, today):
        return Tone.OK
    return {State.DRAFT: Tone.DUE, State.RETIRED: Tone.LATE, State.APPROVED: Tone.INFO}.get(State(row.state), Tone.PLAIN)


def place(form: Form) -> str:
    return form.facility.name if form.facility else "All facilities"


def interval(row: FormVersion) -> str:
    begin = dates.day(row.effective_from)
    return f"{begin} until {dates.day(row.effective_to)}" if row.effective_to else f"from {begin}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A version as a line of the inventory."""

    version: FormVersion
    url: str
    standing: str
    tone: Tone
    type: str
    place: str
    used_in: str
    interval: str
    late: bool  # its review is due


def row(version: FormVersion, today: date) -> Row:
    review = bool(
        version.review_due and version.review_due <= today and version.state == State.APPROVED and in_force(version, today)
    )
    return Row(
        version=version, url=f"{reverse('forms-form', args=[version.form.number])}#version-{version.number}",
        standing=standing(version, today).capitalize(), tone=tone(version, today), type=type_name(version.type_code), place=place(version.form),
        used_in=", ".join(version.used_in) or "everywhere", interval=interval(version), late=review,
    )  # fmt: skip


def facts(version: FormVersion, governs: InForce) -> list[Fact]:
    approved = f"{version.approved_by}, {_when(version.approved_at)}" if version.approved_by else "not approved"
    reviewed = f"{version.reviewed_by}, {_when(version.reviewed_at)}" if version.reviewed_by else "not yet"
    found = [
        Fact(
            label="In force",
            value=interval(version) if version.state in BEGUN else f"from {dates.day(version.effective_from)}, once approved",
        ),
        Fact(label="Type of document", value=type_name(version.type_code)),
        Fact(label="Made by", value=version.medium),
        Fact(label="Owner", value=version.owner),
        Fact(label="Used in", value=", ".join(version.used_in) or "everywhere"),
        Fact(label="Downtime pack", value="yes" if version.downtime else "no"),
        Fact(label="What is new in it", value=version.changes),
        Fact(label="Proposed by", value=f"{version.proposed_by}, {_when(version.proposed_at)}"),
        Fact(label="Approved by", value=approved),
    ]
    if version.ended_why:
        found.append(Fact(label=f"Why {version.state}", value=version.ended_why))
    if version.state == State.APPROVED:
        found.append(Fact(label="Last reviewed by", value=reviewed))
        found.append(
            Fact(
                label="Next review",
                value=dates.day(version.review_due) if version.review_due else "",
                why=_why(version, governs),
            )
        )
    if version.sha256:
        found.append(Fact(label="SHA-256 of the blank", value=bytes(version.sha256).hex()))
    return found


def _why(version: FormVersion, governs: InForce) -> Why:
    begun = version.reviewed_at or version.approved_at
    inputs = [Input("months between reviews", str(governs.policy.review_months))]
    if begun:
        inputs.append(Input("last reviewed or approved", _when(begun)))
    statement = governs.rule.statement if governs.rule else "Without a rule in force a form is reviewed every twelve months."
    return Why(rule=statement, citation=governs.cited, inputs=inputs, verified=bool(governs.rule and governs.rule.verified))


def _when(value: Any) -> str:
    return dates.moment(value, timezone.get_current_timezone())


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A step as the page offers it: its words, its form, and whether it stands open with what was wrong."""

    step: str
    words: str
    form: forms.Form
    says: str = ""
    open: bool = False
    grave: bool = False


ACTS: dict[Step, tuple[str, str]] = {
    Step.APPROVE: ("Approve version {number}", "It is in force from {begin}; the version before ends that day."),
    Step.WITHDRAW: ("Withdraw this draft", "It stays readable and is never in force."),
    Step.REVIEW: ("Reviewed: it stays as it is", "Its next review is due as the rule says."),
    Step.RETIRE: (
        "Retire version {number}",
        "From that day nobody begins it. What was written on it stays, and scans of later paper are flagged.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One version on its form's page."""

    version: FormVersion
    standing: str
    tone: Tone
    facts: list[Fact]
    acts: list[Act] = field(default_factory=list)
    refusal: str = ""  # why the reader can't approve what waits for approval


def shown(actor: Actor, version: FormVersion, governs: InForce, today: date, wrong: dict[str, forms.Form]) -> Shown:
    may = can(actor, Category.FORMS, Grade.WRITE)
    refusals = (
        {step: permissions.refusal(actor, version, step) for step in ACTS if after(State(version.state), step)} if may else {}
    )
    return Shown(
        version=version, standing=standing(version, today).capitalize(), tone=tone(version, today), facts=facts(version, governs),
        acts=[_act(step, version, today, wrong) for step, refusal in refusals.items() if not refusal], refusal=refusals.get(Step.APPROVE, ""),
    )  # fmt: skip


def _act(step: Step, version: FormVersion, today: date, wrong: dict[str, forms.Form]) -> Act:
    words, says = ACTS[step]
    said = {"number": version.number, "begin": dates.day(version.effective_from)}
    return Act(
        step=step.value, words=words.format(**said), says=says.format(**said), form=wrong.get(step) or form_of(step, version, today),
        open=step in wrong, grave=step == Step.RETIRE,
    )  # fmt: skip


def form_of(step: Step, version: FormVersion, today: date, data: Any = None) -> forms.Form:
    name = f"{step.value}-{version.number}-%s"
    if step is Step.RETIRE:
        return RetireForm(data, auto_id=name, today=today)
    kinds: dict[Step, type[forms.Form]] = {Step.APPROVE: ApproveForm, Step.WITHDRAW: ReasonForm, Step.REVIEW: ReviewForm}
    return kinds[step](data, auto_id=name)


def events(found: Sequence[LifecycleEvent]) -> list[Event]:
    return [Event(what=_what(one), who=one.actor_name, when=_when(one.at), why=one.reason) for one in found]


def _what(one: LifecycleEvent) -> str:
    begin = one.after.get("from", "")
    day = dates.day(date.fromisoformat(begin)) if begin else ""
    return HAPPENED.get(one.name, one.name).format(version=one.after.get("version", ""), from_day=day)
