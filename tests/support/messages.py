"""HL7 v2 messages of invented people, as many as wanted, the same for the same seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

FAMILIES = ("Ashgrove", "Birkett", "Corrie", "Dunmore", "Ellacott", "Fenwick", "Garside", "Hartnoll")
GIVEN = ("Ada", "Bram", "Cleo", "Dov", "Elin", "Faris", "Greta", "Hugo")


@dataclass(frozen=True)
class Message:
    """One message: its control id, its bytes, and how many entries it files."""

    control_id: str
    content: bytes
    entries: int


def build(count: int, *, seed: int = 1, prefix: str = "M", facility: str = "HOSP") -> list[Message]:
    """``count`` messages over a few patients: admissions, results and documents in turn."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        patient = chance.randrange(max(count // 4, 1))
        kind = (admission, result, document)[number % 3]
        made.append(kind(f"{prefix}{number:05d}", patient, number, facility))
    return made


def admission(control_id: str, patient: int = 0, number: int = 0, facility: str = "HOSP") -> Message:
    """ADT^A01: no entry, a stay."""
    at = _at(number)
    lines = [
        _header("ADT^A01^ADT_A01", control_id, at, facility),
        f"EVN|A01|{at}",
        _patient(patient, facility),
        _visit(patient, facility, at),
    ]
    return Message(control_id, _joined(lines), 0)


def result(control_id: str, patient: int = 0, number: int = 0, facility: str = "HOSP") -> Message:
    """ORU^R01 with one order: order, report and two observations."""
    at = _at(number)
    lines = [
        _header("ORU^R01^ORU_R01", control_id, at, facility),
        _patient(patient, facility),
        _visit(patient, facility, at),
        f"OBR|1|O{control_id}|F{control_id}|24323-8^Metabolic panel^LN|||{at}|||||||||9001^Stone^Ada||||||{at}|||F",
        f"OBX|1|NM|2951-2^Sodium^LN||{130 + number % 15}|mmol/L|135-145||||F|||{at}",
        f"OBX|2|NM|2823-3^Potassium^LN||{3.5 + number % 20 / 10:.1f}|mmol/L|3.5-5.1||||F|||{at}",
    ]
    return Message(control_id, _joined(lines), 4)


def document(control_id: str, patient: int = 0, number: int = 0, facility: str = "HOSP") -> Message:
    """MDM^T02 with one text."""
    at = _at(number)
    lines = [
        _header("MDM^T02^MDM_T02", control_id, at, facility),
        f"EVN|T02|{at}",
        _patient(patient, facility),
        _visit(patient, facility, at),
        f"TXA|1|11506-3^Progress note^LN|TX|{at}|9001^Stone^Ada|{at}||||||D{control_id}|||||DI",
        f"OBX|1|TX|11506-3^Progress note^LN||Note {number}: resting, eating, no fever.||||||F",
    ]
    return Message(control_id, _joined(lines), 1)


def _at(number: int) -> str:
    return (datetime(2026, 3, 1, 8) + timedelta(minutes=number)).strftime("%Y%m%d%H%M%S")


def _header(kind: str, control_id: str, at: str, facility: str) -> str:
    return f"MSH|^~\\&|SIM|{facility}|HIM|{facility}|{at}||{kind}|{control_id}|P|2.5.1"


def _patient(number: int, facility: str) -> str:
    family, given = FAMILIES[number % 8] + _letters(number), GIVEN[number // 8 % 8]
    return f"PID|1||{7000 + number}^^^{facility}^MR||{family}^{given}||{1930 + number % 80}{1 + number % 12:02d}15|F"


def _visit(patient: int, facility: str, at: str) -> str:
    """One stay a patient, begun at a time of its own."""
    return (
        f"PV1|1|I|4W^{patient}^A^{facility}||||9001^Stone^Ada^^^^MD^^NPI|||MED||||7|||9001^Stone^Ada||V{7000 + patient}^^^{facility}^VN"
        + "|" * 25
        + "20260228080000"
    )


def _letters(number: int) -> str:
    return "".join(chr(97 + int(digit)) for digit in str(number))


def _joined(lines: list[str]) -> bytes:
    return ("\r".join(lines) + "\r").encode()
