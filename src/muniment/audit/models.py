"""The lifecycle-event chain. Insert-only; sealed with a key the database does not know."""

from __future__ import annotations

from django.db import models

from muniment.core.models import MunimentModel, Placement


class LifecycleEvent(MunimentModel):
    """One event (EHR-S FM RI.1.1, TI.2). Rows of one lane are chained; lanes exist so that appending does not serialise."""

    placement = Placement.DEPARTMENT
    indelible = True

    pk = models.CompositePrimaryKey("lane", "sequence")
    lane = models.SmallIntegerField()
    sequence = models.BigIntegerField()
    id = models.UUIDField()
    at = models.DateTimeField()
    name = models.CharField(max_length=80)
    lifecycle = models.CharField(max_length=30)
    organisation = models.CharField(max_length=40)
    facility_id = models.UUIDField(null=True)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    role = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=200)
    patient_id = models.UUIDField(null=True)
    workstation = models.CharField(max_length=120)
    source_system = models.CharField(max_length=120)
    reason = models.TextField()
    before = models.JSONField()
    after = models.JSONField()
    key_number = models.SmallIntegerField()
    mac = models.BinaryField()

    class Meta:
        db_table = "audit_event"
        indexes = [
            # the audit trail, newest first, and its keyset pages
            models.Index(fields=["-at", "-id"], name="audit_by_time"),
            # one patient's events: "who looked at this chart"
            models.Index(fields=["patient_id", "-at"], name="audit_by_patient", condition=models.Q(patient_id__isnull=False)),
            # one person's events: "what did they do"
            models.Index(fields=["actor_id", "-at"], name="audit_by_actor", condition=models.Q(actor_id__isnull=False)),
            # one thing's history
            models.Index(fields=["subject_id", "-at"], name="audit_by_subject"),
        ]
