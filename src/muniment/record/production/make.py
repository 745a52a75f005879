"""A production from its row to the finished PDF and manifest, in a folder of its own. Writes nothing to the database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from muniment.record.models import Version
from muniment.record.production import appendices, front, manifest, pieces
from muniment.record.production.assemble import Binding, bind
from muniment.record.production.chunks import Bound, Key, Leaf
from muniment.record.production.definition import LABELS
from muniment.record.production.dossier import Dossier
from muniment.record.production.front import Line, Tally
from muniment.record.production.material import is_intact
from muniment.record.production.pieces import Piece

Progress = Callable[[int, int], None]  # entries done, of how many; may raise to stop
LINES_AT_ONCE = 400
TRIES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Files and figures. ``counts`` is what the event and the screen say."""

    pdf: Path
    manifest: bytes
    pages: int
    pdf_sha256: bytes
    contents_sha256: str
    counts: dict[str, int]


@dataclass(slots=True)
class _Work:
    dossier: Dossier
    folder: Path
    listed: list[Piece]
    body: Bound
    faults: set[Key]


def make(dossier: Dossier, folder: Path, progress: Progress) -> Made:
    """Set, number, stamp, hash. The same dossier gives the same bytes."""
    work = _Work(dossier, folder, [], Bound(folder, int(dossier.asked_at.timestamp())), _faults(dossier))
    _set_body(work, progress)
    tally = _tally(work)
    top = _count_front(work, tally)
    for _ in range(TRIES):
        back = _set_back(work, top)
        total = top + len(work.body.leaves) + len(back.leaves)
        lines = _lines(work, back, top)
        opening = _set_front(work, tally, lines, total)
        if len(opening.leaves) == top:
            return _finish(work, opening, back, lines, tally)
        top = len(opening.leaves)
    raise AssertionError("the contents never came to rest")


def _faults(dossier: Dossier) -> set[Key]:
    """Versions whose content is not what was filed. Streamed: every content is read once."""
    wanted = {(item.entry_id, version.number) for item in dossier.selection.items for version in item.versions}
    rows = Version.objects.filter(patient_id__in=dossier.patients, recorded_at__lte=dossier.at).iterator(chunk_size=200)
    return {(row.entry_id, row.number) for row in rows if (row.entry_id, row.number) in wanted and not is_intact(row)}


def _set_body(work: _Work, progress: Progress) -> None:
    total, done = sum(len(item.versions) for item in work.dossier.selection.items), 0

    def note(piece: Piece) -> None:
        nonlocal done
        work.listed.append(piece)
        done += len(piece.covers)
        progress(min(done, total), total)

    work.body.bind(_all_pieces(work.dossier), note)


def _all_pieces(dossier: Dossier) -> Iterator[Piece]:
    yield from pieces.body(dossier)
    yield from pieces.appendix(dossier)


def _tally(work: _Work) -> Tally:
    selection = work.dossier.selection
    return Tally(
        documents=len(selection.documents), data=len(selection.structured), retracted=sum(item.is_retracted for item in selection.items),
        earlier=sum(len(item.versions) - 1 for item in selection.items), pictures=sum(map(len, work.body.pictures.values())),
        unset=len(work.body.unset), faults=len(work.faults), unshown=sorted(work.body.unshown),
    )  # fmt: skip


def _count_front(work: _Work, tally: Tally) -> int:
    """How many pages stand before the record: set once with the contents' titles and no numbers."""
    lines = _lines(work, Bound(work.folder, 0), 0)
    return len(_set_front(work, tally, lines, 0).leaves)


def _set_front(work: _Work, tally: Tally, lines: list[Line], total: int) -> Bound:
    opening = Bound(work.folder, int(work.dossier.asked_at.timestamp()), _count=900_000)
    opening.set_blocks([*front.cover(work.dossier, total), *front.certificate(work.dossier, tally)], "Title page")
    for first in range(0, len(lines), LINES_AT_ONCE):
        opening.set_blocks(front.contents(lines[first : first + LINES_AT_ONCE]), "Contents")
    return opening


def _set_back(work: _Work, top: int) -> Bound:
    """Signatures, codes, digests, trail. They name pages, so they are set when those are known."""
    back = Bound(work.folder, int(work.dossier.asked_at.timestamp()), _count=800_000)
    pages = _pages(work, top)
    for title, chunks in (
        (appendices.SIGNATURES, appendices.signature_chunks(work.dossier, pages)),
        (appendices.CODES, appendices.code_chunks(work.dossier)),
        (appendices.HASHES, appendices.hash_chunks(work.dossier, pages, work.faults)),
        (appendices.TRAIL, appendices.trail_chunks(work.dossier)),
    ):
        for blocks in chunks:
            back.set_blocks(blocks, title)
    return back


def _pages(work: _Work, top: int) -> dict[Key, tuple[int, int]]:
    """(entry, version) → its pages in the finished PDF, from 1."""
    return {key: (top + first + 1, top + last + 1) for key, (first, last) in work.body.places.items()}


def _lines(work: _Work, back: Bound, top: int) -> list[Line]:
    """The contents: a line for the certificate, each group, each piece, each appendix."""
    lines, group = [Line("Custodian’s certificate", 2, 0)], ""
    for piece in work.listed:
        page = top + work.body.starts[piece.anchor] + 1
        if piece.group != group:
            group = piece.group
            lines.append(Line(group, page, 0))
        if piece.title:
            lines.append(Line(piece.title, page, 1))
    base = top + len(work.body.leaves)
    for anchor, title in (
        ("signatures", appendices.SIGNATURES),
        ("codes", appendices.CODES),
        ("hashes", appendices.HASHES),
        ("trail", appendices.TRAIL),
    ):
        if anchor in back.starts or not back.leaves:  # while they are counted, each may come
            lines.append(Line(title, base + back.starts.get(anchor, 0) + 1, 0))
    return lines


def _finish(work: _Work, opening: Bound, back: Bound, lines: list[Line], tally: Tally) -> Made:
    dossier, out = work.dossier, work.folder / "production.pdf"
    which = LABELS[dossier.order.which]
    binding = Binding(
        files=[*opening.files, *work.body.files, *back.files], leaves=[*_opening_leaves(opening), *work.body.leaves, *back.leaves],
        lines=lines, attached=work.body.attached, patient=dossier.patient.display_name, facts=dossier.identity_line,
        number=dossier.production.number, title=f"{dossier.production.number}: {front.TITLES[dossier.order.which]}",
        foot=f"{which}, definition {dossier.definition.number}", at=dossier.asked_at, front=len(opening.leaves),
    )  # fmt: skip
    bind(binding, work.folder, out)
    return _made(work, out, binding, tally)


def _opening_leaves(opening: Bound) -> list[Leaf]:
    """The title page, the certificate, then the contents."""
    first = opening.starts["certificate"]
    contents = opening.starts["contents"]
    names = ["Title page"] * first + ["Custodian’s certificate"] * (contents - first)
    return [Leaf(name) for name in names] + opening.leaves[len(names) :]


def _made(work: _Work, out: Path, binding: Binding, tally: Tally) -> Made:
    dossier = work.dossier
    counts = {
        "documents": tally.documents, "data": tally.data, "earlier versions": tally.earlier, "retracted": tally.retracted,
        "pages as pictures": tally.pictures, "not set": tally.unset, "attached": len(binding.attached), "faults": tally.faults,
        "left out": sum(dossier.selection.left.values()),
    }  # fmt: skip
    contents = manifest.contents_of(dossier, _pages(work, binding.front), work.body.pictures, work.body.unset)
    with out.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
    said = manifest.whole(dossier, contents, pages=len(binding.leaves), pdf_sha256=digest.hex(), counts=counts)
    return Made(
        pdf=out, manifest=manifest.canonical(said), pages=len(binding.leaves), pdf_sha256=digest,
        contents_sha256=said["contents_sha256"], counts=counts,
    )  # fmt: skip
