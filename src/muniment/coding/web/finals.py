"""A final coding as facts, rows and events."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from muniment.coding import queries
from muniment.coding.models import FinalCoding
from muniment.coding.web.presenters import age_words
from muniment.encounters.rules import CLASSES
from muniment.kernel.codes import dotted
from muniment.terminology.own_tables import discharge_status
from muniment.ui import dates
from muniment.ui.shapes import Event, Fact, Input, Tone, Why

SEXES = {"F": "female", "M": "male"}


NO_WEIGHT = "not known: CMS Table 5 for the discharge date was not installed"


def shown(coding: FinalCoding, zone: ZoneInfo) -> dict[str, Any]:
    said = queries.content_of(coding)
    return {
        "coding": coding, "facts": _facts(coding, said, zone), "codes": [_row(one) for one in said["codes"]],
        "edits": said["edits"], "grouping": said["grouping"], "intact": queries.is_intact(coding),
    }  # fmt: skip


def _row(one: dict[str, Any]) -> dict[str, Any]:
    procedure = one["system"] == "icd-10-pcs"
    return one | {
        "written": one["code"] if procedure else dotted(one["code"]),
        "when": dates.day(date.fromisoformat(one["on"])) if one["on"] else "",
    }


def _facts(coding: FinalCoding, said: dict[str, Any], zone: ZoneInfo) -> list[Fact]:
    stay, grouping = said["stay"], said["grouping"]
    drg = f"{grouping['drg']} {grouping['title']}" if grouping.get("drg") else "none"
    again = [Fact(label="Coded again because", value=said["reason"])] if said["reason"] else []
    return [
        Fact(label="MS-DRG", value=drg, why=_why(grouping, coding.discharged_on)),
        Fact(label="Weight", value=grouping.get("weight") or NO_WEIGHT),
        Fact(label="Geometric mean stay", value=f"{grouping['gmlos']} days" if grouping.get("gmlos") else "not stated"),
        Fact(label="Class", value=CLASSES.get(stay["class"], stay["class"])),
        Fact(label="Admitted", value=_day(stay["admitted"])),
        Fact(label="Discharged", value=_day(stay["discharged"])),
        Fact(label="Disposition", value=discharge_status(stay["disposition"])),
        Fact(label="Age and sex", value=f"{age_words(stay['age'])}, {SEXES.get(stay['sex'], 'sex unknown')}"),
        *again,
        Fact(label="Finalised by", value=coding.coder_name),
        Fact(label="Finalised", value=dates.moment(coding.finalised_at, zone)),
        *(Fact(label=system.upper(), value=title) for system, title in said["releases"].items()),
        Fact(label="SHA-256", value=bytes(coding.sha256).hex()),
    ]


def _day(text: str) -> str:
    return dates.day(date.fromisoformat(text)) if text else ""


def _why(grouping: dict[str, Any], discharged: date) -> Why:
    if not grouping.get("drg"):
        return Why(rule=grouping["sentence"], judged_on=discharged)
    drivers = tuple(
        Input(one["code"], one["role"] if one["without"] is None else f"{one['role']}; without it {one['without']:03d}")
        for one in grouping["drivers"]
    )
    return Why(
        rule=f"MS-DRG version {grouping['version']}, MDC {grouping['mdc']:02d} {grouping['mdc_title']}. {grouping['sentence']}".strip(),
        citation=grouping["weights_from"] or "CMS MS-DRG Definitions Manual", inputs=drivers, judged_on=discharged,
    )  # fmt: skip


def history(versions: list[FinalCoding], changes: dict[int, list[str]], zone: ZoneInfo, chosen: int) -> list[Event]:
    """Each version with what it changed, newest first."""
    address = reverse("coding-abstract", args=[versions[0].encounter_id])
    return [
        Event(
            what=f"Version {one.number}: {'coded again' if one.reason else 'final coded'}{', shown here' if one.number == chosen else ''}",
            who=one.coder_name, when=dates.moment(one.finalised_at, zone), url=f"{address}?version={one.number}",
            why=" ".join([*([f"{one.reason}."] if one.reason else []), *changes.get(one.number, [])]),
            tone=Tone.OK if one is versions[0] else Tone.PLAIN,
        )
        for one in versions
    ]  # fmt: skip
