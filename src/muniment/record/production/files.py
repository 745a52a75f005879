"""Files of PDF and JPEG written: the one place of a production that saves anything, and it saves no rows."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf


def write_pdf(made: pikepdf.Pdf, out: Path, **more: Any) -> None:
    """The same objects, the same bytes: the identifier is made of the content."""
    made.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate, **more)


def merge(parts: Sequence[Path], out: Path) -> Path:
    """The pages of several files, in order. By qpdf's own merging: pikepdf's ``extend`` would hold every page's bytes in memory."""
    arguments = [
        "muniment",
        "--empty",
        "--deterministic-id",
        "--object-streams=generate",
        "--pages",
        *map(str, parts),
        "--",
        str(out),
    ]
    pikepdf.Job(arguments).run()
    return out


def opened(path: Path) -> pikepdf.Pdf:
    """Read from the file as it is needed. Mapped into memory, which pikepdf prefers, a long record of scans would lie there whole."""
    return pikepdf.open(path, access_mode=pikepdf.AccessMode.stream)


def jpeg(frame: Any) -> bytes:
    """As good as the eye can tell (quality 90)."""
    packed = BytesIO()
    frame.save(packed, "JPEG", quality=90)
    return packed.getvalue()
