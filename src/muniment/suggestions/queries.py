"""Reads over what coders made of suggestions."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, Q

from muniment.coding.queries import draft_abstract, lines_of
from muniment.encounters.models import Encounter
from muniment.suggestions.models import Verdict


def refused(stay: Encounter) -> set[str]:
    """Codes that were refused in this stay."""
    found = Verdict.objects.filter(patient_id=stay.patient_id, encounter_id=stay.id, taken=False)
    return set(found.values_list("code", flat=True))


def drafted(stay: Encounter) -> set[str]:
    """Codes that stand in the stay's draft. Two queries."""
    draft = draft_abstract(stay)
    return {one.code for one in lines_of(draft)} if draft else set()


def lessons(codes: Collection[str]) -> dict[str, tuple[int, int]]:
    """Code → how often suggestions of it were taken and refused in this department. Served by verdict_of_code."""
    rows = Verdict.objects.filter(code__in=list(codes)).order_by().values("code")
    counted = rows.annotate(yes=Count("id", filter=Q(taken=True)), no=Count("id", filter=Q(taken=False)))
    return {row["code"]: (row["yes"], row["no"]) for row in counted}
