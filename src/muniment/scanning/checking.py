"""What arrived, looked at before anything is read of it: what it is, how many pages, whether it can harm. No Django, no database.

The bytes decide, not the name. What acts by itself in a PDF (scripts, launch actions, embedded files) is taken out of the working
copy and said; the original stays as it came.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

import pikepdf
from PIL import Image

from muniment.kernel.errors import Unreadable
from muniment.scanning import photographs
from muniment.scanning.photographs import JPEG, PNG
from muniment.scanning.rules import LEAST_DOTS, LEAST_INCHES, MOST_INCHES, MOST_PAGES, MOST_PIXELS

PDF, TIFF = "application/pdf", "image/tiff"
ENDINGS = {PDF: (".pdf",), TIFF: (".tif", ".tiff"), JPEG: (".jpg", ".jpeg"), PNG: (".png",)}
NAMES = {PDF: "PDF", TIFF: "TIFF", JPEG: "JPEG", PNG: "PNG"}
ACTING = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Movie", "/Sound"}
MOST_NESTED = 32  # fields within fields
CARRYING = {"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"}
_SCAN_AGAIN = "Scan the paper again, or ask the sender for another file."


@dataclass(frozen=True, slots=True)
class Checked:
    """``working`` is the copy to be read, without what acts; None where the original will do."""

    media_type: str
    pages: int
    remarks: list[str] = field(default_factory=list)
    working: bytes | None = None


def check(content: bytes, name: str = "") -> Checked:
    """Raises Unreadable, with what is wrong and what to do, for whatever can't be taken."""
    kind = kind_of(content)
    if not kind:
        raise Unreadable(
            f"This is neither PDF, TIFF, JPEG nor PNG{_begins(content)}.", where="first bytes",
            remedy="Scanners send PDF or TIFF, cameras JPEG. Check the file.",
        )  # fmt: skip
    found = _pdf(content) if kind == PDF else _tiff(content) if kind == TIFF else _photograph(content, kind)
    ending = PurePath(name).suffix.lower()
    if ending and ending not in ENDINGS[kind]:
        found.remarks.append(f"The name ends in {ending[:12]}, but the file is {NAMES[kind]}; it was read as such.")
    return found


def kind_of(content: bytes) -> str:
    if b"%PDF-" in content[:1024]:
        return PDF
    return TIFF if content[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+") else photographs.kind_of(content)


def _begins(content: bytes) -> str:
    known = {
        b"PK": "a ZIP or Office file",
        b"\xff\xd8": "a JPEG that is damaged",
        b"\x89P": "a PNG that is damaged",
        b"GI": "GIF",
        b"MZ": "a program",
        b"": "nothing: it is empty",
    }
    found = known.get(content[:2])
    return f"; it begins like {found}" if found and content else ("; it is empty" if not content else "")


def _pdf(content: bytes) -> Checked:
    with quietly(), _opened_pdf(content) as pdf:
        if pdf.is_encrypted and not pdf.owner_password_matched and not pdf.user_password_matched:
            raise Unreadable("The PDF is encrypted.", remedy="Ask the sender for a copy without a password.")
        count = len(pdf.pages)
        _check_count(count)
        for number, page in enumerate(pdf.pages, 1):
            _check_page(page, number)
        remarks = taken_out(pdf)
        if pdf.is_encrypted:
            remarks.append("The PDF was encrypted with an empty password; the working copy is not.")
        if not remarks:
            return Checked(PDF, count)
        return Checked(PDF, count, remarks, saved(pdf))


def _opened_pdf(content: bytes) -> pikepdf.Pdf:
    try:
        return pikepdf.open(io.BytesIO(content))
    except pikepdf.PasswordError:
        raise Unreadable(
            "The PDF is encrypted and needs a password.", remedy="Ask the sender for a copy without a password."
        ) from None
    except (pikepdf.PdfError, ValueError, RuntimeError):
        raise Unreadable("The PDF is damaged: it has no readable list of pages.", remedy=_SCAN_AGAIN) from None


def _check_count(count: int) -> None:
    if count == 0:
        raise Unreadable("The file has no page.", remedy=_SCAN_AGAIN)
    if count > MOST_PAGES:
        raise Unreadable(
            f"The file has {count:,} pages; at most {MOST_PAGES:,} are taken at a time.", remedy="Scan it in smaller batches."
        )


def _check_page(page: pikepdf.Page, number: int) -> None:
    where = f"page {number}"
    try:
        box = [float(one) for one in page.cropbox or page.mediabox]
        unit = float(page.obj.get("/UserUnit", 1)) / 72
    except (TypeError, ValueError, AttributeError):
        raise Unreadable("The page does not say how large it is.", where=where, remedy=_SCAN_AGAIN) from None
    _check_inches(abs(box[2] - box[0]) * unit, abs(box[3] - box[1]) * unit, where)
    sizes = [(int(image.get("/Width", 0)), int(image.get("/Height", 0))) for image in _images(page)]
    for size in sizes:
        _check_pixels(*size, where)
    if sizes and not _has_fonts(page):
        _check_dots(max(sizes, key=min), where)


def _images(page: pikepdf.Page) -> Iterator[Any]:
    try:
        held = page.obj["/Resources"]["/XObject"]
        yield from (one for _, one in held.items() if one.get("/Subtype") == "/Image")
    except (AttributeError, KeyError, TypeError, ValueError):
        return


def _has_fonts(page: pikepdf.Page) -> bool:
    try:
        return bool(page.obj["/Resources"]["/Font"].keys())
    except (AttributeError, KeyError, TypeError, ValueError):
        return False


def _check_dots(size: tuple[int, int], where: str) -> None:
    """A page that is a picture and nothing else holds something only when the picture has dots enough for it."""
    if min(size) < LEAST_DOTS:
        raise Unreadable(
            f"The page is a picture of {size[0]} × {size[1]} dots: too small to hold anything readable.",
            where=where,
            remedy=_SCAN_AGAIN,
        )


def _check_inches(width: float, height: float, where: str) -> None:
    if min(width, height) < LEAST_INCHES:
        raise Unreadable(
            f"The page is {width:.2f} × {height:.2f} inches: too small to hold anything readable.",
            where=where,
            remedy=_SCAN_AGAIN,
        )
    if max(width, height) > MOST_INCHES:
        raise Unreadable(
            f"The page is {width:.0f} × {height:.0f} inches; no more than {MOST_INCHES:.0f} are taken.",
            where=where,
            remedy=_SCAN_AGAIN,
        )


def _check_pixels(width: int, height: int, where: str) -> None:
    if width * height > MOST_PIXELS:
        raise Unreadable(
            f"A picture of {width:,} × {height:,} dots is larger than any scan of paper; it was not opened.", where=where, remedy=_SCAN_AGAIN
        )  # fmt: skip


_MALFORMED = "The TIFF is malformed: its pages can't be told apart or not be opened."


def _tiff(content: bytes) -> Checked:
    count = _directories(content)
    _check_count(count)
    with quietly():
        try:
            with Image.open(io.BytesIO(content), formats=["TIFF"]) as image:
                for number in range(count):
                    image.seek(number)
                    _check_frame(image, f"page {number + 1}")
        except Unreadable:
            raise
        except Image.DecompressionBombError:
            raise Unreadable("A picture is larger than any scan of paper; it was not opened.", remedy=_SCAN_AGAIN) from None
        except Exception:  # libtiff and Pillow raise some dozen kinds for broken files
            raise Unreadable(_MALFORMED, remedy=_SCAN_AGAIN) from None
    return Checked(TIFF, count)


def _photograph(content: bytes, kind: str) -> Checked:
    """One picture, one page. Its size is told before its dots are read."""
    broken = Unreadable(
        f"The {NAMES[kind]} is damaged: its picture can't be read to the end.", remedy="Take or scan the picture again."
    )
    with quietly():
        try:
            with Image.open(io.BytesIO(content), formats=photographs.FORMATS[kind]) as image:
                _check_pixels(*image.size, "page 1")
                _check_dots(image.size, "page 1")
                if kind == PNG and getattr(image, "n_frames", 1) > 1:
                    raise Unreadable("This is a moving picture, not a page.", remedy=_SCAN_AGAIN)
            photographs.whole(content, kind).close()
            if kind == JPEG:
                photographs.bare(content)
        except Unreadable:
            raise
        except Image.DecompressionBombError:
            raise Unreadable("A picture is larger than any scan of paper; it was not opened.", remedy=_SCAN_AGAIN) from None
        except Exception:  # Pillow raises some dozen kinds for broken files
            raise broken from None
    return Checked(kind, 1)


def _directories(content: bytes) -> int:
    """How many pages a TIFF's chain of directories has (TIFF 6.0, section 2; BigTIFF), without opening one: a library takes a
    second for a thousand. Raises Unreadable for a chain that leads out of the file or back into itself."""
    order, large = ("<" if content[:1] == b"I" else ">"), content[2:4] in (b"+\0", b"\0+")
    counted, offset, entry = (f"{order}Q", f"{order}Q", 20) if large else (f"{order}H", f"{order}I", 12)
    seen: set[int] = set()
    try:
        at = struct.unpack_from(offset, content, 8 if large else 4)[0]
        while at:
            if at in seen:
                raise Unreadable(_MALFORMED, where=f"after page {len(seen)}", remedy=_SCAN_AGAIN)
            seen.add(at)
            entries = struct.unpack_from(counted, content, at)[0]
            at = struct.unpack_from(offset, content, at + struct.calcsize(counted) + entries * entry)[0]
    except struct.error:
        raise Unreadable(_MALFORMED, where=f"page {len(seen)}", remedy=_SCAN_AGAIN) from None
    return len(seen)


def _check_frame(image: Image.Image, where: str) -> None:
    _check_pixels(*image.size, where)
    across, down = dots_per_inch(image)
    _check_inches(image.width / across, image.height / down, where)


def dots_per_inch(image: Image.Image) -> tuple[float, float]:
    """A frame's resolution; 200 where it does not say (fax and old scanners), and where what it says can't be."""
    given = image.info.get("dpi", (0, 0))
    found = tuple(float(one or 0) for one in given)
    return (found[0], found[1]) if all(50 <= one <= 2400 for one in found) else (200.0, 200.0)


def taken_out(pdf: pikepdf.Pdf) -> list[str]:
    """Take what acts by itself out of an opened PDF; says what, a sentence each."""
    root = pdf.Root
    counts = {
        "scripts and opening actions": _drop(root, "/OpenAction", "/AA") + _names(root, "/JavaScript"),
        "embedded files": _names(root, "/EmbeddedFiles") + _drop(root, "/Collection", "/AF"),
        "form programs": _form(root),
        "actions on pages": sum(_clean_page(page.obj) for page in pdf.pages),
    }
    return [f"Taken out of the working copy: {words}." for words, count in counts.items() if count]


def _drop(holder: Any, *names: str) -> int:
    there = [name for name in names if name in holder]
    for name in there:
        del holder[name]
    return len(there)


def _names(root: Any, name: str) -> int:
    held = root.get("/Names")
    return _drop(held, name) if isinstance(held, pikepdf.Dictionary) else 0


def _form(root: Any) -> int:
    form = root.get("/AcroForm")
    return _drop(form, "/XFA", "/CO") if isinstance(form, pikepdf.Dictionary) else 0


def _clean_page(page: Any) -> int:
    count = _drop(page, "/AA", "/AF")
    notes = page.get("/Annots")
    if not isinstance(notes, pikepdf.Array):
        return count
    kept = [one for one in notes if not _carries(one)]
    count += len(notes) - len(kept) + sum(_clean_note(one) for one in kept)
    page["/Annots"] = pikepdf.Array(kept)
    return count


def _carries(note: Any) -> bool:
    return isinstance(note, pikepdf.Dictionary) and str(note.get("/Subtype", "")) in CARRYING


def _clean_note(note: Any) -> int:
    if not isinstance(note, pikepdf.Dictionary):
        return 0
    action = note.get("/A")
    acts = isinstance(action, pikepdf.Dictionary) and (str(action.get("/S", "")) in ACTING or "/Next" in action)
    return _drop(note, "/AA", *(["/A"] if acts else [])) + _clean_fields(note)


def _clean_fields(note: Any) -> int:
    """The form's fields a widget stands for keep programs of their own, which a page takes along."""
    count, field = 0, note.get("/Parent")
    for _ in range(MOST_NESTED):
        if not isinstance(field, pikepdf.Dictionary):
            break
        count += _drop(field, "/AA", "/A")
        field = field.get("/Parent")
    return count


def saved(pdf: pikepdf.Pdf) -> bytes:
    """The same pages give the same bytes: no dates, an identifier made of the content."""
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True, encryption=False, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


class quietly(warnings.catch_warnings):  # noqa: N801 reads as what it does
    """Libraries warn of what we refuse or bear anyway."""

    def __enter__(self) -> Any:
        entered = super().__enter__()
        warnings.simplefilter("ignore")
        Image.MAX_IMAGE_PIXELS = MOST_PIXELS
        return entered
