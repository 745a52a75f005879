"""The people who work there: every role of the department, and the clinicians who owe it their charts. All invented."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

ALL = ("HVMC", "HVPC", "HVBH")


@dataclass(frozen=True, slots=True)
class Staff:
    """``npi`` has the shape of an NPI but fails its check digit (45 CFR 162.406: Luhn over 80840 + NPI), so it is nobody's."""

    username: str
    family: str
    given: str
    credential: str
    role: str
    specialty: str = ""
    npi: str = ""
    facilities: tuple[str, ...] = ALL

    @property
    def signature(self) -> str:
        return f"{self.given} {self.family}, {self.credential}" if self.credential else f"{self.given} {self.family}"


def luhn_digit(nine: str) -> int:
    """The check digit an NPI would have: Luhn over the prefix 80840 and the nine digits."""
    total = 0
    for place, figure in enumerate(reversed("80840" + nine)):
        doubled = int(figure) * (2 if place % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return -total % 10


def false_npi(number: int) -> str:
    """Ten digits whose check digit is wrong on purpose."""
    nine = f"1990{number:05d}"
    return f"{nine}{(luhn_digit(nine) + 5) % 10}"


_DEPARTMENT = (
    ("tnowell", "Nowell", "Tamsin", "RHIT", "technician", ALL),
    ("rbaptiste", "Baptiste", "Renard", "RHIT", "technician", ("HVMC", "HVPC")),
    ("okwan", "Kwan", "Olive", "", "technician", ("HVMC", "HVBH")),
    ("dferreira", "Ferreira", "Dulce", "CCS", "coder", ALL),
    ("mhalloran", "Halloran", "Maeve", "CCS", "coder", ("HVMC",)),
    ("jpradeep", "Pradeep", "Jaya", "CPC", "coder", ALL),
    ("lsorensen", "Sorensen", "Lise", "RHIT", "roi-specialist", ALL),
    ("cokafor", "Okafor", "Chidi", "RHIA", "identity-specialist", ALL),
    ("ethackeray", "Thackeray", "Edith", "RHIA", "administrator", ALL),
    ("gmontoya", "Montoya", "Graciela", "RHIA, CHDA", "administrator", ALL),
    ("vlindqvist", "Lindqvist", "Vera", "CHPS", "privacy-officer", ALL),
    ("arosenthal", "Rosenthal", "Amos", "PhD", "researcher", ALL),
    ("bniculescu", "Niculescu", "Bogdan", "", "database-administrator", ALL),
    ("hdevereaux", "Devereaux", "Helene", "CIA", "auditor", ALL),
)

_CLINICIANS = (
    ("swhitlock", "Whitlock", "Simon", "MD", "hospitalist", ("HVMC",)),
    ("ngupta", "Gupta", "Nalini", "MD", "hospitalist", ("HVMC",)),
    ("fadeyemi", "Adeyemi", "Folake", "DO", "hospitalist", ("HVMC",)),
    ("lcastellano", "Castellano", "Luca", "MD", "cardiology", ("HVMC", "HVPC")),
    ("kbergstrom", "Bergstrom", "Karin", "MD", "orthopedics", ("HVMC", "HVPC")),
    ("dtanaka", "Tanaka", "Daisuke", "MD", "surgery", ("HVMC", "HVPC")),
    ("pmbeki", "Mbeki", "Palesa", "MD", "obstetrics", ("HVMC", "HVPC")),
    ("rkeogh", "Keogh", "Roisin", "MD", "obstetrics", ("HVMC",)),
    ("sabramov", "Abramov", "Sofia", "MD", "pediatrics", ("HVMC", "HVPC")),
    ("jdelacroix", "Delacroix", "Jules", "MD", "emergency", ("HVMC",)),
    ("mforsythe", "Forsythe", "Moira", "MD", "emergency", ("HVMC",)),
    ("yhaddad", "Haddad", "Yusuf", "DO", "emergency", ("HVMC",)),
    ("esteinmetz", "Steinmetz", "Elias", "MD", "neurology", ("HVMC",)),
    ("aoyelaran", "Oyelaran", "Abiola", "MD", "oncology", ("HVMC", "HVPC")),
    ("tvasquez", "Vasquez", "Teresa", "MD", "gastroenterology", ("HVMC", "HVPC")),
    ("cmurchison", "Murchison", "Colin", "MD", "nephrology", ("HVMC",)),
    ("zpetrov", "Petrov", "Zoya", "MD", "pulmonology", ("HVMC",)),
    ("hnakagawa", "Nakagawa", "Hiro", "MD", "anesthesiology", ("HVMC",)),
    ("bfairweather", "Fairweather", "Beth", "DO", "family", ("HVPC",)),
    ("iromero", "Romero", "Ines", "NP", "family", ("HVPC",)),
    ("wgallagher", "Gallagher", "Ward", "MD", "psychiatry", ("HVBH", "HVMC")),
    ("mchoudhury", "Choudhury", "Mitra", "MD", "psychiatry", ("HVBH",)),
    ("jlockwood", "Lockwood", "June", "RN", "nursing", ("HVMC",)),
    ("aperalta", "Peralta", "Ana", "RN", "nursing", ("HVMC",)),
    ("dwestbrook", "Westbrook", "Dale", "RN", "nursing", ("HVBH", "HVPC")),
)


@lru_cache(maxsize=1)
def staff() -> tuple[Staff, ...]:
    """Everybody who signs in, department first."""
    department = [
        Staff(user, family, given, letters, role, "", "", where) for user, family, given, letters, role, where in _DEPARTMENT
    ]
    clinicians = [
        Staff(user, family, given, letters, "clinician", specialty, false_npi(4101 + 37 * place), where)
        for place, (user, family, given, letters, specialty, where) in enumerate(_CLINICIANS)
    ]
    return (*department, *clinicians)


@cache
def clinicians(specialty: str, facility: str = "") -> tuple[Staff, ...]:
    """Those of a specialty who work at the facility; raises LookupError when there is nobody, so that no story is orphaned."""
    found = tuple(one for one in staff() if one.specialty == specialty and (not facility or facility in one.facilities))
    if not found:
        raise LookupError(f"nobody of {specialty} works at {facility or 'any facility'}")
    return found
