"""JPEG and PNG as pages: a photograph of paper, or what a scanner wrote as single pictures. One file is one page. Pure.

A camera writes no true resolution: what it says counts only where the page would then be a sheet of paper.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from PIL import Image, ImageOps

JPEG, PNG = "image/jpeg", "image/png"
FORMATS = {JPEG: ["JPEG"], PNG: ["PNG"]}
LONGEST_SHEET = 17.0  # inches: tabloid
LETTER = 11.0  # the long side of the sheet a photograph is taken to be of
LEAST_SAID = 90  # dots an inch: 72 and 96 are what programs write who know nothing; 96 may be a screen's
TURNS = {3: 180, 6: 90, 8: 270}  # Exif orientation → clockwise degrees that set it upright; mirrored ones are no photographs
_STANDALONE = {0x01, *range(0xD0, 0xD8)}
_KEPT_OF_APPLICATIONS = 0xEE  # Adobe: how the colours are meant


def kind_of(content: bytes) -> str:
    if content[:3] == b"\xff\xd8\xff":
        return JPEG
    return PNG if content[:8] == b"\x89PNG\r\n\x1a\n" else ""


def dots_per_inch(image: Image.Image) -> tuple[float, float]:
    """As it says, where that makes it a sheet of paper; else as if its long side were that of a letter."""
    said = [float(one or 0) for one in image.info.get("dpi", (0, 0))]
    if all(LEAST_SAID <= one <= 2400 for one in said):
        across, down = said
        if max(image.width / across, image.height / down) <= LONGEST_SHEET:
            return across, down
    dots = max(image.size) / LETTER
    return dots, dots


def turn_of(image: Image.Image) -> int:
    """The clockwise degrees by which whoever held the camera set it upright."""
    return TURNS.get(image.getexif().get(0x0112, 1), 0)


def upright(image: Image.Image) -> Image.Image:
    """The picture as its camera meant it."""
    return ImageOps.exif_transpose(image) or image


def on_paper(image: Image.Image) -> Image.Image:
    """What is transparent shows the paper beneath it: white."""
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image
    seen = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen).convert("RGB")


def bare(content: bytes) -> bytes:
    """A JPEG's own picture, unchanged, without what its camera wrote beside it: place, time, owner, previews (ISO/IEC 10918-1 annex B).

    Raises ValueError where its segments can't be followed.
    """
    return b"".join([b"\xff\xd8", *_segments(content)])


def _segments(content: bytes) -> Iterator[bytes]:
    at = 2
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 4 > len(content):
            raise ValueError("no end of image")
        marker = content[at + 1]
        if marker in (0xFF, 0x00) or marker in _STANDALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker == 0xD9:
            break
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == 0xDA:  # what follows is coded picture, up to the next marker
            end = _end_of_scan(content, end)
        beside = 0xE0 <= marker <= 0xEF or marker == 0xFE
        if not beside or marker in (0xE0, _KEPT_OF_APPLICATIONS):
            yield content[at:end]
        at = end
        if content[at : at + 2] == b"\xff\xd9":
            break
    yield b"\xff\xd9"


def _end_of_scan(content: bytes, at: int) -> int:
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            raise ValueError("no end of image")
        if content[at + 1] != 0 and content[at + 1] not in _STANDALONE and content[at + 1] != 0xFF:
            return at
        at += 1 if content[at + 1] == 0xFF else 2


def whole(content: bytes, media_type: str) -> Image.Image:
    """The picture with all its dots read. Raises what Pillow raises for a broken one."""
    image: Any = Image.open(io.BytesIO(content), formats=FORMATS[media_type])
    image.load()
    return image
