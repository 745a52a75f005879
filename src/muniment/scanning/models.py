"""Scanned batches, their pages, the documents they are split into, and the quality checks. The department's own until filed."""

from __future__ import annotations

from django.db import models

from muniment.core.models import MunimentModel, Placement
from muniment.kernel.ids import uuid7
from muniment.scanning.lots.rules import LotState
from muniment.scanning.rules import BatchState, State

OPEN = [State.WAITING.value, State.CHECKING.value]


class Batch(MunimentModel):
    """One scanned file with its original bytes (in record.Blob), who scanned it, and what became of its paper."""

    placement = Placement.DEPARTMENT
    witnessed = True
    changing = ("state", "pages_read", "changed_at", "destruction", "certificate_sha256", "revision")

    id = models.UUIDField(primary_key=True, default=uuid7)
    sha256 = models.BinaryField(unique=True)  # the same bytes are taken once
    working_sha256 = models.BinaryField(null=True)  # the copy without what acts by itself, where there was such
    media_type = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=300)
    source = models.CharField(max_length=40)  # upload, watch folder, command line, the name of a channel
    came = models.CharField(max_length=300, blank=True)  # "Received by fax from 555 0100, 14 Mar 2026 09:05"
    paper = models.CharField(max_length=120, blank=True)  # where the paper lies: "Box 12"
    facility_id = models.UUIDField()
    operator_id = models.UUIDField(null=True)
    operator_name = models.CharField(max_length=200)
    received_at = models.DateTimeField()
    scanned_on = models.DateField()
    size = models.BigIntegerField()
    pages = models.PositiveIntegerField(default=0)
    pages_read = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=20, choices=[(one.value, one.value) for one in BatchState])
    reason = models.TextField(blank=True)  # why it was refused, a sentence to act on
    where = models.CharField(max_length=300, blank=True)
    remedy = models.TextField(blank=True)
    remarks = models.JSONField(default=list)
    changed_at = models.DateTimeField()
    destruction = models.JSONField(default=dict)  # on, how, by, witness, documents
    certificate_sha256 = models.BinaryField(null=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "scanning_batch"
        indexes = [
            # what the worker has to read
            models.Index(fields=["received_at"], name="scan_batch_to_read", condition=models.Q(state="reading")),
            # the batches of a facility, newest first
            models.Index(fields=["facility_id", "-received_at", "-id"], name="scan_batch_by_time"),
            # the last of a channel, and its day
            models.Index(fields=["source", "-received_at"], name="scan_batch_by_source"),
        ]


class Lot(MunimentModel):
    """What one operator filed of one type, accepted or rejected as a whole by its sample (``lots.rules``)."""

    placement = Placement.DEPARTMENT
    witnessed = True
    changing = (
        "state",
        "closed_at",
        "decided_at",
        "size",
        "inspection",
        "why",
        "plan",
        "drawn",
        "checked",
        "failed",
        "resumed",
        "revision",
    )

    id = models.UUIDField(primary_key=True, default=uuid7)
    facility_id = models.UUIDField()
    operator_id = models.UUIDField()
    operator_name = models.CharField(max_length=200)
    type_code = models.CharField(max_length=40, blank=True)  # empty: of every type
    type_name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=20, choices=[(one.value, one.value) for one in LotState], default=LotState.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    size = models.PositiveIntegerField(default=0)  # documents when it was closed
    inspection = models.CharField(max_length=12, blank=True)
    why = models.CharField(max_length=200, blank=True)  # why it is inspected so
    plan = models.JSONField(default=dict)  # lots.rules.Plan, with the limit, the level and the rule it was drawn by
    drawn = models.PositiveIntegerField(default=0)
    checked = models.PositiveIntegerField(default=0)  # of those drawn
    failed = models.PositiveIntegerField(default=0)  # of those drawn
    resumed = models.JSONField(default=dict)  # who said after it what was corrected, where inspection had been discontinued
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "scanning_lot"
        constraints = [
            models.UniqueConstraint(
                fields=["facility_id", "operator_id", "type_code"], name="scan_lot_one_open", condition=models.Q(state=LotState.OPEN.value)
            )
        ]  # fmt: skip
        indexes = [
            # the lots of an operator and type, in order: how the next one is inspected
            models.Index(fields=["facility_id", "operator_id", "type_code", "decided_at"], name="scan_lot_by_stream"),
            # the list, newest first
            models.Index(fields=["facility_id", "-opened_at", "-id"], name="scan_lot_by_time"),
            # what is to be closed
            models.Index(fields=["opened_at"], name="scan_lot_open", condition=models.Q(state=LotState.OPEN.value)),
        ]

    @property
    def title(self) -> str:
        return f"{self.type_name or 'Every type'}, {self.operator_name}"


class Document(MunimentModel):
    """A run of pages that is one document: what is proposed of it, what was decided, and the entry it was filed as."""

    placement = Placement.DEPARTMENT
    witnessed = True
    changing = (
        "state", "exception", "proposals", "patient_id", "encounter_id", "type_code", "type_name", "original", "downtime", "entry_id",
        "entry_number", "pdf_sha256", "indexed_by_id", "indexed_by_name", "indexed_at", "signed_by", "said", "sampled", "checked_at", "left_out",
        "attempt", "lot_id", "automatic", "copies", "revision",
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid7)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, db_index=False, related_name="documents")
    facility_id = models.UUIDField()
    first_page = models.PositiveIntegerField()
    state = models.CharField(max_length=20, choices=[(one.value, one.value) for one in State], default=State.WAITING)
    exception = models.TextField(blank=True)  # why nothing is proposed from its sheet, or what does not add up
    sheet = models.JSONField(default=dict)
    expected_pages = models.PositiveIntegerField(default=0)
    proposals = models.JSONField(default=dict)
    patient_id = models.UUIDField(null=True)
    encounter_id = models.UUIDField(null=True)
    type_code = models.CharField(max_length=40, blank=True)
    type_name = models.CharField(max_length=200, blank=True)
    original = models.CharField(max_length=40, blank=True)  # time of the original, as exact as it is known
    downtime = models.BooleanField(default=False)
    entry_id = models.UUIDField(null=True)
    entry_number = models.PositiveIntegerField(default=0)
    pdf_sha256 = models.BinaryField(null=True)
    indexed_by_id = models.UUIDField(null=True)
    indexed_by_name = models.CharField(max_length=200, blank=True)
    indexed_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=200, blank=True)  # the name under the paper, as the indexer read it
    said = models.TextField(blank=True)  # the indexer's reason, where fewer identifiers agree than the rule asks
    sampled = models.CharField(max_length=200, blank=True)  # why it is checked
    checked_at = models.DateTimeField(null=True)
    left_out = models.TextField(blank=True)  # why it belongs in no chart
    attempt = models.PositiveIntegerField(default=0)
    lot = models.ForeignKey(Lot, null=True, on_delete=models.PROTECT, related_name="documents")
    automatic = models.JSONField(default=dict)  # by which rule and on what evidence it was filed without a person
    copies = models.JSONField(default=dict)  # entry of nearly the same text → what was decided of it, by whom
    waiting_since = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "scanning_document"
        constraints = [
            # one whose pages were put to another begins nothing any more: that page may begin a document again
            models.UniqueConstraint(
                fields=["batch", "first_page"],
                name="scan_page_begins_one_document",
                condition=~models.Q(state=State.LEFT_OUT.value),
            )
        ]
        indexes = [
            # what waits and what is to be checked, oldest first
            models.Index(
                fields=["facility_id", "state", "waiting_since", "id"], name="scan_doc_open", condition=models.Q(state__in=OPEN)
            ),
            # those of a batch, in its order: the batch, what may become of its paper, the one before
            models.Index(fields=["batch", "first_page"], name="scan_doc_of_batch"),
            # the scan that an entry was filed from, when it is moved
            models.Index(fields=["entry_id"], name="scan_doc_by_entry", condition=models.Q(entry_id__isnull=False)),
            # what came in the last days
            models.Index(fields=["facility_id", "waiting_since"], name="scan_doc_arrived"),
            # what was left out, oldest first
            models.Index(
                fields=["facility_id", "waiting_since", "id"],
                name="scan_doc_left_out",
                condition=models.Q(state=State.LEFT_OUT.value),
            ),
            # what an operator has filed; the rate of the last days
            models.Index(fields=["indexed_by_id", "indexed_at"], name="scan_doc_by_operator"),
            models.Index(
                fields=["facility_id", "indexed_at"], name="scan_doc_filed", condition=models.Q(indexed_at__isnull=False)
            ),
        ]


class Page(MunimentModel):
    """One page of a batch: what was read of it, how it is turned, and the document it belongs to."""

    placement = Placement.DEPARTMENT
    witnessed = True
    changing = ("document_id", "position", "dropped", "turn")

    id = models.UUIDField(primary_key=True, default=uuid7)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, db_index=False, related_name="page_set")
    number = models.PositiveIntegerField()  # in the batch, from 1
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, db_index=False, related_name="page_set")
    position = models.PositiveIntegerField()  # its place in the order of the document: its number, until somebody moves it
    codes = models.JSONField(default=list)  # what its codes say
    blank = models.BooleanField(default=False)
    dropped = models.BooleanField(default=False)  # not part of the document that is filed
    turn = models.PositiveSmallIntegerField(default=0)  # clockwise degrees to upright
    skew = models.FloatField(default=0.0)  # degrees
    confidence = models.PositiveSmallIntegerField(default=0)  # of the text, per cent
    text = models.TextField(blank=True)
    trouble = models.TextField(blank=True)

    class Meta:
        db_table = "scanning_page"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="scan_page_read_once")]
        indexes = [
            # the pages of a document, in order
            models.Index(fields=["document", "position"], name="scan_page_by_document"),
        ]


class Check(MunimentModel):
    """Somebody held a filed document against its picture: three answers and the reason of a failure."""

    placement = Placement.DEPARTMENT
    indelible = True
    witnessed = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="checks")
    entry_id = models.UUIDField()
    operator_id = models.UUIDField(null=True)  # whose indexing was checked
    checker_id = models.UUIDField(null=True)
    checker_name = models.CharField(max_length=200)
    right_patient = models.BooleanField()
    complete = models.BooleanField()
    legible = models.BooleanField()
    reason = models.TextField(blank=True)
    at = models.DateTimeField()
    event_id = models.UUIDField()

    class Meta:
        db_table = "scanning_check"

    @property
    def passed(self) -> bool:
        return self.right_patient and self.complete and self.legible
