"""Hours and their definitions in words."""

from __future__ import annotations

from muniment.transcription.queries import Limits
from muniment.transcription.rules import Step
from muniment.transcription.web.scope import STEPS
from muniment.ui.shapes import Input, Why

TURNAROUND = "Hours from the one time to the other as the systems told them, nights and weekends included, in tenths of an hour, begun ones in full. A document counts once, in the month in which the step ended."
MEDIAN = "Half of the turnarounds of the month were no longer than this."
NINETIETH = "Nine in ten of the turnarounds of the month were no longer than this."
WITHIN = "Turnarounds of the month no longer than the rule allows, divided by all that are counted."
EXCLUDED = "Documents whose step ended in the month, but began at a time nobody told, or after its end."
WAITING = "Documents that were dictated (transcribed) by then and not yet transcribed (authenticated), by how long they had waited. A document that is authenticated waits for nothing more."
WHICH = "Documents of stays whose messages tell of a dictation (HL7 v2 TXA-6 to TXA-8, TXA-22). One signed here counts from the time of its signature. Days without a time, and documents that were retracted, are left out."
DEFINITIONS = [
    ("Turnaround", TURNAROUND), ("Median", MEDIAN), ("90th percentile", NINETIETH), ("In time", WITHIN), ("Left out", EXCLUDED),
    ("Waiting", WAITING), ("Which documents", WHICH),
]  # fmt: skip


def hours(value: float | None) -> str:
    return "–" if value is None else f"{value:,.1f}"


def percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} %"


def why(said: str, limits: Limits, step: Step, inputs: list[Input]) -> Why:
    """A definition with the rule it is measured against."""
    rule = limits.rule
    return Why(
        rule=f"{said} {rule.statement if rule and limits.said else ''}".strip(), citation=rule.citation if rule else "",
        verified=bool(rule and rule.verified), inputs=[Input("Step", STEPS[step].capitalize()), *inputs],
    )  # fmt: skip
