"""What arrived: every input with its original bytes, where it came from and what became of it."""

from __future__ import annotations

from django.db import models

from muniment.core.models import MunimentModel, Placement
from muniment.intake.rules import Status
from muniment.kernel.ids import uuid7


class Input(MunimentModel):
    """One message, document or bundle, or the part of one that could not be filed (``place``). Its bytes are in record.Blob."""

    placement = Placement.DEPARTMENT
    witnessed = True  # what waits in quarantine can't vanish from it, nor an infected input be called a clean one

    id = models.UUIDField(primary_key=True, default=uuid7)
    sha256 = models.BinaryField()
    place = models.CharField(max_length=200, blank=True)  # the part of a larger input: "entry 3"
    format = models.CharField(max_length=10, blank=True)
    kind = models.CharField(max_length=120, blank=True)  # "ADT^A01", "Bundle/transaction"
    source = models.CharField(max_length=120)  # the channel or system it came from
    origin = models.CharField(max_length=200, blank=True)  # whose record it holds, where it is not our own
    name = models.CharField(max_length=300, blank=True)  # file and place, connection
    sender = models.CharField(max_length=200, blank=True)  # of an e-mail: an address
    envelope_id = models.UUIDField(null=True)  # the input of the message or package it came in
    control_id = models.CharField(max_length=200, blank=True)
    facility_id = models.UUIDField(null=True)
    size = models.BigIntegerField()
    received_at = models.DateTimeField()
    sent_at = models.CharField(max_length=40, blank=True)  # the document's own time, as exact as the source
    status = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Status])
    reason = models.TextField(blank=True)  # why it is in quarantine: a sentence to act on
    where = models.CharField(max_length=300, blank=True)
    remedy = models.TextField(blank=True)
    malware = models.CharField(max_length=120, blank=True)  # what the scanner found in it: its bytes are opened by nobody
    remarks = models.JSONField(default=list)  # what was left to the original
    entries = models.PositiveIntegerField(default=0)
    patient_id = models.UUIDField(null=True)
    encounter_id = models.UUIDField(null=True)
    corrected_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "intake_input"
        constraints = [
            # the same message twice changes nothing
            models.UniqueConstraint(fields=["sha256", "place"], name="input_taken_once"),
        ]
        indexes = [
            # the quarantine, oldest first
            models.Index(fields=["received_at", "id"], name="input_quarantine", condition=models.Q(status="quarantined")),
            # what arrived, newest first
            models.Index(fields=["-received_at", "-id"], name="input_by_time"),
            # one channel's arrivals, newest first; the list of channels
            models.Index(fields=["source", "-received_at", "-id"], name="input_by_source"),
            # what was corrected or dismissed, newest first
            models.Index(
                fields=["status", "-received_at", "-id"],
                name="input_settled",
                condition=models.Q(status__in=["corrected", "dismissed"]),
            ),
            # the same message delivered again
            models.Index(fields=["control_id"], name="input_by_message_id", condition=models.Q(format="mail")),
            # what came in a message or package
            models.Index(fields=["envelope_id"], name="input_by_envelope", condition=models.Q(envelope_id__isnull=False)),
            # the quarantined input this one was filed for
            models.Index(fields=["corrected_by"], name="input_corrected_by", condition=models.Q(corrected_by__isnull=False)),
        ]


class Progress(MunimentModel):
    """How far a run over a large file has come: where it goes on after a stop."""

    placement = Placement.DEPARTMENT

    path = models.CharField(primary_key=True, max_length=1000)
    fingerprint = models.CharField(max_length=80)  # size and time of change: another file under the same name starts over
    units = models.BigIntegerField(default=0)  # finished units
    finished = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "intake_progress"
