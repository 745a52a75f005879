"""HL7 v2.5.1 messages: ADT, ORU and MDM as the hospital's systems would send them. Segments end in CR, text is UTF-8."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from muniment.demo import labs
from muniment.demo.organisation import FACILITY, ORGANISATION_CODE, STATE, ZONE
from muniment.demo.people import Person
from muniment.demo.staff import Staff

_ESCAPES = str.maketrans({"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\", "\n": "\\.br\\", "\r": ""})
STRUCTURE = {
    "A01": "ADT_A01",
    "A02": "ADT_A02",
    "A03": "ADT_A03",
    "A04": "ADT_A01",
    "A05": "ADT_A05",
    "A08": "ADT_A01",
    "A11": "ADT_A09",
    "A12": "ADT_A12",
    "A13": "ADT_A01",
    "A28": "ADT_A05",
    "A40": "ADT_A39",
}


@dataclass(frozen=True, slots=True)
class Visit:
    """What PV1 and PV2 say of a stay at one moment. Times are UTC; ``before`` is the prior location."""

    number: str
    account: str
    facility: str
    patient_class: str
    service: str
    place: str
    attending: Staff
    reason: str
    admitted: datetime | None
    discharged: datetime | None = None
    disposition: str = ""
    source: str = "1"
    before: str = ""
    expected: datetime | None = None


def escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def stamp(moment: datetime) -> str:
    """HL7 TS: the hospital's wall clock with its offset."""
    return _stamp(moment.replace(microsecond=0))


@lru_cache(maxsize=65536)
def _stamp(moment: datetime) -> str:
    return moment.astimezone(ZONE).strftime("%Y%m%d%H%M%S%z")


def header(kind: str, structure: str, control: str, sent: datetime, application: str, facility: str) -> str:
    route = f"{application}|{facility}|MUNIMENT|{ORGANISATION_CODE}"
    return f"MSH|^~\\&|{route}|{stamp(sent)}||{kind}^{structure}|{control}|P|2.5.1|||AL|NE||UNICODE UTF-8"


def clinician(one: Staff) -> str:
    """XCN with the NPI."""
    return f"{one.npi}^{one.family}^{one.given}^^^^{one.credential}^^NPI^L^^^NPI"


def name(person: Person) -> str:
    said = f"{escaped(person.family)}^{escaped(person.given)}^{person.middle}^{person.suffix}^^^L"
    return f"{said}~{escaped(person.maiden)}^{escaped(person.given)}^^^^^M" if person.maiden else said


def identifiers(person: Person, facility: str) -> str:
    own = f"{person.mrn(facility)}^^^{facility}^MR"
    return f"{own}~{person.enterprise}^^^{ORGANISATION_CODE}^PI" if person.enterprise else own


def pid(person: Person, facility: str, account: str = "", mother: Person | None = None, died: datetime | None = None) -> str:
    born = person.born.strftime("%Y%m%d") if person.born_at is None else stamp(person.born_at)
    street = f"{escaped(person.street)}^^{escaped(person.town)}^{STATE}^{person.postal_code}^USA^H"
    elder = f"{mother.mrn(facility)}^^^{facility}^MR" if mother else ""
    order = str(person.birth_order or "")
    fields = [""] * 31
    fields[1], fields[3], fields[5] = "1", identifiers(person, facility), name(person)
    fields[7], fields[8], fields[11] = born, person.sex, street
    fields[13] = f"{person.phone}^PRN^PH"
    fields[15], fields[16] = person.language, person.marital
    fields[18] = f"{account}^^^{facility}^AN" if account else ""
    fields[21], fields[24], fields[25] = elder, "Y" if order else "", order
    fields[29], fields[30] = (stamp(died), "Y") if died else ("", "")
    return "PID|" + "|".join(fields[1:]).rstrip("|")


def pv1(visit: Visit) -> str:
    fields = [""] * 46
    fields[1], fields[2], fields[3] = "1", visit.patient_class, visit.place
    fields[6], fields[7] = visit.before, clinician(visit.attending)
    fields[10], fields[14] = visit.service, visit.source
    fields[17] = clinician(visit.attending) if visit.patient_class in ("I", "OBS") else ""
    fields[19] = f"{visit.number}^^^{visit.facility}^VN"
    fields[36] = visit.disposition
    fields[44] = stamp(visit.admitted) if visit.admitted else ""
    fields[45] = stamp(visit.discharged) if visit.discharged else ""
    return "PV1|" + "|".join(fields[1:]).rstrip("|")


def pv2(visit: Visit) -> str:
    expected = stamp(visit.expected) if visit.expected else ""
    return f"PV2|||^{escaped(visit.reason)}|||||{expected}".rstrip("|")


def adt(
    trigger: str, control: str, sent: datetime, happened: datetime, patient: str, visit: Visit, operator: str = "REG01"
) -> bytes:
    segments = (
        header(f"ADT^{trigger}", STRUCTURE[trigger], control, sent, "ADT", visit.facility),
        f"EVN|{trigger}|{stamp(sent)}|||{operator}|{stamp(happened)}|{visit.facility}",
        patient,
        pv1(visit),
        pv2(visit),
    )
    return _bytes(segments)


def merge(control: str, sent: datetime, survivor: Person, retired: Person, facility: str) -> bytes:
    gone = identifiers(retired, facility)
    segments = (
        header("ADT^A40", STRUCTURE["A40"], control, sent, "ADT", facility),
        f"EVN|A40|{stamp(sent)}|||MPI01|{stamp(sent)}|{facility}",
        pid(survivor, facility),
        f"MRG|{gone}||||||{name(retired).split('~')[0]}",
    )
    return _bytes(segments)


def document(
    control: str,
    sent: datetime,
    patient: str,
    visit: Visit,
    code: str,
    title: str,
    shown: str,
    author: Staff,
    written: datetime,
    number: str,
    state: str,
    text: str,
    trigger: str = "T02",
) -> bytes:
    """MDM. ``state`` is TXA-17: AU authenticated, PA preauthenticated (not yet signed), DI dictated, IN incomplete."""
    doctor = clinician(author)
    kind = f"{code}^{escaped(title)}^LN"
    authenticator = doctor if author.credential != "RN" else ""
    signed = _authentication(author, sent) if state == "AU" else ""
    txa = (
        f"TXA|1|{kind}|TX|{stamp(written)}|{doctor}|{stamp(written)}|{stamp(sent)}||{doctor}|{authenticator}||"
        f"{number}^^{visit.facility}||||{escaped(shown)}|{state}|U|AV|||{signed}"
    )
    segments = (
        header(f"MDM^{trigger}", "MDM_T02", control, sent, "TRX", visit.facility),
        f"EVN|{trigger}|{stamp(sent)}",
        patient,
        pv1(visit),
        txa,
        f"OBX|1|FT|{kind}||{escaped(text)}||||||F|||{stamp(written)}",
    )
    return _bytes(segments)


def _authentication(author: Staff, when: datetime) -> str:
    """PPN: person and time of authentication (TXA-22)."""
    return f"{author.npi}^{author.family}^{author.given}^^^^{author.credential}^^NPI^L^^^NPI^^{stamp(when)}"


def laboratory(
    control: str,
    sent: datetime,
    taken: datetime,
    patient: str,
    visit: Visit,
    order: str,
    panels: tuple[tuple[str, str, tuple[tuple[str, float], ...]], ...],
) -> bytes:
    """ORU with one OBR for each panel: (LOINC, name, ((test, value), …))."""
    segments = [header("ORU^R01", "ORU_R01", control, sent, "LAB", visit.facility), patient, pv1(visit)]
    place = 0
    for panel, (code, title, values) in enumerate(panels, 1):
        segments.append(
            f"OBR|{panel}|{order}-{panel}^{visit.facility}|L{order}-{panel}^LAB|{code}^{title}^LN|||{stamp(taken)}|||||||||{clinician(visit.attending)}||||||{stamp(sent)}||LAB|F"
        )
        for test, value in values:
            place += 1
            segments.append(_observation(place, test, value, taken))
    return _bytes(tuple(segments))


def _observation(place: int, test: str, value: float, taken: datetime) -> str:
    kind = labs.TESTS[test]
    measured = f"{labs.shown(test, value)}|{kind.unit}^{kind.unit}^UCUM|{labs.reference(test)}|{labs.flag(test, value)}"
    return f"OBX|{place}|NM|{kind.code}^{kind.name}^LN||{measured}|||F|||{stamp(taken)}"


@dataclass(frozen=True, slots=True)
class Spoken:
    """An order given by word of mouth. ``mode`` is ORC-30 (HL7 table 0483); the dose is (amount, UCUM unit)."""

    number: str
    mode: str
    drug: tuple[str, str]  # RxNorm code, name
    dose: tuple[str, str]
    how: str
    at: datetime
    by: Staff
    nurse: Staff


def spoken_order(
    control: str, sent: datetime, patient: str, visit: Visit, order: Spoken, verified_by: Staff | None = None
) -> bytes:
    """OMP: the order as the nurse wrote it down; with ``verified_by`` the update that says who authenticated it."""
    said = {2: f"{order.number}^CPOE", 9: stamp(sent), 12: clinician(order.by), 15: stamp(order.at)}
    if verified_by:
        said |= {1: "SC", 11: clinician(verified_by)}
    else:
        said |= {1: "NW", 10: clinician(order.nurse), 30: f"{order.mode}^^HL70483"}
    amount, unit = order.dose
    segments = (
        header("OMP^O09", "OMP_O09", control, sent, "CPOE", visit.facility),
        patient,
        pv1(visit),
        "ORC|" + "|".join(said.get(place, "") for place in range(1, 31)).rstrip("|"),
        f"RXO|{order.drug[0]}^{escaped(order.drug[1])}^RXNORM|{amount}||{unit}^{unit}^UCUM|||^{escaped(order.how)}",
    )
    return _bytes(segments)


def report(
    control: str,
    sent: datetime,
    taken: datetime,
    patient: str,
    visit: Visit,
    order: str,
    code: str,
    title: str,
    section: str,
    text: str,
) -> bytes:
    """ORU with one textual result: radiology (``section`` RAD) or microbiology (MB)."""
    source = "RAD" if section == "RAD" else "LAB"
    segments = (
        header("ORU^R01", "ORU_R01", control, sent, source, visit.facility),
        patient,
        pv1(visit),
        f"OBR|1|{order}^{visit.facility}|{section}{order}^{source}|{code}^{escaped(title)}^LN|||{stamp(taken)}|||||||||{clinician(visit.attending)}||||||{stamp(sent)}||{section}|F",
        f"OBX|1|FT|{code}^{escaped(title)}^LN||{escaped(text)}||||||F|||{stamp(taken)}",
    )
    return _bytes(segments)


def _bytes(segments: tuple[str, ...]) -> bytes:
    return ("\r".join(segments) + "\r").encode()


def place_of(facility: str, unit: str, room: int, bed: str = "") -> str:
    """PL: point of care, room, bed, facility."""
    return f"{unit}^{room}^{bed}^{FACILITY[facility].code}"
