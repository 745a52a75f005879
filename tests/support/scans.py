"""Synthetic scans: pages drawn by Pillow, set as PDF or TIFF; and the rules and people around them. Nobody here is real."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from PIL import Image, ImageDraw, ImageFont

DPI = 200
SUMMARY = """DISCHARGE SUMMARY

Medical record number: 0042213
Patient: Ada Okonjo
Date of birth: 03/14/1943
Visit: V100
Date of service: 03/05/2026

Admitted with shortness of breath and swelling of both legs. Treated with
furosemide, daily weights and salt restriction. Breathing is easy at rest and
on the stairs. She goes home in good condition with follow up in one week."""
FOLLOWING = """Continued

Medications at discharge are furosemide in the morning and lisinopril at night.
Weigh yourself every day and call when you gain more than three pounds in a day."""
CONSENT = """CONSENT FOR SURGERY

Patient: Ada Okonjo        MRN 0042213
Date: 03/04/2026
I agree to the operation that was explained to me and to the anesthesia for it."""


@cache
def _font() -> Any:
    return ImageFont.load_default(36)


def picture(text: str = "", *, code: str = "", turn: int = 0, skew: float = 0.0) -> Image.Image:
    """A letter page in grey, with a QR code beneath the text where one is given; turned clockwise, tilted counter-clockwise."""
    page = Image.new("L", (int(8.5 * DPI), 11 * DPI), 255)
    ImageDraw.Draw(page).multiline_text((160, 160), text, fill=0, font=_font(), spacing=18)
    if code:
        page.paste(qr(code), (500, 900))
    if skew:
        page = page.rotate(skew, resample=Image.Resampling.BILINEAR, fillcolor=255)
    return page.rotate(-turn, expand=True) if turn else page


def qr(text: str) -> Image.Image:
    import zxingcpp

    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="Q").to_image(scale=8)
    width, height = made.shape[1], made.shape[0]
    return Image.frombytes("L", (width, height), bytes(memoryview(made).cast("B")))


def tiff(*pages: Image.Image) -> bytes:
    out = io.BytesIO()
    first, *rest = [one.convert("1") for one in pages]
    first.save(out, "TIFF", save_all=True, append_images=rest, compression="group4", dpi=(DPI, DPI))
    return out.getvalue()


def pdf(*pages: Image.Image) -> bytes:
    """Deterministic, by our own assembly."""
    from muniment.scanning.assembly import Leaf, assemble

    return assemble(tiff(*pages), "image/tiff", [Leaf(number) for number in range(1, len(pages) + 1)])


def sheet_code(**more: Any) -> str:
    from muniment.core import keys
    from muniment.scanning.separators import Sheet, encode

    return encode(Sheet(**({"facility": "HOSP", "serial": "1"} | more)), keys.named("separators"))


def arrival(house: Any, content: bytes, *, name: str = "batch.tif", role: str = "technician", **more: Any) -> Any:
    from muniment.scanning.making import Arrival

    actor = house.actor(role)
    given = {"source": "upload", "paper": "Box 12", "received_at": datetime.now(UTC), "scanned_on": date(2026, 3, 9)} | more
    return Arrival(content=content, name=name, facility=house.hospital, operator_id=actor.id, operator_name=actor.name, **given)


def take(house: Any, content: bytes, **more: Any) -> Any:
    """The outcome of taking a file as the technician."""
    from muniment.scanning import taking

    return taking.take(house.actor("technician"), arrival(house, content, **more))


def noted(house: Any, batch: Any, *texts: str, **more: Any) -> Any:
    """Pages as if they had been read, without the seconds reading takes; then split. ``more``: codes by page number."""
    from muniment.scanning import actions
    from muniment.scanning.reader import Reading

    codes = more.get("codes", {})
    readings = [
        Reading(number, blank=not text and number not in codes, text=text, confidence=91, codes=tuple(codes.get(number, ())))
        for number, text in enumerate(texts, 1)
    ]
    actions.note_pages(actor=house.actor("technician"), batch_id=batch.id, readings=readings)
    return actions.split_batch(actor=house.actor("technician"), batch_id=batch.id)


ASKED_FOR = ("scanning.automatic", "scanning.lots")


@contextmanager
def told_at(moment: datetime) -> Iterator[None]:
    """The clock set, in a house that is no demonstration: for tests only."""
    from muniment.core import clock

    token = clock._moment.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        clock._moment.reset(token)


def adopt_scanning_rules(house: Any, *, only: tuple[str, ...] = (), **changed: Any) -> None:
    """The shipped rules of scanning with other parameters where they are given, adopted by two: those of filing without a person and of
    lots only where they are named (``only``, which leaves the others out)."""
    from muniment.config.furnish import shipped_rules
    from muniment.rulebook import actions as rulebook
    from muniment.rulebook.rules import SourceKind

    for rule in shipped_rules():
        wanted = rule["code"] in only if only else rule["code"].startswith("scanning.") and rule["code"] not in ASKED_FOR
        if wanted:
            parameters = rule["parameters"] | {name: value for name, value in changed.items() if name in rule["parameters"]}
            version = rulebook.propose(
                actor=house.actor("privacy-officer"), code=rule["code"], title=rule["title"], statement=rule["statement"],
                citation=rule["citation"], source_kind=SourceKind(rule["source_kind"]), parameters=parameters,
                effective_from=rule["effective_from"],
            )  # fmt: skip
            rulebook.adopt(actor=house.actor("administrator"), version_id=version.id)
