"""Lots as rows and facts, with the plan explained: which table, letter, sample and numbers, and why so severely."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from muniment.scanning.lots.rules import LotState, tables
from muniment.scanning.models import Lot
from muniment.ui import dates
from muniment.ui.shapes import Fact, Input, Tone, Why

STATES = {
    LotState.OPEN: ("Open", Tone.PLAIN), LotState.INSPECTING: ("Being inspected", Tone.INFO), LotState.ACCEPTED: ("Accepted", Tone.OK),
    LotState.REJECTED: ("Rejected: checked whole", Tone.LATE),
}  # fmt: skip
TABLES = {"normal": "II-A", "tightened": "II-B", "reduced": "II-C"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A lot as a line of a list. ``accept`` and ``reject`` are empty while it has no plan."""

    title: str
    url: str
    state: str
    tone: Tone
    lot: Lot
    sample: str
    accept: str
    reject: str
    why: Why


def row(lot: Lot) -> Row:
    state, tone = STATES[LotState(lot.state)]
    plan = lot.plan
    return Row(
        title=lot.title, url=reverse("scanning-lot", args=[lot.id]), state=state, tone=tone, lot=lot, why=_why(lot),
        sample=f"{lot.checked} of {lot.drawn}" if plan else "", accept=str(plan["accept"]) if plan else "", reject=str(plan["reject"]) if plan else "",
    )  # fmt: skip


def _why(lot: Lot) -> Why:
    if not lot.plan:
        return Why(
            rule="It is open: its sample is drawn when it is closed, so that nobody knows beforehand which documents are checked."
        )
    return Why(
        rule=f"{_planned(lot)} {_decided(lot)}", citation=lot.plan["cited"], verified=lot.plan["held"],
        inputs=[
            Input("Lot", f"{lot.size} documents"), Input("Acceptance quality limit", f"{lot.plan['aql']} %" if lot.plan["aql"] else "none"),
            Input("General inspection level", lot.plan["level"] or "none"), Input("Inspection", f"{lot.inspection}: {lot.why}"),
            Input("Checked", f"{lot.checked} of {lot.drawn} drawn"), Input("Not as they should be", str(lot.failed)),
        ],
    )  # fmt: skip


def _planned(lot: Lot) -> str:
    plan, standard = lot.plan, tables()["standard"]
    if not plan["letter"]:
        return "Every document is checked, and one that fails rejects the lot."
    arrow = f", whose arrow leads to the plan of letter {plan['used']}" if plan["used"] != plan["letter"] else ""
    whole = " The sample is as large as the lot: every document is checked." if plan["whole"] else ""
    return (
        f"{standard}, table I gives a lot of this size the code letter {plan['letter']}; table {TABLES[lot.inspection]}{arrow}: a sample of"
        f" {tables()[lot.inspection][plan['used']]['sample']}, accepted with up to {plan['accept']} that fail, rejected from {plan['reject']}.{whole}"
    )


def _decided(lot: Lot) -> str:
    if lot.state == LotState.ACCEPTED:
        return f"{lot.failed} failed: accepted."
    if lot.state == LotState.REJECTED:
        return f"{lot.failed} failed: rejected, and what was not drawn is checked as well."
    return f"{lot.drawn - lot.checked} of the sample are still to be checked."


def facts(lot: Lot) -> list[Fact]:
    """What is known of it; its plan once it has one."""
    zone = timezone.get_current_timezone()
    found = [
        Fact(label="Operator", value=lot.operator_name), Fact(label="Type", value=lot.type_name or "every type"),
        Fact(label="Documents", value=f"{lot.size}{'' if lot.plan else ' so far'}"), Fact(label="Opened", value=dates.moment(lot.opened_at, zone)),
    ]  # fmt: skip
    if lot.plan:
        found += [
            Fact(label="Inspection", value=lot.inspection), Fact(label="Why so", value=lot.why),
            Fact(label="Sample", value=f"{lot.drawn}, of which {lot.checked} are checked"), Fact(label="Acceptance number", value=str(lot.plan["accept"])),
            Fact(label="Rejection number", value=str(lot.plan["reject"])), Fact(label="Failed", value=str(lot.failed)),
        ]  # fmt: skip
    if lot.resumed:
        found.append(Fact(label="Sampling resumed", value=f"{lot.resumed['by']}: {lot.resumed['why']}"))
    return found
