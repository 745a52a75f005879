"""The record: versions that never change, the bytes of documents, signatures; and an index over them that can be rebuilt."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models

from muniment.core.models import MunimentModel, Placement
from muniment.kernel.fhir.descriptions import LATE_ENTRY, SCANNED_PAPER
from muniment.kernel.fhir.search_keys import key
from muniment.kernel.ids import uuid7
from muniment.record.production.models import Production as Production  # Django looks for models here
from muniment.record.rules import Acceptance, Category, Meaning, VersionKind

# the search keys of what was written on paper: its author signed the paper
ON_PAPER = [key("_tag", one["system"], one["code"]) for one in (SCANNED_PAPER, LATE_ENTRY)]
# our own documents that stand without their author's signature and were not closed without it
PENDING = models.Q(
    ~models.Q(keys__overlap=ON_PAPER), category=Category.DOCUMENT, signed_at__isnull=True, closed_at__isnull=True, retracted=False,
    origin="",
)  # fmt: skip


class Version(MunimentModel):
    """One version of one entry: FHIR R4 JSON in canonical form, hashed. Number 1 is the original."""

    placement = Placement.PATIENT
    indelible = True

    pk = models.CompositePrimaryKey("patient_id", "entry_id", "number")
    patient_id = models.UUIDField()
    entry_id = models.UUIDField()
    number = models.PositiveIntegerField()
    resource_type = models.CharField(max_length=40)
    kind = models.CharField(max_length=12, choices=[(one.value, one.value) for one in VersionKind])
    content = models.TextField()
    sha256 = models.BinaryField()
    document_sha256 = models.BinaryField(null=True)  # of the bytes it carries, in Blob
    text_sha256 = models.BinaryField(null=True)  # of the text kept for find-in-chart; null where it brought none
    media_type = models.CharField(max_length=100, blank=True)  # under which they were sent
    encounter_id = models.UUIDField(null=True)
    facility_id = models.UUIDField(null=True)
    author_id = models.UUIDField(null=True)  # practitioner
    author_name = models.CharField(max_length=200, blank=True)  # as the source printed it
    recorded_at = models.DateTimeField()
    reason = models.TextField(blank=True)
    source_id = models.UUIDField(null=True)  # the input it came with, in intake
    source_key = models.CharField(max_length=200, blank=True)  # what the source calls the entry
    origin = models.CharField(max_length=200, blank=True)  # whose record it is, where it is not our own (ADR 0024)
    event_id = models.UUIDField()  # the lifecycle event that filed it

    class Meta:
        db_table = "record_version"


class Entry(MunimentModel):
    """The current version of an entry, as it is listed and found. A projection: ``rebuild`` makes it anew from the versions."""

    placement = Placement.PATIENT

    pk = models.CompositePrimaryKey("patient_id", "entry_id")
    patient_id = models.UUIDField()
    entry_id = models.UUIDField()
    number = models.PositiveIntegerField()
    encounter_id = models.UUIDField(null=True)
    facility_id = models.UUIDField(null=True)
    resource_type = models.CharField(max_length=40)
    category = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Category])
    code_system = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=120, blank=True)
    label = models.CharField(max_length=400, blank=True)
    status = models.CharField(max_length=40, blank=True)
    value = models.CharField(max_length=400, blank=True)
    flag = models.CharField(max_length=20, blank=True)
    occurred_at = models.DateTimeField(null=True)
    occurred = models.CharField(max_length=40, blank=True)  # as exact as the source
    author_id = models.UUIDField(null=True)
    author_name = models.CharField(max_length=200, blank=True)
    sha256 = models.BinaryField()
    document_sha256 = models.BinaryField(null=True)
    media_type = models.CharField(max_length=100, blank=True)
    retracted = models.BooleanField(default=False)
    signed_at = models.DateTimeField(null=True)  # the current version's author signature
    closed_at = models.DateTimeField(null=True)  # the current version was closed administratively, without one
    pending_since = models.DateTimeField()  # filed here first; of one that was closed and came anew, when it came
    source_key = models.CharField(max_length=200, blank=True)
    origin = models.CharField(max_length=200, blank=True)  # empty: our own record
    standing = models.CharField(max_length=16, blank=True, choices=[(one.value, one.value) for one in Acceptance])
    keys = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        db_table = "record_entry"
        indexes = [
            # the chart: a patient's entries, newest first
            models.Index(fields=["patient_id", "-occurred_at"], name="entry_by_time"),
            # search by code, identifier, status, reference (hashed tokens)
            GinIndex(fields=["keys"], name="entry_search_keys", fastupdate=True),
            # a patient's outside records
            models.Index(fields=["patient_id"], name="entry_outside", condition=~models.Q(origin="")),
            # our own documents that nobody has signed or closed, longest first
            models.Index(
                fields=["pending_since", "entry_id"], include=["facility_id"], name="entry_pending", condition=PENDING
            ),
        ]


class DocumentText(MunimentModel):
    """The readable text of a document's current version, for find-in-chart. A projection like Entry."""

    placement = Placement.PATIENT

    pk = models.CompositePrimaryKey("patient_id", "entry_id")
    patient_id = models.UUIDField()
    entry_id = models.UUIDField()
    number = models.PositiveIntegerField()
    text = models.TextField()
    search = models.GeneratedField(
        expression=SearchVector("text", config="english"), output_field=SearchVectorField(), db_persist=True
    )

    class Meta:
        db_table = "record_text"
        indexes = [
            # find-in-chart
            GinIndex(fields=["search"], name="text_search"),
        ]


class Signature(MunimentModel):
    """Somebody signed one version: bound to its hash, with printed name, credential, meaning and time."""

    placement = Placement.PATIENT
    indelible = True

    pk = models.CompositePrimaryKey("patient_id", "id")
    id = models.UUIDField(default=uuid7)
    patient_id = models.UUIDField()
    entry_id = models.UUIDField()
    number = models.PositiveIntegerField()
    content_sha256 = models.BinaryField()
    document_sha256 = models.BinaryField(null=True)
    signer_id = models.UUIDField(null=True)  # user; null when another system authenticated it
    practitioner_id = models.UUIDField(null=True)
    printed_name = models.CharField(max_length=200)
    credential = models.CharField(max_length=40, blank=True)
    role = models.CharField(max_length=40)
    meaning = models.CharField(max_length=40, choices=[(one.value, one.value) for one in Meaning])
    signed_at = models.DateTimeField()
    zone = models.CharField(max_length=60)
    mac = models.BinaryField()
    event_id = models.UUIDField()

    class Meta:
        db_table = "record_signature"
        indexes = [
            # the signatures under a document
            models.Index(fields=["patient_id", "entry_id"], name="signature_by_entry"),
        ]


class Closure(MunimentModel):
    """Somebody closed a version that its author never authenticated (EHR-S FM RI.1.3.1). It is no signature; one may still follow."""

    placement = Placement.PATIENT
    indelible = True

    pk = models.CompositePrimaryKey("patient_id", "id")
    id = models.UUIDField(default=uuid7)
    patient_id = models.UUIDField()
    entry_id = models.UUIDField()
    number = models.PositiveIntegerField()
    reason = models.CharField(max_length=400)
    facility_id = models.UUIDField(null=True)
    citation = models.CharField(max_length=400, blank=True)  # of the rule by which it was proposed
    closed_by_id = models.UUIDField()  # user
    closed_by = models.CharField(max_length=200)
    role = models.CharField(max_length=40)
    closed_at = models.DateTimeField()
    event_id = models.UUIDField()

    class Meta:
        db_table = "record_closure"
        indexes = [
            # how a document was closed
            models.Index(fields=["patient_id", "entry_id"], name="closure_by_entry"),
            # a facility's closures, last first
            models.Index(fields=["facility_id", "-closed_at", "-id"], name="closure_by_time"),
        ]


class Reconciliation(MunimentModel):
    """What somebody decided about one version of an outside entry. The last one stands; a later version waits anew."""

    placement = Placement.PATIENT
    indelible = True

    pk = models.CompositePrimaryKey("patient_id", "id")
    id = models.UUIDField(default=uuid7)
    patient_id = models.UUIDField()
    entry_id = models.UUIDField()
    number = models.PositiveIntegerField()
    decision = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Acceptance])
    reason = models.CharField(max_length=400, blank=True)
    decided_by = models.CharField(max_length=200)
    decided_at = models.DateTimeField()
    event_id = models.UUIDField()

    class Meta:
        db_table = "record_reconciliation"
        indexes = [
            # what was decided about an entry
            models.Index(fields=["patient_id", "entry_id"], name="reconciled_by_entry"),
        ]


class Blob(MunimentModel):
    """Bytes by their SHA-256, encrypted (AES-256-GCM, a data key per blob wrapped by the documents key).

    Small ones lie in the row, large ones in a file named by the hash: ``sealed`` is null then.
    """

    placement = Placement.REFERENCE  # content-addressed: distributed by sha256 (ADR 0005)
    indelible = True

    sha256 = models.BinaryField(primary_key=True)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    wrapped_key = models.BinaryField()
    sealed = models.BinaryField(null=True)
    stored_at = models.DateTimeField()

    class Meta:
        db_table = "record_blob"


class UsualView(MunimentModel):
    """The view in which somebody wants charts to open."""

    placement = Placement.DEPARTMENT

    user_id = models.UUIDField(primary_key=True)
    view = models.CharField(max_length=20)

    class Meta:
        db_table = "record_usual_view"
