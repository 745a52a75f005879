"""Pages as pictures: rendered from PDF or TIFF, turned and set straight. No Django, no database. Dots are grey, 0 black."""

from __future__ import annotations

import io
import math
import threading
from typing import Any

import pypdfium2
from PIL import Image

from muniment.scanning import photographs
from muniment.scanning.checking import PDF, TIFF, dots_per_inch
from muniment.scanning.rules import MOST_PIXELS

MOST_RENDERED = 30_000_000  # dots of one rendered page
LEAST_SKEW = 0.7  # degrees: less is not seen, and not surely measured
_one_at_a_time = threading.Lock()  # PDFium is not to be entered by two threads

Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class Source:
    """A batch opened for its pages, which are numbered from 1. Only one page is held at a time."""

    def __init__(self, content: bytes, media_type: str) -> None:
        self._pdf = self._tiff = self._photograph = None
        with _one_at_a_time:
            if media_type == PDF:
                self._pdf = pypdfium2.PdfDocument(content)
            elif media_type == TIFF:
                self._tiff = Image.open(io.BytesIO(content), formats=["TIFF"])
            else:
                self._photograph = photographs.whole(content, media_type)

    def page(self, number: int, dpi: int) -> Image.Image:
        """The page in shades of grey at ``dpi`` dots an inch, fewer where the page is very large."""
        with _one_at_a_time:
            if self._pdf is not None:
                return self._of_pdf(number, dpi)
            return self._of_tiff(number, dpi) if self._tiff is not None else self._of_photograph(dpi)

    def _of_pdf(self, number: int, dpi: int) -> Image.Image:
        page = self._pdf[number - 1]  # type: ignore[index]
        try:
            scale = min(dpi / 72, math.sqrt(MOST_RENDERED / (page.get_width() * page.get_height())))
            bitmap = page.render(scale=scale, grayscale=True)
            try:
                picture: Image.Image = bitmap.to_pil().copy()
            finally:
                bitmap.close()
            return picture
        finally:
            page.close()

    def _of_tiff(self, number: int, dpi: int) -> Image.Image:
        frame: Any = self._tiff
        frame.seek(number - 1)
        return _grey(frame.convert("L"), dots_per_inch(frame), dpi)

    def _of_photograph(self, dpi: int) -> Image.Image:
        picture: Any = self._photograph
        grey = photographs.upright(photographs.on_paper(picture)).convert("L")
        dots = photographs.dots_per_inch(picture)
        return _grey(grey, dots[::-1] if photographs.turn_of(picture) in (90, 270) else dots, dpi)

    def close(self) -> None:
        with _one_at_a_time:
            for held in (self._pdf, self._tiff, self._photograph):
                if held is not None:
                    held.close()


def _grey(grey: Image.Image, dots: tuple[float, float], dpi: int) -> Image.Image:
    """At ``dpi`` dots an inch both ways, fewer where it has fewer."""
    across, down = dots
    factor = min(1.0, dpi / max(across, down))
    size = (
        max(1, round(grey.width * factor * max(across, down) / across)),
        max(1, round(grey.height * factor * max(across, down) / down)),
    )
    return grey if size == grey.size else grey.resize(size, Image.Resampling.BILINEAR)


def upright(picture: Image.Image, turn: int, skew: float = 0.0) -> Image.Image:
    """Turned clockwise by ``turn`` degrees (0, 90, 180, 270), then by the small angle ``skew`` that sets its lines straight."""
    turned = picture.rotate(-turn, expand=True) if turn else picture
    if abs(skew) < LEAST_SKEW:
        return turned
    return turned.rotate(-skew, resample=Image.Resampling.BILINEAR, fillcolor=255)


def as_png(picture: Image.Image) -> bytes:
    """Sixteen shades are enough to read by, and a third of the bytes."""
    out = io.BytesIO()
    picture.quantize(16).save(out, "PNG", optimize=False, compress_level=4)
    return out.getvalue()


def is_blank(picture: Image.Image) -> bool:
    """Whether nothing is written on a page: specks, show-through and the scanner's dark edges do not count."""
    small = picture.reduce(4)
    across, down = small.width // 25, small.height // 25
    inner = small.crop((across, down, small.width - across, small.height - down))
    dark = sum(inner.histogram()[:140])
    return dark < 0.0002 * inner.width * inner.height
