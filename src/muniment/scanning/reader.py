"""Reading in a process of its own: a page that breaks a decoder, or never ends, costs that page and nothing else.

The child knows no database; it is given bytes and answers with what it read. Memory is bounded by the file and one page.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from muniment.kernel.errors import Unreadable
from muniment.scanning import checking, pictures
from muniment.scanning.checking import Checked
from muniment.scanning.separators import is_ours

DPI = 200
SECONDS_A_PAGE = 120
SECONDS_TO_CHECK = 120
MEMORY = 3 * 1024**3  # address space of the child, bytes
LEAST_TEXT = 120  # characters below which a page's tilt is not surely measured
ENOUGH = 60  # mean confidence, per cent, below which a page may stand on its head
LEAST_ORIENTATION = 4.0  # of Tesseract's orientation confidence: below it a page stays as it came

_source: pictures.Source | None = None  # the child's own


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of one page. ``turn`` and ``skew`` are degrees clockwise that set it upright; ``confidence`` per cent."""

    number: int
    blank: bool = False
    turn: int = 0
    skew: float = 0.0
    confidence: int = 0
    text: str = ""
    codes: tuple[str, ...] = ()
    trouble: str = ""


class Text(NamedTuple):
    """``level``: whether its lines run from left to right."""

    text: str
    confidence: int
    skew: float
    level: bool


class Reader:
    """Reads pages of one file in a child process. A context manager: the child ends with it."""

    def __init__(self, content: bytes, media_type: str, *, seconds: int = SECONDS_A_PAGE) -> None:
        self.content, self.media_type, self.seconds = content, media_type, seconds
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *error: object) -> None:
        self._end()

    def pages(self, numbers: Iterable[int]) -> Iterator[Reading]:
        for number in numbers:
            yield self._page(number)

    def _page(self, number: int) -> Reading:
        try:
            return self._child().submit(read_page, number).result(self.seconds)
        except (BrokenProcessPool, TooLong) as error:
            self._end()
            why = "took too long" if isinstance(error, TooLong) else "broke the reader"
            return Reading(number, trouble=f"This page {why}; it has no text. Look at its picture, or scan it again.")

    def _child(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = begin_child(_open, (self.content, self.media_type))
        return self._pool

    def _end(self) -> None:
        if self._pool:
            end_child(self._pool)
            self._pool = None


def check(content: bytes, name: str = "") -> Checked:
    """``checking.check`` in a child. Raises Unreadable also for a file that breaks or outlasts the check."""
    pool = begin_child(bound, ())
    try:
        answer = pool.submit(_check, content, name).result(SECONDS_TO_CHECK)
    except (BrokenProcessPool, TooLong, MemoryError):
        answer = ("The file can't be opened: it broke the program that looks at files.", "", "Scan the paper again.")
    finally:
        end_child(pool)
    if isinstance(answer, Checked):
        return answer
    what, where, remedy = answer
    raise Unreadable(what, where=where, remedy=remedy)


def _check(content: bytes, name: str) -> Checked | tuple[str, str, str]:
    try:
        return checking.check(content, name)
    except Unreadable as told:
        return told.what, told.where, told.remedy


def begin_child(initializer: Any, arguments: tuple[Any, ...]) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=initializer, initargs=arguments)


def end_child(pool: ProcessPoolExecutor) -> None:
    for process in list((getattr(pool, "_processes", None) or {}).values()):  # the pool itself only waits
        process.kill()
    pool.shutdown(wait=False, cancel_futures=True)


# In the child


def bound() -> None:
    """What every child begins with: limits, and an end when its parent was killed."""
    import resource

    os.environ.update(OMP_THREAD_LIMIT="1")  # else Tesseract's threads wait for one another: five times slower
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(2)
    os._exit(1)


def _open(content: bytes, media_type: str) -> None:
    global _source
    bound()
    _source = pictures.Source(content, media_type)


def read_page(number: int) -> Reading:
    """One page, in the child that has the file open."""
    assert _source is not None
    try:
        picture = _source.page(number, DPI)
    except Exception:  # whatever a decoder finds wrong is the page's trouble, in words
        return Reading(number, trouble="The picture of this page can't be opened. Scan it again.")
    return read_picture(number, picture)


def read_picture(number: int, picture: Any) -> Reading:
    codes = tuple(_codes(picture))
    if not codes and pictures.is_blank(picture):
        return Reading(number, blank=True)
    if any(map(is_ours, codes)):  # a separator sheet: nothing of it is filed
        return Reading(number, codes=codes)
    turn, (text, confidence, skew, _) = _best(picture, _turn_of(picture))
    return Reading(number, turn=turn, skew=skew, confidence=confidence, text=text, codes=codes)


def _best(picture: Any, turn: int) -> tuple[int, Text]:
    """The page as it seems to stand; where little of it can be read so, as it reads best of the four ways."""
    found = turn, _text_of(pictures.upright(picture, turn))
    if found[1].confidence >= ENOUGH:
        return found
    others = [(other, _text_of(pictures.upright(picture, other))) for other in (0, 90, 180, 270) if other != turn]
    best = max(others, key=lambda one: (one[1].level, one[1].confidence))
    return best if best[1].confidence >= max(ENOUGH, found[1].confidence) else found


def _codes(picture: Any) -> Iterator[str]:
    import zxingcpp

    for found in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])):
        if found.text:
            yield found.text


def _turn_of(picture: Any) -> int:
    """Clockwise degrees to upright. Only the orientation model may be asked: the language model ends the process on it."""
    found = None
    tesseract = _tesseract("osd", 0)
    tesseract.SetImage(picture)
    found = tesseract.DetectOrientationScript()
    tesseract.Clear()
    if not found or found["orient_conf"] < LEAST_ORIENTATION:
        return 0
    return int(-found["orient_deg"] % 360)


def _text_of(picture: Any) -> Text:
    import math

    import tesserocr

    tesseract = _tesseract("eng", 3)
    tesseract.SetImage(picture)
    tesseract.SetSourceResolution(DPI)
    text = str(tesseract.GetUTF8Text())
    confidence, lines = int(tesseract.MeanTextConf()), tesseract.GetIterator()
    skew, level = 0.0, False
    if lines is not None and text.strip():
        _, direction, _, tilt = lines.Orientation()
        skew, level = (
            -math.degrees(tilt),
            direction == 0,
        )  # lines that run downwards are read too, but the page lies on its side
    tesseract.Clear()
    del lines, tesserocr
    text = text.replace("\x0c", "").replace("\0", "").strip()
    return Text(text, confidence, round(skew, 2) if abs(skew) < 15 and len(text) > LEAST_TEXT else 0.0, level)


@cache
def _tesseract(language: str, segmentation: int) -> Any:
    import tesserocr

    engine = tesserocr.OEM.TESSERACT_ONLY if language == "osd" else tesserocr.OEM.LSTM_ONLY
    return tesserocr.PyTessBaseAPI(path=models(), lang=language, psm=segmentation, oem=engine)


def models() -> str:
    """The folder of Tesseract's models, as their wheels lay them."""
    import sysconfig

    here = Path(sysconfig.get_path("data")) / "share" / "tessdata"
    return str(here if here.exists() else Path(sys.prefix) / "share" / "tessdata")
