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
from muniment.kernel.errors import Problem
from muniment.kernel.ids import uuid7
from muniment.record.models import Blob

INLINE_LIMIT = 32 * 1024
NONCE = 12


def put(content: bytes, media_type: str) -> bytes:
    """Keep ``content`` and return its SHA-256. Called inside an action; the same bytes are kept once.

    The row comes first: whoever keeps the same bytes at this moment waits at it until our commit, and writes no file of
    their own. Otherwise the file could be sealed with another key than the row holds.
    """
    digest = hashlib.sha256(content).digest()
    with connection.cursor() as cursor:
        if len(content) > INLINE_LIMIT:  # sealing a small one again costs less than asking
            cursor.execute("SELECT 1 FROM record_blob WHERE sha256 = %s", [digest])
            if cursor.fetchone():
                return digest
        wrapped, sealed = _encrypt(content, digest)
        inline = len(sealed) <= INLINE_LIMIT
        cursor.execute(
            "INSERT INTO record_blob (sha256, size, media_type, wrapped_key, sealed, stored_at) VALUES (%s, %s, %s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [
                digest,
                len(content),
                media_type[:100],
                wrapped,
                sealed if inline else None,
                clock.now(),
            ],
        )
        if cursor.rowcount and not inline:
            _write(digest, sealed)
    return digest


def get(digest: bytes) -> bytes:
    """The bytes behind a hash. Raises Problem when they are gone or are not what was kept."""
    row = Blob.objects.filter(sha256=digest).first()
    if row is None:
        raise Problem("The bytes of this document are not here.", where=digest.hex()[:12])
    try:
        sealed = bytes(row.sealed) if row.sealed is not None else path_of(digest).read_bytes()
        content = _decrypt(bytes(row.wrapped_key), sealed, digest)
    except (OSError, InvalidTag) as error:
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
