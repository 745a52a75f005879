"""Keys and passwords of one installation: files outside the database, readable by the service user only."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

KEY_BYTES = 32


def key(folder: Path, name: str) -> bytes:
    """The 32-byte key ``<folder>/<name>.key``, made at first use. Back it up apart from the database."""
    return bytes.fromhex(_value(folder / f"{name}.key", lambda: secrets.token_hex(KEY_BYTES)))


def password(folder: Path, name: str) -> str:
    return _value(folder / f"{name}.password", lambda: secrets.token_urlsafe(24))


def _value(path: Path, make: Callable[[], str]) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(make())
        try:
            os.link(fresh, path)  # two processes starting at once must agree on one key
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()
