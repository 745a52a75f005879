"""The finished PDF: parts merged, every page stamped, outline, links, metadata and attachments of PDF/A-3b."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, AttachedFileSpec, Dictionary, Name, OutlineItem, Pdf

from muniment.record.production import files
from muniment.record.production.chunks import Attached, Leaf
from muniment.record.production.front import Line
from muniment.record.production.setter import set_pages

STAMPS = 250  # in one call: what typst holds for them is the most that a production holds
LINK = "muniment:page/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What is bound: files in their order, a leaf for each of their pages, the lines of the contents, what is attached."""

    files: Sequence[Path]
    leaves: Sequence[Leaf]
    lines: Sequence[Line]
    attached: Sequence[Attached]
    patient: str
    facts: str
    number: str
    title: str
    foot: str
    at: datetime
    front: int  # pages that may hold links of the contents


def bind(binding: Binding, folder: Path, out: Path) -> list[str]:
    """Write ``out``. Returns the characters that no font has. Everything is read from files: memory holds no page's content."""
    stamps, unshown = _stamps(binding, folder)
    with ExitStack() as opened:
        made = opened.enter_context(files.opened(files.merge(binding.files, folder / "merged.pdf")))
        if len(made.pages) != len(binding.leaves):
            raise AssertionError("the pages that were set are not those that were counted")
        for first, path in zip(range(0, len(made.pages), STAMPS), stamps, strict=True):
            _stamp(made, first, opened.enter_context(files.opened(path)))
        _link(made, binding.front)
        _outline(made, binding.lines)
        _attach(made, binding)
        _say(made, binding, opened.enter_context(files.opened(stamps[0])))
        files.write_pdf(made, out, min_version="1.7")
    return unshown


def _stamps(binding: Binding, folder: Path) -> tuple[list[Path], list[str]]:
    total, paths, unshown = len(binding.leaves), [], set()
    same = {"patient": binding.patient, "number": binding.number, "facts": binding.facts, "foot": binding.foot, "total": total}
    for first in range(0, total, STAMPS):
        some = binding.leaves[first : first + STAMPS]
        pages = [{"n": first + place, "wide": leaf.wide, "t": leaf.foot} for place, leaf in enumerate(some, 1)]
        seconds = int(binding.at.timestamp())
        path, missing = set_pages(folder, f"stamp-{first:06}", "stamp.typ", same | {"pages": pages}, seconds=seconds)
        paths.append(path)
        unshown |= set(missing)
    return paths, sorted(unshown)


def _stamp(made: Pdf, first: int, stamps: Pdf) -> None:
    """Lay each stamp over its page: a form object, drawn last, whose size is the page's own."""
    for place, stamp in enumerate(stamps.pages):
        page = made.pages[first + place]
        form = made.copy_foreign(stamp.as_form_xobject())
        page.obj.Resources = Dictionary(page.resources)  # type: ignore[arg-type]  # pages that were set together share theirs
        drawn = Dictionary(page.obj.Resources.get("/XObject", Dictionary()))
        drawn["/MunimentStamp"] = form
        page.obj.Resources.XObject = drawn
        page.contents_add(b"q\n", prepend=True)
        page.contents_add(b"\nQ\n/Artifact BMC q /MunimentStamp Do Q EMC\n")


def _link(made: Pdf, front: int) -> None:
    """Addresses of our own scheme become places in this PDF."""
    for page in list(made.pages)[:front]:
        for note in page.obj.get("/Annots", Array()):
            address = str(note.get("/A", Dictionary()).get("/URI", ""))
            if address.startswith(LINK):
                target = made.pages[int(address.removeprefix(LINK)) - 1]
                del note["/A"]
                note.Dest = Array([target.obj, Name.Fit])


def _outline(made: Pdf, lines: Sequence[Line]) -> None:
    with made.open_outline() as outline:
        above: OutlineItem | None = None
        for line in lines:
            item = OutlineItem(line.title, line.page - 1)
            if line.level == 0 or above is None:
                outline.root.append(item)
                above = item
                above.is_closed = True
            else:
                above.children.append(item)


def _attach(made: Pdf, binding: Binding) -> None:
    """Files that could not be set travel along (PDF/A-3, ISO 19005-3, 6.8): each with its type, relation and date."""
    held = Array()
    stamp = binding.at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
    for one in binding.attached:
        spec = AttachedFileSpec(
            made, one.path.read_bytes(), filename=one.name, description="A document of the record as it was filed",
            mime_type=_mime(one.media_type), creation_date=stamp, mod_date=stamp, relationship=Name.Source,
        )  # fmt: skip
        made.attachments[one.name] = spec
        held.append(spec.obj)
    if len(held):
        made.Root.AF = held


def _mime(media_type: str) -> str:
    bare = media_type.partition(";")[0].strip().lower()
    return bare if "/" in bare and bare.isascii() and " " not in bare else "application/octet-stream"


def _say(made: Pdf, binding: Binding, set_by_typst: Pdf) -> None:
    """Output intent, language, title and the claim to be PDF/A-3b. No Info dictionary: what is said is said once."""
    made.Root.OutputIntents = made.copy_foreign(made_indirect(set_by_typst, set_by_typst.Root.OutputIntents))
    made.Root.Lang = pikepdf.String("en")
    made.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    at = binding.at.astimezone(UTC).replace(microsecond=0).isoformat()
    with made.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as said:
        said["pdfaid:part"], said["pdfaid:conformance"] = "3", "B"
        said["dc:title"], said["dc:identifier"] = binding.title, binding.number
        said["xmp:CreateDate"] = said["xmp:ModifyDate"] = said["xmp:MetadataDate"] = at
        said["xmp:CreatorTool"] = "Muniment"
    if "/Info" in made.trailer:
        del made.trailer["/Info"]


def made_indirect(pdf: Pdf, thing: Any) -> Any:
    """A thing can be copied into another PDF only by reference."""
    return thing if thing.is_indirect else pdf.make_indirect(thing)
