"""What a final coding would group to by another version, and the sums of many. Nothing here writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from muniment.coding.grouping import Grouper
from muniment.coding.queries import draft_from
from muniment.coding.rules import Claim, Sex
from muniment.coding.stay import StayFacts, claim_of
from muniment.kernel.errors import Problem

WeightOf = Callable[[int], Decimal | None]
FACTS = ("stays", "changed", "refused", "weighed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """A final coding in force with an MS-DRG. ``content`` as ``coding.content.final_content`` made it."""

    patient_id: UUID
    encounter_id: UUID
    facility_id: UUID
    service: str
    drg: str
    weight: Decimal | None
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Regrouped:
    """``drg`` is empty where the other version takes the codes for no claim; ``why`` is its sentence then."""

    of: Coded
    drg: str
    weight: Decimal | None
    why: str

    @property
    def changed(self) -> bool:
        return self.drg != self.of.drg


def regroup(one: Coded, grouper: Grouper, version: int, weight_of: WeightOf) -> Regrouped:
    """By ``version``, with the weights of its own tables. What was coded stays as it is: a code that has ended makes it no claim."""
    try:
        grouped = grouper.group(claim(one), version)
    except Problem as problem:
        return Regrouped(one, "", None, problem.what)
    if grouped.return_code != "OK":
        return Regrouped(one, "", None, grouped.sentence)
    return Regrouped(one, f"{grouped.final_drg:03d}", weight_of(grouped.final_drg), "")


def claim(one: Coded) -> Claim:
    """The claim as it was finalised."""
    stay = one.content["stay"]
    facts = StayFacts(
        patient_id=one.patient_id, encounter_id=one.encounter_id, facility_id=one.facility_id, class_code=stay["class"],
        admitted=date.fromisoformat(stay["admitted"]) if stay["admitted"] else None,
        discharged=date.fromisoformat(stay["discharged"]), age=stay["age"], sex=Sex(stay["sex"]), newborn=False,
        disposition=stay["disposition"],
    )  # fmt: skip
    return claim_of(facts, draft_from(dict(one.content)))


@dataclass(slots=True)
class Sums:
    """Of one service at one facility. Weights are summed over the ``weighed`` stays only: those that have one before and after."""

    stays: int = 0
    changed: int = 0
    refused: int = 0
    weighed: int = 0
    before: Decimal = Decimal(0)
    after: Decimal = Decimal(0)

    def add(self, one: Regrouped) -> None:
        self.stays += 1
        self.changed += one.changed
        self.refused += not one.drg
        if one.weight is not None and one.of.weight is not None:
            self.weighed += 1
            self.before += one.of.weight
            self.after += one.weight

    def join(self, other: Sums) -> None:
        for name in (*FACTS, "before", "after"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def cmi_before(self) -> Decimal | None:
        return self.before / self.weighed if self.weighed else None

    @property
    def cmi_after(self) -> Decimal | None:
        """Case-mix index: the mean relative weight of the stays (CMS)."""
        return self.after / self.weighed if self.weighed else None


@dataclass(slots=True)
class Tally:
    """Sums by (facility, service); and in how many stays each code that changes was used, by ``Change.key``."""

    sums: dict[tuple[str, str], Sums] = field(default_factory=dict)
    usage: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, figures: Mapping[str, Any], usage: Mapping[str, int]) -> Tally:
        """What ``written`` made."""
        sums = {
            (key[:36], key[37:]): Sums(
                **{name: said[name] for name in FACTS}, before=Decimal(said["before"]), after=Decimal(said["after"])
            )
            for key, said in figures.items()
        }
        return cls(sums, dict(usage))

    def add(self, one: Regrouped, changing: frozenset[str]) -> None:
        self.sums.setdefault((str(one.of.facility_id), one.of.service), Sums()).add(one)
        for key in changing & {f"{said['system']}|{said['code']}" for said in one.of.content["codes"]}:
            self.usage[key] = self.usage.get(key, 0) + 1

    def written(self) -> dict[str, Any]:
        """As JSON: the facility's id, a blank and the service → sums, weights as text."""
        return {
            f"{facility} {service}": {name: getattr(one, name) for name in FACTS}
            | {"before": str(one.before), "after": str(one.after)}
            for (facility, service), one in self.sums.items()
        }

    def by_service(self, facilities: Iterable[UUID]) -> dict[str, Sums]:
        """Service → sums over these facilities."""
        here, found = {str(one) for one in facilities}, dict[str, Sums]()
        for (facility, service), one in self.sums.items():
            if facility in here:
                found.setdefault(service, Sums()).join(one)
        return found
