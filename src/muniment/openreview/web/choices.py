"""The filters of the lists as they stand in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.http import QueryDict

from muniment.accounts.models import Facility
from muniment.ui.shapes import Filter, Option


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen of each word; ``words`` says what each word may be. One the address does not know counts as "all"."""

    words: Mapping[str, Mapping[str, str]]  # name → value → as it is read
    chosen: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, said: QueryDict, words: Mapping[str, Mapping[str, str]]) -> Choice:
        return cls(words, {name: said.get(name, "") for name, options in words.items() if said.get(name, "") in options})

    def __getitem__(self, name: str) -> str:
        return self.chosen.get(name, "")

    def address(self, **more: object) -> str:
        said = dict(self.chosen) | more
        return "?" + urlencode({name: value for name, value in said.items() if value})

    @property
    def is_narrow(self) -> bool:
        return any(self.chosen.values())

    def sentence(self, labels: Mapping[str, str]) -> list[Filter]:
        """One filter a word of ``labels`` that has more than one option."""
        return [self._filter(label, name) for name, label in labels.items() if len(self.words[name]) > 1]

    def _filter(self, label: str, name: str) -> Filter:
        options = [
            Option(words, replace(self, chosen=dict(self.chosen) | {name: value}).address(), value == self[name])
            for value, words in self.words[name].items()
        ]
        return Filter(name=label, options=options)


def places(facilities: Sequence[Facility]) -> dict[str, str]:
    """The facilities as the words of a filter; one alone is not asked."""
    if len(facilities) < 2:
        return {"": ""}
    return {"": "at all my facilities"} | {str(one.id): f"at {one.name}" for one in facilities}
