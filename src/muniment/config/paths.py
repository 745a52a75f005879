"""Where a running Muniment keeps what is not code: database, documents, keys, anchors, logs."""

from __future__ import annotations

import os
from pathlib import Path


def data_dir() -> Path:
    """``MUNIMENT_DATA_DIR``, else ``/var/lib/muniment`` for root and the user's data folder for everyone else.

    Root's default is never under a private home: the embedded PostgreSQL runs as a user of its own and must reach it.
    """
    given = os.environ.get("MUNIMENT_DATA_DIR")
    if given:
        return Path(given).absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/muniment")
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(home) / "muniment"
