"""What a version of the house's own edits would have said of the last final codings, on the page where it is read and adopted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.template.loader import render_to_string

from muniment.access.permissions import can
from muniment.access.rules import Category
from muniment.coding import house, house_edits, queries
from muniment.coding.assessment import grouping_of
from muniment.coding.models import FinalCoding
from muniment.coding.stay import claim_of
from muniment.core.actor import Actor
from muniment.core.slots import Panel
from muniment.encounters.models import Encounter
from muniment.rulebook.models import RuleVersion

MOST = 200  # final codings that are tried; each is grouped anew, in about a millisecond
SHOWN = 5  # stays that are named for an edit


@dataclass(slots=True)
class Spoke:
    """An edit and how often it would have spoken."""

    edit: house_edits.HouseEdit
    by_role: bool
    stays: list[tuple[Encounter, FinalCoding]] = field(default_factory=list)

    @property
    def shown(self) -> Sequence[tuple[Encounter, FinalCoding]]:
        return self.stays[:SHOWN]


def panel(actor: Actor, version: RuleVersion) -> Panel | None:
    if version.rule_id != house_edits.RULE or not can(actor, Category.CODING):
        return None
    try:
        edits = house_edits.read(version.parameters)
    except ValueError as error:
        return Panel(
            title="Tried on final codings", html=render_to_string("coding/_tried.html", {"wrong": str(error)}), order=31
        )
    tried, spoke = _try(actor, edits)
    html = render_to_string("coding/_tried.html", {"tried": tried, "spoke": spoke, "may_see": bool(tried)})
    return Panel(title="Tried on final codings", html=html, order=31)


def _try(actor: Actor, edits: house_edits.HouseEdits) -> tuple[int, list[Spoke]]:
    """Four queries. Edits that depend on who codes are left out: a final coding does not say as what its coder worked."""
    by_role = house_edits.by_role(edits)
    spoke = {f"House {one.number}": Spoke(one, one.number in by_role) for one in edits.edits}
    finals = queries.last_finals(actor, MOST)
    stays = queries.stays_of(finals)
    documents = (
        house.documents_in({one.patient_id for one in finals}, list(stays))
        if house_edits.asks(edits, house_edits.Field.DOCUMENT)
        else {}
    )
    for final in finals:
        stay = stays[final.encounter_id]
        facts = queries.facts_of_final(final, stay)
        claim = claim_of(facts, queries.draft_from(queries.content_of(final)))
        case = house.case_of(facts, claim, grouping_of(facts, claim, drivers=False)[0], documents=documents.get(stay.id, ()))
        for edit in house_edits.judged(edits, case, ""):
            if not spoke[edit.number].by_role:
                spoke[edit.number].stays.append((stay, final))
    return len(finals), list(spoke.values())
