"""A scanned batch read to its documents: pages a minute by processor time, and the reader's peak memory."""

from __future__ import annotations

import argparse
import io
import threading
import time
from datetime import UTC, date, datetime
from typing import Any

import psutil

from bench.figures import Figure
from bench.house import furnish, prepare, system_actor
from bench.processor import measured

WORDS = [
    "The",
    "patient",
    "was",
    "seen",
    "on",
    "the",
    "ward",
    "in",
    "the",
    "morning",
    "and",
    "reports",
    "less",
    "shortness",
    "of",
    "breath.",
    "Lungs",
    "are",
    "clear,",
    "the",
    "legs",
    "are",
    "less",
    "swollen.",
    "Furosemide",
    "is",
    "continued",
    "by",
    "mouth,",
    "potassium",
    "is",
    "checked",
    "daily,",
    "and",
    "the",
    "weight",
    "falls",
    "by",
    "a",
    "pound",
    "a",
    "day.",
]
LINES, PER_LINE = 46, 12


def run(options: argparse.Namespace) -> list[Figure]:
    prepare()
    facility, actor = furnish(), system_actor("bench")
    row = _batch(actor, facility, _tiff(options.scans))
    with Watch() as watch, measured(options.scans) as whole:
        _read(actor, row, watch, options.scans)
    single = _alone(options.scans)
    page = (whole.total - whole.database) / 1e6
    return [
        Figure("Reading a page, processor", page, "s/page", "Tesseract alone", single),
        Figure("Reading, pages a minute of one processor", 60 / page, "pages/min", "Tesseract alone", 60 / single),
        Figure(
            "Peak memory of the reader", watch.peak / 2**20, "MB", "after a tenth of the pages", watch.early / 2**20, "flat"
        ),
    ]


def _tiff(pages: int) -> bytes:
    """Drawn pages, each with other words, as a scanner would send them: black and white, 200 dots an inch."""
    out = io.BytesIO()
    first, *rest = (_page(number).convert("1") for number in range(pages))
    first.save(out, "TIFF", save_all=True, append_images=rest, compression="group4", dpi=(200, 200))
    return out.getvalue()


def _page(number: int) -> Any:
    from PIL import Image, ImageDraw, ImageFont

    page = Image.new("L", (1700, 2200), 255)
    font = ImageFont.load_default(28)
    lines = [
        " ".join(WORDS[(number * 7 + line * PER_LINE + word) % len(WORDS)] for word in range(PER_LINE)) for line in range(LINES)
    ]
    ImageDraw.Draw(page).multiline_text(
        (140, 120), f"PROGRESS NOTE {number}\n" + "\n".join(lines), fill=0, font=font, spacing=12
    )
    return page


def _batch(actor: Any, facility: Any, content: bytes) -> Any:
    from muniment.scanning import taking
    from muniment.scanning.making import Arrival

    arrival = Arrival(
        content=content,
        name="bench.tif",
        source="bench",
        facility=facility,
        operator_name="bench",
        received_at=datetime.now(UTC),
        scanned_on=date.today(),
    )
    return taking.take(actor, arrival).batch


def _read(actor: Any, row: Any, watch: Watch, pages: int) -> None:
    from muniment.scanning import reading

    def note(done: int, total: int) -> None:
        if done >= total / 10 and not watch.early:
            watch.early = watch.peak

    assert reading.read(actor, row.id, progress=note)


def _alone(pages: int) -> float:
    """Seconds of the processor a page for Tesseract itself, over a tenth of the pages."""
    from muniment.scanning import reader

    some = [_page(number) for number in range(max(1, pages // 10))]
    reader.bound()
    reader._text_of(some[0])
    begun = time.process_time()
    for one in some:
        reader._text_of(one)
    return (time.process_time() - begun) / len(some)


class Watch:
    """The peak resident memory of this process's children, looked at ten times a second."""

    def __init__(self) -> None:
        self.peak = self.early = 0
        self._stop = threading.Event()

    def __enter__(self) -> Watch:
        threading.Thread(target=self._look, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()

    def _look(self) -> None:
        me = psutil.Process()
        while not self._stop.wait(0.1):
            for child in me.children():
                try:
                    if "spawn_main" in " ".join(child.cmdline()):
                        self.peak = max(self.peak, child.memory_info().rss)
                except psutil.Error:
                    continue
