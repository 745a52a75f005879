"""A folder of a production's own while it is made: read by the service alone, gone afterwards whatever happened."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

STALE = 24 * 3600.0  # seconds; longer than any production takes: what is older was left by a process that was killed


def place() -> Path:
    found = Path(settings.DATA) / "scratch"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


@contextmanager
def folder() -> Iterator[Path]:
    sweep()
    with tempfile.TemporaryDirectory(dir=place(), prefix="production-") as made:
        yield Path(made)


def sweep() -> None:
    """Remove what a killed process left."""
    for path in place().iterdir():
        if time.time() - path.stat().st_mtime > STALE:
            shutil.rmtree(path, ignore_errors=True)
