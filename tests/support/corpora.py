"""Where the real-input corpora lie. A test that needs them skips by name when they are not there."""

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("MUNIMENT_CORPORA", Path(__file__).resolve().parents[3] / "shared" / "corpora"))


def corpus(relative: str) -> Path:
    """The folder or file of the corpora, or a skip that names it."""
    path = ROOT / relative
    if not path.exists():
        pytest.skip(f"corpora/{relative} is not here")
    return path
