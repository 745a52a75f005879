"""The filter of the list of deficiencies as it stands in the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from muniment.accounts.models import Practitioner
from muniment.completion.queries import Search
from muniment.completion.rules import Kind
from muniment.ui.shapes import Filter, Option

CLOCK = "clock"
LATE = {
    "": "Of any age",
    "0": "Overdue",
    "7": "Overdue 7 days or more",
    "30": "Overdue 30 days or more",
    CLOCK: "In delinquent charts",
}
KINDS = {"": "documents and signatures", "document": "missing documents", "signature": "missing signatures"}
FULL = {"document": Kind.MISSING_DOCUMENT, "signature": Kind.MISSING_SIGNATURE}


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen. A word the address does not know counts as "all"."""

    late: str = ""
    kind: str = ""
    document: str = ""
    owner: str = ""

    @classmethod
    def read(cls, said: QueryDict) -> Choice:
        late, kind = said.get("late", ""), said.get("kind", "")
        return cls(
            late if late in LATE else "", kind if kind in KINDS else "", said.get("document", "")[:40],
            _owner(said.get("owner", "")),
        )  # fmt: skip

    @property
    def search(self) -> Search:
        late = int(self.late) if self.late.isdigit() else None
        return Search(
            late_days=late, delinquent=self.late == CLOCK, responsible=self.owner, document=self.document, kind=FULL.get(self.kind, ""),
        )  # fmt: skip

    @property
    def is_narrow(self) -> bool:
        return self != Choice()

    def address(self, **more: object) -> str:
        said = {"late": self.late, "kind": self.kind, "document": self.document, "owner": self.owner} | more
        return "?" + urlencode({name: value for name, value in said.items() if value})

    def sentence(
        self, documents: Sequence[tuple[str, str, int]], clinicians: Sequence[tuple[Practitioner, int]]
    ) -> list[Filter]:
        """The filter as it is read: "Overdue · missing signatures · discharge summary · owed by Ada Stone, MD"."""
        named = {"": "of any document"} | {code: f"{name} ({count})" for code, name, count in documents}
        owners = {"": "owed by anyone", "nobody": "owed by nobody yet"}
        owners |= {str(one.id): f"owed by {one} ({count})" for one, count in clinicians}
        return [
            self._filter("Age", "late", LATE), self._filter("Missing", "kind", KINDS),
            self._filter("Document", "document", named), self._filter("Responsible", "owner", owners),
        ]  # fmt: skip

    def _filter(self, label: str, name: str, options: dict[str, str]) -> Filter:
        now = getattr(self, name)
        return Filter(
            name=label,
            options=[Option(words, replace(self, **{name: code}).address(), code == now) for code, words in options.items()],
        )


def _owner(text: str) -> str:
    if text in ("", "nobody"):
        return text
    try:
        return str(UUID(text))
    except ValueError:
        return ""
