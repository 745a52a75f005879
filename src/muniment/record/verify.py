"""Proving the record: each version against its hash and event, each document's bytes, each signature's seal, the index."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date
from itertools import islice

from muniment.core import keys
from muniment.kernel.errors import Problem
from muniment.record import blobs, cross_check
from muniment.record.models import Blob, Signature, Version
from muniment.record.rules import SIGNING, SignatureFacts, seal_signature

BATCH = 2000
NIGHTS = 7  # in which every document is read again


@dataclass(slots=True)
class Proof:
    versions: int = 0
    documents: int = 0
    signatures: int = 0
    faults: list[str] = field(default_factory=list)


def verify(progress: Callable[[int], None] = lambda count: None) -> Proof:
    """Walk everything that is kept, streamed. ``faults`` holds a sentence for each thing that is not what was filed."""
    proof = Proof()
    for versions in _batches(Version.objects.iterator(chunk_size=BATCH), BATCH):
        proof.versions += len(versions)
        proof.faults.extend(_versions(versions))
        progress(proof.versions)
    for digest in _digests():
        proof.documents += 1
        proof.faults.extend(_damage(digest))
    for signature in Signature.objects.iterator(chunk_size=2000):
        proof.signatures += 1
        if not sound(signature):
            proof.faults.append(f"The signature {signature.id} under entry {signature.entry_id} does not verify.")
    proof.faults.extend(cross_check.faults())
    return proof


def reread(day: date, told: Callable[[int], None] = lambda count: None) -> tuple[int, list[str]]:
    """Read the documents again whose turn it is on ``day``: each within ``NIGHTS`` days. How many; a sentence for each that is damaged."""
    count, faults = 0, []
    for digest in _digests():
        if digest[0] % NIGHTS == day.toordinal() % NIGHTS:
            count += 1
            faults.extend(_damage(digest))
            told(count)
    return count, faults


def _digests() -> Iterator[bytes]:
    return map(bytes, Blob.objects.values_list("sha256", flat=True).iterator(chunk_size=2000))


def _damage(digest: bytes) -> list[str]:
    try:
        blobs.get(digest)
    except Problem as problem:
        return [str(problem)]
    return []


def _versions(versions: list[Version]) -> Iterator[str]:
    """Each version's hash; then the index, where these versions are the current ones."""
    whole = []
    for version in versions:
        if hashlib.sha256(version.content.encode()).digest() == bytes(version.sha256):
            whole.append(version)
        else:
            yield f"Version {version.number} of entry {version.entry_id} is not what was filed."
    if whole:
        yield from cross_check.misread(whole)


def _batches(rows: Iterator[Version], size: int) -> Iterator[list[Version]]:
    while batch := list(islice(rows, size)):
        yield batch


def sound(signature: Signature) -> bool:
    """Whether a signature's seal holds and the version it signs still has the hash that was signed."""
    document = bytes(signature.document_sha256).hex() if signature.document_sha256 else ""
    facts = SignatureFacts(
        str(signature.patient_id), str(signature.entry_id), signature.number, bytes(signature.content_sha256).hex(), document,
        str(signature.signer_id or ""), signature.printed_name, signature.credential, signature.role, signature.meaning,
        signature.signed_at.astimezone(UTC), signature.zone,
    )  # fmt: skip
    if seal_signature(keys.named("signatures"), facts) != bytes(signature.mac):
        return False
    signed = Version.objects.filter(patient_id=signature.patient_id, entry_id=signature.entry_id, number=signature.number)
    found = signed.values_list("sha256", "document_sha256").first()
    return found is not None and _hex(found) == _hex((signature.content_sha256, signature.document_sha256))


def signed_by(signatures: Iterable[Signature], number: int) -> bool:
    """Whether one of these makes version ``number`` a signed one: of its author, attester or sending system, and sound."""
    return any(one.number == number and one.meaning in SIGNING and sound(one) for one in signatures)


def _hex(hashes: Iterable[bytes | memoryview | None]) -> list[str]:
    return [bytes(one).hex() if one else "" for one in hashes]
