"""What comes beside the stays: merges, cancelled admissions, documents from elsewhere, and a few messages nobody could file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from muniment.demo import ccda, fhir, hl7
from muniment.demo.case import personal
from muniment.demo.draw import Draw
from muniment.demo.people import Person
from muniment.demo.profile import home_medicines
from muniment.demo.staff import clinicians
from muniment.demo.timeline import Plan, Stay
from muniment.demo.writer import Sent, whose

SUMMARIES, BUNDLES, LETTERS, CANCELLED, MERGES = 150, 170, 30, 15, 12


def strays(seed: int, plan: Plan) -> list[Sent]:
    """All of them up to the plan's last moment, in order of time."""
    share = len(plan.stays) / 6000
    found = [
        *_summaries(seed, plan, round(SUMMARIES * share)),
        *_bundles(seed, plan, round(BUNDLES * share), round(LETTERS * share)),
        *_cancelled(seed, plan, round(CANCELLED * share)),
        *_merges(seed, plan),
        *unfileable(seed, plan),
    ]
    return sorted((sent for sent in found if sent.sent_at <= plan.as_of), key=lambda sent: (sent.sent_at, sent.name))


def _some(plan: Plan, draw: Draw, count: int, classes: str) -> list[Stay]:
    fitting = [stay for stay in plan.stays if stay.story.patient_class in classes.split() and stay.mother is None]
    return draw.shuffled(fitting)[:count]


def _summaries(seed: int, plan: Plan, count: int) -> Iterator[Sent]:
    """From the clinic after a visit; from a hospital elsewhere some hours into a stay here."""
    draw = Draw(seed, "ccda")
    outside = count * 2 // 5
    for place, stay in enumerate([*_some(plan, draw, count - outside, "O"), *_some(plan, draw, outside, "I")]):
        own = Draw(seed, "ccda", stay.visit)
        away = place >= count - outside
        at = stay.start + timedelta(hours=own.between(2, 9)) if away else stay.end + timedelta(hours=own.between(1, 60))
        origin = ccda.outside_origin(stay.person, own) if away else ccda.clinic_origin(stay.person, own)
        number = f"CCD-{stay.visit}"
        medicines = home_medicines(stay.person, personal(seed, "medicines", stay.person))
        source = "OUTSIDE|" + origin.name if away else "CLINIC|HVPC"
        yield Sent(
            "ccda",
            at,
            source,
            f"{number}.xml",
            ccda.document(stay.person, origin, at, own, number, medicines),
            whose(stay.person),
        )


def _bundles(seed: int, plan: Plan, bundles: int, letters: int) -> Iterator[Sent]:
    draw = Draw(seed, "fhir")
    stays = [stay for stay in _some(plan, draw, bundles + letters, "O") if stay.story.facility == "HVPC"]
    for place, stay in enumerate(stays):
        own = Draw(seed, "fhir", stay.visit)
        at = stay.end + timedelta(hours=own.between(1, 30))
        write, label = (fhir.letter, "LTR") if place < letters else (fhir.bundle, "IMM")
        number = f"{label}-{stay.visit}"
        yield Sent("fhir", at, "CLINIC|HVPC", f"{number}.json", write(stay.person, at, own, number), whose(stay.person))


def _cancelled(seed: int, plan: Plan, count: int) -> Iterator[Sent]:
    """Admitted to the wrong account and taken back within the hour (A01, A11)."""
    draw = Draw(seed, "cancelled")
    for place, stay in enumerate(_some(plan, draw, count, "E")):
        at = stay.end + timedelta(minutes=40)
        visit = _visit(f"X{7_700_000 + place}", at, draw)
        patient = hl7.pid(stay.person, "HVMC", visit.account)
        yield _sent(f"{visit.number}-1", at, "ADT", hl7.adt("A01", f"{visit.number}.1", at, at, patient, visit), stay.person)
        back = at + timedelta(minutes=draw.between(8, 50))
        yield _sent(
            f"{visit.number}-2", back, "ADT", hl7.adt("A11", f"{visit.number}.2", back, back, patient, visit), stay.person
        )


def _visit(number: str, at: datetime, draw: Draw) -> hl7.Visit:
    doctor = draw.pick(clinicians("hospitalist"))
    return hl7.Visit(
        number,
        f"A{number[1:]}",
        "HVMC",
        "I",
        "MED",
        hl7.place_of("HVMC", "5E", draw.between(101, 136), "A"),
        doctor,
        "Admission entered in error",
        at,
    )


def _sent(name: str, at: datetime, source: str, content: bytes, person: Person) -> Sent:
    return Sent("hl7v2", at, f"{source}|HVMC", f"{name}.hl7", content, whose(person))


def _merges(seed: int, plan: Plan) -> Iterator[Sent]:
    """Some duplicates have been found and merged; the others are still there to be found."""
    draw = Draw(seed, "merges")
    people = {person.index: person for person in plan.people}
    last = _last_seen(plan)
    ready = [
        one
        for one in plan.duplicates
        if one.alias_of is not None and one.enterprise and one.index in last and one.alias_of in last
    ]
    for place, retired in enumerate(ready[: min(MERGES, len(ready) // 3)]):
        survivor = people[retired.alias_of or 0]
        at = max(last[retired.index], last[survivor.index]) + timedelta(days=draw.between(2, 12), hours=3)
        number = f"M{place + 1:03d}"
        yield _sent(f"{number}-ADT-A40", at, "MPI", hl7.merge(number, at, survivor, retired, "HVMC"), survivor)


def _last_seen(plan: Plan) -> dict[int, datetime]:
    seen: dict[int, datetime] = {}
    for stay in plan.stays:
        seen[stay.person.index] = max(stay.end, seen.get(stay.person.index, stay.end))
    return seen


def unfileable(seed: int, plan: Plan) -> Iterator[Sent]:
    """Eight inputs that belong in quarantine, each for its own reason, all of the last three weeks."""
    draw = Draw(seed, "unfileable")
    stays = _some(plan, draw, 8, "E O")
    if len(stays) < 8:
        return
    for place, (spoil, stay) in enumerate(zip(_SPOILT, stays, strict=True)):
        at = plan.as_of - timedelta(days=draw.between(0, 20), minutes=draw.between(60, 1300))
        kind, suffix, content = spoil(stay.person, at, draw)
        yield Sent(
            kind, at, "ADT|HVMC" if kind == "hl7v2" else "OUTSIDE", f"Q{place + 1:02d}{suffix}", content, whose(stay.person)
        )


def _nameless(person: Person, at: datetime, draw: Draw) -> tuple[str, str, bytes]:
    content = hl7.adt(
        "A04", "Q1", at, at, hl7.pid(person, "HVMC").replace(hl7.identifiers(person, "HVMC"), ""), _visit("X7800001", at, draw)
    )
    return "hl7v2", "-no-identifier.hl7", content


def _cut(person: Person, at: datetime, draw: Draw) -> tuple[str, str, bytes]:
    content = hl7.adt("A04", "Q2", at, at, hl7.pid(person, "HVMC"), _visit("X7800002", at, draw))
    # Cut within the header: cut later, a part of the record number would look like another patient's.
    return "hl7v2", "-cut-off.hl7", content[:24]


def _patientless(person: Person, at: datetime, draw: Draw) -> tuple[str, str, bytes]:
    visit = _visit("X7800003", at, draw)
    content = hl7.laboratory(
        "Q3", at, at, "NTE|1||Specimen label unreadable", visit, "780", (("718-7", "Hemoglobin", (("HGB", 11.2),)),)
    )
    return "hl7v2", "-no-patient.hl7", content


def _merge_nowhere(person: Person, at: datetime, draw: Draw) -> tuple[str, str, bytes]:
    content = hl7.merge("Q4", at, person, person, "HVMC")
    head, _, _ = content.partition(b"MRG|")
    return "hl7v2", "-merge-without-source.hl7", head + b"MRG|\r"


def _not_hl7(person: Person, at: datetime, draw: Draw) -> tuple[str, str, bytes]:
    return (
        "hl7v2",
        "-printer-page.hl7",
        b"*** PRINTER TEST PAGE ***\r\nStation 4W, tray 2\r\nIf you can read this, the printer works.\r\n",
    )


def _torn_xml(person: Person, at: datetime, draw: Draw) -> tuple[str, str, bytes]:
    content = ccda.document(person, ccda.outside_origin(person, draw), at, draw, "CCD-TORN", [])
    return "ccda", "-torn.xml", content[: len(content) * 2 // 3]


def _anonymous_xml(person: Person, at: datetime, draw: Draw) -> tuple[str, str, bytes]:
    content = ccda.document(person, ccda.outside_origin(person, draw), at, draw, "CCD-ANON", []).decode()
    start, end = content.index("<recordTarget>"), content.index("</recordTarget>")
    return "ccda", "-no-patient.xml", (content[:start] + content[end + len("</recordTarget>") :]).encode()


def _torn_json(person: Person, at: datetime, draw: Draw) -> tuple[str, str, bytes]:
    content = fhir.bundle(person, at, draw, "IMM-TORN")
    return "fhir", "-torn.json", content[: len(content) // 2]


_SPOILT = (_nameless, _cut, _patientless, _merge_nowhere, _not_hl7, _torn_xml, _anonymous_xml, _torn_json)
