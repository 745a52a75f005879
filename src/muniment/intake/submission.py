"""What every format is read into: one neutral submission, which one action files.

The readers (``hl7v2``, ``ccda``, ``fhir_json``) are pure: bytes in, submissions out, no database. They never decide whose
record it is; they state the facts the source gave.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum
from typing import Any

from muniment.kernel.moments import Moment

ZoneOf = Callable[[str], tzinfo]  # a sending facility's code → its time zone


@dataclass(frozen=True, slots=True)
class IdentifierFact:
    """An identifier and who assigned it. ``system`` is the assigner as the source spells it: a namespace, OID or URI.

    ``type`` is from HL7 table 0203 (MR, PI, SS, AN, VN, NPI, …) or empty.
    """

    system: str
    value: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class NameFact:
    family: str
    given: tuple[str, ...] = ()
    prefix: str = ""
    suffix: str = ""
    use: str = "official"  # FHIR NameUse: official, maiden, nickname, old, anonymous, usual, temp


@dataclass(frozen=True, slots=True)
class AddressFact:
    lines: tuple[str, ...] = ()
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    use: str = "home"


@dataclass(frozen=True, slots=True)
class TelecomFact:
    value: str
    system: str = "phone"  # FHIR ContactPointSystem
    use: str = "home"


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientFacts:
    """What the source says of the patient. Empty means "not said", never "none"."""

    identifiers: tuple[IdentifierFact, ...] = ()
    names: tuple[NameFact, ...] = ()
    birth: Moment | None = None
    sex: str = ""  # FHIR AdministrativeGender: male, female, other, unknown; "" when not said
    deceased: bool | None = None
    deceased_at: Moment | None = None
    addresses: tuple[AddressFact, ...] = ()
    telecoms: tuple[TelecomFact, ...] = ()
    mother: tuple[IdentifierFact, ...] = ()
    multiple_birth_order: int | None = None
    flags: frozenset[str] = frozenset()  # of: unknown, alias, vip, protected, newborn, test


@dataclass(frozen=True, slots=True, kw_only=True)
class PractitionerFacts:
    identifiers: tuple[IdentifierFact, ...] = ()
    name: NameFact | None = None
    credential: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationFacts:
    """Person location (HL7 PL): facility code as sent, unit, room, bed."""

    facility: str = ""
    unit: str = ""
    room: str = ""
    bed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncounterFacts:
    """A stay as the source describes it now. ``class_`` is an HL7 v3 ActEncounterCode: IMP, EMER, AMB, OBSENC, PRENC, SS, HH, VR."""

    identifier: IdentifierFact | None = None
    account: IdentifierFact | None = None
    class_: str = ""
    service: str = ""
    location: LocationFacts | None = None
    prior_location: LocationFacts | None = None
    attending: PractitionerFacts | None = None
    admitting: PractitionerFacts | None = None
    referring: PractitionerFacts | None = None
    consulting: tuple[PractitionerFacts, ...] = ()
    admitted_at: Moment | None = None
    discharged_at: Moment | None = None
    expected_at: Moment | None = None
    admit_source: str = ""
    disposition: str = ""  # UB-04 patient discharge status (NUBC FL17), two digits where the source uses them
    reason: str = ""


class MovementKind(StrEnum):
    """What an ADT trigger event says happened (HL7 v2.8 chapter 3). The value is the trigger event."""

    ADMIT = "A01"
    TRANSFER = "A02"
    DISCHARGE = "A03"
    REGISTER = "A04"
    PREADMIT = "A05"
    CHANGE_TO_INPATIENT = "A06"
    CHANGE_TO_OUTPATIENT = "A07"
    UPDATE = "A08"
    CANCEL_ADMIT = "A11"
    CANCEL_TRANSFER = "A12"
    CANCEL_DISCHARGE = "A13"
    CANCEL_PREADMIT = "A38"
    UPDATE_PERSON = "A31"
    MERGE = "A40"


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementFact:
    kind: MovementKind
    occurred_at: Moment | None = None
    recorded_at: Moment | None = None
    operator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeFact:
    """ADT A40 (and its elder A18): the retired patient's identifiers and the surviving patient's."""

    survivor: PatientFacts
    retired: PatientFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentBytes:
    content: bytes = field(repr=False)
    media_type: str = "text/plain"
    file_name: str = ""
    text: str = field(default="", repr=False)  # readable text for find-in-chart; "" where there is none
    place: int = 0  # which of its resource's attachments it is, counted from 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One resource to file. ``key`` names it within its source, so that the same key again is a new version of it.

    References inside ``resource`` to another draft are written ``draft:<key>``, to the patient ``draft:patient``, to the stay
    ``draft:encounter``; the filing action replaces them.
    """

    key: str
    resource: dict[str, Any]
    document: DocumentBytes | None = None
    retracts: bool = False  # the source says: entered in error, deleted, wrong patient
    author: PractitionerFacts | None = None
    signed_by_source: bool = False  # authenticated in the sending system (TXA-17 AU, LA; legalAuthenticator)
    references: Sequence[dict[str, Any]] | None = None  # every Reference in ``resource``, where the reader knows them


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One message, document or bundle (the part of it that is one patient's)."""

    format: str  # "hl7v2", "ccda", "fhir"
    kind: str  # "ADT^A01", "C-CDA 2.1 Discharge Summary", "Bundle/transaction"
    source: str = ""  # sending application and facility, as sent: "LAB|MAIN"
    facility: str = ""  # sending facility's code, as sent
    control_id: str = ""
    sent_at: Moment | None = None
    patient: PatientFacts | None = None
    encounter: EncounterFacts | None = None
    movement: MovementFact | None = None
    merges: tuple[MergeFact, ...] = ()
    drafts: tuple[Draft, ...] = ()
    remarks: tuple[str, ...] = ()  # what could not be read and was left to the original: plain sentences
    extra: Mapping[str, str] = field(default_factory=dict)
