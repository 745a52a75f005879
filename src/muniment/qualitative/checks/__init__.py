"""The checks. Each is a pure function of a chart and the parameters of its rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from muniment.qualitative.checks import copied, dates, diagnoses, laterality, results, sexes
from muniment.qualitative.parameters import RuleSet
from muniment.qualitative.rules import Chart, Finding, Found, Kind, once

CHECKS: dict[Kind, Callable[[Chart, Any], Iterator[Finding]]] = {
    Kind.LATERALITY: laterality.check, Kind.SEX: sexes.check, Kind.DATES: dates.check, Kind.DIAGNOSES: diagnoses.check,
    Kind.COPIED: copied.check, Kind.RESULTS: results.check,
}  # fmt: skip


def look(chart: Chart, rules: RuleSet) -> list[Found]:
    """Everything the checks that are on find in a chart, each key once. The order of documents can't matter."""
    return [Found(finding, one.rule) for one in rules.checks for finding in once(CHECKS[one.kind](chart, one.parameters))]
