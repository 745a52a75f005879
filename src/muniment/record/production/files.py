"""Files of PDF and JPEG written: the one place of a production that saves anything, and it saves no rows."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf


def write_pdf(made: pikepdf.Pdf, out: Path, **more: Any) -> None:
    """The same objects, the same bytes: the identifier is made of the content."""
    made.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate, **more)


def jpeg(frame: Any) -> bytes:
    """As good as the eye can tell (quality 90)."""
    packed = BytesIO()
    frame.save(packed, "JPEG", quality=90)
    return packed.getvalue()
