"""Reads of forms: the inventory, one form with its versions, what is in force on a day, which types nobody answers for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from muniment.access.permissions import check_category
from muniment.access.rules import Category
from muniment.audit.models import LifecycleEvent
from muniment.audit.queries import history_of
from muniment.core.actor import Actor
from muniment.forms import permissions
from muniment.forms.models import Form, FormVersion, TypeInUse
from muniment.forms.rules import BEGUN, Policy, State
from muniment.kernel.errors import Refused
from muniment.record import blobs
from muniment.rulebook import queries as rulebook
from muniment.rulebook.rules import RuleInForce

NOTHING = "There is no such form that you may see."
REVIEW_RULE = "forms.review"


@dataclass(frozen=True, slots=True)
class InForce:
    """The policy of reviews on a day, and the rule it was read from."""

    policy: Policy
    rule: RuleInForce | None

    @property
    def cited(self) -> str:
        return self.rule.cited if self.rule else "No rule is in force: every twelve months"


def policy(day: date) -> InForce:
    rule = rulebook.at(day).find(REVIEW_RULE)
    return InForce(Policy.read(rule.parameters if rule else {}), rule)


def within(actor: Actor) -> Q:
    """Versions of the actor's facilities' forms and of the organisation's."""
    return Q() if actor.is_system else Q(form__facility__isnull=True) | Q(form__facility_id__in=actor.facilities)


def versions(actor: Actor) -> QuerySet[FormVersion]:
    check_category(actor, Category.FORMS)
    people = ("proposed_by", "approved_by", "reviewed_by")
    return FormVersion.objects.filter(within(actor)).select_related("form__facility", *people)


def running(day: date) -> Q:
    """Versions that are in force on ``day``, as ``rules.in_force`` says."""
    ends = Q(effective_to__isnull=True) | Q(effective_to__gt=day)
    return Q(state__in=BEGUN, effective_from__lte=day) & ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How the inventory is narrowed. ``shown`` is one of SHOWN; ``medium`` and ``text`` may be empty."""

    shown: str = "in-force"
    medium: str = ""
    text: str = ""


SHOWN = {
    "in-force": "in force", "drafts": "waiting for approval", "review": "due for review", "downtime": "in the downtime pack",
    "ended": "retired or superseded", "all": "every version",
}  # fmt: skip


def inventory(actor: Actor, wanted: Wanted, today: date) -> QuerySet[FormVersion]:
    """Versions to list, by number of the form, the newest of each first."""
    found = versions(actor).filter(_shown(wanted.shown, today))
    if wanted.medium:
        found = found.filter(medium=wanted.medium)
    if wanted.text:
        words = Q(form__number__icontains=wanted.text) | Q(title__icontains=wanted.text) | Q(owner__icontains=wanted.text)
        found = found.filter(words | Q(type_code=wanted.text))
    return found.order_by("form__number", "-number")


def _shown(shown: str, today: date) -> Q:
    if shown == "in-force":
        return running(today)
    if shown == "drafts":
        return Q(state=State.DRAFT)
    if shown == "review":
        return running(today) & Q(state=State.APPROVED, review_due__lte=today)
    if shown == "downtime":
        return running(today) & Q(downtime=True)
    return Q(state__in=BEGUN, effective_to__lte=today) if shown == "ended" else Q()


def counts(actor: Actor, today: date) -> dict[str, int]:
    """How many versions stand under each word of SHOWN. One query."""
    wanted = {name.replace("-", "_"): Count("id", filter=_shown(name, today) or None) for name in SHOWN}
    found = versions(actor).order_by().aggregate(**wanted)
    return {name: found[name.replace("-", "_")] for name in SHOWN}


def form(actor: Actor, number: str) -> Form:
    """Raises Refused alike for one that is not there."""
    found = Form.objects.select_related("facility").filter(number=number).first()
    if found is None:
        raise Refused(NOTHING)
    permissions.check_see(actor, found)
    return found


def is_taken(number: str) -> bool:
    """Whether the inventory has a form of this number, whoever's it is."""
    return Form.objects.filter(number=number.strip().upper()).exists()


def version(actor: Actor, version_id: UUID) -> FormVersion:
    """Raises Refused alike for one that is not there."""
    found = versions(actor).filter(id=version_id).first()
    if found is None:
        raise Refused(NOTHING)
    return found


def versions_of(actor: Actor, one: Form) -> list[FormVersion]:
    """A form's versions, newest first."""
    return list(versions(actor).filter(form=one).order_by("-number"))


def history(one: Form) -> list[LifecycleEvent]:
    return history_of("form", one.number)


def blank(one: FormVersion) -> bytes:
    """The blank form as it is printed. Raises Refused for what is no paper."""
    if one.sha256 is None:
        raise Refused(f"{one.form.number} has no blank form: its documents come from {one.medium}.")
    return blobs.get(bytes(one.sha256))


def in_force(day: date, *, facility_id: UUID | None, downtime: bool = False) -> list[FormVersion]:
    """The versions in force on ``day`` at a facility, its own and the organisation's, by number."""
    found = FormVersion.objects.filter(running(day), Q(form__facility__isnull=True) | Q(form__facility_id=facility_id))
    found = found.filter(downtime=True) if downtime else found
    return list(found.select_related("form__facility").order_by("form__number"))


def own_proposals(actor: Actor) -> QuerySet[FormVersion]:
    """Versions that wait for the approval of somebody else than the actor."""
    return FormVersion.objects.filter(state=State.DRAFT, proposed_by_id=actor.id)


def to_review(until: date, today: date) -> list[FormVersion]:
    """Versions in force whose review is due on ``until`` or before."""
    found = FormVersion.objects.filter(running(today), state=State.APPROVED, review_due__lte=until)
    return list(found.select_related("form__facility").order_by("review_due", "id"))


def named(forms: Iterable[str]) -> dict[tuple[str, int], FormVersion]:
    """Every version of the forms of these numbers, by number and version. One query."""
    found = FormVersion.objects.filter(form__number__in=list(forms)).select_related("form")
    return {(one.form.number, one.number): one for one in found}


_IN_USE = """
SELECT facility_id, code, min(label), count(*), max(occurred_at) FROM record_entry
WHERE category = 'document' AND NOT retracted AND origin = '' AND facility_id IS NOT NULL
GROUP BY facility_id, code, CASE WHEN code = '' THEN label ELSE '' END
"""


def documents_by_type() -> list[tuple[UUID, str, str, int, datetime | None]]:
    """(facility, code, a label, documents, the newest one's time): our own current documents; those without a code by their label. Reads
    the whole index of the record: for the night."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_USE)
        return cursor.fetchall()


def in_use(actor: Actor) -> list[TypeInUse]:
    """What the last count found at the actor's facilities."""
    check_category(actor, Category.FORMS)
    found = TypeInUse.objects.all() if actor.is_system else TypeInUse.objects.filter(facility_id__in=actor.facilities)
    return list(found.select_related("facility").order_by("code", "label", "facility__name"))


def covering(actor: Actor, today: date) -> dict[str, list[FormVersion]]:
    """Type of document → the versions in force that make it, within what the actor may see."""
    found: dict[str, list[FormVersion]] = {}
    for one in versions(actor).filter(running(today)).order_by("form__number"):
        found.setdefault(one.type_code, []).append(one)
    return found


def covers(forms: Sequence[FormVersion], facility_id: UUID) -> bool:
    """Whether one of these forms is the facility's or the whole organisation's."""
    return any(one.form.facility_id in (None, facility_id) for one in forms)


def uncovered(actor: Actor, today: date) -> list[TypeInUse]:
    """Types of which a facility holds documents while no form in force there answers for them."""
    held = covering(actor, today)
    return [one for one in in_use(actor) if not covers(held.get(one.code, []) if one.code else [], one.facility_id)]
