"""PID, PD1, MRG → who the patient is (HL7 v2.8 §3.4.2, §3.4.9, §3.4.10)."""

from __future__ import annotations

from muniment.intake.hl7v2 import tables
from muniment.intake.hl7v2.context import Context
from muniment.intake.hl7v2.datatypes import address, assigner, identifier, identifiers, name, social_security, telecom, unique
from muniment.intake.hl7v2.parse import Segment
from muniment.intake.submission import AddressFact, IdentifierFact, MergeFact, NameFact, PatientFacts, TelecomFact
from muniment.kernel.errors import Unfileable
from muniment.kernel.moments import Moment

_UNKNOWN_NAMES = frozenset({"UNKNOWN", "UNIDENTIFIED", "DOE UNKNOWN"})
_TEST_PROCESSING = frozenset({"T", "D"})


def patient(pid: Segment, context: Context) -> PatientFacts:
    """The facts of one PID. Raises Unfileable when it holds no identifier at all."""
    numbers = _numbers(pid, context)
    if not numbers:
        raise Unfileable(
            "The patient has no identifier.",
            where=f"PID-3, line {pid.number}",
            remedy="Ask the sender for the medical record number, or enter it and file the message again.",
        )
    names = _names(pid)
    dead, died = _death(pid, context)
    return PatientFacts(
        identifiers=numbers,
        names=names,
        birth=context.clock.field(pid, 7),
        sex=_sex(pid, context),
        deceased=dead,
        deceased_at=died,
        addresses=_addresses(pid),
        telecoms=_telecoms(pid),
        mother=tuple(identifiers(pid, 21, context.facility)),
        multiple_birth_order=_birth_order(pid, context),
        flags=_flags(pid, names, context),
    )


def _numbers(pid: Segment, context: Context) -> tuple[IdentifierFact, ...]:
    found = identifiers(pid, 3, context.facility, "PI")
    found += identifiers(pid, 2, context.facility, "PT" if found else "PI")
    found += identifiers(pid, 4, context.facility)
    if pid[19]:
        number = social_security(pid.text(19))
        found += [number] if number else []
        if not number and pid.text(19):
            context.remarks.append("PID-19 holds no social security number; it was left out.")
    if pid[20]:
        licence = pid.first(20)
        found += [IdentifierFact(licence[2], licence[1], "DL")] if licence[1] else []
    if not found and pid[19] == "" and pid[18]:
        account = identifier(pid.first(18), context.facility, "AN")
        found += [account] if account else []
    return _distinct(found)


def _distinct(facts: list[IdentifierFact]) -> tuple[IdentifierFact, ...]:
    first: dict[tuple[str, str], IdentifierFact] = {}
    for fact in facts:
        first.setdefault((fact.system, fact.value), fact)
    return tuple(first.values())


def _names(pid: Segment) -> tuple[NameFact, ...]:
    found = [name(xpn) for xpn in pid.repetitions(5)]
    for xpn in pid.repetitions(9):
        alias = name(xpn)
        if alias:
            use = alias.use if xpn[7] else "nickname"
            found.append(NameFact(alias.family, alias.given, alias.prefix, alias.suffix, use))
    return tuple(dict.fromkeys(fact for fact in found if fact))


def _sex(pid: Segment, context: Context) -> str:
    said = pid.text(8).upper()
    if not said:
        return ""
    known = tables.SEX.get(said, "")
    if not known:
        context.remarks.append("PID-8 holds a code that is not in HL7 table 0001; the sex was left out.")
    return known


def _death(pid: Segment, context: Context) -> tuple[bool | None, Moment | None]:
    died = context.clock.field(pid, 29)
    said = pid.text(30).upper()
    dead = True if died or said == "Y" else False if said == "N" else None
    return dead, died


def _addresses(pid: Segment) -> tuple[AddressFact, ...]:
    found = (address(xad) for xad in pid.repetitions(11))
    return tuple(dict.fromkeys(fact for fact in found if fact))


def _telecoms(pid: Segment) -> tuple[TelecomFact, ...]:
    home = [telecom(xtn) for number in (13, 40) for xtn in pid.repetitions(number)]
    work = [telecom(xtn, "work") for xtn in pid.repetitions(14)]
    return tuple(dict.fromkeys(fact for fact in home + work if fact))


def _birth_order(pid: Segment, context: Context) -> int | None:
    said = pid.text(25)
    if not said:
        return None
    if said.isascii() and said.isdigit() and 0 < int(said[:4]) < 20 and len(said) <= 4:
        return int(said)
    context.remarks.append("PID-25 holds no birth order; it was left out.")
    return None


def _flags(pid: Segment, names: tuple[NameFact, ...], context: Context) -> frozenset[str]:
    message = context.message
    reliability = {code[1].upper() for code in pid.repetitions(32)}
    stay, further = message.first("PV1"), message.first("PD1")
    holds = {
        "unknown": pid.text(31).upper() == "Y" or any(fact.family.upper() in _UNKNOWN_NAMES for fact in names),
        "alias": "AL" in reliability,
        "vip": stay is not None and stay.text(16).upper() not in ("", "N", "NO", "0"),
        "newborn": stay is not None and stay.text(4).upper() == "N",
        "protected": further is not None and further.text(12).upper() == "Y",
        "test": message.header.text(11).upper() in _TEST_PROCESSING,
    }
    return frozenset(flag for flag, held in holds.items() if held)


def merges(context: Context) -> tuple[MergeFact, ...]:
    """Each PID with the MRG that follows it (A18, A34, A40). Raises Unfileable when a pair is not whole."""
    pairs: list[MergeFact] = []
    survivor: Segment | None = None
    for segment in context.message.segments:
        if segment.name == "PID":
            survivor = segment
        elif segment.name == "MRG" and survivor is not None:
            pairs.append(MergeFact(survivor=patient(survivor, context), retired=_retired(segment, context)))
    if not pairs:
        raise Unfileable(
            "The merge names no retired patient.",
            where="MRG",
            remedy="Ask the sender for the MRG segment with the retired medical record number.",
        )
    return tuple(pairs)


def _retired(mrg: Segment, context: Context) -> PatientFacts:
    found = identifiers(mrg, 1, context.facility, "PI")
    found += identifiers(mrg, 2, context.facility, "PI")
    found += identifiers(mrg, 4, context.facility, "PI")
    if not found:
        raise Unfileable(
            "The merge does not say which identifier is retired.",
            where=f"MRG-1, line {mrg.number}",
            remedy="Ask the sender for the retired medical record number, or merge the two patients by hand.",
        )
    names = (name(xpn) for xpn in mrg.repetitions(7))
    return PatientFacts(identifiers=_distinct(found), names=tuple(fact for fact in names if fact))


def same_patient(pids: list[Segment], context: Context) -> bool:
    """Whether several PID segments share an identifier: a patient repeated, not two patients."""
    sets = [set(unique(f"{fact.system}|{fact.value}" for fact in _numbers(pid, context))) for pid in pids]
    return all(sets[0] & other for other in sets[1:])


def sending_facility(header: Segment) -> str:
    """MSH-4, else MSH-3: who assigned what names no assigner."""
    for number in (4, 3):
        if header[number]:
            found = assigner(header.first(number), "")
            if found:
                return found
    return ""
