"""Segments that belong together: an order or report with its notes, observations and specimens (HL7 v2.8 §7.3, §4.4, §9.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from muniment.intake.hl7v2.parse import Segment

_DETAILS = frozenset({"RXO", "RXE", "RXA"})
_OWN_GROUP = frozenset({"TXA", "PRB"})
_PERSON = ("PID", "PD1", "NK1", "MRG", "AL1", "IAM")
_STAY = ("MSH", "EVN", "PV1", "PV2", "DG1", "PR1", "ROL", "ACC")
_MONEY = ("IN1", "IN2", "IN3", "GT1", "FT1")
_SCHEDULE = ("SCH", "RGS", "AIS", "AIG", "AIL", "AIP")
_LOOSE = frozenset(_PERSON + _STAY + _MONEY + _SCHEDULE)


@dataclass(slots=True)
class Group:
    """``lead`` is the segment the group is about: OBR, RXO or RXE, RXA, TXA, PRB."""

    orc: Segment | None = None
    lead: Segment | None = None
    notes: list[Segment] = field(default_factory=list)
    observations: list[tuple[Segment, list[Segment]]] = field(default_factory=list)
    specimens: list[Segment] = field(default_factory=list)
    others: list[Segment] = field(default_factory=list)

    def other(self, name: str) -> Segment | None:
        return next((segment for segment in self.others if segment.name == name), None)

    def note(self, segment: Segment) -> None:
        """An NTE belongs to what stands before it."""
        (self.observations[-1][1] if self.observations else self.notes).append(segment)


def grouped(segments: Iterable[Segment]) -> tuple[list[Segment], list[Group]]:
    """The segments that stand for themselves (loose observations and notes among them), and the groups in order."""
    loose: list[Segment] = []
    groups: list[Group] = []
    current: Group | None = None
    for segment in segments:
        name = segment.name
        if name in _LOOSE:
            loose.append(segment)
        elif name == "ORC" or name == "OBR" or name in _DETAILS or name in _OWN_GROUP:
            current = _led(segment, current, groups)
        elif current is None:
            loose.append(segment)
        else:
            _belongs(segment, current)
    return loose, groups


def _led(segment: Segment, current: Group | None, groups: list[Group]) -> Group:
    name = segment.name
    if name == "ORC" or name in _OWN_GROUP or current is None:
        begun = Group(orc=segment) if name == "ORC" else Group(lead=segment)
    elif current.lead is None:
        current.lead = segment
        return current
    elif name == "RXE" and current.lead.name == "RXO":
        current.others.append(current.lead)
        current.lead = segment
        return current
    else:
        begun = Group(orc=current.orc, lead=segment)
    groups.append(begun)
    return begun


def _belongs(segment: Segment, group: Group) -> None:
    match segment.name:
        case "OBX":
            group.observations.append((segment, []))
        case "NTE":
            group.note(segment)
        case "SPM":
            group.specimens.append(segment)
        case _:
            group.others.append(segment)
