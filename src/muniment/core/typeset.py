"""One small PDF out of a Typst template: what is said goes in as data, never as markup, so nobody's name can be a command."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec


def set_pdf(template: Path, data: Any, files: Mapping[str, bytes] | None = None) -> bytes:
    """``template`` reads ``data.json`` and whatever ``files`` lie beside it. Typst's own fonts only; the same data, the same bytes."""
    import typst

    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "main.typ").write_bytes(template.read_bytes())
        (here / "data.json").write_bytes(msgspec.json.encode(data))
        for name, content in (files or {}).items():
            (here / name).write_bytes(content)
        made = typst.compile(here / "main.typ", root=here, ignore_system_fonts=True, timestamp=0, format="pdf")
    assert isinstance(made, bytes)
    return made


def qr_code(text: str) -> bytes:
    """A QR code with a quarter of its area to spare (level Q), as SVG."""
    import zxingcpp

    return zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="Q").to_svg().encode()
