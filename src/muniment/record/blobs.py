"""Bytes kept by their hash: encrypted, written before the commit that points at them, proved when read."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection

from muniment.core import clock, keys
from muniment.core.bulk import Known, later
from muniment.kernel.errors import Problem
from muniment.kernel.ids import uuid7
from muniment.record.models import Blob

INLINE_LIMIT = 32 * 1024
NONCE = 12
SEAL = NONCE + 16  # how much longer sealed bytes are than what they hold: AES-GCM's nonce and tag
COLUMNS = ("sha256", "size", "media_type", "wrapped_key", "sealed", "stored_at")


def put(content: bytes, media_type: str) -> bytes:
    """Keep ``content`` and return its SHA-256. Called inside an action; the same bytes are kept once.

    A small one is kept in its row, which is written with the others of the unit of work. Sealing it again costs less than
    asking whether it is there.
    """
    digest = hashlib.sha256(content).digest()
    if len(content) + SEAL > INLINE_LIMIT:
        _put_aside(content, digest, media_type)
        return digest
    wrapped, sealed = _encrypt(content, digest)
    row = (digest, len(content), media_type[:100], wrapped, sealed, clock.now())
    later("record_blob", COLUMNS, [row], key=1, known=Known.KEPT)
    return digest


def _put_aside(content: bytes, digest: bytes, media_type: str) -> None:
    """A large one, in a file beside the database.

    The row comes first: whoever keeps the same bytes at this moment waits at it until our commit, and writes no file of
    their own. Otherwise the file could be sealed with another key than the row holds.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM record_blob WHERE sha256 = %s", [digest])
        if cursor.fetchone():
            return
        wrapped, sealed = _encrypt(content, digest)
        cursor.execute(
            f"INSERT INTO record_blob ({', '.join(COLUMNS)}) VALUES (%s, %s, %s, %s, NULL, %s) ON CONFLICT DO NOTHING",
            [digest, len(content), media_type[:100], wrapped, clock.now()],
        )
        if cursor.rowcount:
            _write(digest, sealed)


def get(digest: bytes) -> bytes:
    """The bytes behind a hash. Raises Problem when they are gone or are not what was kept."""
    row = Blob.objects.filter(sha256=digest).first()
    if row is None:
        raise Problem("The bytes of this document are not here.", where=digest.hex()[:12])
    try:
        sealed = bytes(row.sealed) if row.sealed is not None else path_of(digest).read_bytes()
        content = _decrypt(bytes(row.wrapped_key), sealed, digest)
    except (OSError, InvalidTag, ValueError) as error:  # ValueError: too short to be sealed at all
        raise Problem(
            "The stored bytes of this document are damaged.", where=digest.hex()[:12], remedy="Restore them from the backup."
        ) from error
    if hashlib.sha256(content).digest() != digest:
        raise Problem("The stored bytes of this document are not those that were filed.", where=digest.hex()[:12])
    return content


def path_of(digest: bytes) -> Path:
    name = digest.hex()
    return Path(settings.MUNIMENT_DOCUMENTS) / name[:2] / name[2:4] / name


def _encrypt(content: bytes, digest: bytes) -> tuple[bytes, bytes]:
    data_key = os.urandom(32)
    nonce, wrap_nonce = os.urandom(NONCE), os.urandom(NONCE)
    wrapped = wrap_nonce + AESGCM(keys.named("documents")).encrypt(wrap_nonce, data_key, digest)
    return wrapped, nonce + AESGCM(data_key).encrypt(nonce, content, digest)


def _decrypt(wrapped: bytes, sealed: bytes, digest: bytes) -> bytes:
    data_key = AESGCM(keys.named("documents")).decrypt(wrapped[:NONCE], wrapped[NONCE:], digest)
    return AESGCM(data_key).decrypt(sealed[:NONCE], sealed[NONCE:], digest)


def _write(digest: bytes, sealed: bytes) -> None:
    """A file of its own, whole or not at all: written aside, flushed to disk, renamed."""
    path = path_of(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{uuid7()}")
    with aside.open("wb") as out:
        out.write(sealed)
        out.flush()
        os.fsync(out.fileno())
    aside.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
