"""Whose record is it: which identifiers decide, and what makes two records a possible match. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

# Numbers shared in families, mistyped at desks or reused are never proof of identity on their own.
NOT_DECIDING = frozenset({"SS", "SSN", "AN", "VN", "DL", "PPN", "MC", "MA", "HC", "PH"})


class LinkKind(StrEnum):
    REGISTERED = "registered"
    LINKED = "linked"
    MERGED = "merged"
    UNMERGED = "unmerged"


class MatchState(StrEnum):
    OPEN = "open"
    SAME = "same person"
    DIFFERENT = "different people"


@dataclass(frozen=True, slots=True)
class Traits:
    """What is compared, already folded (``kernel.names.folded``)."""

    family: str
    given: str
    birth: date | None
    sex: str
    phones: frozenset[str] = frozenset()
    shared_numbers: frozenset[str] = frozenset()  # SSN and the like
    former_families: frozenset[str] = frozenset()


def deciding(type_: str) -> bool:
    """Whether an identifier of this type (HL7 table 0203), with its assigner, decides whose record it is."""
    return type_.upper() not in NOT_DECIDING


def agreements(one: Traits, other: Traits) -> list[str]:
    """What speaks for the same person, field by field, in words; empty when it is not worth a person's look.

    A pair is a possible match when the birth date agrees together with the given name or the family name's beginning, or when
    a shared number agrees with one of birth date and name. It is never linked by this.
    """
    found = []
    same_birth = one.birth is not None and one.birth == other.birth
    family = bool(one.family) and (
        one.family == other.family or one.family in other.former_families or other.family in one.former_families
    )
    given = bool(one.given) and bool(other.given) and one.given.split()[0] == other.given.split()[0]
    number = bool(one.shared_numbers & other.shared_numbers)
    if same_birth:
        found.append("birth date agrees")
    if family:
        found.append("family name agrees")
    if given:
        found.append("given name agrees")
    if number:
        found.append("social security number agrees")
    if one.phones & other.phones:
        found.append("telephone agrees")
    near_family = bool(one.family) and bool(other.family) and one.family[:3] == other.family[:3]
    if one.sex and other.sex and one.sex != other.sex and not number:
        return []
    worth = (same_birth and given and (family or near_family or bool(one.phones & other.phones))) or (
        number and (same_birth or family or given)
    )
    worth = worth or (same_birth and family and near_given(one.given, other.given))
    return found if worth else []


def near_given(one: str, other: str) -> bool:
    """Whether given names begin alike: "kat" for Katherine and Kathryn."""
    return bool(one) and bool(other) and one[:3] == other[:3]
