"""Two coders' drafts of one stay, line by line, and the draft that comes of choosing. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from muniment.coding.drafting import Draft, DraftCode, Role

YOURS, THEIRS = "yours", "theirs"
STATUS, ORDER = "disposition", "order"  # names of the two choices that are about no line


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One line as each of the two has it; None where one has it not. ``key`` names the choice."""

    key: str
    yours: DraftCode | None
    theirs: DraftCode | None

    @property
    def same(self) -> bool:
        return self.yours == self.theirs

    @property
    def usual(self) -> str:
        """What stands chosen at first: yours, and what only they have, so that nothing is lost unseen."""
        return THEIRS if self.yours is None else YOURS


def pairs(yours: Draft, theirs: Draft) -> list[Pair]:
    """Every line of either, in the abstract's order. A diagnosis is one line whether principal or secondary."""
    mine, others = _keyed(yours.codes), _keyed(theirs.codes)
    found = [Pair(key=key, yours=mine.get(key), theirs=others.get(key)) for key in {**mine, **others}]
    order = list(Role)
    return sorted(found, key=lambda one: order.index(next(line.role for line in (one.yours, one.theirs) if line)))


def _keyed(codes: Iterable[DraftCode]) -> dict[str, DraftCode]:
    """The same procedure twice is two lines; there is one admitting diagnosis."""
    seen: Counter[str] = Counter()
    found = {}
    for one in codes:
        name = {Role.ADMITTING: "admitting", Role.PROCEDURE: f"procedure-{one.code}"}.get(one.role, f"diagnosis-{one.code}")
        seen[name] += 1
        found[name if seen[name] == 1 else f"{name}-{seen[name]}"] = one
    return found


def differ_in_order(yours: Draft, theirs: Draft) -> bool:
    """Whether the lines both have stand in another order."""
    mine, others = _keyed(yours.codes), _keyed(theirs.codes)
    return [key for key in mine if key in others] != [key for key in others if key in mine]


def merged(yours: Draft, theirs: Draft, chosen: Mapping[str, str]) -> Draft:
    """The draft of what was chosen, line by line; ``all`` chosen takes one whole. Raises Problem for two principals."""
    if whole := {YOURS: yours, THEIRS: theirs}.get(chosen.get("all", "")):
        return whole
    found = {one.key: one for one in pairs(yours, theirs)}
    first, second = (theirs, yours) if chosen.get(ORDER) == THEIRS else (yours, theirs)
    lines = []
    for key in {**_keyed(first.codes), **_keyed(second.codes)}:
        line = found[key].theirs if chosen.get(key, found[key].usual) == THEIRS else found[key].yours
        lines.extend([line] if line else [])
    status = theirs.disposition if chosen.get(STATUS) == THEIRS else yours.disposition
    return Draft(tuple(lines), status, theirs.answers | yours.answers)
