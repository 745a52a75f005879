"""What the DRG would be if: a draft as it stands beside one that is only tried, as lines and rows. Nothing here is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from muniment.coding.assessment import grouping_of
from muniment.coding.drafting import Draft, Role, add
from muniment.coding.grouping import Grouped
from muniment.coding.payment import expected_on
from muniment.coding.stay import StayFacts, claim_of
from muniment.coding.titles import titles_shown
from muniment.coding.web import presenters
from muniment.terminology.queries import lookup
from muniment.terminology.rules import System

NOT_AVAILABLE = "not available"
UNKNOWN = "No such code on the day of discharge; the grouper takes no notice of it."


@dataclass(frozen=True, slots=True)
class Row:
    """One thing said of both. ``differs`` also in words beside it, for colour alone tells nobody."""

    label: str
    now: str
    tried: str

    @property
    def differs(self) -> bool:
        return self.now != self.tried


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a draft groups to, or the sentence that says why it does not."""

    grouped: Grouped | None
    sentence: str

    @property
    def drg(self) -> str:
        return f"{self.grouped.final_drg:03d} {self.grouped.description}" if self.grouped else self.sentence


def outcome(facts: StayFacts, draft: Draft, *, drivers: bool) -> Outcome:
    return Outcome(*grouping_of(facts, claim_of(facts, draft), drivers=drivers))


def add_typed(facts: StayFacts, draft: Draft, text: str) -> Draft:
    """Add what was typed: a procedure where ICD-10-PCS of the day of discharge has it, else a diagnosis. Raises Problem."""
    plain = text.strip()
    is_procedure = len(plain) == 7 and lookup(System.ICD10PCS, plain, facts.discharged) is not None
    return add(draft, "procedure" if is_procedure else "diagnosis", plain)


def shown(facts: StayFacts, current: Draft, tried: Draft) -> dict[str, Any]:
    """Both drafts compared, and the tried one's lines. At most seven queries."""
    now, then = outcome(facts, current, drivers=False), outcome(facts, tried, drivers=True)
    effects = presenters.effects_of(then.grouped, claim_of(facts, tried)) if then.grouped else {}
    titles = titles_of(facts, tried)
    return {
        "rows": _rows(facts, now, then), "changes": _changes(current, tried), "poa_codes": presenters.POA_CODES,
        "asks_poa": facts.inpatient, "lines": presenters.plain_lines(tried, titles, effects), "disposition": tried.disposition,
        "drivers": presenters.driver_sentences(then.grouped) if then.grouped else [], "said": _said(now, then),
    }  # fmt: skip


def titles_of(facts: StayFacts, draft: Draft) -> dict[str, str]:
    """Code → title on the day of discharge, or that there is none."""
    found = titles_shown(draft, facts.discharged)
    return {one.code: found.get(one.code, UNKNOWN) for one in draft.codes}


def _rows(facts: StayFacts, now: Outcome, then: Outcome) -> list[Row]:
    said: Mapping[str, tuple[str, str]] = {
        "MS-DRG": (now.drg, then.drg),
        "MDC": (_mdc(now.grouped), _mdc(then.grouped)),
        "Severity": (_severity(now.grouped), _severity(then.grouped)),
        "Relative weight": (_figure(now.grouped, "weight"), _figure(then.grouped, "weight")),
        "Geometric mean stay, days": (_figure(now.grouped, "gmlos"), _figure(then.grouped, "gmlos")),
        "Arithmetic mean stay, days": (_figure(now.grouped, "amlos"), _figure(then.grouped, "amlos")),
        "Expected payment": (_payment(facts, now.grouped), _payment(facts, then.grouped)),
    }
    return [Row(label, *both) for label, both in said.items()]


def _mdc(grouped: Grouped | None) -> str:
    return f"{grouped.mdc:02d} {grouped.mdc_description}".strip() if grouped else "none"


def _severity(grouped: Grouped | None) -> str:
    return {"MCC": "MCC", "CC": "CC"}.get(grouped.severity, "without CC or MCC") if grouped else "none"


def _figure(grouped: Grouped | None, name: str) -> str:
    value = getattr(grouped.weighting, name) if grouped else None
    return NOT_AVAILABLE if value is None else str(value)


def _payment(facts: StayFacts, grouped: Grouped | None) -> str:
    expected = expected_on(grouped.weight if grouped else None, facts.discharged)
    return NOT_AVAILABLE if expected.amount is None else expected.written


def _said(now: Outcome, then: Outcome) -> str:
    """The comparison in one sentence, for whoever hears the page."""
    if now.drg == then.drg:
        return f"The MS-DRG stays {now.drg}." if now.grouped else now.drg
    before, after = (one.grouped.weight if one.grouped else None for one in (now, then))
    if before is None or after is None:
        return f"Tried: {then.drg}."
    difference = after - before
    return f"Tried: {then.drg}. The weight would {'rise' if difference > 0 else 'fall'} by {abs(difference)}."


def _changes(current: Draft, tried: Draft) -> list[str]:
    """What is tried, in words."""
    was, now = ({(one.role is Role.ADMITTING, one.code): one for one in draft.codes} for draft in (current, tried))
    said = [f"{now[key].written} added" for key in now if key not in was]
    said += [f"{was[key].written} left out" for key in was if key not in now]
    for key in (key for key in now if key in was):
        if now[key].role is not was[key].role:
            said.append(f"{now[key].written} as {now[key].role}")
        if now[key].poa is not was[key].poa:
            said.append(f"{now[key].written} with POA {now[key].poa or 'empty'}")
    if not said and [one.code for one in current.codes] != [one.code for one in tried.codes]:
        said.append("another order")
    return said
