"""Who may see, propose, approve and retire forms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils.timezone import localdate

from muniment.access.permissions import check_category, check_facility
from muniment.access.rules import Category, Grade
from muniment.accounts.rules import Role
from muniment.core.actor import Actor
from muniment.forms.models import Form, FormVersion
from muniment.forms.rules import State, Step, after
from muniment.kernel.errors import NotAllowedInState, Refused
from muniment.ui import dates


def check_see(actor: Actor, form: Form) -> None:
    """The organisation's forms are everybody's who may see forms; a facility's are its own people's."""
    check_category(actor, Category.FORMS)
    if form.facility_id is not None:
        check_facility(actor, [form.facility_id])


def check_propose(actor: Actor, facility_id: UUID | None) -> UUID:
    """Returns the person's id: forms are proposed, approved and looked at by persons."""
    check_category(actor, Category.FORMS, Grade.WRITE)
    if facility_id is not None:
        check_facility(actor, [facility_id])
    if actor.id is None:
        raise Refused("A form is proposed by a person, not by the system.")
    return actor.id


def check_approve(actor: Actor, version: FormVersion) -> UUID:
    """Two people make a form: whoever proposed it does not approve it, and an administrator approves."""
    person = check_propose(actor, version.form.facility_id)
    check_step(version, Step.APPROVE)
    if actor.role != Role.ADMINISTRATOR:
        raise Refused("An administrator approves forms.")
    if version.proposed_by_id == actor.id:
        raise Refused("You proposed this version; somebody else has to approve it.")
    return person


def check_first_day(version: FormVersion, ended: Sequence[FormVersion], today: date) -> None:
    """A version approved late ends none that was in force here meanwhile on a day gone by: what was written since was rightly written on that.

    One that is put into the inventory after its successor's time (its history, told later) may end in the past.
    """
    kept = [one for one in ended if one.approved_at and localdate(one.approved_at) < version.effective_from < today]
    if kept:
        raise Refused(
            f"Its first day, {dates.day(version.effective_from)}, has passed, and version {kept[0].number} was in force until now.",
            where="effective_from", remedy="Withdraw this draft and propose it with today or a later day.",
        )  # fmt: skip


def check_retire(actor: Actor, version: FormVersion) -> None:
    check_propose(actor, version.form.facility_id)
    check_step(version, Step.RETIRE)
    if actor.role != Role.ADMINISTRATOR:
        raise Refused("An administrator retires forms.")


def check_step(version: FormVersion, step: Step) -> State:
    """The state the step leads to. Raises NotAllowedInState where the version does not permit it."""
    reached = after(State(version.state), step)
    if reached is None:
        raise NotAllowedInState(
            f"Version {version.number} of {version.form.number} is {version.state}; “{step}” is not possible now.", remedy="Open the form again."
        )  # fmt: skip
    return reached


def refusal(actor: Actor, version: FormVersion, step: Step) -> str:
    """Why the actor may not take a version through a step; "" where they may."""
    checks = {Step.APPROVE: check_approve, Step.RETIRE: check_retire}
    try:
        check_propose(actor, version.form.facility_id)
        check_step(version, step)
        if step in checks:
            checks[step](actor, version)
    except (Refused, NotAllowedInState) as told:
        return f"{told.what} {told.remedy}".strip()
    return ""


def check_said(text: str, what: str, where: str) -> None:
    if not text.strip():
        raise Refused(what, where=where)
