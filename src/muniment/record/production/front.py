"""Title page, custodian's certificate and table of contents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from muniment.accounts.rules import LABELS as ROLES
from muniment.accounts.rules import Role
from muniment.encounters.rules import CLASSES
from muniment.identity.web.presenters import number_words
from muniment.record.production.definition import LABELS, Mark
from muniment.record.production.dossier import Dossier
from muniment.record.production.marked_up import Block
from muniment.record.production.order import Order, Uncovered
from muniment.record.production.selection import left_words, uncovered_words
from muniment.ui import dates

TITLES = {
    Mark.LEGAL: "Certified copy of the legal health record",
    Mark.DESIGNATED: "Certified copy of the designated record set",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the contents; ``page`` 0 while it is not known."""

    title: str
    page: int
    level: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What the production came to, as its certificate states it."""

    documents: int
    data: int
    earlier: int
    retracted: int
    pictures: int
    unset: int
    faults: int
    unshown: Sequence[str]


def cover(dossier: Dossier, pages: int) -> list[Block]:
    definition = dossier.definition
    rows = [
        *([["Known today as", dossier.known_as]] if dossier.known_as else []),
        ["Born", dossier.born],
        ["Sex", dossier.patient.sex or "not known"],
        ["Record numbers", "\n".join(sorted({number_words(one) for one in dossier.numbers if one.deciding})) or "none"],
        ["Production", dossier.production.number],
        ["Produced", dossier.clock(dossier.asked_at)],
        ["As of", dossier.clock(dossier.at)],
        ["Holds", holds(dossier.order, dossier)],
        ["Follows", f"{LABELS[dossier.order.which]}, version {definition.number} of the definition, in force from {definition.effective_from}\n{definition.cited}"],
        ["Pages", f"{pages:,}" if pages else " "],
    ]  # fmt: skip
    title = {
        "k": "cover", "id": "cover", "organisation": dossier.facility.organisation.name, "facility": dossier.facility.name,
        "t": TITLES[dossier.order.which], "patient": dossier.patient.display_name, "rows": rows,
    }  # fmt: skip
    return [title]


def holds(order: Order, dossier: Dossier) -> str:
    """The part of the record that was asked for, in words."""
    parts = [_stays(order, dossier)]
    if order.first or order.last:
        first = dates.day(order.first) if order.first else "the beginning"
        last = dates.day(order.last) if order.last else "the end"
        parts.append(f"dated {first} to {last}")
    return ", ".join(parts) + f", at {dossier.facility.name}"


def _stays(order: Order, dossier: Dossier) -> str:
    if not order.stays:
        return "The whole record"
    return "; ".join(_stay(dossier, one) for one in sorted(order.stays, key=str))


def _stay(dossier: Dossier, one: object) -> str:
    stay = next((row for key, row in dossier.stays.items() if key == one), None)
    if stay is None:
        return "a stay that is not here"
    begun = dates.day(stay.admitted_at.astimezone(dossier.zone)) if stay.admitted_at else "not begun"
    ended = dates.day(stay.discharged_at.astimezone(dossier.zone)) if stay.discharged_at else "open"
    return f"Stay {stay.visit_number}, {CLASSES.get(stay.class_code, stay.class_code).lower()}, {begun} to {ended}"


def certificate(dossier: Dossier, tally: Tally) -> list[Block]:
    """What the custodian certifies (a record of a regularly conducted activity), in plain words; what is left out and why."""
    row = dossier.production
    role = ROLES.get(Role(row.asked_role), row.asked_role) if row.asked_role in set(Role) else row.asked_role
    blocks: list[Block] = [
        {"k": "new", "id": "certificate", "t": "Custodian’s certificate", "sub": [f"Production {row.number}"]},
        {"k": "p", "t": f"I am a custodian of the health records of {dossier.facility.name} ({dossier.facility.organisation.name}), and I am authorised to certify them."},
        {"k": "p", "t": f"The pages that follow are a true and complete copy of the {LABELS[dossier.order.which].lower()} of {dossier.patient.display_name}, {dossier.chief_number}, as it stood on {dossier.clock(dossier.at)}, within what the title page says it holds. Which types of document belong to it is laid down in version {dossier.definition.number} of the facility’s definition, in force from {dossier.definition.effective_from}."},
        {"k": "p", "t": "The records were made at or near the time of the events they describe, by somebody who knew of them or from what such a person passed on; they were kept in the course of the facility’s regular work; and making them was a regular part of that work. Each was filed under a digest of its content, and each was compared with its digest when this copy was made."},
        {"k": "facts", "rows": _tally_rows(dossier, tally)},
    ]  # fmt: skip
    blocks += _remarks(dossier, tally)
    blocks += _left_out(dossier)
    return [
        *blocks,
        {"k": "facts", "rows": [["Produced by", f"{row.asked_by}, {role}"], ["On", dossier.clock(dossier.asked_at)], ["For", dossier.order.reason]]},
        {"k": "sign", "t": f"Signature of the custodian, {dossier.facility.name}"},
    ]  # fmt: skip


def _tally_rows(dossier: Dossier, tally: Tally) -> list[list[str]]:
    return [
        ["Documents", f"{tally.documents:,}"],
        ["Entries of data", f"{tally.data:,}"],
        ["Earlier versions", f"{tally.earlier:,}, each in full in the appendix"],
        ["Retracted", f"{tally.retracted:,}, in the appendix only"],
        ["Signatures", f"{sum(len(dossier.signatures.get(item.entry_id, ())) for item in dossier.selection.items):,}, listed in the signature manifest"],
    ]  # fmt: skip


def _remarks(dossier: Dossier, tally: Tally) -> list[Block]:
    said = []
    if tally.faults:
        said.append(
            f"{tally.faults:,} versions do NOT have the digest they were filed under. The hash manifest marks each of them. They must not be relied on."
        )
    if tally.unset:
        said.append(
            f"{tally.unset:,} documents could not be set as pages. A page stands in the place of each, and those that could be read are attached to this PDF."
        )
    if tally.pictures:
        said.append(
            f"{tally.pictures:,} pages of other systems’ documents stand here as pictures of themselves, because they could not be embedded as they were. The manifest names them."
        )
    if tally.unshown:
        said.append(
            f"Characters no font here can show stand as their Unicode number in brackets, such as [U+{ord(tally.unshown[0]):04X}]."
        )
    if any(item.part2 for item in dossier.selection.items):
        said.append(
            "This production holds records of substance use disorder treatment. 42 CFR part 2 prohibits unauthorized use or disclosure of these records."
        )
    if dossier.governs_now:
        said.append(
            f"This copy follows version {dossier.definition.number} of the definition, which governed when it was asked for. Version {dossier.governs_now} has come into force for the same day since."
        )
    if dossier.selection.uncovered:
        became = "are in this copy" if dossier.order.uncovered is Uncovered.INCLUDE else "are left out of this copy"
        said.append(
            f"The definition does not cover these types of entries, which {became} as was asked: {uncovered_words(dossier.selection.uncovered.items())}."
        )
    if any(item.current.origin for item in dossier.selection.items):
        said.append(
            "This copy holds records of other organisations, or brought by the patient. Each names its source in its title; this facility did not make them."
        )
    if dossier.order.as_of:
        said.append(
            f"Documents, data, signatures and demographics are those of {dossier.clock(dossier.at)}. When stays began and ended, and which records are this person’s, is given as it was known on {dossier.clock(dossier.asked_at)}, when this copy was made."
        )
    return [{"k": "note", "t": one} for one in said]


def _left_out(dossier: Dossier) -> list[Block]:
    rows = [[f"{count:,}", name, why] for name, why, count in left_words(dossier.selection.left)]
    if not rows:
        return [{"k": "p", "t": "Nothing of the facility’s record of this patient was left out."}]
    return [
        {"k": "h", "t": "What is not in this production"},
        {"k": "table", "cols": ["0.7", "3", "4"], "align": ["r"], "head": ["Entries", "Type", "Because"], "rows": rows},
    ]


def contents(lines: Iterable[Line]) -> list[Block]:
    """Each line leads to its page. Addresses of our own scheme are made into places of the PDF when it is put together."""
    rows = [
        {
            "t": line.title,
            "page": f"{line.page:,}" if line.page else "0",
            "link": f"muniment:page/{line.page}",
            "level": line.level,
        }
        for line in lines
    ]
    return [{"k": "new", "id": "contents", "t": "Contents", "sub": []}, {"k": "toc", "rows": rows}]
