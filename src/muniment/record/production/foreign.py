"""PDFs and images of others as pages of ours: Letter, upright or wide, with room for the stamp, and fit for PDF/A.

A page keeps its own drawing when nothing pikepdf can see of it breaks PDF/A; otherwise it is placed as a picture of itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name, Pdf, Rectangle

from muniment.kernel.errors import Problem
from muniment.record.production import files

UPRIGHT, WIDE = (612.0, 792.0), (792.0, 612.0)
SIDE, TOP, BOTTOM = 45.0, 74.0, 52.0  # points that the stamp needs
DPI = 200
MOST_PIXELS = 6_000_000  # of a page drawn as a picture
LARGEST_IMAGE = 120_000_000  # pixels: beyond it an image is a bomb, not a scan
_CMYK = re.compile(rb"(?<![A-Za-z0-9/])[kK](?=\s|$)|/DeviceCMYK")
_INLINE = re.compile(rb"(?<![A-Za-z0-9/])BI\s")


class CannotPlace(Problem):
    """The bytes are no PDF or image that can be opened; ``what`` says why."""


@dataclass(slots=True)
class Placed:
    """What was placed: ``wide`` says of each page whether it lies; ``pictures`` which (from 1) were drawn as pictures, and why."""

    wide: list[bool] = field(default_factory=list)
    pictures: dict[int, str] = field(default_factory=dict)


def place_pdf(content: bytes, out: Path) -> Placed:
    """Every page of a PDF into ``out``. Raises CannotPlace for one that is locked or damaged."""
    try:
        source = pikepdf.open(BytesIO(content))
    except pikepdf.PasswordError:
        raise CannotPlace("This PDF is locked by a password, so it can't be shown here.") from None
    except pikepdf.PdfError:
        raise CannotPlace("This PDF is damaged and can't be opened.") from None
    placed = Placed()
    with source, Pdf.new() as made:
        if not len(source.pages):
            raise CannotPlace("This PDF has no pages.")
        for number, page in enumerate(source.pages, 1):
            wide = _is_wide(page)
            placed.wide.append(wide)
            against = _against(page)
            if against:
                placed.pictures[number] = against
                _place_picture(made, content, number - 1, wide)
            else:
                _place_drawing(made, page, wide)
        files.write_pdf(made, out)
    return placed


def _is_wide(page: pikepdf.Page) -> bool:
    box = Rectangle(page.cropbox)
    turned = int(page.obj.get("/Rotate", 0)) % 180 == 90
    return (box.height if turned else box.width) > (box.width if turned else box.height) * 1.05


def _blank(made: Pdf, wide: bool) -> pikepdf.Page:
    made.add_blank_page(page_size=WIDE if wide else UPRIGHT)
    return pikepdf.Page(made.pages[-1])


def _room(wide: bool) -> Rectangle:
    width, height = WIDE if wide else UPRIGHT
    return Rectangle(SIDE, BOTTOM, width - SIDE, height - TOP)


def _place_drawing(made: Pdf, page: pikepdf.Page, wide: bool) -> None:
    """As a form object under a name of ours: pikepdf's own overlay would draw a random one."""
    blank, name = _blank(made, wide), Name("/Placed")
    form = made.copy_foreign(page.as_form_xobject())
    blank.obj.Resources = Dictionary(XObject=Dictionary({"/Placed": form}))
    blank.obj.Contents = made.make_stream(blank.calc_form_xobject_placement(form, name, _room(wide)))


def _against(page: pikepdf.Page) -> str:
    """Why a page may not stand in PDF/A as it is; empty where nothing was found."""
    if page.obj.get("/Annots") is not None and len(page.obj.Annots):
        return "it carries annotations or form fields"
    if page.obj.get("/AA") is not None:
        return "it carries actions"
    try:
        return _against_resources(page.resources, set()) or _against_drawing(page)
    except (pikepdf.PdfError, TypeError, ValueError, AttributeError, KeyError, RecursionError):
        return "its parts can't be read"


def _against_drawing(page: pikepdf.Page) -> str:
    contents = page.obj.get("/Contents")
    streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents] if contents is not None else []
    return next((said for one in streams if (said := _against_stream(one))), "")


def _against_stream(stream: Any) -> str:
    if "/LZWDecode" in str(stream.get("/Filter", "")):
        return "it is packed by LZW"
    drawing = stream.read_bytes()
    if _CMYK.search(drawing):
        return "it uses print colours (CMYK)"
    return "it has images inside its drawing" if _INLINE.search(drawing) else ""


def _against_resources(resources: Any, seen: set[tuple[int, int]]) -> str:
    for font in _values(resources, "/Font"):
        if not _is_embedded(font):
            return "a font of it is not embedded"
    for state in _values(resources, "/ExtGState"):
        if "/TR" in state or "/HTP" in state:
            return "it changes how colours are printed"
    for space in (*_values(resources, "/ColorSpace"), *_values(resources, "/Shading"), *_values(resources, "/Pattern")):
        if "DeviceCMYK" in _words(space):
            return "it uses print colours (CMYK)"
    for drawn in _values(resources, "/XObject"):
        if drawn.objgen in seen:
            continue
        seen.add(drawn.objgen)
        against = _against_drawn(drawn, seen)
        if against:
            return against
    return ""


def _values(resources: Any, name: str) -> list[Any]:
    held = resources.get(name) if resources is not None else None
    return [held[one] for one in held.keys()] if held is not None else []  # noqa: SIM118 a pikepdf dictionary iterates otherwise


def _words(thing: Any) -> str:
    if isinstance(thing, pikepdf.Array):
        return " ".join(_words(one) for one in thing)
    if isinstance(thing, pikepdf.Stream):
        return _words(thing.get("/ColorSpace", Name.None_)) + _words(thing.get("/Alternate", Name.None_))
    if isinstance(thing, pikepdf.Dictionary):
        return " ".join(_words(thing[one]) for one in thing.keys() if one != "/Parent")  # noqa: SIM118
    return str(thing)


def _is_embedded(font: Any) -> bool:
    if font.get("/Subtype") == Name.Type3:
        return True
    holder = font.DescendantFonts[0] if font.get("/Subtype") == Name.Type0 else font
    described = holder.get("/FontDescriptor")
    return described is not None and any(name in described for name in ("/FontFile", "/FontFile2", "/FontFile3"))


def _against_drawn(drawn: Any, seen: set[tuple[int, int]]) -> str:
    packed = str(drawn.get("/Filter", ""))
    if "/LZWDecode" in packed:
        return "it is packed by LZW"
    if drawn.get("/Subtype") == Name.Image:
        if "/JPXDecode" in packed:
            return "it has JPEG 2000 images"
        if "DeviceCMYK" in _words(drawn.get("/ColorSpace", Name.None_)) or "/Alternates" in drawn or "/OPI" in drawn:
            return "it uses print colours (CMYK)"
        return "its images ask to be smoothed" if drawn.get("/Interpolate", False) else ""
    if drawn.get("/Subtype") != Name.Form or "/PS" in drawn or "/Ref" in drawn:
        return "it holds parts from outside"
    return _against_stream(drawn) or _against_resources(drawn.get("/Resources"), seen)


def _place_picture(made: Pdf, content: bytes, place: int, wide: bool) -> None:
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(content) as document:
            page = document[place]
            width, height = page.get_size()
            scale = min(DPI / 72, (MOST_PIXELS / max(1.0, width * height)) ** 0.5)
            picture = page.render(scale=scale, may_draw_forms=True).to_pil()
            page.close()
    except pypdfium2.PdfiumError:
        raise CannotPlace(f"Page {place + 1} of this PDF is damaged and can't be shown.") from None
    _place_frame(made, picture.convert("RGB"), wide)


def place_image(content: bytes, out: Path) -> Placed:
    """Every frame of an image on a page of its own. Raises CannotPlace for one that is damaged or absurdly large."""
    placed = Placed()
    with Pdf.new() as made:
        for frame in _frames(content):
            wide = frame.width > frame.height * 1.05
            placed.wide.append(wide)
            _place_frame(made, frame, wide)
        files.write_pdf(made, out)
    return placed


def _frames(content: bytes) -> Iterator[Any]:
    import warnings

    from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is amiss shows in what can be opened
            with Image.open(BytesIO(content)) as opened:
                if opened.width * opened.height > LARGEST_IMAGE:
                    raise CannotPlace(f"This image has {opened.width:,} by {opened.height:,} points, more than can be shown.")
                for frame in ImageSequence.Iterator(opened):
                    yield _on_white(ImageOps.exif_transpose(frame))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        raise CannotPlace("This image is damaged and can't be opened.") from None


def _on_white(frame: Any) -> Any:
    """Black and white and grey stay so; the rest becomes RGB, what shows through becomes paper."""
    from PIL import Image

    if frame.mode in ("1", "L") and "transparency" not in frame.info:
        return frame.copy()
    if frame.mode in ("I;16", "I", "F"):
        return frame.convert("L")
    seen = frame.convert("RGBA")
    paper = Image.new("RGB", seen.size, "white")
    paper.paste(seen, mask=seen.getchannel("A"))
    return paper


def _place_frame(made: Pdf, frame: Any, wide: bool) -> None:
    """Black and white by the bit, packed; the rest as JPEG."""
    page, room = _blank(made, wide), _room(wide)
    facts = Dictionary(
        Type=Name.XObject, Subtype=Name.Image, Width=frame.width, Height=frame.height, Interpolate=False,
        BitsPerComponent=1 if frame.mode == "1" else 8, ColorSpace=Name.DeviceRGB if frame.mode == "RGB" else Name.DeviceGray,
    )  # fmt: skip
    if frame.mode == "1":
        image = pikepdf.Stream(made, frame.tobytes(), facts)
    else:
        image = pikepdf.Stream(made, files.jpeg(frame), facts)
        image.Filter = Name.DCTDecode
    page.Resources = Dictionary(XObject=Dictionary(Im=made.make_indirect(image)))
    scale = min(room.width / frame.width, room.height / frame.height)
    width, height = frame.width * scale, frame.height * scale
    left, low = room.llx + (room.width - width) / 2, room.ury - height
    page.Contents = made.make_stream(f"q {width:.2f} 0 0 {height:.2f} {left:.2f} {low:.2f} cm /Im Do Q".encode())
