"""Paper that was scanned just before the demo begins: set by our own hand for the demo's patients, read by the real reader.

One batch waits for indexing: a document without a separator sheet, and one whose sheet expects a page that did not come. Of another, one
document was filed by a technician and waits for its check, and one was filed by rule: its sheet and its text agree.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from muniment.accounts import queries as accounts
from muniment.accounts.models import Facility, User
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.demo.organisation import FACILITIES
from muniment.encounters.models import Encounter
from muniment.identity import queries as identity
from muniment.scanning import actions, queries, reading, taking
from muniment.scanning.choosing import Index
from muniment.scanning.making import Arrival
from muniment.scanning.models import Batch, Document
from muniment.scanning.rules import State
from muniment.scanning.separators import Sheet

OPERATOR = "tnowell"
Progress = Callable[[str, int, int], None]
_PAGES = """#let pages = json("data.json")
#set page("us-letter", margin: 2.2cm)
#set text(font: "Libertinus Serif", size: 12pt, lang: "en")
#for (place, page) in pages.enumerate() {
  if place > 0 { pagebreak() }
  if page.code { align(center)[#text(22pt, weight: "bold")[#page.title] #v(1cm) #image("code.svg", width: 7cm)] } else {
    text(16pt, weight: "bold")[#page.title]
    v(0.6cm)
    for line in page.lines { par(line) }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Leaf:
    title: str
    lines: Sequence[str] = ()
    code: bool = False


def scan_all(as_of: datetime, progress: Progress) -> None:
    """Both batches at the first facility, in the days before ``as_of``; what is there already stays. Seven pages are read."""
    facility = Facility.objects.get(code=FACILITIES[0].code)
    operator = accounts.actor_for(User.objects.get(username=OPERATOR))
    stays = list(
        Encounter.objects.filter(facility=facility, status="finished", class_code="IMP", patient__birth_date__isnull=False)
        .select_related("patient").order_by("admitted_at")[:3]
    )  # fmt: skip
    if len(stays) == 3:
        with clock.at(as_of - timedelta(days=8)):
            bring_waiting(operator, facility, stays[0], stays[1], progress)
        with clock.at(as_of - timedelta(days=2)):
            bring_filed(operator, facility, stays[2], progress)


def bring_waiting(operator: Actor, facility: Facility, first: Encounter, second: Encounter, progress: Progress) -> None:
    """A consent without a separator sheet, then a consultation whose sheet expects one page more than came."""
    leaves = [_consent(second, facility), Leaf("Muniment separator sheet", code=True), *_consultation(first, facility)]
    _read(operator, _take(operator, facility, "outside-records.pdf", "Box 31", leaves, _sheet(first, facility)), progress)


def bring_filed(operator: Actor, facility: Facility, stay: Encounter, progress: Progress) -> None:
    leaves = [_consent(stay, facility), Leaf("Muniment separator sheet", code=True), _consultation(stay, facility)[0]]
    done = _take(operator, facility, "ward-4.pdf", "Box 32", leaves, replace(_sheet(stay, facility), pages=1))
    _read(operator, done, progress)
    _file(operator, done, stay)


def _sheet(stay: Encounter, facility: Facility) -> Sheet:
    number = identity.chief_number(identity.numbers_of([stay.patient_id]).get(stay.patient_id, []), facility.code)
    return Sheet(
        facility=facility.code, assigner=number.system if number else "", number=number.value if number else "", visit=stay.visit_number,
        type_code="11488-4", pages=3, serial="1",
    )  # fmt: skip


def _who(stay: Encounter, facility: Facility) -> list[str]:
    number = identity.chief_number(identity.numbers_of([stay.patient_id]).get(stay.patient_id, []), facility.code)
    born = stay.patient.birth_date
    return [
        f"Patient: {stay.patient.given} {stay.patient.family}",
        f"Medical record number: {number.value if number else 'unknown'}",
        f"Date of birth: {born:%m/%d/%Y}" if born else "",
    ]


def _service(stay: Encounter, facility: Facility) -> str:
    begun = stay.admitted_at or clock.now()
    return f"Date of service: {begun.astimezone(ZoneInfo(facility.zone)):%m/%d/%Y}"


def _consultation(stay: Encounter, facility: Facility) -> list[Leaf]:
    said = [
        "Thank you for asking me to see this patient. The history was taken from the patient and from the chart of the referring practice.",
        "There is no allergy to medicine. The home medicines were reviewed with the family and are listed on the next page.",
        "On examination the patient is comfortable, the lungs are clear and the heart sounds are regular without a murmur.",
    ]
    more = [
        "Impression and plan",
        "I recommend to continue the present treatment and to repeat the laboratory tests in two weeks.",
        "I shall be glad to see the patient again.",
    ]
    return [
        Leaf("CONSULTATION REPORT", [*_who(stay, facility), _service(stay, facility), *said]),
        Leaf("Consultation report, continued", more),
    ]


def _consent(stay: Encounter, facility: Facility) -> Leaf:
    said = [
        "I have been told what will be done, why, what may go wrong and what else could be done instead. My questions were answered.",
        "I agree to the treatment and to the anesthesia that it needs. I may change my mind at any time before it begins.",
    ]
    return Leaf("CONSENT TO TREATMENT", [*_who(stay, facility), _service(stay, facility), *said])


def _take(
    operator: Actor, facility: Facility, name: str, paper: str, leaves: Sequence[Leaf], sheet: Sheet | None
) -> Batch:  # fmt: skip
    from muniment.core import keys
    from muniment.scanning.separators import encode

    content = _set(leaves, encode(sheet, keys.named("separators")) if sheet else "")
    known = queries.by_hash(hashlib.sha256(content).digest())
    if known:
        return known
    arrival = Arrival(
        content=content, name=name, source="watch folder", facility=facility, operator_id=operator.id, operator_name=operator.name,
        received_at=clock.now(), scanned_on=clock.now().astimezone(ZoneInfo(facility.zone)).date(), paper=paper,
    )  # fmt: skip
    batch = taking.take(operator, arrival).batch
    assert batch is not None
    return batch


def _set(leaves: Sequence[Leaf], code: str) -> bytes:
    import typst

    from muniment.core.typeset import qr_code

    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "main.typ").write_text(_PAGES)
        (here / "data.json").write_bytes(msgspec.json.encode(list(leaves)))
        if code:
            (here / "code.svg").write_bytes(qr_code(code))
        made = typst.compile(here / "main.typ", root=here, ignore_system_fonts=True, timestamp=0, format="pdf")
    assert isinstance(made, bytes)
    return made


def _read(actor: Actor, batch: Batch, progress: Progress) -> None:
    reading.read(actor, batch.id, progress=lambda done, total: progress("scanned pages read", done, total))


def _file(operator: Actor, batch: Batch, stay: Encounter) -> None:
    """As the technician would have; the check is left to somebody else."""
    waiting = Document.objects.filter(batch=batch, state=State.WAITING).order_by("first_page").first()
    if waiting is None or waiting.first_page != 1:
        return
    proposed = waiting.proposals.get("date", {}).get("value") or clock.today().isoformat()
    said = "" if len(waiting.proposals.get("patient", {}).get("evidence", [])) >= 2 else "Name and number read on the page"
    index = Index(
        patient_id=stay.patient_id,
        encounter_id=stay.id,
        type_code="59284-0",
        original=proposed,
        said=said,
        signed_by=str(stay.attending) if stay.attending else "",
    )
    actions.file_document(actor=operator, document_id=waiting.id, index=index)
