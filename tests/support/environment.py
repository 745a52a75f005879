"""The run's own data folder, set before Django reads its settings."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


def _shared_folder() -> Path:
    """One data folder for all workers of a run; root's must be reachable by the database's own user."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    base = Path("/var/tmp") if os.geteuid() == 0 else Path(tempfile.gettempdir())
    return base / f"muniment-test-{run[:12]}"


FOLDER = _shared_folder()
os.environ["MUNIMENT_DATA_DIR"] = str(FOLDER)
os.environ["MUNIMENT_DATABASE_NAME"] = f"muniment_test_{WORKER}"
os.environ.setdefault("MUNIMENT_LOG_LEVEL", "ERROR")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's driver runs an event loop in the test's thread
os.environ["MUNIMENT_DOCUMENTS"] = str(FOLDER / "documents" / WORKER)  # the same bytes of two databases have two keys
os.environ["MUNIMENT_ANCHORS"] = str(FOLDER / "anchors" / f"{WORKER}.jsonl")
FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
(FOLDER / "static").mkdir(exist_ok=True)  # WhiteNoise warns where it is missing, and a warning is an error here
