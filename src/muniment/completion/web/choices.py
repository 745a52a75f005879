"""The filter of the list of deficiencies as it stands in the address."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from muniment.accounts.models import Practitioner
from muniment.accounts.queries import facility_names
from muniment.completion.queries import Search
from muniment.completion.rules import Kind
from muniment.core.actor import Actor
from muniment.ui.shapes import Filter, Option
from muniment.ui.words import sentence_case

CLOCK = "clock"
LATE = {
    "": "Of any age",
    "0": "Overdue",
    "7": "Overdue 7 days or more",
    "30": "Overdue 30 days or more",
    CLOCK: "In charts past their clock",
}
KINDS = {
    "": "documents, sections, signatures and orders", "document": "missing documents", "section": "missing sections",
    "signature": "missing signatures", "co-signature": "missing co-signatures",
    "order": "orders not authenticated",
}  # fmt: skip
FULL = {
    "document": Kind.MISSING_DOCUMENT, "section": Kind.MISSING_SECTION, "signature": Kind.MISSING_SIGNATURE,
    "co-signature": Kind.MISSING_COSIGNATURE, "order": Kind.UNAUTHENTICATED_ORDER,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen. A word the address does not know counts as "all"."""

    late: str = ""
    kind: str = ""
    document: str = ""
    owner: str = ""
    facility: str = ""

    @classmethod
    def read(cls, said: QueryDict, facilities: Collection[UUID] = ()) -> Choice:
        late, kind = said.get("late", ""), said.get("kind", "")
        return cls(
            late if late in LATE else "", kind if kind in KINDS else "", said.get("document", "")[:40],
            _owner(said.get("owner", "")), next((str(one) for one in facilities if str(one) == said.get("facility", "")), ""),
        )  # fmt: skip

    @property
    def search(self) -> Search:
        late = int(self.late) if self.late.isdigit() else None
        return Search(
            late_days=late, delinquent=self.late == CLOCK, responsible=self.owner, document=self.document, kind=FULL.get(self.kind, ""),
            facility=UUID(self.facility) if self.facility else None,
        )  # fmt: skip

    @property
    def is_narrow(self) -> bool:
        return self != Choice()

    def address(self, **more: object) -> str:
        said = {
            "late": self.late,
            "kind": self.kind,
            "document": self.document,
            "owner": self.owner,
            "facility": self.facility,
        } | more
        return "?" + urlencode({name: value for name, value in said.items() if value})

    def sentence(
        self, documents: Sequence[tuple[str, str, int]], clinicians: Sequence[tuple[Practitioner, int]], places: Mapping[UUID, str],
    ) -> list[Filter]:  # fmt: skip
        """The filter as it is read: "Overdue · missing signatures · discharge summary · owed by Ada Stone, MD · at the clinic"."""
        named = {"": "of any document"} | {code: f"{sentence_case(name)} ({count})" for code, name, count in documents}
        owners = {"": "owed by anyone", "nobody": "owed by nobody yet"}
        owners |= {str(one.id): f"owed by {one} ({count})" for one, count in clinicians}
        here = {"": "at all my facilities"} | {str(one): f"at {name}" for one, name in places.items()}
        said = [
            self._filter("Age", "late", LATE), self._filter("Missing", "kind", KINDS),
            self._filter("Document", "document", named), self._filter("Responsible", "owner", owners),
        ]  # fmt: skip
        return [*said, self._filter("Facility", "facility", here)] if len(places) > 1 else said

    def _filter(self, label: str, name: str, options: dict[str, str]) -> Filter:
        now = getattr(self, name)
        return Filter(
            name=label,
            options=[
                Option(words, replace(self, **{name: code}).address() or "?", code == now) for code, words in options.items()
            ],
        )


def places_of(actor: Actor) -> dict[UUID, str]:
    """The reader's facilities by name."""
    return {one: name for one, name in facility_names().items() if one in actor.facilities}


def _owner(text: str) -> str:
    if text in ("", "nobody"):
        return text
    try:
        return str(UUID(text))
    except ValueError:
        return ""
