"""Scans as rows, facts, figures and answers to "why?": what templates place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from muniment.audit.models import LifecycleEvent
from muniment.core import clock
from muniment.identity.models import Patient
from muniment.kernel.moments import Moment
from muniment.scanning.checking import NAMES as FORMATS
from muniment.scanning.models import Batch, Document, Page
from muniment.scanning.queries import Backlog, InForce
from muniment.scanning.rules import BatchState, State
from muniment.scanning.web.forms import IndexForm
from muniment.ui import dates
from muniment.ui.shapes import Event, Fact, Figure, Input, Tone, Why

BATCH_STATES = {
    BatchState.REFUSED: ("Refused", Tone.LATE), BatchState.DISMISSED: ("Refused, settled", Tone.PLAIN), BatchState.READING: ("Being read", Tone.INFO),
    BatchState.STOPPED: ("Stopped", Tone.DUE), BatchState.READ: ("Read", Tone.OK), BatchState.DESTROYED: ("Paper destroyed", Tone.PLAIN),
}  # fmt: skip
STATES = {
    State.WAITING: ("To be indexed", Tone.DUE), State.FILED: ("Filed", Tone.OK), State.CHECKING: ("Filed, to be checked", Tone.INFO),
    State.PASSED: ("Filed and checked", Tone.OK), State.LEFT_OUT: ("Left out", Tone.PLAIN),
}  # fmt: skip
EVENTS = {
    "take": "Taken in", "refuse": "Refused", "dismiss": "Refusal settled", "stop": "Reading stopped", "resume": "Reading resumed",
    "note-pages": "Pages read", "split": "Split into documents", "turn-page": "Page turned", "drop-page": "Page left out or taken back", "move-page": "Page moved",
    "split-document": "Document split", "merge-documents": "Documents joined", "leave-out": "Document left out", "take-back": "Document taken back",
    "file": "Filed", "check": "Checked", "certify-destruction": "Destruction of the paper certified", "print-sheets": "Separator sheets printed",
    "view": "Looked at", "file-by-rule": "Filed by rule", "judge-copy": "Likely copy decided", "join-lot": "Document joined", "close-lot": "Closed and sampled",
    "note-check-of-lot": "A document of its sample was checked", "resume-sampling": "Sampling resumed",
    "take-out": "Taken out of the chart, to be indexed again", "leave-lot": "A document was taken out",
}  # fmt: skip
NAMES = {"patient": "Patient", "encounter": "Stay", "type": "Kind of document", "date": "Date of the original"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A batch or a document as a line of a list."""

    title: str
    url: str
    state: str
    tone: Tone
    batch: Batch
    age: int
    why: str = ""
    first: int = 0
    operator: str = ""


def batch_row(row: Batch) -> Row:
    state, tone = BATCH_STATES[BatchState(row.state)]
    return Row(
        title=row.name,
        url=reverse("scanning-batch", args=[row.id]),
        state=state,
        tone=tone,
        batch=row,
        age=_age(row.received_at),
        why=row.reason,
    )


def document_row(row: Document) -> Row:
    """Without the patient: lists are read over shoulders, and a proposal is no fact."""
    state, tone = STATES[State(row.state)]
    title = row.type_name or row.proposals.get("type", {}).get("label") or "Kind not known"
    return Row(
        title=title, url=reverse("scanning-check" if row.state == State.CHECKING else "scanning-index", args=[row.id]), state=state, tone=tone,
        batch=row.batch, age=_age(row.waiting_since), why=row.exception or row.left_out or row.sampled, first=row.first_page, operator="by rule" if row.automatic else row.indexed_by_name,
    )  # fmt: skip


def _age(since: datetime) -> int:
    return (clock.now() - since).days


def batch_facts(row: Batch, facility: str) -> list[Fact]:
    zone = timezone.get_current_timezone()
    said = row.destruction
    found = [
        Fact(label="Facility", value=facility),
        Fact(label="Came by", value=row.source),
        Fact(label="Operator", value=row.operator_name),
        Fact(label="Received", value=dates.moment(row.received_at, zone)),
        Fact(label="Scanned on", value=dates.day(row.scanned_on)),
        Fact(label="Where the paper lies", value=row.paper),
        Fact(label="Format", value=FORMATS.get(row.media_type, "not recognised")),
        Fact(label="Size", value=f"{row.size / 2**20:,.1f} MB" if row.size > 2**20 else f"{row.size / 1024:,.0f} kB"),
        Fact(label="Pages", value=f"{row.pages_read} read of {row.pages}" if row.pages else "none"),
        Fact(label="SHA-256", value=bytes(row.sha256).hex()),
    ]
    if said:
        found += [
            Fact(label="Paper destroyed", value=dates.day(date.fromisoformat(said["on"])), url=reverse("scanning-certificate", args=[row.id])),
            Fact(label="How", value=said["how"]), Fact(label="Certified by", value=said["by"]), Fact(label="Witness", value=said["witness"]),
        ]  # fmt: skip
    return found


def events(found: Iterable[LifecycleEvent]) -> list[Event]:
    zone = timezone.get_current_timezone()
    return [
        Event(
            what=EVENTS.get(one.name.removeprefix("scanning."), one.name),
            who=one.actor_name,
            when=dates.moment(one.at, zone),
            why=one.reason,
        )
        for one in found
    ]


def why_of(proposals: dict[str, Any], name: str, governs: InForce) -> Why | None:
    """How a proposal came about: the lines of the page it stands on; None where there is none."""
    found = proposals.get(name)
    if not found:
        return None
    begun = "The separator sheet names it" if found["sheet"] else found.get("why") or "It stands in the text of the pages"
    inputs = [Input(f"Page {one['page']}: {one['what']}", one["line"]) for one in found["evidence"]]
    return Why(
        rule=f"{begun[:1].upper()}{begun[1:]}. Confidence {found['confidence']} %.", inputs=inputs,
        citation=governs.cited("identify") if name == "patient" else "", verified=True,
    )  # fmt: skip


def why_by_rule(row: Document) -> Why | None:
    """By which rule a document was filed without a person, and on what; None where somebody filed it."""
    said = row.automatic
    if not said:
        return None
    rests = {part: said["rests_on"][part] for part in NAMES}  # in their order on the screen
    inputs = [
        Input(f"{NAMES[part]}: {one['what']}, page {one['page']}", one["line"])
        for part, found in rests.items()
        for one in found["evidence"]
    ] + [
        Input(NAMES[part], f"{found['confidence']} %{', by its separator sheet' if found['sheet'] else ''}")
        for part, found in rests.items()
    ]
    return Why(
        rule=f"Filed without a person by rule {said['rule']}, version {said['number']}.", citation=said["cited"], inputs=inputs
    )


def why_not_by_rule(doubtful: Sequence[str], governs: InForce) -> Why | None:
    """Why a person decides, where a rule would let a document be filed without one."""
    if not doubtful:
        return None
    inputs = [Input(str(place), one) for place, one in enumerate(doubtful, 1)]
    return Why(rule=governs.statement("automatic"), citation=governs.cited("automatic"), inputs=inputs)


def figures(found: Backlog, governs: InForce, today: date) -> list[Figure]:
    """Each leads to its list."""
    return [
        _figure("To be indexed", found.waiting, "waiting", "Documents that wait for indexing, the exceptions among them."),
        _figure("Exceptions", found.exceptions, "exceptions", "Waiting documents whose sheet, count or patient does not add up, or whose check failed.", Tone.LATE),
        _late(found, governs, today),
        _figure("To be checked", found.checking, "checking", "Filed documents drawn by the sampling plan and not checked yet.", rule=governs, code="sampling"),
        _forecast(found, governs, today), *_by_rule(found, governs, today),
    ]  # fmt: skip


def _by_rule(found: Backlog, governs: InForce, today: date) -> list[Figure]:
    """Where a rule files without a person, or did so lately."""
    if not governs.automatic and not found.by_rule:
        return []
    words = "in force; staying it stops it at once" if governs.automatic else "none is in force"
    url = reverse("rulebook-rule", args=["scanning.automatic"]) if governs.automatic else ""
    why = Why(
        rule=f"Documents filed without a person from {dates.day(found.since)} to today. {governs.statement('automatic')}", citation=governs.cited("automatic"),
        judged_on=today, inputs=[Input("The rule", words, url)],
    )  # fmt: skip
    return [Figure(label="Filed by rule", value=f"{found.by_rule:,}", url=_listed("by-rule"), why=why)]


def _figure(
    label: str, count: int, shown: str, definition: str, tone: Tone = Tone.PLAIN, *, rule: InForce | None = None, code: str = ""
) -> Figure:
    why = Why(rule=definition, citation=rule.cited(code) if rule else "")
    return Figure(
        label=label,
        value=f"{count:,}",
        url=_listed(shown),
        why=why,
        state="" if not count or tone is Tone.PLAIN else "look at them",
        tone=tone,
    )


def _listed(shown: str) -> str:
    return reverse("scanning-documents") + f"?show={shown}"


def _late(found: Backlog, governs: InForce, today: date) -> Figure:
    days = governs.policy.backlog_days
    why = Why(
        rule=f"Documents that have waited for indexing for more than {days} days since their batch was received. {governs.statement('backlog')}",
        citation=governs.cited("backlog"), judged_on=today, inputs=[Input("Oldest", dates.day(timezone.localdate(found.oldest)) if found.oldest else "none")],
    )  # fmt: skip
    state, tone = ("backlogged", Tone.LATE) if found.late else ("within the limit", Tone.OK)
    return Figure(
        label=f"Waiting over {days} days", value=f"{found.late:,}", url=_listed("late"), why=why, state=state, tone=tone
    )


def _forecast(found: Backlog, governs: InForce, today: date) -> Figure:
    cast = found.forecast
    why = Why(
        rule="What waits, divided by the mean number of documents filed on each of the last working days before today. What still comes is"
        " counted in the backlog by channel and type. Working days are Monday to Friday; holidays are not known.",
        citation=governs.cited("backlog"), judged_on=today,
        inputs=[
            Input("Waiting", f"{cast.waiting:,}"), Input("Filed", f"{cast.done:,} from {dates.day(found.since)} to yesterday", _listed("filed")),
            Input("A working day", f"{cast.rate:.1f}"),
        ],
    )  # fmt: skip
    shown = "no rate" if cast.days is None else f"{cast.days:.1f}".removesuffix(".0")
    return Figure(
        label="Until all is indexed", value=shown, unit="" if cast.days is None else "working days", url=_listed("waiting"), why=why,
        state="nothing was filed in that time" if cast.days is None else "", tone=Tone.DUE if cast.days is None else Tone.PLAIN,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page as the reading pane shows it."""

    page: Page
    picture: str
    place: int
    hard: bool

    @property
    def words(self) -> str:
        parts = [
            "left out" if self.page.dropped else "",
            "blank" if self.page.blank else "",
            "hard to read" if self.hard else "",
            self.page.trouble,
        ]
        return ", ".join(one for one in parts if one)


def leaves(row: Document, pages: Sequence[Page], least_confidence: int) -> list[Leaf]:
    return [
        Leaf(
            one, reverse("scanning-picture", args=[row.id, one.number]) + f"?turn={one.turn}", place,
            hard=not one.blank and bool(one.text) and one.confidence < least_confidence,
        )
        for place, one in enumerate(pages, 1)
    ]  # fmt: skip


def original_words(text: str) -> str:
    """The date of the original as it is shown, no more exact than it is."""
    moment = Moment.from_fhir(text)
    if moment.has_time:
        return dates.moment(moment.value, timezone.get_current_timezone())
    return dates.partial(moment.value, moment.precision)


def index_facts(row: Document, patient: str, stay: str) -> list[Fact]:
    zone = timezone.get_current_timezone()
    return [
        Fact(label="Patient", value=patient),
        Fact(label="Stay", value=stay or "none"),
        Fact(label="Kind of document", value=row.type_name),
        Fact(label="Date of the original", value=original_words(row.original) if row.original else ""),
        Fact(label="Signed on the paper by", value=row.signed_by or "nobody"),
        Fact(label="Written during downtime", value="yes" if row.downtime else "no"),
        Fact(label="Scanned on", value=dates.day(row.batch.scanned_on)),
        Fact(
            label="Indexed by",
            value=f"rule {row.automatic['rule']}, version {row.automatic['number']}" if row.automatic else row.indexed_by_name,
        ),
        Fact(label="Indexed", value=dates.moment(row.indexed_at, zone) if row.indexed_at else ""),
        Fact(label="Known by", value=row.said or "identifiers on the page"),
        Fact(label="Why it is checked", value=row.sampled),
    ]


def picture_of_filed(document_id: UUID, number: int) -> str:
    return reverse("scanning-filed-picture", args=[document_id, number])


def typed(form: IndexForm, given: Mapping[str, str], patient: Patient | None) -> list[tuple[str, str]]:
    """What somebody typed of a document that waits no longer, to be compared with what it was filed as: (field, text)."""
    if not form.is_bound:
        return []
    kinds = dict(form.fields["type"].choices)  # type: ignore[attr-defined]
    said = {name: str(form[name].value() or "") for name in ("date", "signed_by", "said")}
    found = [
        ("Patient", patient.display_name if patient else given.get("patient", "")), ("Kind of document", kinds.get(form["type"].value(), "")),
        *((str(form.fields[name].label), text) for name, text in said.items()),
    ]  # fmt: skip
    return [(name, text) for name, text in found if text]
