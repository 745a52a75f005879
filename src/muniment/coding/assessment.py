"""What a draft comes to: its DRG with the codes that drive it, and its edits. The same for the screen and for finalising."""

from __future__ import annotations

from dataclasses import dataclass

from muniment.coding import holds, house
from muniment.coding.drafting import Draft
from muniment.coding.edits import Editor, blocking, find_edits, gravest_first
from muniment.coding.findings import Edit, Severity
from muniment.coding.grouping import Grouped, explain
from muniment.coding.mce import editor_on
from muniment.coding.rules import Claim
from muniment.coding.site import site_grouper
from muniment.coding.stay import UNKNOWN_AGE, StayFacts, claim_of
from muniment.coding.terms import ClaimTerms, weighting
from muniment.kernel.errors import Problem

SHORTEST_REASON = 3


@dataclass(frozen=True, slots=True)
class Assessment:
    """``grouped`` is None where there is no DRG; ``sentence`` then says why."""

    facts: StayFacts
    draft: Draft
    claim: Claim
    grouped: Grouped | None
    sentence: str
    edits: tuple[Edit, ...]

    @property
    def blocked(self) -> bool:
        return blocking(self.edits)

    @property
    def unanswered(self) -> tuple[Edit, ...]:
        """Warnings that nobody has given a reason for."""
        return tuple(edit for edit in self.edits if edit.severity is Severity.WARNING and not answer_to(self.draft, edit))

    @property
    def ready(self) -> bool:
        return not self.blocked and not self.unanswered


def edit_key(edit: Edit) -> str:
    """What a reason is filed under: the edit and the codes that trip it. Another code asks anew."""
    return f"{edit.number}:{'+'.join(edit.codes)}"


def answer_to(draft: Draft, edit: Edit) -> str:
    """The reason for passing an edit; empty when there is none worth the name."""
    said = draft.answers.get(edit_key(edit), "").strip()
    return said if len(said) >= SHORTEST_REASON else ""


def assess(facts: StayFacts, draft: Draft, *, role: str = "") -> Assessment:
    """``role``: of who codes. At most nine queries, whatever the number of codes, and those of what may hold the stay."""
    claim = claim_of(facts, draft)
    grouped, sentence = grouping_of(facts, claim)
    held = [holds.as_edit(one) for one in holds.on(facts.patient_id, facts.encounter_id)]
    edits = [*find_edits(claim, ClaimTerms(claim), _editor(facts)), *house.edits_of(facts, claim, grouped, role)]
    return Assessment(facts, draft, claim, grouped, sentence, (*gravest_first(edits), *held))


def grouping_of(facts: StayFacts, claim: Claim, *, drivers: bool = True) -> tuple[Grouped | None, str]:
    """The DRG of a stay's claim, with ``drivers`` the codes that decide it, or the sentence that says why there is none."""
    if not facts.inpatient:
        return None, "MS-DRGs are for inpatient stays; this one is not grouped."
    if facts.age == UNKNOWN_AGE:
        return None, "The age is unknown, so this stay can't be grouped."
    try:
        return explain(claim, site_grouper(), weighting, drivers=drivers), ""
    except Problem as problem:
        return None, str(problem)


def _editor(facts: StayFacts) -> Editor | None:
    """Medicare's editor judges inpatient claims, of the versions it knows."""
    return editor_on(facts.discharged) if facts.inpatient else None
