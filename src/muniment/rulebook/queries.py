"""What governs on a day, and how the book stands."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from django.db import connection
from django.db.models import Q, QuerySet

from muniment.audit.models import LifecycleEvent
from muniment.kernel.errors import Refused
from muniment.rulebook.models import Rule, RuleVersion
from muniment.rulebook.rules import RuleBook, RuleInForce, Status, Term

DAYS_KEPT = 64  # of one edition of the book


def at(day: date) -> RuleBook:
    """The rules that govern on ``day``: adopted then or before, begun, and not ended. One short query.

    A rule that was vacated or superseded later still governs the days before its end. Whoever asks shares the answer: it is only read.
    """
    return _at(edition(), day)


@lru_cache(maxsize=DAYS_KEPT)
def _at(edition: str, day: date) -> RuleBook:
    """Read once for each edition of the book."""
    rows = RuleVersion.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gt=day), adopted_at__isnull=False, effective_from__lte=day
    )
    return RuleBook(day, {row.rule_id: in_force(row) for row in rows.order_by("rule_id", "number")})


def in_force(row: RuleVersion) -> RuleInForce:
    return RuleInForce(
        code=row.rule_id, number=row.number, title=row.title, statement=row.statement, citation=row.citation,
        source_kind=row.source_kind, verified=row.verified_on is not None, effective_from=row.effective_from, parameters=row.parameters,
    )  # fmt: skip


def terms(area: str) -> list[Term]:
    """Every rule of an area ("completion.") that was ever adopted, with the days it governs. One query."""
    rows = RuleVersion.objects.filter(adopted_at__isnull=False, rule__code__startswith=area).order_by("rule_id", "number")
    return [Term(in_force(row), row.effective_to) for row in rows]


_EDITION = """
SELECT md5(string_agg(concat_ws(' ', id, effective_to, verified_on IS NOT NULL), ',' ORDER BY id)) FROM rulebook_version
WHERE adopted_at IS NOT NULL AND rule_id LIKE %s
"""


def edition(area: str = "") -> str:
    """What changes whenever ``terms(area)`` does: all that may change of an adopted version. One short query."""
    with connection.cursor() as cursor:
        cursor.execute(_EDITION, [f"{area}%"])
        return cursor.fetchone()[0] or ""


def book(*, status: str = "", text: str = "") -> QuerySet[RuleVersion]:
    """The versions to list, newest of each rule first."""
    found = RuleVersion.objects.select_related("proposed_by", "adopted_by", "verified_by").order_by("rule_id", "-number")
    if status:
        found = found.filter(status=status)
    if text:
        found = found.filter(Q(title__icontains=text) | Q(rule__code__icontains=text) | Q(citation__icontains=text))
    return found


def awaiting_adoption() -> QuerySet[RuleVersion]:
    return book(status=Status.PROPOSED)


def in_force_on(day: date) -> QuerySet[RuleVersion]:
    """The versions ``at(day)`` is made of, to list them."""
    begun = Q(effective_to__isnull=True) | Q(effective_to__gt=day)
    return book().filter(begun, adopted_at__isnull=False, effective_from__lte=day)


def rule(code: str) -> Rule:
    """One rule. Raises Refused when there is none of that code."""
    found = Rule.objects.filter(code=code).first()
    if found is None:
        raise Refused(f"The book has no rule “{code}”.", remedy="Search the rule book for it.")
    return found


def versions(code: str) -> list[RuleVersion]:
    """All versions of a rule, newest first."""
    return list(book().filter(rule_id=code))


def version(code: str, number: int) -> RuleVersion:
    """One version of a rule. Raises Refused when there is none of that number."""
    found = book().filter(rule_id=code, number=number).first()
    if found is None:
        raise Refused("There is no such version of this rule.", remedy="Open the rule again to see its versions.")
    return found


def history(code: str, limit: int = 100) -> list[LifecycleEvent]:
    """What happened to a rule, newest first: proposals, adoptions, ends, with who and why."""
    return list(LifecycleEvent.objects.filter(subject_id=code, subject_type="rule").order_by("-at")[:limit])
