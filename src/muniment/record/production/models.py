"""Productions: what was asked for, how far it is, what came of it."""

from __future__ import annotations

from django.db import models

from muniment.accounts.models import Facility
from muniment.core.models import MunimentModel, Placement
from muniment.kernel.ids import uuid7
from muniment.record.production.order import Standing


class Production(MunimentModel):
    """One certified production. The department's own paper about a patient, not part of the record it copies."""

    placement = Placement.DEPARTMENT
    witnessed = True
    changing = (
        "standing", "changed_at", "finished_at", "done", "total", "pages", "size", "pdf_sha256", "manifest_sha256", "contents_sha256",
        "counts", "problem",
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid7)
    number = models.CharField(max_length=60, unique=True)  # as it stands on every page: HOSP-2026-000012
    patient_id = models.UUIDField()
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, db_index=False, related_name="+")
    asked_for = models.JSONField()  # Order.written()
    rule_number = models.PositiveIntegerField()  # the version of the definition it follows
    standing = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Standing])
    asked_at = models.DateTimeField()
    asked_by_id = models.UUIDField(null=True)
    asked_by = models.CharField(max_length=200)  # printed name with credential, as the certificate says it
    asked_role = models.CharField(max_length=40)
    changed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    done = models.IntegerField(default=0)  # entries set, of total
    total = models.IntegerField(default=0)
    pages = models.IntegerField(default=0)
    size = models.BigIntegerField(default=0)  # bytes of the PDF
    pdf_sha256 = models.BinaryField(null=True)
    manifest_sha256 = models.BinaryField(null=True)
    contents_sha256 = models.CharField(max_length=64, blank=True)
    counts = models.JSONField(default=dict)
    problem = models.TextField(blank=True)

    class Meta:
        app_label = "record"
        db_table = "record_production"
        indexes = [
            # a patient's productions
            models.Index(fields=["patient_id", "-asked_at"], name="production_by_patient"),
            # a facility's productions, newest first
            models.Index(fields=["facility", "-asked_at"], name="production_by_facility"),
        ]
