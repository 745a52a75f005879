"""Pictures of pages for the screen, made in a process of its own: a page that breaks a decoder, or never ends, costs its picture.

One child a process of the site, begun with the first picture. It keeps the file it was given last open: the pages of a document
are looked at one after another.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.util import Finalize

from muniment.kernel.errors import Unreadable
from muniment.scanning import pictures, reader

DPI = 110
SECONDS = 15  # for one picture, the opening of its file included


@dataclass(frozen=True, slots=True)
class Shot:
    """Which page of which file, and the clockwise degrees that set it upright."""

    sha256: bytes
    media_type: str
    number: int
    turn: int = 0
    skew: float = 0.0


_mine = threading.Lock()
_child: ProcessPoolExecutor | None = None
_sent = b""  # digest of the file the child has open


def picture(shot: Shot, content: Callable[[], bytes]) -> bytes:
    """The page as PNG. Raises Unreadable where it can't be drawn. ``content`` is asked for when the child has another file open."""
    with _mine:
        try:
            made = _drawn(shot, content)
        except (BrokenProcessPool, TooLong):
            _end()
            made = None
    if made is None:
        raise Unreadable(
            "The picture of this page can't be opened.", where=f"page {shot.number}", remedy="Have the paper scanned again."
        )
    return made


def _drawn(shot: Shot, content: Callable[[], bytes]) -> bytes | None:
    global _child, _sent
    if _child is None:
        _child, _sent = reader.begin_child(reader.bound, ()), b""
        Finalize(None, _end, exitpriority=1)  # a forked process joins its children before it tells them to end
    given = None if _sent == shot.sha256 else content()
    made = _child.submit(draw, shot, given).result(SECONDS)
    _sent = shot.sha256
    return made


def _end() -> None:
    global _child
    if _child is not None:
        reader.end_child(_child)
        _child = None


# In the child

_source: pictures.Source | None = None


def draw(shot: Shot, content: bytes | None) -> bytes | None:
    """None for whatever a decoder finds wrong with the file or the page."""
    global _source
    try:
        if content is not None:
            if _source is not None:
                _source.close()
            _source = None
            _source = pictures.Source(content, shot.media_type)
        assert _source is not None
        return pictures.as_png(pictures.upright(_source.page(shot.number, DPI), shot.turn, shot.skew))
    except Exception:  # some dozen kinds
        return None
