"""What stands after the record: who signed, what the codes mean, the digests, and on request who saw what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import count, islice
from uuid import UUID

from django.db.models import Q

from muniment.audit.models import LifecycleEvent
from muniment.kernel.errors import Problem
from muniment.record import verify
from muniment.record.models import Closure, Entry, Signature
from muniment.record.production.dossier import Dossier
from muniment.record.production.marked_up import Block
from muniment.record.production.material import named, received
from muniment.record.production.selection import Item
from muniment.terminology import queries as terminology
from muniment.terminology.rules import System

ROWS = 300
SYSTEMS = {
    "http://loinc.org": "LOINC", "http://snomed.info/sct": "SNOMED CT", "http://www.nlm.nih.gov/research/umls/rxnorm": "RxNorm",
    "http://hl7.org/fhir/sid/icd-10-cm": "ICD-10-CM", "http://www.cms.gov/Medicare/Coding/ICD10": "ICD-10-PCS", "http://hl7.org/fhir/sid/cvx": "CVX",
    "http://www.ama-assn.org/go/cpt": "CPT", "http://hl7.org/fhir/sid/ndc": "NDC", "http://hl7.org/fhir/sid/icd-9-cm": "ICD-9-CM",
    "http://unitsofmeasure.org": "UCUM",
}  # fmt: skip
_PUBLISHED = {one.uri: one for one in (System.ICD10CM, System.ICD10PCS)}
SIGNATURES, CODES, HASHES, TRAIL = "Signature manifest", "Codes", "Hash manifest", "Who saw and did what"
Pages = Mapping[tuple[UUID, int], tuple[int, int]]  # (entry, version) → first page and last


def chunks(head: Block, table: Block, rows: Iterator[list[str]]) -> Iterator[list[Block]]:
    """A table of any length as block lists of a few hundred rows each, under one heading. Nothing, where there are no rows."""
    for place in count():
        some = list(islice(rows, ROWS))
        if not some:
            return
        top = {"k": "new", "id": f"{head['id']}-{place}", "t": f"{head['t']}, continued", "sub": []} if place else head
        yield [top, table | {"rows": some}]


def signature_chunks(dossier: Dossier, pages: Pages) -> Iterator[list[Block]]:
    sub = "Each signature of a version in this production: who, in which capacity, when, and whether its seal holds now; and each administrative closure of one that its author never authenticated. The seal binds the content, the document’s bytes, the name, the meaning and the time."
    head = {"k": "new", "id": "signatures", "t": SIGNATURES, "sub": [sub]}
    table = {
        "k": "table",
        "cols": ["0.5", "2.1", "1.9", "1.6", "1.9", "0.8"],
        "whole": True,
        "head": ["Page", "Document", "Signer and credential", "Meaning", "When", "Seal"],
    }
    return chunks(head, table, (row for item in dossier.selection.items for row in _acts(dossier, item, pages)))


def _acts(dossier: Dossier, item: Item, pages: Pages) -> list[list[str]]:
    """An entry's signatures, and how it was closed without its author's, in the order of time."""
    acts = [(one.signed_at, _signature(dossier, item, one, pages)) for one in dossier.signatures.get(item.entry_id, ())]
    acts += [(one.closed_at, _closure(dossier, item, one, pages)) for one in dossier.closures.get(item.entry_id, ())]
    return [row for _, row in sorted(acts, key=lambda act: act[0])]


def _closure(dossier: Dossier, item: Item, one: Closure, pages: Pages) -> list[str]:
    first = pages.get((item.entry_id, one.number), (0, 0))[0]
    meaning = f"closed administratively, never authenticated by its author: {one.reason}"
    who = f"{one.closed_by}\n{one.role}"
    return [str(first or ""), _which(item, one.number), who, meaning, dossier.short_clock(one.closed_at), "no signature"]


def _which(item: Item, number: int) -> str:
    return f"{item.title}, version {number}" if len(item.versions) > 1 else item.title


def _signature(dossier: Dossier, item: Item, one: Signature, pages: Pages) -> list[str]:
    who = named(one)
    author = next((version.author_name for version in item.versions if version.number == one.number), item.facts.author)
    meaning = f"{one.meaning}\n(author: {author})" if author and author not in who and one.meaning != "author" else one.meaning
    first = pages.get((item.entry_id, one.number), (0, 0))[0]
    return [
        str(first or ""),
        _which(item, one.number),
        who,
        meaning,
        f"{received(one)}{dossier.short_clock(one.signed_at)}",
        "holds" if verify.sound(one) else "DOES NOT HOLD",
    ]


def code_chunks(dossier: Dossier) -> Iterator[list[Block]]:
    head = {
        "k": "new",
        "id": "codes",
        "t": CODES,
        "sub": [
            "Every code in this production: what the record says it means and, where its release is installed here, what its publisher says."
        ],
    }
    table = {"k": "table", "cols": ["1.1", "1.1", "3", "3.2"], "head": ["System", "Code", "In the record", "As published"]}
    return chunks(head, table, iter(_codes(dossier)))


def _codes(dossier: Dossier) -> list[list[str]]:
    used: dict[tuple[str, str], tuple[str, date]] = {}
    for item in dossier.selection.items:
        facts = item.facts
        if facts.code:
            day = (facts.at or dossier.at).astimezone(dossier.zone).date()
            used.setdefault((facts.system, facts.code), (facts.label, day))
    published = _published(used)
    return [
        [SYSTEMS.get(system, system or "not stated"), code, label, published.get((system, code), "")]
        for (system, code), (label, _) in sorted(
            used.items(), key=lambda pair: (SYSTEMS.get(pair[0][0], pair[0][0]), pair[0][1])
        )
    ]


def _published(used: Mapping[tuple[str, str], tuple[str, date]]) -> dict[tuple[str, str], str]:
    """The publisher's words, of the release in force when the code was first used. Three queries a system and fiscal year."""
    asked: dict[tuple[System, date], list[tuple[str, str]]] = {}
    for (system, code), (_, day) in used.items():
        if system in _PUBLISHED:
            begun = date(day.year if day.month >= 10 else day.year - 1, 10, 1)
            asked.setdefault((_PUBLISHED[system], begun), []).append((system, code))
    found: dict[tuple[str, str], str] = {}
    for (known, begun), codes in sorted(asked.items()):
        try:
            said = terminology.lookup_many(known, [code.replace(".", "") for _, code in codes], begun)
        except Problem:
            continue  # no release of it is installed: the record's own words stand alone
        for system, code in codes:
            one = said.get(code.replace(".", ""))
            if one:
                found[(system, code)] = f"{one.display} ({one.governing.release.title})"
    return found


def hash_chunks(dossier: Dossier, pages: Pages, faults: set[tuple[UUID, int]]) -> Iterator[list[Block]]:
    """SHA-256 of each version and of each document's bytes; the manifest file beside the PDF has the same and more."""
    sub = "SHA-256 (FIPS 180-4) of each entry version as it is kept, with when it was recorded, and, where it carries one, of the document’s bytes. The manifest file that goes with this PDF holds the same digests for a program to compare."
    head = {"k": "new", "id": "hashes", "t": HASHES, "sub": [sub]}
    table = {
        "k": "table",
        "cols": ["0.7", "2", "0.4", "1.3", "5.2"],
        "head": ["Pages", "Entry", "No.", "Recorded", "SHA-256 of the version; of the document"],
        "mono": [4],
        "whole": True,
        "size": "8",
    }
    return chunks(head, table, _hash_rows(dossier, pages, faults))


def _hash_rows(dossier: Dossier, pages: Pages, faults: set[tuple[UUID, int]]) -> Iterator[list[str]]:
    for item in dossier.selection.items:
        for version in item.versions:
            digests = [bytes(version.sha256).hex()] + (
                [bytes(version.document_sha256).hex()] if version.document_sha256 else []
            )
            if (item.entry_id, version.number) in faults:
                digests.append("DOES NOT MATCH WHAT IS KEPT")
            where, at = page_words(pages.get((item.entry_id, version.number))), dossier.short_clock(version.recorded_at)
            yield [where, item.title, str(version.number), at, "\n".join(digests)]


def page_words(place: tuple[int, int] | None) -> str:
    if place is None:
        return ""
    return f"{place[0]:,}" if place[0] == place[1] else f"{place[0]:,}–{place[1]:,}"


def trail_chunks(dossier: Dossier) -> Iterator[list[Block]]:
    """Every event of the audit trail about this patient up to then, with what was shown. Only where it was asked for."""
    if not dossier.order.trail:
        return iter(())
    sub = f"Each event of the audit trail about this patient up to {dossier.clock(dossier.at)}: when, who, in which role, what was done or shown. Events about entries that are not in this production are not listed{_unsaid(dossier)}."
    head = {"k": "new", "id": "trail", "t": TRAIL, "sub": [sub]}
    table = {"k": "table", "cols": ["1.7", "1.9", "1.6", "2.2", "2.2"], "head": ["When", "Who", "Act", "About", "What"]}
    return chunks(head, table, _events(dossier))


SPEAKING = ("patient", "encounter", "production")  # events whose reasons are about the whole record


def _keeps_apart(dossier: Dossier) -> bool:
    return any(not left.nameable for left in dossier.selection.left)


def _unsaid(dossier: Dossier) -> str:
    return ", and reasons of the department’s own work are left out" if _keeps_apart(dossier) else ""


def _events(dossier: Dossier) -> Iterator[list[str]]:
    """Where types are kept apart, the reason of a piece of work could name one of their documents (42 CFR 2.13(c)(2)): it is not told."""
    titles = {str(item.entry_id): item.title for item in dossier.selection.items}
    entries = Entry.objects.filter(patient_id__in=dossier.patients).values_list("entry_id", flat=True)
    withheld, apart = {str(one) for one in entries} - titles.keys(), _keeps_apart(dossier)
    here = Q(facility_id=dossier.facility.id) | Q(facility_id__isnull=True)
    found = LifecycleEvent.objects.filter(here, patient_id__in=dossier.patients, at__lte=dossier.at).order_by("at", "id")
    for event in found.iterator(chunk_size=1000):
        if event.subject_id in withheld or (event.subject_type == "entry" and event.subject_id not in titles):
            continue
        told = not apart or event.subject_id in titles or event.subject_type in SPEAKING
        yield _event(dossier, event, titles, event.reason if told else "")


def _event(dossier: Dossier, event: LifecycleEvent, titles: Mapping[str, str], reason: str) -> list[str]:
    who = f"{event.actor_name}\n{event.role}" + (f", {event.workstation}" if event.workstation else "")
    about = titles.get(event.subject_id) or _about(dossier, event)
    what = "\n".join(part for part in (str(event.after.get("shown", "")), reason) if part)
    return [dossier.moment(event.at), who, f"{event.lifecycle}\n{event.name}", about, what]


def _about(dossier: Dossier, event: LifecycleEvent) -> str:
    if event.subject_type == "encounter":
        stay = next((row for key, row in dossier.stays.items() if str(key) == event.subject_id), None)
        return f"stay {stay.visit_number}" if stay else "a stay"
    if event.subject_type in ("entries", "patient"):
        entries = event.after.get("entries")
        return f"{entries} entries" if entries and event.subject_type == "entries" else event.subject_type
    return event.subject_type
