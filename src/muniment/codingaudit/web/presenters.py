"""Audits as templates place them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from muniment.codingaudit import queries
from muniment.codingaudit.judging import Said
from muniment.codingaudit.models import Audit, AuditStep
from muniment.codingaudit.rules import Element, Finding, Stage, State, Verdict
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.encounters.models import Encounter
from muniment.encounters.web import presenters as stays
from muniment.identity.web import presenters as patients
from muniment.identity.web.presenters import whose
from muniment.ui import dates, shapes
from muniment.ui.shapes import Event, Fact, Tone, Why
from muniment.work.names import Whose

STATES = {
    State.CODING: ("To be coded again", Tone.DUE), State.JUDGING: ("With the auditor", Tone.DUE), State.TOLD: ("With the coder", Tone.DUE),
    State.RULING: ("Disputed", Tone.DUE), State.THIRD: ("For a third to decide", Tone.LATE), State.CLOSED: ("Closed", Tone.OK),
}  # fmt: skip
DONE = {
    State.JUDGING: "Kept.", State.TOLD: "Kept. The coder has it now.", State.RULING: "Kept. The auditor has it now.",
    State.THIRD: "Kept. Somebody who is neither decides.", State.CLOSED: "Kept. The audit is closed.",
}  # fmt: skip
BUTTONS = {
    State.JUDGING: "Send to the coder", State.TOLD: "Answer", State.RULING: "Send the ruling", State.THIRD: "Decide",
}  # fmt: skip
STEPS = {
    State.CODING: "Coded again and compared", State.JUDGING: "Judged the differences", State.TOLD: "Answered the findings",
    State.RULING: "Ruled on what was disputed", State.THIRD: "Decided what was upheld",
}  # fmt: skip
CHOICES = {
    Verdict.DROPPED: "No error: the first coding may stand", Verdict.ERROR: "An error", Verdict.AGREED: "I agree", Verdict.DISPUTED: "I dispute it",
    Verdict.UPHELD: "I uphold it", Verdict.YIELDED: "I yield: the coder is right", Verdict.CONFIRMED: "The error stands",
    Verdict.OVERTURNED: "The coder is right",
}  # fmt: skip
ACCURACY = Why(
    rule="Codes of the first coder that no error stands against, over all their codes and those they missed. Diagnoses and procedures count, the admitting diagnosis does not.",
    citation="House policy HIM-46, after AHIMA practice guidance on coding quality audits",
    verified=False,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One audit of a list."""

    row: Audit
    whose: Whose
    state: str
    tone: Tone
    coder: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One finding; ``choices`` (value, words, chosen) and ``kinds`` (code, name, chosen) where something is asked of it now."""

    finding: Finding
    tone: Tone
    titles: Mapping[str, str]
    choices: Sequence[tuple[str, str, bool]] = ()
    kinds: Sequence[tuple[str, str, bool]] = ()
    words: str = ""
    reference: str = ""

    @property
    def first_title(self) -> str:
        return self._title(self.finding.first_key, self.finding.first)

    @property
    def second_title(self) -> str:
        return self._title(self.finding.second_key, self.finding.second)

    def _title(self, key: str, value: str) -> str:
        if self.finding.element is Element.DISPOSITION:
            return self.titles.get(f"status {value}", "")
        return self.titles.get(key.partition("/")[0], "")

    @property
    def said(self) -> list[tuple[str, str]]:
        one = self.finding
        rows = (("Auditor", one.sentence), ("Reference", one.reference), ("Coder", one.reply), ("Ruling", one.ruling), ("Decision", one.decision))  # fmt: skip
        return [(label, words) for label, words in rows if words]


def banner(actor: Actor, stay: Encounter) -> shapes.Patient:
    numbers = patients.numbers_for(actor, [stay.patient_id]).get(stay.patient_id, [])
    return patients.banner(stay.patient, numbers, stay=stays.for_banner(stay, url=stays.chart_url(stay)), url=False)


def lines(actor: Actor, rows: Sequence[Audit]) -> list[Line]:
    named = whose(actor, {(one.patient_id, one.facility_id) for one in rows})
    return [_line(actor, one, named[one.patient_id, one.facility_id]) for one in rows]


def _line(actor: Actor, row: Audit, named: Whose) -> Line:
    state, tone = STATES[State(row.state)]
    late = row.state != State.CLOSED and row.due_at < clock.now()
    return Line(row, named, f"{state}, overdue" if late else state, Tone.LATE if late else tone, _coder(row))


def _coder(row: Audit) -> str:
    """Whose coding it is; not said while somebody codes the stay without seeing it."""
    return "not shown yet" if row.state == State.CODING else row.coder_name


def facts(row: Audit) -> list[Fact]:
    found = [
        Fact(label="Why", value=row.reason), Fact(label="Coder", value=_coder(row)), Fact(label="Auditor", value=row.auditor_name),
        Fact(label="Due", value=dates.moment(row.due_at, ZoneInfo(row.facility.zone)) if row.state != State.CLOSED else "closed"),
    ]  # fmt: skip
    if row.compared_at:
        found.append(
            Fact(label="MS-DRG", value=f"{row.first_drg or 'none'} by the coder, {row.second_drg or 'none'} by the auditor")
        )
    if row.state == State.CLOSED:
        whole = row.coded + row.missed
        share = f"{row.correct} of {whole}" + (f", {100 * row.correct / whole:.0f} %" if whole else "")
        found.append(Fact(label="Codes that stand", value=share, why=ACCURACY))
        found.append(Fact(label="MS-DRG that stands", value=row.standing_drg or "none"))
    return found


def differences(row: Audit, stage: Stage | None, said: Mapping[int, Said]) -> list[Difference]:
    """``stage``: the turn that is the reader's, None where it is not."""
    if row.state == State.CODING:
        return []
    titles = queries.titles(row)
    return [_difference(row, one, titles, stage, said.get(one.number, Said(""))) for one in queries.findings_of(row)]


def _difference(row: Audit, one: Finding, titles: Mapping[str, str], stage: Stage | None, typed: Said) -> Difference:
    tone = Tone.LATE if one.stands else Tone.DUE if one.verdict in (Verdict.RAISED, Verdict.ERROR, Verdict.DISPUTED, Verdict.UPHELD) else Tone.PLAIN  # fmt: skip
    if stage is None or one.verdict != stage.asks:
        return Difference(one, tone, titles)
    kinds = queries.errors_on(row.facility)[1].of(one.element) if row.state == State.JUDGING else ()
    return Difference(
        one, tone, titles, [(value.value, CHOICES[value], value == typed.verdict) for value in stage.choices],
        [(kind.code, f"{kind.name} ({kind.severity})", kind.code == typed.error) for kind in kinds], typed.words, typed.reference,
    )  # fmt: skip


def events(row: Audit, steps: Sequence[AuditStep]) -> list[Event]:
    zone = ZoneInfo(row.facility.zone)
    return [Event(what=STEPS[State(one.state)], who=one.actor_name, when=dates.moment(one.at, zone)) for one in steps]
