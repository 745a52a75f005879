"""The house's own edits on a stay: the rule of its day of discharge, and what of the chart the conditions ask for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from uuid import UUID

from muniment.coding import house_edits
from muniment.coding.findings import Edit
from muniment.coding.grouping import Grouped
from muniment.coding.rules import Claim
from muniment.coding.stay import StayFacts
from muniment.record.models import Entry
from muniment.record.rules import Category
from muniment.rulebook import queries as rulebook


def edits_of(facts: StayFacts, claim: Claim, grouped: Grouped | None, role: str) -> Iterator[Edit]:
    """What the rule says, with ``role`` of who codes. One query where a condition asks for documents, else none."""
    rule = rulebook.at(facts.discharged).find(house_edits.RULE)
    if rule is None:
        return
    looks = any(one.get("field") == house_edits.Field.DOCUMENT for one in rule.parameters.get("conditions", ()))
    found = documents_in([facts.patient_id], [facts.encounter_id]) if looks else {}
    yield from house_edits.judge(rule, case_of(facts, claim, grouped, role=role, documents=found.get(facts.encounter_id, ())))


def case_of(
    facts: StayFacts, claim: Claim, grouped: Grouped | None, *, role: str = "", documents: Collection[str] = ()
) -> house_edits.Case:
    return house_edits.Case(
        claim=claim, grouped=grouped, class_code=facts.class_code, service=facts.service, unit=facts.unit, documents=documents, role=role
    )  # fmt: skip


def documents_in(patients: Iterable[UUID], encounters: Iterable[UUID]) -> dict[UUID, set[str]]:
    """Stay → codes and titles of the documents that stand in it. One query, served by entry_by_time."""
    rows = Entry.objects.filter(
        patient_id__in=list(patients), encounter_id__in=list(encounters), category=Category.DOCUMENT, retracted=False, origin=""
    )
    found: defaultdict[UUID, set[str]] = defaultdict(set)
    for encounter, code, label in rows.values_list("encounter_id", "code", "label"):
        if encounter:
            found[encounter] |= {code, label} - {""}
    return found
