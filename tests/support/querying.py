"""A coded stay that is asked about: rules, a clinician who signs in, and a query ready to send; through actions only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from muniment.querying.rules import Form, Indicator, Option, Written
from support.coding import CodedStay
from support.house import House
from support.stays import adopt_rules, practitioner

NOTE = (
    "Patient febrile overnight. Oxygen saturation 84 % on room air.\nPlaced on high-flow oxygen. Chest film shows infiltrate."
)


def adopt_query_rules(house: House) -> None:
    """The shipped rules of queries, adopted."""
    adopt_rules(house, "querying.")


class AskedStay(CodedStay):
    """Its attending is the house's clinician."""

    def __init__(self, house: House, number: str = "1", **more: Any) -> None:
        super().__init__(house, number, **more)
        self.house, self.attending = house, practitioner(house, "Quill", "clinician")

    def ready(self) -> AskedStay:
        self.discharged()
        self.entry_id = self.note(NOTE)
        return self


def quote(entry_id: UUID, words: str, number: int = 1) -> Indicator:
    return Indicator(entry_id=str(entry_id), version=number, quote=words)


def written(entry_id: UUID, **changed: Any) -> Written:
    """A query that may be sent."""
    said: dict[str, Any] = {
        "title": "Clarification of respiratory findings",
        "question": "In your clinical judgment, which condition do the findings represent?",
        "form": Form.CHOICE,
        "indicators": (quote(entry_id, "Oxygen saturation 84 % on room air."), quote(entry_id, "Placed on high-flow oxygen.")),
        "options": (Option("Acute respiratory failure with hypoxia", (1, 2)), Option("Hypoxemia only", (1,))),
    }
    return Written(**(said | changed))


def ask(house: House, stay: CodedStay, *, entry_id: UUID | None = None, **changed: Any) -> Any:
    """``entry_id``: the note it quotes; of a stay that is made to be asked about, its own."""
    from muniment.querying import actions

    quoted = entry_id or stay.entry_id  # type: ignore[attr-defined]
    return actions.ask(
        actor=house.actor("coder"), **stay.key, written=written(quoted, **changed), responsible_id=stay.attending.id
    )
