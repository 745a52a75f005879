"""The invented organisation: one health system, three facilities, an invented stretch of coast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE_NAME = "America/New_York"
ZONE = ZoneInfo(ZONE_NAME)
ORGANISATION = "Harbor Valley Health"
ORGANISATION_CODE = "HVH"
DEFAULT_AS_OF = datetime(2026, 11, 20, 8, 0, tzinfo=ZONE)

# The ZIP prefix 213 is not assigned to any place, so no address here can be somebody's.
TOWNS = (
    ("Port Alder", "21301"),
    ("Saltmere", "21302"),
    ("Quarry Ridge", "21303"),
    ("Fennimore Cove", "21304"),
    ("Eastwick Landing", "21305"),
    ("Lower Marling", "21306"),
)
STATE = "MD"


@dataclass(frozen=True, slots=True)
class Facility:
    """``code`` also names the assigner of its record numbers; ``root`` is its OID, in HL7's arc for examples."""

    code: str
    name: str
    kind: str  # acute, clinic, behavioural
    street: str
    town: str
    postal_code: str
    phone: str
    root: str
    time_zone: str = ZONE_NAME


FACILITIES = (
    Facility(
        "HVMC",
        "Harbor Valley Medical Center",
        "acute",
        "1 Lightkeeper Way",
        "Port Alder",
        "21301",
        "(410) 555-0100",
        "2.16.840.1.113883.19.77.1",
    ),
    Facility(
        "HVPC",
        "Harbor Valley Physicians Clinic",
        "clinic",
        "220 Ropewalk Street",
        "Port Alder",
        "21301",
        "(410) 555-0101",
        "2.16.840.1.113883.19.77.2",
    ),
    Facility(
        "HVBH",
        "Harbor Valley Behavioral Health",
        "behavioural",
        "48 Orchard Rise",
        "Quarry Ridge",
        "21303",
        "(410) 555-0102",
        "2.16.840.1.113883.19.77.3",
    ),
)
FACILITY = {facility.code: facility for facility in FACILITIES}

SERVICES = {
    "MED": "Medicine",
    "CAR": "Cardiology",
    "SUR": "General surgery",
    "ORT": "Orthopedics",
    "OBS": "Obstetrics",
    "NBN": "Newborn nursery",
    "NEU": "Neurology",
    "ONC": "Oncology",
    "EMR": "Emergency",
    "FAM": "Family medicine",
    "PED": "Pediatrics",
    "GAS": "Gastroenterology",
    "PSY": "Psychiatry",
}


def local(day: date, hour: int, minute: int = 0) -> datetime:
    """A wall-clock time at the hospital, as UTC: the generator counts in UTC so that a clock change can't reorder anything."""
    return datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)


def moment_shown(founded: datetime) -> datetime:
    """The moment a demo that was founded then tells its past up to: eight in the morning at the hospital, at most a day before."""
    there = founded.astimezone(ZONE)
    eight = datetime.combine(there.date(), time(8), ZONE)
    return eight if eight <= there else datetime.combine(there.date() - timedelta(days=1), time(8), ZONE)


def day_of(moment: datetime) -> date:
    """The calendar day at the hospital."""
    return moment.astimezone(ZONE).date()
