"""Claims as JSON objects, as ``muniment group`` and ``muniment edit`` take them, and what is answered. Pure: the same for a file and a service.

Codes are read with or without their dot, in any case; they are answered as claims carry them, without.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

from muniment.coding.findings import Edit
from muniment.coding.grouping import VERSIONS, Driver, Grouped
from muniment.coding.rules import POA, Claim, Diagnosis, POAReporting, Procedure, Sex
from muniment.kernel.codes import ICD10CM, ICD10PCS
from muniment.kernel.errors import Problem, Unreadable

Code = TypeVar("Code", ICD10CM, ICD10PCS)
_SEXES = {
    "M": Sex.MALE, "MALE": Sex.MALE, "0": Sex.MALE, "F": Sex.FEMALE, "FEMALE": Sex.FEMALE, "1": Sex.FEMALE, "U": Sex.UNKNOWN,
    "UNKNOWN": Sex.UNKNOWN, "2": Sex.UNKNOWN, "": Sex.UNKNOWN,
}  # fmt: skip
_DATE = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")
_VERSION = re.compile(r"[Vv]?([0-9]{2})(?:\.?([0-9]))?")
_MOST_CODES = 200  # of a kind in one claim; an institutional claim holds 25 diagnoses and 25 procedures


def read_claim(said: Mapping[str, Any]) -> Claim:
    """A claim out of its JSON object; the shape is in docs/how-to/group-and-edit-claims.md.

    Raises Unreadable with the field's name in ``where``: a date that is none, a code that is not shaped like one, a number that is none.
    """
    return Claim(
        discharged=_date(said, "discharge_date"),
        admitted=_date(said, "admission_date") if said.get("admission_date") else None,
        age=_number(said, "age"),
        sex=_sex(said.get("sex")),
        discharge_status=f"{_number(said, 'discharge_status'):02d}" if said.get("discharge_status") not in (None, "") else "",
        principal=_diagnosis(said["pdx"], "pdx") if said.get("pdx") else None,
        secondary=tuple(_diagnosis(one, f"sdx {place}") for place, one in enumerate(_listed(said, "sdx"), 1)),
        procedures=tuple(_procedure(one, f"procedures {place}") for place, one in enumerate(_listed(said, "procedures"), 1)),
        admitting=_code(said["admitting_dx"], "admitting_dx") if said.get("admitting_dx") else None,
        poa_reporting=_reporting(said.get("hospital_status")),
        los=_number(said, "los") if said.get("los") is not None else None,
    )


def version_asked(said: Mapping[str, Any]) -> int | None:
    """The grouper version a claim asks for, as 431 for “43.1”, “431” or “V43.1”; None where its discharge date decides."""
    text = str(said.get("version") or "").strip()
    if not text:
        return None
    found = _VERSION.fullmatch(text)
    number = int(found[1]) * 10 + int(found[2] or 0) if found else 0
    if number not in {known for known, _, _ in VERSIONS}:
        installed = ", ".join(f"{known / 10:.1f}" for known, _, _ in VERSIONS)
        raise Unreadable(f"MS-DRG version {text[:12]} is not installed.", where="version", remedy=f"Installed are {installed}.")
    return number


def grouped_answer(grouped: Grouped) -> dict[str, Any]:
    """The DRG with what decides it. ``weight`` is null where no release of Table 5 has it for the discharge date."""
    return {
        "version": grouped.version, "initial_drg": grouped.initial_drg, "final_drg": grouped.final_drg, "mdc": grouped.mdc,
        "return_code": grouped.return_code, "sentence": grouped.sentence, "description": grouped.description,
        "drivers": [_driver(one) for one in grouped.drivers], "excluded": list(grouped.excluded),
        "hac": [{"code": code, "condition": name} for code, name in grouped.hacs],
        "weight": None if grouped.weight is None else float(grouped.weight), "weight_source": grouped.weighting.source,
    }  # fmt: skip


def _driver(one: Driver) -> dict[str, Any]:
    return {"code": one.code, "role": one.role, "drg_without": one.changes_to}


def edits_answer(edits: Iterable[Edit], not_checked: Iterable[str] = ()) -> dict[str, Any]:
    """Every edit, the gravest first; ``not_checked`` says what could not be looked at, and why."""
    return {
        "not_checked": list(not_checked),
        "edits": [
            {"number": one.number, "severity": one.severity.value, "sentence": one.sentence, "codes": list(one.codes), "citation": one.citation}
            for one in edits
        ]
    }  # fmt: skip


def _date(said: Mapping[str, Any], name: str) -> date:
    found = _DATE.fullmatch(str(said.get(name, "")).strip())
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise Unreadable("This is not a date.", where=name, remedy="Write it as 2026-05-01.")


def _number(said: Mapping[str, Any], name: str) -> int:
    text = str(said.get(name, "")).strip()
    if isinstance(said.get(name), bool) or not re.fullmatch(r"-?[0-9]{1,6}", text):
        raise Unreadable("This is not a whole number.", where=name, remedy="Write it in digits.")
    return int(text)


def _sex(value: Any) -> Sex:
    text = str("" if value is None else value).strip().upper()
    if isinstance(value, bool) or text not in _SEXES:
        raise Unreadable("This is not a sex that claims know.", where="sex", remedy="Write M, F or U.")
    return _SEXES[text]


def _reporting(value: Any) -> POAReporting:
    try:
        return POAReporting(value or POAReporting.REQUIRED)
    except ValueError as error:
        names = ", ".join(one.value for one in POAReporting)
        raise Unreadable("This is not a way of reporting.", where="hospital_status", remedy=f"Write one of {names}.") from error


def _listed(said: Mapping[str, Any], name: str) -> list[Any]:
    found = said.get(name) or []
    if not isinstance(found, list) or len(found) > _MOST_CODES:
        raise Unreadable("This is not a list of codes.", where=name, remedy=f"Write a list of at most {_MOST_CODES}.")
    return found


def _diagnosis(value: Any, where: str) -> Diagnosis:
    poa = str(value.get("poa") or "").strip().upper() if isinstance(value, dict) else ""
    try:
        return Diagnosis(_code(value, where), POA(poa))
    except ValueError as error:
        raise Unreadable(
            "This is not a present-on-admission indicator.", where=where, remedy="Write Y, N, U, W or 1."
        ) from error


def _code(value: Any, where: str) -> ICD10CM:
    return _shaped(ICD10CM, value, where)


def _procedure(value: Any, where: str) -> Procedure:
    on = _date(value, "date") if isinstance(value, dict) and value.get("date") else None
    return Procedure(_shaped(ICD10PCS, value, where), on)


def _shaped(kind: type[Code], value: Any, where: str) -> Code:
    text = value.get("code", "") if isinstance(value, dict) else value
    if not isinstance(text, str):
        raise Unreadable("This is not a code.", where=where, remedy="Write the code as a text.")
    try:
        return kind.parse(text)
    except Problem as problem:
        raise Unreadable(problem.what, where=where, remedy=problem.remedy) from problem
