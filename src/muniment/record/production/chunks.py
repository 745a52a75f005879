"""Pieces to PDF files in a folder: text set together in chunks, pages of others placed, so that memory stays flat however long the record is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any
from uuid import UUID

import pikepdf

from muniment.record.production import files, foreign, material
from muniment.record.production.marked_up import Block
from muniment.record.production.material import Material
from muniment.record.production.pieces import Piece
from muniment.record.production.setter import set_pages

WEIGHT = 100_000  # characters that are set in one call
MOST_ATTACHED = 64 * 1024 * 1024  # bytes attached to the PDF in all
Key = tuple[UUID, int]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page: what stands at its foot, and whether it lies."""

    foot: str
    wide: bool = False


@dataclass(slots=True)
class Attached:
    name: str
    path: Path
    media_type: str


@dataclass(slots=True)
class Bound:
    """What has been set so far. ``starts``: anchor → place of its first leaf."""

    folder: Path
    seconds: int
    files: list[Path] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)
    starts: dict[str, int] = field(default_factory=dict)
    places: dict[Key, tuple[int, int]] = field(default_factory=dict)  # (entry, version) → first leaf and last
    pictures: dict[Key, list[int]] = field(default_factory=dict)
    unset: dict[Key, str] = field(default_factory=dict)
    attached: list[Attached] = field(default_factory=list)
    unshown: set[str] = field(default_factory=set)
    _count: int = 0

    def bind(self, pieces: Iterable[Piece], note: Callable[[Piece], None]) -> None:
        """Make each piece in turn; ``note`` is told of each."""
        waiting, weight = _Waiting(), 0
        for piece in pieces:
            made = piece.make()
            if made.kind != "text":
                made = self._placed(piece, made, waiting)
            if made.kind == "text":
                blocks = [piece.head, *made.blocks]
                self._attach(piece, made)
                weight = self._wait(waiting, piece, blocks, weight)
            else:
                weight = 0
            note(piece)
        self._set(waiting)

    def set_blocks(self, blocks: list[Block], foot: str) -> None:
        """Set blocks of ours (appendices) at once."""
        waiting = _Waiting()
        waiting.blocks += blocks
        waiting.carried = foot
        waiting.feet[blocks[0]["id"]] = foot
        self._set(waiting)

    def _wait(self, waiting: _Waiting, piece: Piece, blocks: list[Block], weight: int) -> int:
        """Put a piece's blocks with those that wait; set what waits whenever it weighs enough, in the middle of a piece too."""
        waiting.pieces.append(piece)
        waiting.feet[piece.anchor] = piece.foot
        for block in blocks:
            weight += _weight(block)
            waiting.blocks.append(block)
            if weight > WEIGHT:
                self._set(waiting, going_on=piece)
                weight = 0
        return weight

    def _set(self, waiting: _Waiting, going_on: Piece | None = None) -> None:
        if waiting.blocks:
            name = self._name()
            path, unshown = set_pages(self.folder, name, "text.typ", {"blocks": waiting.blocks}, seconds=self.seconds)
            self.unshown |= set(unshown)
            self._take_text(path, waiting)
        waiting.clear(going_on)

    def _take_text(self, path: Path, waiting: _Waiting) -> None:
        with files.opened(path) as made:
            count, begins = len(made.pages), _anchors(made)
        base = len(self.leaves)
        begun = {anchor: base + place for anchor, place in begins.items() if anchor not in self.starts}
        self.starts |= begun
        feet = {place: waiting.feet.get(anchor, "") for anchor, place in begins.items()}
        foot = waiting.carried
        for place in range(count):
            foot = feet.get(place) or foot
            self.leaves.append(Leaf(foot))
        self._cover(waiting, base, base + count - 1)
        self.files.append(path)

    def _cover(self, waiting: _Waiting, first: int, last: int) -> None:
        """Each piece reaches to the leaf before the next one begins."""
        shown = waiting.pieces
        for piece, after in zip_longest(shown, shown[1:]):
            begin = max(self.starts.get(piece.anchor, first), first)
            end = self.starts[after.anchor] - 1 if after and after.anchor in self.starts else last
            if end < begin:
                continue  # it ended with the chunk before
            for key in piece.covers:
                before = self.places.get(key)
                self.places[key] = (before[0] if before else begin, end)

    def _placed(self, piece: Piece, made: Material, waiting: _Waiting) -> Material:
        """Place pages of others. What can't be placed comes back as a page of text that says so, its bytes attached."""
        path = self.folder / f"{self._name()}.pdf"
        try:
            found = foreign.place_pdf(made.content, path) if made.kind == "pdf" else foreign.place_image(made.content, path)
        except foreign.CannotPlace as problem:
            assert piece.version is not None
            return Material(
                blocks=material.unset(piece.version, made.media_type, problem.what),
                apart=made.content,
                media_type=made.media_type,
            )
        self._set(waiting)
        base = len(self.leaves)
        self.starts[piece.anchor] = base
        self.leaves += [Leaf(piece.foot, wide) for wide in found.wide]
        for key in piece.covers:
            self.places[key] = (base, len(self.leaves) - 1)
            if found.pictures:
                self.pictures[key] = sorted(found.pictures)
        self.files.append(path)
        return made

    def _attach(self, piece: Piece, made: Material) -> None:
        unreadable = next((block["t"] for block in made.blocks[:1] if block["k"] == "note"), "")
        if not (made.apart or unreadable):
            return
        for key in piece.covers:
            self.unset[key] = unreadable
        room = MOST_ATTACHED - sum(one.path.stat().st_size for one in self.attached)
        if made.apart and len(made.apart) > room:
            made.blocks.insert(
                1, {"k": "p", "t": "It is too large to be attached here; the department hands it over beside this PDF."}
            )
            return
        if made.apart:
            assert piece.version is not None
            assert piece.version.document_sha256 is not None
            name = f"{bytes(piece.version.document_sha256).hex()[:16]}.bin"
            path = self.folder / f"attached-{name}"
            path.write_bytes(made.apart)
            if all(one.name != name for one in self.attached):
                self.attached.append(Attached(name, path, made.media_type))

    def _name(self) -> str:
        self._count += 1
        return f"part-{self._count:05}"


@dataclass(slots=True)
class _Waiting:
    """Blocks that are to be set together. ``carried``: the foot of a piece that began in a chunk before."""

    blocks: list[Block] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    feet: dict[str, str] = field(default_factory=dict)
    carried: str = ""

    def clear(self, going_on: Piece | None) -> None:
        self.blocks, self.feet = [], {}
        self.pieces = [going_on] if going_on else []
        self.carried = going_on.foot if going_on else ""


def _weight(block: Block) -> int:
    """Characters; a table's cells count double, for they cost typst more."""
    if "rows" in block:
        return 2 * sum(len(cell) if isinstance(cell, str) else 10 for row in block["rows"] for cell in row) + 40
    return len(block.get("t", "")) + 40


def _anchors(made: pikepdf.Pdf) -> dict[str, int]:
    """Anchor → page, out of the names typst wrote for its labels."""
    names: Any = made.Root.get("/Names", {})
    if "/Dests" not in names:
        return {}
    pages = {page.obj.objgen: place for place, page in enumerate(made.pages)}
    found = {}
    for name, target in pikepdf.NameTree(names.Dests).items():
        page: Any = target[0] if isinstance(target, pikepdf.Array) else target.D[0]
        found[str(name)] = pages[page.objgen]
    return found
