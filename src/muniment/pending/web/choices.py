"""The filter of the list of pending documents as it stands in the address."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from muniment.accounts.models import Practitioner
from muniment.ui.shapes import Filter, Option

NOTICE, DUE, PROPOSED = "notice", "due", "proposed"
AGES = {
    "": "Of any age", NOTICE: "Past the notice to their author", DUE: "Past the time to close them",
    PROPOSED: "Proposed for closure",
}  # fmt: skip
NOBODY, MINE = "nobody", "mine"


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen. A word the address does not know counts as "all"."""

    age: str = ""
    kind: str = ""
    author: str = ""
    facility: str = ""

    @classmethod
    def read(cls, said: QueryDict, facilities: Collection[UUID]) -> Choice:
        age, place = said.get("age", ""), said.get("facility", "")
        return cls(
            age if age in AGES else "", said.get("kind", "")[:80], _author(said.get("author", "")),
            next((str(one) for one in facilities if str(one) == place), ""),
        )  # fmt: skip

    def address(self, **more: object) -> str:
        said = {"age": self.age, "kind": self.kind, "author": self.author, "facility": self.facility} | more
        return "?" + urlencode({name: value for name, value in said.items() if value})

    @property
    def is_narrow(self) -> bool:
        return self != Choice()

    def sentence(
        self, kinds: Sequence[str], authors: Sequence[tuple[Practitioner, int]], places: Mapping[UUID, str], *, writes: bool
    ) -> list[Filter]:
        """As it is read: "Past the notice to their author · progress note · by Ada Stone, MD (3) · at the clinic"."""
        own = {MINE: "by me"} if writes else {}
        by = {"": "by anyone"} | own | {NOBODY: "by an author who is not known"}
        by |= {str(one.id): f"by {one} ({count})" for one, count in authors}
        here = {"": "at all my facilities"} | {str(one): f"at {name}" for one, name in places.items()}
        said = [
            self._filter("Age", "age", AGES), self._filter("Type", "kind", {"": "of any type"} | {one: one for one in kinds}),
            self._filter("Author", "author", by),
        ]  # fmt: skip
        return [*said, self._filter("Facility", "facility", here)] if len(places) > 1 else said

    def _filter(self, label: str, name: str, options: Mapping[str, str]) -> Filter:
        now = getattr(self, name)
        return Filter(
            name=label,
            options=[
                Option(words, replace(self, **{name: code}).address() or "?", code == now) for code, words in options.items()
            ],
        )


def _author(text: str) -> str:
    if text in ("", NOBODY, MINE):
        return text
    try:
        return str(UUID(text))
    except ValueError:
        return ""
