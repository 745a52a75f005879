"""Large bytes into the record and out again without holding them in memory: the same envelope as ``blobs``, in pieces."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import GCM
from django.db import connection

from muniment.core import clock, keys
from muniment.kernel.errors import Problem
from muniment.kernel.ids import uuid7
from muniment.record import blobs
from muniment.record.models import Blob

PIECE = 1024 * 1024
TAG = 16


def put_file(path: Path, media_type: str) -> bytes:
    """Keep a file's bytes and return their SHA-256. Called inside an action, as ``blobs.put``, which takes the small ones."""
    if path.stat().st_size <= blobs.INLINE_LIMIT:
        return blobs.put(path.read_bytes(), media_type)
    with path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").digest()
    if Blob.objects.filter(sha256=digest).exists():
        return digest
    data_key, nonce, wrap_nonce = os.urandom(32), os.urandom(blobs.NONCE), os.urandom(blobs.NONCE)
    wrapped = wrap_nonce + AESGCM(keys.named("documents")).encrypt(wrap_nonce, data_key, digest)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO record_blob (sha256, size, media_type, wrapped_key, sealed, stored_at) VALUES (%s, %s, %s, %s, NULL, %s)"
            " ON CONFLICT DO NOTHING",
            [digest, path.stat().st_size, media_type[:100], wrapped, clock.now()],
        )
        if cursor.rowcount:
            _seal(path, blobs.path_of(digest), data_key, nonce, digest)
    return digest


def _seal(source: Path, target: Path, data_key: bytes, nonce: bytes, digest: bytes) -> None:
    """Written aside, flushed, renamed: whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{uuid7()}")
    encryptor = Cipher(AES(data_key), GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(digest)
    with source.open("rb") as plain, aside.open("wb") as out:
        out.write(nonce)
        for piece in _pieces(plain):
            out.write(encryptor.update(piece))
        out.write(encryptor.finalize() + encryptor.tag)
        out.flush()
        os.fsync(out.fileno())
    aside.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def copy_out(digest: bytes, target: Path) -> None:
    """Write the bytes behind a hash into ``target``, proved before this returns. Raises Problem, and leaves no file, where they are damaged."""
    row = Blob.objects.filter(sha256=digest).first()
    if row is None or row.sealed is not None:
        target.write_bytes(blobs.get(digest))
        return
    try:
        _unseal(bytes(row.wrapped_key), blobs.path_of(digest), target, digest)
    except (OSError, InvalidTag, ValueError) as error:
        target.unlink(missing_ok=True)
        raise Problem(
            "The stored bytes of this document are damaged.", where=digest.hex()[:12], remedy="Restore them from the backup."
        ) from error


def _unseal(wrapped: bytes, source: Path, target: Path, digest: bytes) -> None:
    data_key = AESGCM(keys.named("documents")).decrypt(wrapped[: blobs.NONCE], wrapped[blobs.NONCE :], digest)
    left = source.stat().st_size - blobs.NONCE - TAG
    seen = hashlib.sha256()
    with source.open("rb") as sealed, target.open("wb") as out:
        decryptor = Cipher(AES(data_key), GCM(sealed.read(blobs.NONCE))).decryptor()
        decryptor.authenticate_additional_data(digest)
        while left > 0:
            piece = decryptor.update(sealed.read(min(PIECE, left)))
            left -= len(piece)
            seen.update(piece)
            out.write(piece)
        decryptor.finalize_with_tag(sealed.read(TAG))
    if seen.digest() != digest:
        raise ValueError("the bytes are not those that were kept")


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece
