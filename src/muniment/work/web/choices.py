"""The filter of a queue as it stands in the address: whose, due when, at which facility."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.ui.shapes import Filter, Option

WHOSE = {"all": "Everybody’s", "mine": "Mine", "unowned": "Nobody’s yet"}
DUE = {"any": "due any time", "late": "late", "week": "due in the next 7 days"}


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen. A word the address does not know counts as the first of its kind."""

    whose: str = "all"
    due: str = "any"
    facility: UUID | None = None

    @classmethod
    def read(cls, said: QueryDict, actor: Actor) -> Choice:
        whose, due = said.get("whose", ""), said.get("due", "")
        return cls(whose if whose in WHOSE else "all", due if due in DUE else "any", _facility(said.get("facility", ""), actor))

    @property
    def narrowing(self) -> dict[str, object]:
        """The arguments of ``work.queries.items``."""
        now = clock.now()
        return {
            "mine": self.whose == "mine",
            "unowned": self.whose == "unowned",
            "late": self.due == "late",
            "due_after": now if self.due == "week" else None,
            "due_before": now + timedelta(days=7) if self.due == "week" else None,
            "facility_id": self.facility,
        }

    @property
    def is_narrow(self) -> bool:
        return self != Choice()

    @property
    def said(self) -> dict[str, object]:
        """What is chosen, by name."""
        return {"whose": self.whose, "due": self.due, "facility": self.facility}

    def address(self, **more: object) -> str:
        """The query string that says this, and ``more``."""
        said = {"whose": self.whose, "due": self.due, "facility": self.facility or ""} | more
        default = {"whose": "all", "due": "any", "facility": ""}
        return "?" + urlencode({name: value for name, value in said.items() if value != default.get(name)})

    def sentence(self, facilities: dict[UUID, str], *, whose: bool = True) -> list[Filter]:
        """The filter as it is read: "Mine · late · Harbour General"; without ``whose`` where that is given."""
        owners = [Option(text, replace(self, whose=code).address() or "?", code == self.whose) for code, text in WHOSE.items()]
        words = [
            *([Filter(name="Whose", options=owners)] if whose else []),
            Filter(
                name="Due",
                options=[Option(text, replace(self, due=code).address(), code == self.due) for code, text in DUE.items()],
            ),
        ]
        if len(facilities) > 1:
            places = [Option("all my facilities", replace(self, facility=None).address(), self.facility is None)]
            places += [
                Option(name, replace(self, facility=one).address(), one == self.facility) for one, name in facilities.items()
            ]
            words.append(Filter(name="Facility", options=places))
        return words


def _facility(text: str, actor: Actor) -> UUID | None:
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if found in actor.facilities else None
