"""Versions, signatures and categories of the record. Pure."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import astuple, dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

NO_PATIENT = UUID(int=0)  # entries of no patient (practitioners, organisations): the directory's own place


class VersionKind(StrEnum):
    """Why a version was filed (EHR-S FM RI.1.3.2)."""

    ORIGINAL = "original"
    UPDATE = "update"  # the source sent it again, changed, while preliminary
    AMENDMENT = "amendment"
    CORRECTION = "correction"
    ADDENDUM = "addendum"
    RETRACTION = "retraction"


class Meaning(StrEnum):
    """What a signature says (EHR-S FM RI.1.1.4; 21 CFR 11.50(a)(3) names the same parts)."""

    AUTHOR = "author"
    COSIGN = "co-sign"
    ATTEST = "attest"
    WITNESS = "witness"
    SOURCE = "authenticated in the sending system"
    PAPER = "signed on paper, seen when indexed"


SIGNING = (Meaning.AUTHOR, Meaning.ATTEST, Meaning.SOURCE, Meaning.PAPER)  # whose signature makes a document signed


class Holder(StrEnum):
    """How somebody came to know what an entry says."""

    VIEWER = "viewer"  # of the house, from the trail
    PRODUCTION = "production"  # a certified production that holds it


class Acceptance(StrEnum):
    """What became of an entry of somebody else's record. An entry of our own has none ("")."""

    WAITING = "waiting"  # nobody has decided
    ACCEPTED = "accepted"  # used for care: it counts as the chart's own, and still says whose it is
    REFERENCE = "reference"  # read, never counted
    NOT_PATIENT = "not-patient"  # somebody else's: shown only where it is decided


IN_RECORD = ("", Acceptance.ACCEPTED)  # what the chart's lists, rules and codes rest on


class Category(StrEnum):
    """How the chart is sorted, source-oriented."""

    DOCUMENT = "document"
    RESULT = "result"
    VITAL_SIGN = "vital-sign"
    DIAGNOSIS = "diagnosis"
    PROCEDURE = "procedure"
    MEDICATION = "medication"
    ALLERGY = "allergy"
    IMMUNISATION = "immunisation"
    ORDER = "order"
    CODING = "coding"
    ENCOUNTER = "encounter"
    PATIENT = "patient"
    PRACTITIONER = "practitioner"
    OTHER = "other"


def fingerprint(
    ids: tuple[UUID | None, ...], hashes: tuple[bytes | None, ...], number: int, kind: str, words: tuple[str, ...]
) -> bytes:
    """SHA-256 over what one version says. ``cross_check`` computes the same in SQL: a change here is a change there.

    Identifiers and hashes in hex, number and kind between bars, free text after zero bytes (PostgreSQL keeps none in text).
    """
    fixed = [one.hex if one else "" for one in ids] + [one.hex() if one else "" for one in hashes] + [str(number), str(kind)]
    told = [word.replace("\0", "") for word in words]
    return hashlib.sha256("\0".join(["|".join(fixed), *told]).encode()).digest()


def late_words(recorded_at: datetime, stated_at: datetime | None) -> str:
    """How long after the time it states something was filed, where that is a day or more: the true time is never hidden."""
    days = (recorded_at - stated_at).days if stated_at else 0
    return f"filed {days:,} {'day' if days == 1 else 'days'} after the time it states" if days >= 1 else ""


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """What is sealed with a signature: nothing of it can change without the seal showing it."""

    patient_id: str
    entry_id: str
    number: int
    content_sha256: str
    document_sha256: str
    signer_id: str
    printed_name: str
    credential: str
    role: str
    meaning: str
    signed_at: datetime
    zone: str


def seal_signature(key: bytes, facts: SignatureFacts) -> bytes:
    """HMAC-SHA-256 over the signature's facts with a key outside the database."""
    return hmac.digest(key, msgspec.json.encode(astuple(facts)), hashlib.sha256)
