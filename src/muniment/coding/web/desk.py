"""What every part of the coding workspace needs of the stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from muniment.coding import permissions, queries
from muniment.coding.assessment import assess
from muniment.coding.models import Abstract
from muniment.coding.stay import StayFacts, facts_of
from muniment.coding.web import presenters
from muniment.coding.web.beside import beside
from muniment.core.actor import Actor
from muniment.encounters.models import Encounter


@dataclass(frozen=True, slots=True)
class Desk:
    """``role``: of who sits at it."""

    stay: Encounter
    facts: StayFacts
    role: str


def open_desk(actor: Actor, encounter_id: UUID) -> Desk:
    """A stay the actor may code. Raises Refused, and NotAllowedInState for one that is not discharged."""
    stay = queries.stay(actor, encounter_id)
    permissions.check_code(actor, stay.facility_id)
    return Desk(stay, facts_of(stay), actor.role)


def draft_pane(desk: Desk, abstract: Abstract) -> dict[str, Any]:
    """The right half as the draft stands."""
    lines = queries.lines_of(abstract)
    draft = queries.draft_of(abstract, lines)
    assessment = assess(desk.facts, draft, role=desk.role)
    shown = presenters.pane(assessment, {line.code: line.display for line in lines}, queries.operators(desk.stay))
    return shown | {
        "abstract": abstract,
        "beside": beside(desk.facts, assessment.claim),
        "stay": desk.stay,
        "dispositions": queries.dispositions(desk.facts.discharged, draft.disposition),
        "disposition": draft.disposition,
    }
