"""The PDF that is filed: exactly these pages, upright, nothing that acts; the same pages give the same bytes."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pikepdf
from PIL import Image

from muniment.scanning import photographs
from muniment.scanning.checking import PDF, TIFF, dots_per_inch, quietly, saved, taken_out
from muniment.scanning.photographs import JPEG


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of the batch and the clockwise degrees that set it upright."""

    number: int
    turn: int = 0


def assemble(content: bytes, media_type: str, leaves: Sequence[Leaf]) -> bytes:
    """Raises ValueError for no page at all."""
    if not leaves:
        raise ValueError("a document has a page")
    made = pikepdf.new()
    with quietly():  # of the fields of a form only what is drawn comes along
        if media_type in (PDF, TIFF):
            _from_pdf(made, content, leaves) if media_type == PDF else _from_tiff(made, content, leaves)
        else:
            _from_photograph(made, content, media_type, leaves)
        taken_out(made)
        return saved(made)


def _from_pdf(made: pikepdf.Pdf, content: bytes, leaves: Sequence[Leaf]) -> None:
    source = pikepdf.open(io.BytesIO(content))
    for leaf in leaves:
        made.pages.append(source.pages[leaf.number - 1])
        if leaf.turn:
            made.pages[-1].rotate(leaf.turn, relative=True)


def _from_tiff(made: pikepdf.Pdf, content: bytes, leaves: Sequence[Leaf]) -> None:
    with Image.open(io.BytesIO(content), formats=["TIFF"]) as image:
        for leaf in leaves:
            image.seek(leaf.number - 1)
            _add_picture(made, image)
            if leaf.turn:
                made.pages[-1].rotate(leaf.turn, relative=True)


def _from_photograph(made: pikepdf.Pdf, content: bytes, media_type: str, leaves: Sequence[Leaf]) -> None:
    """A JPEG keeps its own coding, so that nothing is lost and nothing grows; a PNG is kept dot for dot."""
    with Image.open(io.BytesIO(content), formats=photographs.FORMATS[media_type]) as image:
        dots, turn = photographs.dots_per_inch(image), photographs.turn_of(image)
        for leaf in leaves:
            if media_type == JPEG and image.mode in ("L", "RGB"):
                _add_page(made, image, dots, _coded(made, image, photographs.bare(content)))
            else:
                seen = photographs.on_paper(image)
                _add_page(made, seen, dots, _picture(made, seen))
            if turned := (leaf.turn + turn) % 360:
                made.pages[-1].rotate(turned, relative=True)


def _coded(made: pikepdf.Pdf, image: Image.Image, content: bytes) -> Any:
    stream = pikepdf.Stream(made, content)
    stream.stream_dict = pikepdf.Dictionary(
        Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=image.width, Height=image.height,
        ColorSpace=pikepdf.Name.DeviceRGB if image.mode == "RGB" else pikepdf.Name.DeviceGray, BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
    )  # fmt: skip
    return stream


def _add_picture(made: pikepdf.Pdf, image: Image.Image) -> None:
    _add_page(made, image, dots_per_inch(image), _picture(made, image))


def _add_page(made: pikepdf.Pdf, image: Image.Image, dots: tuple[float, float], picture: Any) -> None:
    across, down = dots
    width, height = image.width / across * 72, image.height / down * 72
    made.add_blank_page(page_size=(width, height))
    page = made.pages[-1]
    page.obj["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=made.make_indirect(picture)))
    page.obj["/Contents"] = made.make_stream(f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /Im0 Do Q".encode())


def _picture(made: pikepdf.Pdf, image: Image.Image) -> Any:
    """Without loss: black and white as single bits, all else as it came, in grey or colour."""
    frame = (
        image if image.mode in ("1", "L", "RGB") else image.convert("L" if image.mode in ("LA", "I;16", "I", "F") else "RGB")
    )
    space = pikepdf.Name.DeviceRGB if frame.mode == "RGB" else pikepdf.Name.DeviceGray
    packed = zlib.compress(frame.tobytes(), 6)
    stream = pikepdf.Stream(made, packed)
    stream.stream_dict = pikepdf.Dictionary(
        Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=frame.width, Height=frame.height,
        ColorSpace=space, BitsPerComponent=1 if frame.mode == "1" else 8, Filter=pikepdf.Name.FlateDecode,
    )  # fmt: skip
    return stream
