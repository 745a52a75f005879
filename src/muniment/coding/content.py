"""A final coding as canonical JSON, and two of them compared. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from muniment.coding.assessment import Assessment, answer_to
from muniment.coding.drafting import Draft, DraftCode
from muniment.coding.findings import Edit
from muniment.coding.grouping import Grouped
from muniment.kernel.codes import dotted
from muniment.terminology.own_tables import discharge_status

SHAPE = 1  # of the JSON below; a reader of an older one knows what to expect


def final_content(
    assessment: Assessment, *, titles: dict[str, str], number: int, reason: str, coder: tuple[str, str], at: datetime,
    releases: dict[str, str],
) -> dict[str, Any]:  # fmt: skip
    """Everything the decision rested on. ``titles``: code → the title that was shown; ``coder``: id and printed name."""
    facts, draft = assessment.facts, assessment.draft
    return {
        "shape": SHAPE,
        "encounter": str(facts.encounter_id),
        "number": number,
        "stay": {
            "class": facts.class_code, "admitted": _day(facts.admitted), "discharged": _day(facts.discharged), "days": facts.days,
            "age": facts.age, "sex": facts.sex.value, "disposition": draft.disposition,
        },
        "codes": [_code(place, line, titles) for place, line in enumerate(draft.codes, 1)],
        "grouping": _grouping(assessment.grouped, assessment.sentence),
        "edits": [_edit(draft, edit) for edit in assessment.edits],
        "releases": releases,
        "coder": {"id": coder[0], "name": coder[1]},
        "finalised": at.isoformat(),
        "reason": reason,
    }  # fmt: skip


def _day(value: Any) -> str:
    return value.isoformat() if value else ""


def _code(place: int, line: DraftCode, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "sequence": place, "role": line.role.value, "system": "icd-10-pcs" if line.is_procedure else "icd-10-cm", "code": line.code,
        "title": titles.get(line.code, ""), "poa": line.poa.value, "on": _day(line.on), "operator": str(line.operator_id or ""),
    }  # fmt: skip


def _grouping(grouped: Grouped | None, sentence: str) -> dict[str, Any]:
    if grouped is None:
        return {"sentence": sentence}
    return {
        "version": f"{grouped.version // 10}.{grouped.version % 10}", "drg": f"{grouped.final_drg:03d}",
        "initial_drg": f"{grouped.initial_drg:03d}", "title": grouped.description, "mdc": grouped.mdc, "mdc_title": grouped.mdc_description,
        "severity": grouped.severity, "weight": _figure(grouped.weight), "gmlos": _figure(grouped.gmlos),
        "weights_from": grouped.weighting.source, "sentence": grouped.sentence, "excluded": list(grouped.excluded),
        "drivers": [{"code": one.code, "role": one.role, "without": one.changes_to} for one in grouped.drivers],
    }  # fmt: skip


def _figure(value: object) -> str:
    return "" if value is None else str(value)


def _edit(draft: Draft, edit: Edit) -> dict[str, Any]:
    return {
        "number": edit.number, "severity": edit.severity.value, "sentence": edit.sentence, "codes": list(edit.codes),
        "citation": edit.citation, "reason": answer_to(draft, edit),
    }  # fmt: skip


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What recoding changed, in sentences: codes, their role, indicator and date, disposition, DRG."""
    old, new = _by_code(before["codes"]), _by_code(after["codes"])
    said = [f"{_written(new[key])} {new[key]['title']} was added as {new[key]['role']}." for key in new if key not in old]
    said += [f"{_written(old[key])} {old[key]['title']} was removed." for key in old if key not in new]
    said += [sentence for key in old if key in new for sentence in _changes(old[key], new[key])]
    was, now = before["grouping"].get("drg", ""), after["grouping"].get("drg", "")
    if was != now:
        said.append(f"MS-DRG {was or 'none'} became {now or 'none'}.")
    if before["stay"]["disposition"] != after["stay"]["disposition"]:
        said.append(f"The disposition {_status(before)} became {_status(after)}.")
    return said or ["The codes are the same."]


def _by_code(codes: Iterable[dict[str, Any]]) -> dict[tuple[str, int], dict[str, Any]]:
    """By code and, for a procedure done twice, which time."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for one in codes:
        kind = "admitting " if one["role"] == "admitting" else ""
        times = sum(key[0] == kind + one["code"] for key in found)
        found[(kind + one["code"], times)] = one
    return found


def _changes(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    names = (("role", "role"), ("poa", "present-on-admission indicator"), ("on", "date"))
    return [
        f"{_written(new)}: {words} {old[name] or 'none'} became {new[name] or 'none'}."
        for name, words in names
        if old[name] != new[name]
    ]


def _written(code: dict[str, Any]) -> str:
    return str(code["code"]) if code["system"] == "icd-10-pcs" else dotted(code["code"])


def _status(content: dict[str, Any]) -> str:
    return discharge_status(content["stay"]["disposition"]) or "(none)"
